#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/check/group_records.h"
#include "sim/coordinator/group/assignor.h"

namespace kscope::sim {
namespace {

/// What one member is to have, and which topics it may have partitions of.
struct MemberShare {
  MemberId member;
  std::vector<TopicPartition> partitions;
  std::vector<TopicId> topics;  ///< ascending
};

struct TopicCount {
  TopicId topic;
  std::int32_t partition_count = 0;
};

bool subscribes(const MemberShare& share, TopicId topic) {
  return std::binary_search(share.topics.begin(), share.topics.end(), topic);
}

/// What is wrong with the assignment; empty: nothing. `topics`: those whose every partition has to be somebody's, unless it is
/// one of `awaited`, which its owner has to give up first. Cost: O(partitions x log).
std::string fault_of(const CheckContext& c, const std::vector<MemberShare>& shares,
                     const std::vector<TopicCount>& topics, const FlatSet<TopicPartition>& awaited) {
  FlatMap<TopicPartition, MemberId> owners;
  for (const MemberShare& share : shares) {
    for (const TopicPartition partition : share.partitions) {
      const std::string name = c.registry().partition_name(partition);
      if (!subscribes(share, partition.topic)) {
        return fmt::format("{} is given to {}, which does not subscribe to it", name, client_name(c, share.member));
      }
      const auto [owner, is_first] = owners.try_emplace(partition, share.member);
      if (!is_first) {
        return fmt::format("{} is given to {} and to {}", name, client_name(c, owner->second),
                           client_name(c, share.member));
      }
    }
  }
  for (const TopicCount& topic : topics) {
    const bool is_wanted = std::any_of(shares.begin(), shares.end(),
                                       [&](const MemberShare& share) { return subscribes(share, topic.topic); });
    for (std::int32_t i = 0; is_wanted && i < topic.partition_count; ++i) {
      const TopicPartition partition{topic.topic, i};
      if (!owners.contains(partition) && !awaited.contains(partition)) {
        return fmt::format("{} is given to nobody", c.registry().partition_name(partition));
      }
    }
  }
  return {};
}

/// What a cooperative assignment may leave out (KIP-429): partitions that a member still owned when it joined. Their owner gives
/// them up and joins again, so the next assignment has to give them to somebody.
FlatSet<TopicPartition> awaited_partitions(const CheckContext& c, const CoordinatorRecord& record) {
  FlatSet<TopicPartition> awaited;
  const GroupCoordinator* coordinator = acting_coordinator(c);
  const Group* group = coordinator == nullptr ? nullptr : coordinator->find(record.group);
  if (group == nullptr || record.assignor != protocol_name(AssignorName::COOPERATIVE_STICKY)) {
    return awaited;
  }
  for (const auto& [id, member] : group->members) {
    for (const JoinProtocol& protocol : member.protocols) {
      if (protocol.name == record.assignor) {
        for (const TopicPartition owned : protocol.owned) {
          awaited.insert(owned);
        }
      }
    }
  }
  return awaited;
}

/// Whether the record may be that of a static member that came back in a Stable group: the assignment is the one of before, and
/// what its members own now is not what they said when they joined.
bool may_be_replacement(const CheckContext& c, const CoordinatorRecord& record) {
  const GroupCoordinator* coordinator = acting_coordinator(c);
  const Group* group = coordinator == nullptr ? nullptr : coordinator->find(record.group);
  return group == nullptr || (group->state == GroupState::Stable && !group->static_members.empty());
}

/// Topics with as many partitions as the group's leader knew of when it assigned; none when that is not known any more, or
/// when nobody has assigned: a group that comes from the consumer protocol keeps what the coordinator gave its members.
std::vector<TopicCount> assigned_topics(const CheckContext& c, const CoordinatorRecord& record) {
  const Role* role = record.leader.is_set() ? c.world.role(record.leader.client) : nullptr;
  const Consumer* leader = role == nullptr ? nullptr : std::get_if<Consumer>(role);
  std::vector<TopicCount> topics;
  if (leader == nullptr || !leader->membership.is_leader || leader->membership.member != record.leader ||
      leader->membership.generation != record.generation || may_be_replacement(c, record)) {
    return topics;
  }
  const Membership& membership = leader->membership;
  const std::size_t known = std::min(membership.group_topics.size(), membership.assigned_partition_counts.size());
  for (std::size_t i = 0; i < known; ++i) {
    topics.push_back(TopicCount{membership.group_topics[i], membership.assigned_partition_counts[i]});
  }
  return topics;
}

std::string classic_fault(const CheckContext& c, const CoordinatorRecord& record) {
  std::vector<MemberShare> shares;
  for (const GroupMemberRecord& member : record.members) {
    MemberShare share{member.member, member.assignment, member.subscription};
    std::sort(share.topics.begin(), share.topics.end());
    shares.push_back(std::move(share));
  }
  return fault_of(c, shares, assigned_topics(c, record), awaited_partitions(c, record));
}

/// A target of KIP-848 as the coordinator has it that wrote the epoch.
std::string target_fault(const CheckContext& c, const consumer_group::ConsumerGroup& group) {
  std::vector<MemberShare> shares;
  for (const auto& [id, member] : group.members) {
    const consumer_group::PartitionSet target = group.target_of(id);
    const auto& subscribed = member.metadata.subscribed_topics;
    shares.push_back(
        MemberShare{id, {target.begin(), target.end()}, std::vector<TopicId>(subscribed.begin(), subscribed.end())});
  }
  std::vector<TopicCount> topics;
  for (const auto& [topic, partition_count] : group.subscription_metadata) {
    topics.push_back(TopicCount{topic, partition_count});
  }
  return fault_of(c, shares, topics, {});
}

/// The group of KIP-848 whose new target the record completes; nullptr: it does not.
const consumer_group::ConsumerGroup* newly_targeted(const CheckContext& c, const CoordinatorRecord& record) {
  const auto* target = std::get_if<consumer_group::ConsumerGroupTargetAssignmentMetadata>(&record.consumer_group->data);
  const GroupCoordinator* coordinator = acting_coordinator(c);
  if (target == nullptr || !target->value.has_value() || coordinator == nullptr) {
    return nullptr;
  }
  const consumer_group::ConsumerGroup* group = coordinator->find_consumer_group(record.group);
  return group != nullptr && group->assignment_epoch == *target->value ? group : nullptr;
}

}  // namespace

/// Each partition that anybody subscribes to is given to one member that does, and none to two.
Finding check_legal_target_assignment(const CheckContext& c) {
  const RecordBatch* batch = appended_group_records(c);
  Finding finding = Finding::not_asked();
  for (std::size_t i = 0; batch != nullptr && i < batch->coordinator_records->size(); ++i) {
    const CoordinatorRecord& record = (*batch->coordinator_records)[i];
    std::string fault;
    if (record.kind == CoordinatorRecordKind::kGroupMetadata && !record.members.empty()) {
      finding = Finding::fine();
      fault = classic_fault(c, record);
    } else if (record.kind == CoordinatorRecordKind::kConsumerGroup) {
      const consumer_group::ConsumerGroup* group = newly_targeted(c, record);
      finding = group != nullptr ? Finding::fine() : std::move(finding);
      fault = group != nullptr ? target_fault(c, *group) : std::string{};
    }
    if (!fault.empty()) {
      return Finding::broken(fmt::format("group {}: {}", group_name(c, record.group), fault));
    }
  }
  return finding;
}

}  // namespace kscope::sim
