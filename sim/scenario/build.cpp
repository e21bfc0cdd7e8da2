#include "sim/scenario/build.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/check.h"
#include "sim/scenario/process_roles.h"
#include "sim/scenario/rule_settings.h"
#include "sim/scenario/typed_configs.h"

namespace kscope::scenario {
namespace {

using sim::NodeRole;
using sim::Registry;

sim::TopicSetup internal_topic(std::string name, std::int32_t partitions, std::int32_t replication_factor,
                               sim::ConfigValues overrides) {
  sim::TopicSetup topic;
  topic.name = std::move(name);
  topic.partitions = partitions;
  topic.replication_factor = replication_factor;
  topic.is_internal = true;
  overrides.set("cleanup.policy", "compact");
  topic.overrides = std::make_shared<const sim::ConfigValues>(std::move(overrides));
  return topic;
}

sim::TopicSetup offsets_topic(const Scenario& scenario) {
  const sim::BrokerConfig broker = broker_config(scenario, scenario.brokers.front());
  sim::ConfigValues overrides;
  overrides.set("compression.type", "producer");
  overrides.set("segment.bytes", std::to_string(broker.offsets_topic_segment_bytes));
  return internal_topic("__consumer_offsets", broker.offsets_topic_num_partitions,
                        broker.offsets_topic_replication_factor, std::move(overrides));
}

sim::TopicSetup transaction_topic(const Scenario& scenario) {
  const sim::BrokerConfig broker = broker_config(scenario, scenario.brokers.front());
  sim::ConfigValues overrides;
  overrides.set("compression.type", "uncompressed");
  overrides.set("min.insync.replicas", std::to_string(broker.transaction_state_log_min_isr));
  overrides.set("segment.bytes", std::to_string(broker.transaction_state_log_segment_bytes));
  return internal_topic("__transaction_state", broker.transaction_state_log_num_partitions,
                        broker.transaction_state_log_replication_factor, std::move(overrides));
}

sim::TopicSetup topic_setup(const Scenario& scenario, const TopicEntry& entry) {
  const sim::BrokerConfig broker = broker_config(scenario, scenario.brokers.front());
  sim::TopicSetup topic;
  topic.name = entry.name;
  topic.is_created_by_clients = entry.is_created_by_clients;
  if (entry.is_created_by_clients) {
    return topic;
  }
  topic.partitions = entry.partitions < 0 ? broker.num_partitions : entry.partitions;
  topic.replication_factor =
      entry.replication_factor < 0 ? broker.default_replication_factor : entry.replication_factor;
  for (const std::vector<std::int32_t>& row : entry.assignment) {
    std::vector<sim::BrokerId> ids;
    ids.reserve(row.size());
    for (const std::int32_t id : row) {
      ids.emplace_back(id);
    }
    topic.assignment.push_back(std::move(ids));
  }
  if (!topic.assignment.empty()) {
    topic.partitions = static_cast<std::int32_t>(topic.assignment.size());
    topic.replication_factor = static_cast<std::int32_t>(topic.assignment.front().size());
  }
  topic.overrides = std::make_shared<const sim::ConfigValues>(topic_values(scenario, entry.configs));
  return topic;
}

sim::Workload workload(const WorkloadEntry& entry, Duration start) {
  sim::Workload made;
  made.records_per_1000_s = entry.records_per_1000_s;
  made.is_poisson = entry.is_poisson;
  switch (entry.keys) {
    case WorkloadEntry::Keys::kNone: made.keys = sim::Workload::Keys::kNone; break;
    case WorkloadEntry::Keys::kRoundRobin: made.keys = sim::Workload::Keys::kRoundRobin; break;
    case WorkloadEntry::Keys::kUniform: made.keys = sim::Workload::Keys::kUniform; break;
    case WorkloadEntry::Keys::kZipf: made.keys = sim::Workload::Keys::kZipf; break;
    case WorkloadEntry::Keys::kList: made.keys = sim::Workload::Keys::kList; break;
  }
  made.key_count = entry.key_count;
  made.key_names = entry.key_names;
  made.value_size = static_cast<std::int32_t>(entry.value_size);
  made.limit = entry.limit;
  made.tombstone_every = entry.tombstone_every;
  made.transaction_records = entry.transaction;
  made.abort_every = entry.abort_every;
  made.start = start;
  return made;
}

sim::ConsumerSetup::CommitMode commit_mode(CommitMode mode) {
  switch (mode) {
    case CommitMode::kAuto: return sim::ConsumerSetup::CommitMode::kAuto;
    case CommitMode::kAfterProcessing: return sim::ConsumerSetup::CommitMode::kAfterProcessing;
    case CommitMode::kBeforeProcessing: return sim::ConsumerSetup::CommitMode::kBeforeProcessing;
    case CommitMode::kNever: return sim::ConsumerSetup::CommitMode::kNever;
  }
  KSCOPE_CHECK(false, "a CommitMode outside the enumeration");
  return sim::ConsumerSetup::CommitMode::kAuto;
}

struct Member {
  Duration start{0};
  Duration processing_time{0};
};
Member member_of(const GroupEntry& group, std::int32_t number) {
  Member member{number > group.members ? Duration::max() : Duration{0}, group.processing_time};
  for (const MemberEntry& entry : group.overrides) {
    if (entry.number == number) {
      member.start = entry.start.value_or(member.start);
      member.processing_time = entry.processing_time.value_or(member.processing_time);
    }
  }
  return member;
}

// Adds nodes in the order of names_of.
class RegistryBuilder {
 public:
  explicit RegistryBuilder(const Scenario& scenario) : scenario_(scenario), names_(names_of(scenario)) {}

  Registry build() {
    registry_.rules = protocol_rules(scenario_);
    registry_.compression = scenario_.compression;
    for (std::int32_t i = 0; i < scenario_.metadata_servers(); ++i) {
      if (scenario_.is_kraft()) {
        registry_.controllers.push_back(add_node(NodeRole::kController, i, start_of_controller(i)));
      } else {
        registry_.zookeepers.push_back(add_node(NodeRole::kZooKeeper, i, {}));
      }
    }
    for (const BrokerEntry& broker : scenario_.brokers) {
      registry_.broker_nodes.push_back(add_node(NodeRole::kBroker, size_of(brokers_), broker.start));
      sim::BrokerConfig config = broker_config(scenario_, broker);
      std::string rack = config.broker_rack;
      brokers_.push_back({sim::BrokerId(broker.id), std::move(rack), std::move(config)});
      if (is_combined(scenario_, broker)) {
        join(registry_.controllers.at(static_cast<std::size_t>(broker.id - 1)), registry_.broker_nodes.back());
      }
    }
    for (const ProducerEntry& producer : scenario_.producers) {
      add_node(NodeRole::kProducer, size_of(producers_), producer.start);
      producers_.push_back({producer.name, names_.topic(producer.topic), producer_config(scenario_, producer),
                            transactional_id(producer), workload(producer.workload, Duration{0})});
    }
    for (const GroupEntry& group : scenario_.groups) {
      add_group(group);
    }
    registry_.admin = add_node(NodeRole::kAdmin, 0, {});
    registry_.topics.push_back(offsets_topic(scenario_));
    for (const TopicEntry& topic : scenario_.topics) {
      registry_.topics.push_back(topic_setup(scenario_, topic));
    }
    if (!registry_.transactional_ids.empty()) {
      registry_.transaction_topic = sim::TopicId(size_of(registry_.topics));
      registry_.topics.push_back(transaction_topic(scenario_));
    }
    for (sim::TopicSetup& topic : registry_.topics) {
      sim::resolve_topic_config(brokers_, topic);
    }
    for (const QuotaEntry& quota : scenario_.quotas) {
      const auto rate = [](std::int64_t value) { return value > 0 ? std::optional(value) : std::nullopt; };
      registry_.client_quotas.push_back(
          {quota.client_id, rate(quota.producer_byte_rate), rate(quota.consumer_byte_rate)});
    }
    registry_.zookeeper_config = zookeeper_config(scenario_);
    registry_.controller_config = broker_config(scenario_, BrokerEntry{});
    registry_.brokers = std::make_shared<const std::vector<sim::BrokerSetup>>(std::move(brokers_));
    registry_.producers = std::make_shared<const std::vector<sim::ProducerSetup>>(std::move(producers_));
    registry_.consumers = std::make_shared<const std::vector<sim::ConsumerSetup>>(std::move(consumers_));
    return std::move(registry_);
  }

 private:
  static std::int32_t size_of(const auto& list) { return static_cast<std::int32_t>(list.size()); }

  NodeId add_node(NodeRole role, std::int32_t index, Duration starts_at) {
    const std::size_t at = registry_.nodes.size();
    sim::NodeEntry entry;
    entry.role = role;
    entry.name = names_.nodes.at(at).name;
    entry.index = index;
    entry.starts_at = starts_at;
    registry_.nodes.push_back(std::move(entry));
    return NodeId(static_cast<std::int32_t>(at));
  }

  void join(NodeId controller, NodeId broker) {
    registry_.nodes[static_cast<std::size_t>(controller.value)].partner = broker;
    registry_.nodes[static_cast<std::size_t>(broker.value)].partner = controller;
  }

  /// A controller that is no process of its own starts with its broker.
  [[nodiscard]] Duration start_of_controller(std::int32_t index) const {
    for (const BrokerEntry& broker : scenario_.brokers) {
      if (is_combined(scenario_, broker) && broker.id == index + 1) {
        return broker.start;
      }
    }
    return Duration{0};
  }

  /// Producers with the same id share it: that is how one fences the other.
  sim::TransactionalId transactional_id(const ProducerEntry& producer) {
    const std::string id = transactional_id_of(scenario_, producer);
    if (id.empty()) {
      return {};
    }
    std::vector<std::string>& known = registry_.transactional_ids;
    const auto at = std::find(known.begin(), known.end(), id);
    const auto index = static_cast<std::int32_t>(at - known.begin());
    if (at == known.end()) {
      known.push_back(id);
    }
    return sim::TransactionalId(index);
  }

  void add_group(const GroupEntry& group) {
    const sim::GroupId id(size_of(registry_.groups));
    registry_.groups.push_back({group.id});
    for (std::int32_t number = 1; number <= group.members + group.spare_members; ++number) {
      const Member member = member_of(group, number);
      add_node(NodeRole::kConsumer, size_of(consumers_), member.start);
      sim::ConsumerSetup setup;
      setup.name = fmt::format("{}-{}", group.id, number);
      setup.group = id;
      for (const std::string& topic : group.topics) {
        setup.topics.push_back(names_.topic(topic));
      }
      for (const MemberEntry& entry : group.overrides) {
        if (entry.number == number && !entry.assign.empty()) {
          assign_by_hand(entry.assign, setup);
        }
      }
      setup.config = consumer_config(scenario_, group, number);
      setup.commit = commit_mode(group.commit);
      setup.processing_time = member.processing_time;
      if (!group.output.empty()) {
        const ProducerEntry output = output_producer(group, number);
        setup.commit = sim::ConsumerSetup::CommitMode::kNever;  // by its producer
        setup.output = {output.name, names_.topic(output.topic), producer_config(scenario_, output),
                        transactional_id(output), workload(output.workload, Duration{0})};
      }
      consumers_.push_back(std::move(setup));
    }
  }

  /// It asks for the metadata of these partitions' topics, not of the group's.
  void assign_by_hand(const std::vector<std::string>& partitions, sim::ConsumerSetup& setup) const {
    setup.topics.clear();
    for (const std::string& name : partitions) {
      const std::optional<sim::TopicPartition> partition = names_.partition(name);
      if (!partition) {
        continue;  // reported by the validator
      }
      setup.assignment.push_back(*partition);
      setup.topics.push_back(partition->topic);
    }
    std::sort(setup.assignment.begin(), setup.assignment.end());
    std::sort(setup.topics.begin(), setup.topics.end());
    setup.topics.erase(std::unique(setup.topics.begin(), setup.topics.end()), setup.topics.end());
  }

  const Scenario& scenario_;
  Names names_;
  Registry registry_;
  std::vector<sim::BrokerSetup> brokers_;
  std::vector<sim::ProducerSetup> producers_;
  std::vector<sim::ConsumerSetup> consumers_;
};

}  // namespace

Registry make_registry(const Scenario& scenario) {
  KSCOPE_CHECK(!scenario.brokers.empty(), "a scenario without brokers was not validated");
  return RegistryBuilder(scenario).build();
}

std::vector<NodeSetup> make_nodes(const Scenario& scenario) {
  std::vector<NodeSetup> nodes;
  for (const sim::NodeEntry& entry : make_registry(scenario).nodes) {
    NodeSetup setup;
    setup.disk.flush_latency = scenario.disk.flush_latency;
    setup.disk.bytes_per_s = scenario.disk.bytes_per_s;
    setup.partner = entry.partner;
    setup.starts_at = entry.starts_at == Duration::max() ? SimTime::max() : SimTime(entry.starts_at);
    const bool has_disk =
        entry.role == NodeRole::kBroker || entry.role == NodeRole::kZooKeeper || entry.role == NodeRole::kController;
    if (!has_disk) {
      setup.disk.writeback_interval = Duration{0};
    }
    nodes.push_back(setup);
  }
  return nodes;
}

NetworkSetup make_network(const Scenario& scenario) {
  NetworkSetup setup;
  setup.latency = scenario.network.latency;
  setup.jitter = scenario.network.jitter;
  setup.bytes_per_s = scenario.network.bytes_per_s;
  return setup;
}

Registry with_created_topics(Registry registry, const Scenario& scenario) {
  const Names names = names_of(scenario);
  for (std::size_t i = registry.topics.size(); i < names.topics.size(); ++i) {
    sim::TopicSetup topic;
    topic.name = names.topics[i].name;
    topic.partitions = names.topics[i].partitions;
    registry.topics.push_back(std::move(topic));
  }
  for (const TimedAction& timed : scenario.actions) {
    if (const sim::TopicId topic = names.topic(timed.action.topic);
        timed.action.verb == Verb::kCreatePartitions && topic.is_valid()) {
      std::int32_t& most = registry.topics[static_cast<std::size_t>(topic.value)].asked_partitions;
      most = std::max(most, static_cast<std::int32_t>(timed.action.number));
    }
  }
  return registry;
}

std::vector<ScheduledInput> make_inputs(const Scenario& scenario, const Registry& registry) {
  std::vector<ScheduledInput> inputs;
  // Topics that actions create are not in the registry yet: later actions may name them all the same.
  const Registry later = with_created_topics(registry, scenario);
  const Names names_later = names_of(later);
  for (const TimedAction& timed : scenario.actions) {
    const Result<std::vector<Input>> made = to_inputs(timed.action, later, names_later);
    KSCOPE_CHECK(made.has_value(), "an action of the scenario was not validated");
    bool is_continued = false;
    for (const Input& input : *made) {
      inputs.push_back({timed.time, input, to_text(timed.action), is_continued});
      is_continued = true;
    }
  }
  return inputs;
}

}  // namespace kscope::scenario
