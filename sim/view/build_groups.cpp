// Groups: state, generations, who owns what, and what a rebalance waits for.
#include <fmt/format.h>

#include <algorithm>

#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::view {
namespace {

/// "b, a": members by name.
std::string names_of(const sim::Registry& registry, const std::vector<sim::MemberId>& members) {
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const sim::MemberId& member : members) {
    names.push_back(node_name(registry, member.client));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// What the rebalance waits for, and how long at most.
std::string waiting_for(const sim::Registry& registry, const sim::Group& group, LocalTime now) {
  std::vector<sim::MemberId> missing;
  if (group.state == sim::GroupState::PreparingRebalance) {
    const std::string left = duration_text(group.rebalance_until - now);
    for (const auto& [id, member] : group.members) {
      if (!member.join.is_set()) {
        missing.push_back(id);
      }
    }
    if (!missing.empty()) {
      return fmt::format("{} must join again, for at most {} more (max.poll.interval.ms)", names_of(registry, missing),
                         left);
    }
    for (const sim::PendingMember& pending : group.pending) {
      missing.push_back(pending.id);
    }
    return missing.empty() ? fmt::format("others may still join for {} (group.initial.rebalance.delay.ms)", left)
                           : fmt::format("{} has an id and must come back with it, for at most {} more",
                                         names_of(registry, missing), left);
  }
  if (group.state == sim::GroupState::CompletingRebalance) {
    const std::string left = duration_text(group.sync_until - now);
    const sim::GroupMember* leader = group.members.get(group.leader);
    if (leader != nullptr && !leader->sync.is_set()) {
      return fmt::format("{} computes the assignment and must send it (SyncGroup), for at most {} more",
                         node_name(registry, group.leader.client), left);
    }
    return "the assignment is being replicated in __consumer_offsets";
  }
  return {};
}

/// The same for a group of the consumer protocol: who is not where the target assignment has it.
std::string waiting_for(const sim::Registry& registry, const sim::consumer_group::ConsumerGroup& group) {
  std::vector<sim::MemberId> revoking;
  std::vector<sim::MemberId> behind;
  for (const auto& [id, member] : group.members) {
    if (member.current.state == sim::consumer_group::MemberState::UNREVOKED_PARTITIONS) {
      revoking.push_back(id);
    } else if (!member.is_reconciled_to(group.assignment_epoch)) {
      behind.push_back(id);
    }
  }
  if (!revoking.empty()) {
    return fmt::format("{} must give up partitions and say so, within max.poll.interval.ms; the others read on",
                       names_of(registry, revoking));
  }
  return behind.empty()
             ? ""
             : fmt::format("{} will hear of the new assignment with the next heartbeat", names_of(registry, behind));
}

std::string reason_text(const sim::Registry& registry, const std::string& reason) {
  if (reason.empty()) {
    return "members joined again";  // they gave something up, or the leader saw that topics have changed
  }
  const NodeId node(static_cast<std::int32_t>(std::atoi(reason.c_str())));
  return node_name(registry, node) + (reason.back() == '+' ? " joined" : " left");
}

void add_generations(const sim::Registry& registry, const sim::GroupWatch& watched, Group& out) {
  FlatMap<sim::TopicPartition, NodeId> last_owners;
  for (const sim::GenerationWatch& generation : watched.generations) {
    Generation one;
    one.generation = generation.generation;
    one.started_at = generation.started_at;
    one.stable_at = generation.stable_at;
    one.is_stable = generation.is_stable;
    one.reason = reason_text(registry, generation.reason);
    for (const std::int64_t key : out.partition_keys) {
      const sim::TopicPartition partition{sim::TopicId(static_cast<std::int32_t>(key >> 32)),
                                          static_cast<std::int32_t>(key & 0xffffffff)};
      const auto owner = generation.owners.find(partition);
      one.owner.push_back(owner == generation.owners.end() ? -1 : owner->second.value);
      const Duration* stalled = generation.stalled.get(partition);
      one.stalled.push_back(stalled == nullptr ? Duration(0) : *stalled);
      one.stalled_count += stalled == nullptr ? 0 : 1;
      one.longest_stall = std::max(one.longest_stall, one.stalled.back());
      one.total_stall += one.stalled.back();
      if (owner != generation.owners.end()) {
        const NodeId* before = last_owners.get(partition);
        one.moved_count += before != nullptr && *before != owner->second ? 1 : 0;
        last_owners.insert_or_assign(partition, owner->second);
      }
    }
    out.generations.push_back(std::move(one));
  }
}

}  // namespace

void build_groups(const Inside& inside, Snapshot& out) {
  const sim::World& world = inside.run().world;
  const sim::Registry& registry = world.registry();
  for (std::size_t g = 0; g < registry.groups.size(); ++g) {
    const sim::GroupId id(static_cast<std::int32_t>(g));
    const sim::GroupWatch& watched = inside.run().watch.groups()[g];
    Group group;
    group.group = id.value;
    group.name = registry.groups[g].name;
    group.letter = group_letter(id);
    group.generation = watched.generation;
    const sim::Group* live = session::find_group(world, id);
    group.state = live != nullptr      ? std::string(sim::group_state_name(live->state))
                  : watched.is_deleted ? "Dead"
                                       : "no coordinator";
    NodeId coordinator;
    for (const NodeId node : registry.broker_nodes) {
      const sim::Broker* broker = session::find_broker(world, node);
      if (broker != nullptr && broker->groups.find(id) != nullptr) {
        group.coordinator = registry.broker(node).id.value;
        coordinator = node;
      }
    }
    if (session::is_in_zookeeper(registry, id)) {
      group.state = "in ZooKeeper";
      group.protocol = "range, by each member for itself";
    } else if (const auto* consumers = session::find_consumer_group(world, id)) {
      group.state = sim::consumer_group::to_string(consumers->state());
      const std::size_t classic = consumers->classic_member_count();
      group.protocol = classic == 0
                           ? "consumer protocol"
                           : fmt::format("consumer protocol ({} of {} classic)", classic, consumers->members.size());
      group.waiting_for = waiting_for(registry, *consumers);
    } else if (live != nullptr) {
      group.protocol = live->protocol;
      group.waiting_for = waiting_for(registry, *live, world.local_time(coordinator));
    }
    for (const Partition& partition : out.partitions) {
      for (const GroupMark& mark : partition.groups) {
        if (mark.group == id.value) {
          group.partitions.push_back(partition.name);
          group.partition_keys.push_back(std::int64_t{partition.topic} << 32 | partition.partition);
          group.total_lag += mark.lag;
        }
      }
    }
    const bool has_consumer_protocol = session::find_consumer_group(world, id) != nullptr;
    for (const NodeId node : session::members_of(registry, id)) {
      const sim::Consumer* consumer = session::find_consumer(world, node);
      if (consumer == nullptr && world.process(node).incarnation == 0) {
        continue;
      }
      GroupMember member;
      member.node = node.value;
      member.name = node_name(registry, node);
      member.state = consumer == nullptr                 ? "down"
                     : consumer->has_manual_assignment() ? std::string("assigns its partitions itself")
                     : consumer->members                 ? std::string(sim::member_state_name(consumer->members->state))
                     : consumer->zookeeper               ? std::string(sim::phase_text(consumer->zookeeper->phase))
                                           : std::string(sim::member_state_name(consumer->membership.state));
      if (has_consumer_protocol && consumer != nullptr && !consumer->members && !consumer->has_manual_assignment()) {
        member.state += ", classic";
      }
      member.instance_id = registry.consumer(node).config.group_instance_id;
      group.is_cooperative = group.is_cooperative || (consumer != nullptr && consumer->is_cooperative());
      member.member_id = consumer == nullptr   ? ""
                         : consumer->zookeeper ? consumer->zookeeper->consumer_id
                                               : registry.member_text(consumer->membership.member);
      for (std::size_t i = 0; i < group.partition_keys.size(); ++i) {
        const sim::TopicPartition partition{sim::TopicId(static_cast<std::int32_t>(group.partition_keys[i] >> 32)),
                                            static_cast<std::int32_t>(group.partition_keys[i] & 0xffffffff)};
        const auto owner = watched.owners.find(partition);
        const sim::TopicPartitionState* state = consumer == nullptr ? nullptr : consumer->fetcher.find(partition);
        // Who assigns partitions to itself has them beside those that own them in the group.
        const bool is_beside = consumer != nullptr && consumer->has_manual_assignment() && state != nullptr;
        if (is_beside || (owner != watched.owners.end() && owner->second == node)) {
          member.owned.push_back(static_cast<std::int32_t>(i));
          if (state != nullptr && state->is_paused) {
            member.paused.push_back(static_cast<std::int32_t>(i));
          }
        }
      }
      group.members.push_back(std::move(member));
    }
    add_generations(registry, watched, group);
    out.groups.push_back(std::move(group));
  }
}

}  // namespace kscope::view
