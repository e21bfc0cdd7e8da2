// Topics as the controller has them, groups as their coordinators have them, log ends as the leaders tell them.
#include <algorithm>
#include <map>

#include "sim/coordinator/group/consumer/subscription.h"
#include "sim/session/state_reader.h"
#include "sim/types/java_string.h"
#include "sim/view/described.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::view {
namespace {

/// One partition by the word of the controller or of ZooKeeper.
struct Known {
  std::vector<sim::BrokerId> replicas;
  std::vector<sim::BrokerId> adding;
  std::vector<sim::BrokerId> removing;
  std::vector<sim::BrokerId> isr;
  sim::BrokerId leader;  ///< not valid = none, or its broker is not registered
  std::vector<sim::BrokerId> elr;
  std::vector<sim::BrokerId> last_known_elr;
};
using Cluster = std::map<sim::TopicPartition, Known>;

/// The broker whose word counts as the controller's; null while there is none. A zombie has an older epoch.
const sim::Controller* active_controller(const sim::World& world) {
  const sim::Controller* found = nullptr;
  for (const NodeId node : world.registry().broker_nodes) {
    const sim::Broker* broker = session::find_broker(world, node);
    if (broker == nullptr || !broker->controller.is_active() || !broker->controller.is_initialized) {
      continue;
    }
    if (found == nullptr || found->context.epoch < broker->controller.context.epoch) {
      found = &broker->controller;
    }
  }
  return found;
}

Cluster cluster_of(const sim::ControllerContext& context) {
  Cluster out;
  for (const auto& [id, partition] : context.partitions) {
    Known& known = out[id];
    known.replicas = partition.replicas;
    known.adding = partition.adding;
    known.removing = partition.removing;
    if (partition.leadership) {
      known.isr = partition.leadership->isr;
      known.leader =
          context.brokers.contains(partition.leadership->leader) ? partition.leadership->leader : sim::BrokerId{};
    }
  }
  return out;
}

Cluster cluster_of(const sim::ZnodeTree& tree, const sim::Registry& registry) {
  Cluster out;
  for (const std::string& name : tree.children(sim::zk::kTopicsPath)) {
    const std::optional<sim::TopicId> topic = registry.find_topic(name);
    const sim::Znode* assigned = tree.find(sim::zk::topic_path(name));
    if (!topic || assigned == nullptr || assigned->data == nullptr) {
      continue;
    }
    const auto& assignment = assigned->data->assignment;
    for (std::size_t i = 0; i < assignment.size(); ++i) {
      const auto index = static_cast<std::int32_t>(i);
      Known& known = out[{*topic, index}];
      known.replicas = assignment[i];
      const sim::Znode* state = tree.find(sim::zk::partition_state_path(name, index));
      if (state == nullptr || state->data == nullptr) {
        continue;
      }
      known.isr = state->data->state.isr;
      const sim::BrokerId leader = state->data->state.leader;
      const bool is_alive = leader.is_valid() && tree.find(sim::zk::broker_path(leader)) != nullptr;
      known.leader = is_alive ? leader : sim::BrokerId{};
    }
    for (const sim::OngoingReassignment& ongoing : assigned->data->reassignments) {
      Known& known = out[{*topic, ongoing.partition}];
      known.adding = ongoing.adding;
      known.removing = ongoing.removing;
    }
  }
  return out;
}

Cluster cluster_of(const sim::kraft::MetadataImage& image) {
  Cluster out;
  for (const auto& [id, topic] : image.topics()) {
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      const sim::kraft::PartitionRegistration& partition = topic.partitions[i];
      Known& known = out[{sim::topic_of(id), static_cast<std::int32_t>(i)}];
      known.replicas = partition.replicas;
      known.adding = partition.adding_replicas;
      known.removing = partition.removing_replicas;
      known.isr = partition.isr;
      known.leader = partition.leader;
      known.elr = partition.elr;
      known.last_known_elr = partition.last_known_elr;
    }
  }
  return out;
}

/// kafka-metadata-quorum.sh describe --replication, and what each process takes itself for.
std::vector<DescribedReplica> quorum_of(const sim::World& world) {
  std::vector<DescribedReplica> out;
  const auto add = [&](NodeId node, const sim::raft::RaftClient& raft, const sim::raft::RaftLog& log) {
    out.push_back({world.registry().nodes[static_cast<std::size_t>(node.value)].name,
                   raft.is_voter() ? std::string(sim::raft::state_name(raft.state())) : "Observer", raft.epoch().value,
                   log.end_offset().value, raft.high_watermark().value});
  };
  for (const NodeId node : world.registry().controllers) {
    const sim::Role* role = world.role(node);
    if (const auto* controller = role == nullptr ? nullptr : std::get_if<sim::KraftController>(role)) {
      add(node, controller->raft, world.durable(node).metadata_log.log);
    }
  }
  for (const NodeId node : world.registry().broker_nodes) {
    const sim::Broker* broker = session::find_broker(world, node);
    if (broker != nullptr && world.registry().is_kraft()) {
      add(node, broker->kraft.raft, broker->kraft.log.log);
    }
  }
  return out;
}

std::vector<std::int32_t> numbers(const std::vector<sim::BrokerId>& brokers) {
  std::vector<std::int32_t> out;
  out.reserve(brokers.size());
  for (const sim::BrokerId broker : brokers) {
    out.push_back(broker.value);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> configs_of(const sim::TopicSetup& topic) {
  std::vector<std::pair<std::string, std::string>> out;
  if (topic.overrides != nullptr) {
    for (const auto& [name, value] : topic.overrides->all()) {
      out.emplace_back(name, value);
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return is_listed_before(a.first, b.first); });
  return out;
}

std::vector<DescribedTopic> topics_of(const Cluster& cluster, const sim::Registry& registry, bool with_internal) {
  std::map<std::string, DescribedTopic> by_name;
  for (const auto& [id, known] : cluster) {
    const sim::TopicSetup& setup = registry.topics[static_cast<std::size_t>(id.topic.value)];
    if (setup.is_internal && !with_internal) {
      continue;
    }
    DescribedTopic& topic = by_name[setup.name];
    if (topic.partitions.empty()) {
      topic.name = setup.name;
      topic.topic_id = topic_id_text(setup.name);
      topic.configs = configs_of(setup);
    }
    topic.partitions.push_back({id.partition, known.leader.value, numbers(known.replicas), numbers(known.isr),
                                registry.is_kraft() && !registry.rules.is_old(sim::Rule::kKip966), numbers(known.elr),
                                numbers(known.last_known_elr), numbers(known.adding), numbers(known.removing)});
  }
  std::vector<DescribedTopic> out;
  out.reserve(by_name.size());
  for (auto& [name, topic] : by_name) {
    out.push_back(std::move(topic));
  }
  return out;
}

/// What the leader answers to ListOffsets; none when nobody leads or the leader's process is down.
std::optional<std::int64_t> log_end_of(const sim::World& world, const Cluster& cluster, sim::TopicPartition id) {
  const auto known = cluster.find(id);
  if (known == cluster.end() || !known->second.leader.is_valid()) {
    return std::nullopt;
  }
  const NodeId node = world.registry().node_of(known->second.leader);
  const sim::Partition* replica = node.is_valid() ? session::find_replica(world, node, id) : nullptr;
  if (replica == nullptr || !replica->is_leader(known->second.leader)) {
    return std::nullopt;
  }
  return replica->high_watermark.value;
}

// Kafka's tool repeats its requests for 5 s and then says which call had no answer. The times in milliseconds that it puts
// between the name and "timed out" are left out, the error that it met is added. Source: ConsumerGroupCommand, CoordinatorStrategy, KafkaAdminClient, 3.9.
constexpr const char* kNobodyToAsk =
    "org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: "
    "describeConsumerGroups(api=FIND_COORDINATOR)";
constexpr const char* kNotAvailable =
    "org.apache.kafka.common.errors.TimeoutException: Call(callName=describeConsumerGroups(api=FIND_COORDINATOR)) "
    "timed "
    "out (COORDINATOR_NOT_AVAILABLE)";
constexpr const char* kLoading =
    "org.apache.kafka.common.errors.TimeoutException: Call(callName=describeConsumerGroups(api=DESCRIBE_GROUPS)) timed "
    "out (COORDINATOR_LOAD_IN_PROGRESS)";

/// Finds the coordinator of the group as clients do: the leader of its partition of __consumer_offsets. Null with an
/// error in `out` when there is none; null without one when that topic does not exist yet.
const sim::GroupCoordinator* coordinator_of(const sim::World& world, const Cluster& cluster, DescribedGroup& out) {
  std::int32_t count = 0;
  for (auto one = cluster.lower_bound({sim::kOffsetsTopic, 0});
       one != cluster.end() && one->first.topic == sim::kOffsetsTopic; ++one) {
    ++count;
  }
  if (count == 0) {
    return nullptr;
  }
  const std::int32_t partition = sim::coordinator_partition(out.name, count);
  const sim::BrokerId leader = cluster.at({sim::kOffsetsTopic, partition}).leader;
  const NodeId node = leader.is_valid() ? world.registry().node_of(leader) : NodeId{};
  const sim::Broker* broker = node.is_valid() ? session::find_broker(world, node) : nullptr;
  out.error = kNotAvailable;
  if (broker == nullptr) {
    return nullptr;
  }
  for (const sim::CoordinatedPartition& owned : broker->groups.partitions) {
    if (owned.partition == partition) {
      out.error = owned.is_loading ? kLoading : "";
      out.coordinator = leader.value;
      return owned.is_loading ? nullptr : &broker->groups;
    }
  }
  return nullptr;
}

void add_group(const sim::World& world, const Cluster& cluster, const sim::Group& group, DescribedGroup& out) {
  const sim::Registry& registry = world.registry();
  const auto topic_name = [&](sim::TopicId topic) {
    return registry.topics[static_cast<std::size_t>(topic.value)].name;
  };
  out.exists = group.state != sim::GroupState::Dead;
  out.state = std::string(sim::group_state_name(group.state));
  // Only of a stable group does the coordinator tell protocol and assignments. Source: GroupMetadata.summary, Kafka 3.9.
  const bool is_stable = group.state == sim::GroupState::Stable;
  out.protocol = is_stable ? group.protocol : "";
  std::map<sim::TopicPartition, std::optional<std::int64_t>> offsets;
  for (const auto& [partition, offset] : group.offsets) {
    offsets[partition] = offset.committed.offset.value;
  }
  for (const auto& [id, member] : group.members) {
    DescribedMember one;
    one.member_id = registry.member_text(id);
    one.client_id = registry.nodes.at(static_cast<std::size_t>(id.client.value)).name;
    one.group_instance_id = member.group_instance_id;
    for (const sim::TopicPartition partition : is_stable ? member.assignment : std::vector<sim::TopicPartition>{}) {
      one.assignment.emplace_back(topic_name(partition.topic), partition.partition);
      offsets.try_emplace(partition);
    }
    out.members.push_back(std::move(one));
  }
  for (const auto& [partition, committed] : offsets) {
    out.offsets.push_back(
        {topic_name(partition.topic), partition.partition, committed, log_end_of(world, cluster, partition)});
  }
}

/// A group of old consumers: what their znodes say. Source: ConsumerGroupCommand.ZkConsumerGroupService (Kafka 0.10).
void add_zookeeper_group(const sim::World& world, const Cluster& cluster, const sim::ZnodeTree& znodes,
                         DescribedGroup& out) {
  const sim::Registry& registry = world.registry();
  std::map<std::string, DescribedMember> members;
  for (const std::string& id : znodes.children(sim::zk::consumer_ids_path(out.name))) {
    const NodeId node = znodes.find(sim::zk::consumer_id_path(out.name, id))->data->node;
    members[registry.nodes.at(static_cast<std::size_t>(node.value)).name].member_id = id;
  }
  for (auto& [client, member] : members) {
    member.client_id = client;
  }
  std::map<sim::TopicPartition, std::optional<std::int64_t>> offsets;
  for (std::size_t t = 0; t < registry.topics.size(); ++t) {
    const std::string& topic = registry.topics[t].name;
    const sim::TopicId id(static_cast<std::int32_t>(t));
    for (const std::string& number : znodes.children(sim::zk::consumer_owners_path(out.name, topic))) {
      const std::int32_t partition = std::atoi(number.c_str());
      const NodeId owner = znodes.find(sim::zk::consumer_owner_path(out.name, topic, partition))->data->node;
      members[registry.nodes.at(static_cast<std::size_t>(owner.value)).name].assignment.emplace_back(topic, partition);
      offsets.try_emplace({id, partition});
    }
    for (const std::string& number : znodes.children(sim::zk::consumer_offsets_path(out.name, topic))) {
      const std::int32_t partition = std::atoi(number.c_str());
      offsets[{id, partition}] = znodes.find(sim::zk::consumer_offset_path(out.name, topic, partition))->data->number;
    }
  }
  out.exists = znodes.find(sim::zk::consumer_ids_path(out.name)) != nullptr;
  out.state = members.empty() ? "Empty" : "ZooKeeper";
  out.protocol = members.empty() ? "" : "range";
  for (auto& [client, member] : members) {
    out.members.push_back(std::move(member));
  }
  for (const auto& [partition, committed] : offsets) {
    out.offsets.push_back({registry.topics[static_cast<std::size_t>(partition.topic.value)].name, partition.partition,
                           committed, log_end_of(world, cluster, partition)});
  }
}

/// The assignor that the coordinator uses: what most members ask for, else the first of group.consumer.assignors.
std::string server_assignor_of(const sim::BrokerConfig& config, const sim::consumer_group::ConsumerGroup& group) {
  std::vector<const sim::consumer_group::ConsumerGroupMember*> members;
  members.reserve(group.members.size());
  for (const auto& [id, member] : group.members) {
    members.push_back(&member);
  }
  const bool is_range = config.group_consumer_assignors.front() == sim::ServerAssignorName::RANGE;
  const auto by_default =
      is_range ? sim::consumer_group::ServerAssignor::kRange : sim::consumer_group::ServerAssignor::kUniform;
  return std::string(
      sim::consumer_group::to_string(sim::consumer_group::preferred_server_assignor(members).value_or(by_default)));
}

/// A group of the consumer protocol (KIP-848). `held`: what it has committed.
void add_consumer_group(const sim::World& world, const Cluster& cluster,
                        const sim::consumer_group::ConsumerGroup& group, const sim::Group* held, DescribedGroup& out) {
  const sim::Registry& registry = world.registry();
  const auto topic_name = [&](sim::TopicId topic) {
    return registry.topics[static_cast<std::size_t>(topic.value)].name;
  };
  out.exists = true;
  out.state = std::string(sim::consumer_group::to_string(group.state()));
  out.protocol = server_assignor_of(registry.brokers->front().config, group);
  out.classic_member_count = group.classic_member_count();
  std::map<sim::TopicPartition, std::optional<std::int64_t>> offsets;
  if (held != nullptr) {
    for (const auto& [partition, offset] : held->offsets) {
      offsets[partition] = offset.committed.offset.value;
    }
  }
  for (const auto& [id, member] : group.members) {
    DescribedMember one;
    one.member_id = registry.member_text(id);
    one.client_id = registry.nodes.at(static_cast<std::size_t>(id.client.value)).name;
    one.group_instance_id = member.metadata.instance_id.value_or("");
    for (const sim::TopicPartition partition : member.current.assigned) {
      one.assignment.emplace_back(topic_name(partition.topic), partition.partition);
      offsets.try_emplace(partition);
    }
    out.members.push_back(std::move(one));
  }
  for (const auto& [partition, committed] : offsets) {
    out.offsets.push_back(
        {topic_name(partition.topic), partition.partition, committed, log_end_of(world, cluster, partition)});
  }
}

}  // namespace

Described build_described(const sim::World& world, bool with_internal_topics) {
  const sim::Registry& registry = world.registry();
  Described out;
  for (const NodeId node : registry.broker_nodes) {
    out.is_any_broker_up = out.is_any_broker_up || session::find_broker(world, node) != nullptr;
  }
  Cluster cluster;
  if (const sim::Controller* controller = active_controller(world)) {
    cluster = cluster_of(controller->context);
  } else if (const sim::ZnodeTree* tree = session::find_znodes(world)) {
    cluster = cluster_of(*tree, registry);
  } else if (const sim::KraftController* keeper = session::find_controller(world)) {
    cluster = cluster_of(keeper->committed);
  }
  out.quorum = quorum_of(world);
  out.topics = topics_of(cluster, registry, with_internal_topics);
  for (std::size_t i = 0; i < registry.groups.size(); ++i) {
    DescribedGroup group;
    group.name = registry.groups[i].name;
    const bool is_old = session::is_in_zookeeper(registry, sim::GroupId(static_cast<std::int32_t>(i)));
    if (const sim::ZnodeTree* tree = is_old ? session::find_znodes(world) : nullptr) {
      add_zookeeper_group(world, cluster, *tree, group);
    } else if (!out.is_any_broker_up || is_old) {
      group.error = kNobodyToAsk;
    } else if (const sim::GroupCoordinator* coordinator = coordinator_of(world, cluster, group)) {
      const sim::GroupId id(static_cast<std::int32_t>(i));
      const sim::Group* held = coordinator->find(id);
      if (const auto* consumers = coordinator->find_consumer_group(id)) {
        add_consumer_group(world, cluster, *consumers, held, group);
      } else if (held != nullptr) {
        add_group(world, cluster, *held, group);
      }
    }
    out.groups.push_back(std::move(group));
  }
  return out;
}

}  // namespace kscope::view
