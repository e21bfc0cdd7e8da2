// What a command changes in the registry, before any handler sees it: names that did not exist, settings of a topic.
#include <algorithm>

#include "sim/config/config_values.h"
#include "sim/world/cluster.h"

namespace kscope::sim {
namespace {

/// A topic made while the cluster runs: its config is the broker defaults, as in Kafka. It may be asked for again, after a
/// refusal and with another number: the registry cannot know which of the requests Kafka grants, so the names of the largest
/// are known, and Kafka's own answer says which partitions there are.
void intern_topic(Registry& registry, const Command& command) {
  const std::int32_t partitions = command.count > 0 ? static_cast<std::int32_t>(command.count) : -1;
  if (const std::optional<TopicId> known = registry.find_topic(command.name)) {
    TopicSetup& topic = registry.topics[static_cast<std::size_t>(known->value)];
    if (topic.is_made_by_command) {
      topic.partitions = topic.partitions < 0 || partitions < 0 ? -1 : std::max(topic.partitions, partitions);
    }
    return;
  }
  TopicSetup topic;
  topic.name = command.name;
  topic.is_made_by_command = true;
  topic.partitions = partitions;
  topic.replication_factor = static_cast<std::int32_t>(command.factor);
  resolve_topic_config(*registry.brokers, topic);
  registry.topics.push_back(std::move(topic));
}

/// The registry cannot know whether Kafka grants them: their names are known from now on.
void ask_for_partitions(Registry& registry, const Command& command) {
  const auto index = static_cast<std::size_t>(command.partition.topic.value);
  if (index < registry.topics.size()) {
    std::int32_t& most = registry.topics[index].asked_partitions;
    most = std::max(most, static_cast<std::int32_t>(command.count));
  }
}

void alter_topic(Registry& registry, const Command& command) {
  const auto index = static_cast<std::size_t>(command.partition.topic.value);
  if (index >= registry.topics.size()) {
    return;
  }
  TopicSetup& topic = registry.topics[index];
  ConfigValues overrides = topic.overrides == nullptr ? ConfigValues{} : *topic.overrides;
  overrides.set(command.name, command.value);
  topic.overrides = std::make_shared<const ConfigValues>(std::move(overrides));
  resolve_topic_config(*registry.brokers, topic);
}

/// MODEL: every config may be changed while the broker runs; Kafka takes those that are not dynamic at the next start.
/// What Kafka would refuse was refused when the line was read; a problem here leaves the old value.
void alter_broker(Registry& registry, const Command& command) {
  const NodeEntry& node = registry.nodes.at(static_cast<std::size_t>(command.node.value));
  if (node.role != NodeRole::kBroker) {
    return;
  }
  auto brokers = std::make_shared<std::vector<BrokerSetup>>(*registry.brokers);
  ConfigValues values;
  values.set(command.name, command.value);
  const std::vector<ConfigProblem> problems = apply(values, (*brokers)[static_cast<std::size_t>(node.index)].config);
  static_cast<void>(problems);
  registry.brokers = std::move(brokers);
  for (TopicSetup& topic : registry.topics) {
    resolve_topic_config(*registry.brokers, topic);
  }
}

bool is_consumer(const Registry& registry, NodeId node) {
  return registry.nodes.at(static_cast<std::size_t>(node.value)).role == NodeRole::kConsumer;
}

/// What the consumer has from its next start on. MODEL: configs that only the other protocol of groups knows stay, and have no
/// effect; Kafka refuses to start with them.
void alter_consumer(Registry& registry, const Command& command) {
  const NodeEntry& node = registry.nodes.at(static_cast<std::size_t>(command.node.value));
  auto consumers = std::make_shared<std::vector<ConsumerSetup>>(*registry.consumers);
  ConfigValues values;
  values.set(command.name, command.value);
  const std::vector<ConfigProblem> problems = apply(values, (*consumers)[static_cast<std::size_t>(node.index)].config);
  static_cast<void>(problems);
  registry.consumers = std::move(consumers);
}

}  // namespace

void KafkaModel::apply_to_registry(Registry& registry, const Command& command) const {
  if (command.kind == CommandKind::kCreateTopic) {
    intern_topic(registry, command);
  } else if (command.kind == CommandKind::kCreatePartitions) {
    ask_for_partitions(registry, command);
  } else if (command.kind == CommandKind::kAlterQuota) {
    const bool is_produce = command.factor == static_cast<std::int64_t>(QuotaType::PRODUCE);
    alter_quota(registry.client_quotas, command.name, is_produce ? kProducerByteRate : kConsumerByteRate,
                command.count > 0 ? std::optional(command.count) : std::nullopt);
  } else if (command.kind == CommandKind::kAlterConfig && command.partition.topic.is_valid()) {
    alter_topic(registry, command);
  } else if (command.kind == CommandKind::kAlterConfig && is_consumer(registry, command.node)) {
    alter_consumer(registry, command);
  } else if (command.kind == CommandKind::kAlterConfig) {
    alter_broker(registry, command);
  }
}

}  // namespace kscope::sim
