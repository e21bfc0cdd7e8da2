#include "sim/session/state_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/zookeeper/zk_paths.h"

namespace kscope::session {

using scenario::None;
using scenario::Quantity;
using scenario::Term;
using scenario::Value;

const sim::Broker* find_broker(const sim::World& world, NodeId node) {
  const sim::Role* role = node.is_valid() ? world.role(node) : nullptr;
  return role == nullptr ? nullptr : std::get_if<sim::Broker>(role);
}
const sim::Consumer* find_consumer(const sim::World& world, NodeId node) {
  const sim::Role* role = node.is_valid() ? world.role(node) : nullptr;
  return role == nullptr ? nullptr : std::get_if<sim::Consumer>(role);
}
const sim::Producer* find_producer(const sim::World& world, NodeId node) {
  const sim::Role* role = node.is_valid() ? world.role(node) : nullptr;
  const auto* consumer = role == nullptr ? nullptr : std::get_if<sim::Consumer>(role);
  if (consumer != nullptr && consumer->copier) {
    return &consumer->copier->producer;
  }
  return role == nullptr ? nullptr : std::get_if<sim::Producer>(role);
}

const sim::KraftController* find_controller(const sim::World& world) {
  const sim::KraftController* found = nullptr;
  for (const NodeId node : world.registry().controllers) {
    const sim::Role* role = world.role(node);
    const auto* controller = role == nullptr ? nullptr : std::get_if<sim::KraftController>(role);
    if (controller != nullptr && (found == nullptr || found->applied < controller->applied ||
                                  (found->applied == controller->applied && controller->is_active()))) {
      found = controller;
    }
  }
  return found;
}

const sim::ZnodeTree* find_znodes(const sim::World& world) {
  const sim::ZooKeeperServer* found = nullptr;
  for (const NodeId node : world.registry().zookeepers) {
    const sim::Role* role = world.role(node);
    const auto* server = role == nullptr ? nullptr : std::get_if<sim::ZooKeeperServer>(role);
    if (server == nullptr) {
      continue;
    }
    if (server->is_leading()) {
      return &server->database.tree;
    }
    if (found == nullptr || found->applied_count < server->applied_count) {
      found = server;
    }
  }
  return found == nullptr ? nullptr : &found->database.tree;
}

bool is_in_zookeeper(const sim::Registry& registry, sim::GroupId group) {
  return std::any_of(registry.consumers->begin(), registry.consumers->end(), [&](const sim::ConsumerSetup& setup) {
    return setup.group == group && setup.config.offsets_storage == sim::OffsetsStorage::ZOOKEEPER;
  });
}

const sim::Partition* find_replica(const sim::World& world, NodeId node, sim::TopicPartition partition) {
  const sim::Broker* broker = find_broker(world, node);
  const sim::Partition* found = broker == nullptr ? nullptr : broker->replicas.find(partition);
  return found != nullptr && found->is_hosted ? found : nullptr;
}

NodeId leader_node(const Run& run, sim::TopicPartition partition) {
  const sim::PartitionWatch* p = run.watch.find(partition);
  if (p == nullptr || !p->leader.is_valid()) {
    return NodeId{};
  }
  const NodeId node = run.world.registry().node_of(p->leader);
  const sim::Partition* replica = find_replica(run.world, node, partition);
  return replica != nullptr && replica->is_leader(p->leader) ? node : NodeId{};
}

const sim::Group* find_group(const sim::World& world, sim::GroupId group) {
  for (const NodeId node : world.registry().broker_nodes) {
    const sim::Broker* broker = find_broker(world, node);
    const sim::Group* found = broker == nullptr ? nullptr : broker->groups.find(group);
    if (found != nullptr && found->state != sim::GroupState::Dead) {
      return found;
    }
  }
  return nullptr;
}

const sim::consumer_group::ConsumerGroup* find_consumer_group(const sim::World& world, sim::GroupId group) {
  for (const NodeId node : world.registry().broker_nodes) {
    const sim::Broker* broker = find_broker(world, node);
    const auto* found = broker == nullptr ? nullptr : broker->groups.find_consumer_group(group);
    if (found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

namespace {

// The broker's own belief may be wrong: a paused broker does not know that its session is over. What counts is the tree of
// the leading ZooKeeper server, or of any server while none leads.
// In KRaft mode: what the controller has that has read the most of the metadata log.
bool is_registered_in_log(const sim::World& world, sim::BrokerId broker) {
  const sim::KraftController* controller = find_controller(world);
  const sim::kraft::BrokerRegistration* found = controller == nullptr ? nullptr : controller->committed.broker(broker);
  return found != nullptr && !found->is_fenced;
}

bool is_registered(const sim::World& world, NodeId broker) {
  if (world.registry().is_kraft()) {
    return is_registered_in_log(world, world.registry().broker(broker).id);
  }
  const std::string path = fmt::format("/brokers/ids/{}", world.registry().broker(broker).id.value);
  bool is_somewhere = false;
  for (const NodeId node : world.registry().zookeepers) {
    const sim::Role* role = world.role(node);
    const auto* server = role == nullptr ? nullptr : std::get_if<sim::ZooKeeperServer>(role);
    if (server == nullptr) {
      continue;
    }
    const bool has_znode = server->database.tree.find(path) != nullptr;
    if (server->is_leading()) {
      return has_znode;
    }
    is_somewhere = is_somewhere || has_znode;
  }
  return is_somewhere;
}

}  // namespace

const std::vector<sim::TopicId>& topics_of(const sim::World& world, NodeId consumer) {
  const sim::Consumer* running = find_consumer(world, consumer);
  return running == nullptr ? world.registry().consumer(consumer).topics : running->setup.topics;
}

std::vector<NodeId> members_of(const sim::Registry& registry, sim::GroupId group) {
  std::vector<NodeId> members;
  for (std::size_t i = 0; i < registry.nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    if (registry.nodes[i].role == sim::NodeRole::kConsumer && registry.consumer(node).group == group) {
      members.push_back(node);
    }
  }
  return members;
}

Value RunReader::read(const Term& term) const {
  switch (term.quantity) {
    case Quantity::kLeader:
    case Quantity::kIsr:
    case Quantity::kReplicas:
    case Quantity::kHighWatermark:
    case Quantity::kLogEnd:
    case Quantity::kLogStart:
    case Quantity::kLogSize:
    case Quantity::kEpoch:
    case Quantity::kUnavailable: return read_partition(term);
    case Quantity::kController:
    case Quantity::kUnderReplicated:
    case Quantity::kOffline:
    case Quantity::kAckedLost:
    case Quantity::kDuplicates:
    case Quantity::kReordered:
    case Quantity::kBroken:
    case Quantity::kCount:
    case Quantity::kTime:
    case Quantity::kUp:
    case Quantity::kPaused:
    case Quantity::kRegistered: return read_cluster(term);
    case Quantity::kLag:
    case Quantity::kState:
    case Quantity::kGeneration:
    case Quantity::kMembers:
    case Quantity::kClassicMembers:
    case Quantity::kOwner:
    case Quantity::kCommitted:
    case Quantity::kPosition:
    case Quantity::kReadsFrom: return read_group(term);
    case Quantity::kSent:
    case Quantity::kAcked:
    case Quantity::kFailed:
    case Quantity::kDelivered:
    case Quantity::kProcessed: return read_client(term);
    case Quantity::kRedelivered:
    case Quantity::kSkipped:
    case Quantity::kMoved:
    case Quantity::kStalled: return read_group_so_far(term);
  }
  return None{};
}

Value RunReader::read_partition(const Term& term) const {
  const sim::Registry& registry = run_.world.registry();
  if (term.quantity == Quantity::kUnavailable && term.partition.partition < 0) {
    std::int64_t longest = 0;
    const auto& topics = run_.watch.topics();
    const auto topic = static_cast<std::size_t>(term.partition.topic.value);
    for (std::size_t i = 0; topic < topics.size() && i < topics[topic].size(); ++i) {
      Term one = term;
      one.partition.partition = static_cast<std::int32_t>(i);
      const Value value = read_partition(one);
      longest = std::max(longest, std::get_if<std::int64_t>(&value) == nullptr ? 0 : std::get<std::int64_t>(value));
    }
    return longest;
  }
  const sim::PartitionWatch* p = run_.watch.find(term.partition);
  const bool is_on_disk =
      term.quantity == Quantity::kLogEnd || term.quantity == Quantity::kLogStart || term.quantity == Quantity::kLogSize;
  // What lies on a broker's disk may outlive its topic.
  if (p == nullptr || (!p->exists && !(is_on_disk && term.broker.is_valid()))) {
    return None{};
  }
  if (term.quantity == Quantity::kLeader) {
    return p->leader.is_valid() ? Value(std::int64_t{p->leader.value}) : Value(None{});
  }
  if (term.quantity == Quantity::kIsr || term.quantity == Quantity::kReplicas) {
    std::vector<std::int64_t> ids;
    if (term.quantity == Quantity::kIsr) {
      for (std::size_t i = 0; i < registry.brokers->size(); ++i) {
        if (p->isr.contains(i)) {
          ids.push_back((*registry.brokers)[i].id.value);
        }
      }
      std::sort(ids.begin(), ids.end());
    } else {
      for (const NodeId node : registry.broker_nodes) {
        if (const sim::Partition* replica = find_replica(run_.world, node, term.partition)) {
          for (const sim::BrokerId id : replica->replicas) {
            ids.push_back(id.value);
          }
          break;
        }
      }
    }
    return ids;
  }
  if (term.quantity == Quantity::kUnavailable) {
    return p->leader.is_valid() ? std::int64_t{0} : (run_.now() - p->leaderless_since).count();
  }
  if (term.quantity == Quantity::kEpoch && !term.broker.is_valid()) {
    return std::int64_t{p->leader_epoch.value};
  }
  const NodeId node = term.broker.is_valid() ? registry.node_of(term.broker) : leader_node(run_, term.partition);
  if (!node.is_valid()) {
    return None{};
  }
  const sim::HostedLog* hosted = run_.world.durable(node).logs.find(term.partition);
  if (hosted == nullptr || hosted->is_deleted) {
    return None{};
  }
  if (term.quantity == Quantity::kLogEnd) {
    return hosted->log.log_end_offset().value;
  }
  if (term.quantity == Quantity::kLogStart) {
    return hosted->log.log_start_offset().value;
  }
  if (term.quantity == Quantity::kLogSize) {
    return hosted->log.size_bytes();
  }
  const sim::Partition* replica = find_replica(run_.world, node, term.partition);
  if (replica == nullptr) {
    return None{};
  }
  return term.quantity == Quantity::kEpoch ? std::int64_t{replica->leader_epoch.value} : replica->high_watermark.value;
}

Value RunReader::read_cluster(const Term& term) const {
  const sim::Watch& watch = run_.watch;
  switch (term.quantity) {
    case Quantity::kController:
      if (watch.controller.value >= sim::kFirstControllerId) {
        return std::int64_t{watch.controller.value - sim::kFirstControllerId + 1};  // 1 for c1
      }
      return watch.controller.is_valid() ? Value(std::int64_t{watch.controller.value}) : Value(None{});
    case Quantity::kUnderReplicated:
    case Quantity::kOffline: {
      std::int64_t count = 0;
      for (std::size_t topic = 0; topic < watch.topics().size(); ++topic) {
        if (run_.world.registry().topics[topic].is_internal) {
          continue;
        }
        for (std::size_t i = 0; i < watch.topics()[topic].size(); ++i) {
          const sim::PartitionWatch& p = watch.topics()[topic][i];
          const auto in_sync = static_cast<std::size_t>(p.isr.size());
          const std::size_t wanted = watch.wanted_replicas(
              run_.world.registry(), {sim::TopicId(static_cast<std::int32_t>(topic)), static_cast<std::int32_t>(i)});
          const bool is_bad = term.quantity == Quantity::kOffline ? !p.leader.is_valid() : in_sync < wanted;
          count += p.exists && is_bad ? 1 : 0;
        }
      }
      return count;
    }
    case Quantity::kAckedLost: {
      std::int64_t lost = 0;
      for (const auto& topic : watch.topics()) {
        for (const sim::PartitionWatch& p : topic) {
          lost += p.acked_lost;
        }
      }
      return lost;
    }
    case Quantity::kDuplicates: return watch.duplicates;
    case Quantity::kReordered: return watch.reordered;
    case Quantity::kBroken: {
      if (term.word.empty()) {
        return std::int64_t{std::count_if(run_.invariants.rows.begin(), run_.invariants.rows.end(),
                                          [](const auto& row) { return row.broken > 0; })};
      }
      for (std::size_t i = 0; i < sim::invariants().size(); ++i) {
        if (sim::invariants()[i].id == term.word) {
          return std::int64_t{run_.invariants.rows[i].broken > 0 ? 1 : 0};
        }
      }
      return None{};
    }
    case Quantity::kCount: return watch.note_counts()[static_cast<std::size_t>(term.note)];
    case Quantity::kTime: return nanos(run_.now());
    case Quantity::kUp: return std::int64_t{run_.world.process(term.node).is_up ? 1 : 0};
    case Quantity::kPaused: return std::int64_t{run_.world.process(term.node).is_paused ? 1 : 0};
    case Quantity::kRegistered: return std::int64_t{is_registered(run_.world, term.node) ? 1 : 0};
    default: return None{};
  }
}

Value RunReader::read_group(const Term& term) const {
  const sim::World& world = run_.world;
  const sim::Group* group = find_group(world, term.group);
  const sim::GroupWatch& watched = run_.watch.groups().at(static_cast<std::size_t>(term.group.value));
  switch (term.quantity) {
    case Quantity::kState:
      if (const auto* consumers = find_consumer_group(world, term.group)) {
        return std::string(sim::consumer_group::to_string(consumers->state()));
      }
      return group == nullptr ? Value(None{}) : Value(std::string(sim::group_state_name(group->state)));
    case Quantity::kGeneration: return std::int64_t{watched.generation};
    case Quantity::kMembers:
      if (const auto* consumers = find_consumer_group(world, term.group)) {
        return static_cast<std::int64_t>(consumers->members.size());
      }
      if (const sim::ZnodeTree* znodes = is_in_zookeeper(world.registry(), term.group) ? find_znodes(world) : nullptr) {
        const std::string& name = world.registry().groups[static_cast<std::size_t>(term.group.value)].name;
        return static_cast<std::int64_t>(znodes->children(sim::zk::consumer_ids_path(name)).size());
      }
      return group == nullptr ? std::int64_t{0} : static_cast<std::int64_t>(group->members.size());
    case Quantity::kClassicMembers:
      if (const auto* consumers = find_consumer_group(world, term.group)) {
        return static_cast<std::int64_t>(consumers->classic_member_count());
      }
      return group == nullptr ? std::int64_t{0} : static_cast<std::int64_t>(group->members.size());
    case Quantity::kOwner: {
      const auto owner = watched.owners.find(term.partition);
      return owner == watched.owners.end()
                 ? Value(None{})
                 : Value(world.registry().nodes[static_cast<std::size_t>(owner->second.value)].name);
    }
    case Quantity::kCommitted: {
      const auto committed = watched.committed.find(term.partition);
      return committed == watched.committed.end() ? Value(None{}) : Value(committed->second.value);
    }
    case Quantity::kPosition: {
      for (const NodeId node : members_of(world.registry(), term.group)) {
        const sim::Consumer* consumer = find_consumer(world, node);
        const auto* state = consumer == nullptr ? nullptr : consumer->fetcher.find(term.partition);
        if (state != nullptr && state->position.value >= 0) {
          return state->position.value;
        }
      }
      return None{};
    }
    case Quantity::kReadsFrom: {
      for (const NodeId node : members_of(world.registry(), term.group)) {
        const sim::Consumer* consumer = find_consumer(world, node);
        const auto* state = consumer == nullptr ? nullptr : consumer->fetcher.find(term.partition);
        if (state == nullptr || !state->has_position()) {
          continue;
        }
        const sim::ClientPartition* known = consumer->metadata.partition(term.partition);
        const sim::BrokerId leader = known == nullptr ? sim::BrokerId{} : known->leader;
        const sim::BrokerId from = state->preferred_read_replica.is_valid() ? state->preferred_read_replica : leader;
        return from.is_valid() ? Value(std::int64_t{from.value}) : Value(None{});
      }
      return None{};
    }
    case Quantity::kLag: {
      std::int64_t lag = 0;
      const auto add = [&](sim::TopicPartition partition) {
        const NodeId leader = leader_node(run_, partition);
        const sim::HostedLog* hosted = leader.is_valid() ? world.durable(leader).logs.find(partition) : nullptr;
        if (hosted == nullptr) {
          return;
        }
        const auto committed = watched.committed.find(partition);
        const sim::Offset from =
            committed == watched.committed.end() ? hosted->log.log_start_offset() : committed->second;
        lag += std::max<std::int64_t>(0, hosted->log.log_end_offset() - from);
      };
      if (term.partition.partition >= 0) {
        add(term.partition);
        return lag;
      }
      std::set<sim::TopicId> topics;  // of all members, and those that the group has committed offsets of
      for (const NodeId node : members_of(world.registry(), term.group)) {
        topics.insert(topics_of(world, node).begin(), topics_of(world, node).end());
      }
      for (const auto& [partition, offset] : watched.committed) {
        topics.insert(partition.topic);
      }
      for (const sim::TopicId topic : topics) {
        const auto index = static_cast<std::size_t>(topic.value);
        for (std::size_t i = 0; index < run_.watch.topics().size() && i < run_.watch.topics()[index].size(); ++i) {
          add({topic, static_cast<std::int32_t>(i)});
        }
      }
      return lag;
    }
    default: return None{};
  }
}

Value RunReader::read_client(const Term& term) const {
  const sim::Registry& registry = run_.world.registry();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < registry.nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    const sim::NodeRole role = registry.nodes[i].role;
    const bool is_wanted = term.node.is_valid() ? term.node == node
                           : term.group.is_valid()
                               ? role == sim::NodeRole::kConsumer && registry.consumer(node).group == term.group
                               : true;
    if (!is_wanted || (role != sim::NodeRole::kProducer && role != sim::NodeRole::kConsumer)) {
      continue;
    }
    const sim::ClientWatch& client = run_.watch.clients()[i];
    switch (term.quantity) {
      case Quantity::kSent: sum += client.created; break;
      case Quantity::kAcked: sum += client.acked; break;
      case Quantity::kFailed: sum += client.failed; break;
      case Quantity::kDelivered: sum += client.delivered; break;
      case Quantity::kProcessed: sum += client.processed; break;
      default: break;
    }
  }
  return sum;
}

Value RunReader::read_group_so_far(const Term& term) const {
  const sim::GroupWatch& group = run_.watch.groups().at(static_cast<std::size_t>(term.group.value));
  switch (term.quantity) {
    case Quantity::kRedelivered: return group.redelivered;
    case Quantity::kSkipped: return group.skipped();
    case Quantity::kMoved: return group.moved;
    default: return group.stalled.count();
  }
}

}  // namespace kscope::session
