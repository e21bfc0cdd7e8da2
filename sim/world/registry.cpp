#include "sim/world/registry.h"

#include <fmt/format.h>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

const NodeEntry& entry(const Registry& registry, NodeId node, NodeRole role) {
  KSCOPE_CHECK(node.is_valid(), "a setup was asked for no node");
  const NodeEntry& found = registry.nodes.at(static_cast<std::size_t>(node.value));
  KSCOPE_CHECK(found.role == role, "a setup was asked for a node of another role");
  return found;
}

}  // namespace

void resolve_topic_config(const std::vector<BrokerSetup>& brokers, TopicSetup& topic) {
  std::vector<TopicConfig> configs;
  bool is_same = true;
  for (const BrokerSetup& broker : brokers) {
    TopicConfig config = topic_config_from(broker.config);
    if (topic.overrides != nullptr) {
      static_cast<void>(apply(*topic.overrides, config));
    }
    is_same = is_same && (configs.empty() || configs.front() == config);
    configs.push_back(config);
  }
  topic.config = configs.empty() ? TopicConfig{} : configs.front();
  topic.config_on_broker = is_same ? nullptr : std::make_shared<const std::vector<TopicConfig>>(std::move(configs));
}

const BrokerSetup& Registry::broker(NodeId node) const {
  return brokers->at(static_cast<std::size_t>(entry(*this, node, NodeRole::kBroker).index));
}

const ProducerSetup& Registry::producer(NodeId node) const {
  if (nodes.at(static_cast<std::size_t>(node.value)).role == NodeRole::kConsumer) {
    const std::optional<ProducerSetup>& output = consumer(node).output;
    KSCOPE_CHECK(output.has_value(), "a consumer that only reads was asked for its producer");
    return *output;
  }
  return producers->at(static_cast<std::size_t>(entry(*this, node, NodeRole::kProducer).index));
}

const ConsumerSetup& Registry::consumer(NodeId node) const {
  return consumers->at(static_cast<std::size_t>(entry(*this, node, NodeRole::kConsumer).index));
}

std::string_view Registry::client_id(NodeId node) const {
  const NodeEntry& known = nodes.at(static_cast<std::size_t>(node.value));
  const std::string* configured = nullptr;
  if (known.role == NodeRole::kProducer) {
    configured = &producer(node).config.client_id;
  } else if (known.role == NodeRole::kConsumer) {
    configured = &consumer(node).config.client_id;
  }
  return configured == nullptr || configured->empty() ? std::string_view(known.name) : std::string_view(*configured);
}

NodeId Registry::node_of(BrokerId broker) const {
  const int index = broker_index(broker);
  return index < 0 ? NodeId{} : broker_nodes[static_cast<std::size_t>(index)];
}

int Registry::broker_index(BrokerId broker) const {
  for (std::size_t i = 0; i < brokers->size(); ++i) {
    if ((*brokers)[i].id == broker) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

BrokerSet Registry::broker_set(const std::vector<BrokerId>& members) const {
  BrokerSet out;
  for (const BrokerId member : members) {
    const int index = broker_index(member);
    KSCOPE_CHECK(index >= 0, "a member of an ISR is a broker of the cluster");
    out.add(static_cast<std::size_t>(index));
  }
  return out;
}

std::optional<TopicId> Registry::find_topic(std::string_view name) const {
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (topics[i].name == name) {
      return TopicId(static_cast<std::int32_t>(i));
    }
  }
  return std::nullopt;
}

std::string Registry::partition_name(TopicPartition partition) const {
  if (!partition.topic.is_valid() || static_cast<std::size_t>(partition.topic.value) >= topics.size()) {
    return "?";
  }
  return fmt::format("{}-{}", topics[static_cast<std::size_t>(partition.topic.value)].name, partition.partition);
}

std::string Registry::key_text(NodeId producer, KeyId key) const {
  if (!key.is_valid()) {
    return {};
  }
  if (const std::int64_t owner = (key.value >> 32) - 1; owner >= 0) {
    return key_text(NodeId(static_cast<std::int32_t>(owner)), KeyId(key.value & INT32_MAX));
  }
  if (producer.is_valid() && nodes[static_cast<std::size_t>(producer.value)].role == NodeRole::kProducer) {
    const Workload& workload = this->producer(producer).workload;
    if (workload.keys == Workload::Keys::kList && static_cast<std::size_t>(key.value) < workload.key_names.size()) {
      return workload.key_names[static_cast<std::size_t>(key.value)];
    }
  }
  return fmt::format("k{}", key.value);
}

std::string Registry::member_text(MemberId member) const {
  if (!member.is_set()) {
    return "(no member id yet)";
  }
  return fmt::format("{}#{}", nodes.at(static_cast<std::size_t>(member.client.value)).name, member.serial);
}

}  // namespace kscope::sim
