#include "sim/coordinator/group/consumer/fencing.h"

#include "engine/core/check.h"
#include "sim/coordinator/group/consumer/subscription.h"

namespace kscope::sim::consumer_group {
namespace {

ConsumerGroupResult refused(ErrorCode error) {
  ConsumerGroupResult result;
  result.response.error_code = error;
  return result;
}

// The member keeps its epoch's place in the target and what it is assigned, so that whoever comes back with the instance
// id goes on where it stopped.
ConsumerGroupResult leave_for_a_while(const ConsumerGroup& group, const ConsumerGroupMember& member) {
  CurrentAssignment current = member.current;
  current.member_epoch = kLeaveGroupStaticEpoch;
  current.pending_revocation.clear();
  ConsumerGroupResult result;
  result.records.push_back({group.id, ConsumerGroupCurrentMemberAssignment{member.member_id, current}});
  return result;
}

}  // namespace

void append_cancelled_timers(std::vector<MemberTimerChange>& timers, const ConsumerGroupMember& member) {
  timers.push_back({{MemberTimerKind::kSession, member.member_id}, std::nullopt, {}});
  timers.push_back({{MemberTimerKind::kRebalance, member.member_id}, std::nullopt, {}});
  if (member.uses_classic_protocol()) {
    timers.push_back({{MemberTimerKind::kJoin, member.member_id}, std::nullopt, {}});
    timers.push_back({{MemberTimerKind::kSync, member.member_id}, std::nullopt, {}});
  }
}

ConsumerGroupResult fence_member(const ConsumerGroup& group, MemberId member, const PartitionCounts& topics) {
  KSCOPE_CHECK(group.members.contains(member), "only a member can be fenced");
  ConsumerGroupResult result;
  append_member_tombstones(result.records, group.id, member);
  const PartitionCounts subscription_metadata =
      compute_subscription_metadata(members_after(group, {nullptr, member}), topics);
  if (subscription_metadata != group.subscription_metadata) {
    result.records.push_back({group.id, ConsumerGroupPartitionMetadata{subscription_metadata}});
  }
  result.records.push_back({group.id, ConsumerGroupMetadata{group.group_epoch + 1}});
  append_cancelled_timers(result.timers, group.members.at(member));
  result.fenced = member;
  return result;
}

ConsumerGroupResult consumer_group_leave(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request,
                                         const PartitionCounts& topics) {
  KSCOPE_CHECK(request.is_leave(), "any other heartbeat is for consumer_group_heartbeat()");
  if (!group.exists()) {
    return refused(ErrorCode::GROUP_ID_NOT_FOUND);
  }
  const ConsumerGroupMember* member = request.instance_id.has_value() ? group.static_member(*request.instance_id)
                                                                      : group.members.get(request.member_id);
  if (member == nullptr) {
    return refused(ErrorCode::UNKNOWN_MEMBER_ID);
  }
  if (member->member_id != request.member_id) {
    return refused(ErrorCode::FENCED_INSTANCE_ID);
  }
  ConsumerGroupResult result = request.member_epoch == kLeaveGroupStaticEpoch
                                   ? leave_for_a_while(group, *member)
                                   : fence_member(group, member->member_id, topics);
  result.response.member_id = request.member_id;
  result.response.member_epoch = request.member_epoch;
  return result;
}

ConsumerGroupResult on_silence(const ConsumerGroup& group, MemberId member, const PartitionCounts& topics) {
  return group.members.contains(member) ? fence_member(group, member, topics) : ConsumerGroupResult{};
}

ConsumerGroupResult on_rebalance_timeout(const ConsumerGroup& group, MemberId member, MemberEpoch member_epoch,
                                         const PartitionCounts& topics) {
  const ConsumerGroupMember* known = group.members.get(member);
  if (known == nullptr || known->current.member_epoch != member_epoch) {
    return {};
  }
  return fence_member(group, member, topics);
}

std::vector<MemberTimerChange> timers_after_load(const ConsumerGroup& group, const ConsumerGroupConfig& config,
                                                 LocalTime now) {
  std::vector<MemberTimerChange> timers;
  for (const auto& [id, member] : group.members) {
    timers.push_back({{MemberTimerKind::kSession, id}, now + config.session_timeout, {}});
    if (member.current.state == MemberState::UNREVOKED_PARTITIONS) {
      timers.push_back(
          {{MemberTimerKind::kRebalance, id}, now + member.metadata.rebalance_timeout, member.current.member_epoch});
    }
  }
  return timers;
}

}  // namespace kscope::sim::consumer_group
