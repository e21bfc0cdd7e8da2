#pragma once
// How members go: they leave, fall silent, or do not give up partitions in time (KIP-848). Each takes the member's records
// away and moves the group epoch on; the next heartbeat of whoever is left computes a new target assignment.
// Source: GroupMetadataManager.consumerGroupLeave, consumerGroupFenceMember (Kafka 3.9).

#include <vector>

#include "sim/coordinator/group/consumer/consumer_group_result.h"

namespace kscope::sim::consumer_group {

/// Takes the member away. Effects: tombstones, subscribed topics if they differ now, group epoch + 1; its timers
/// cancelled. Requires: it is a member. The caller may make a classic group of what is left instead: online_migration.h.
[[nodiscard]] ConsumerGroupResult fence_member(const ConsumerGroup& group, MemberId member,
                                               const PartitionCounts& topics);

/// A member leaves: for good with epoch -1, or, if it is static, with epoch -2 to come back with the same instance id.
/// Then it keeps its partitions, and its session timer runs on.
/// Errors: GROUP_ID_NOT_FOUND; UNKNOWN_MEMBER_ID: no such member, or nobody has the instance id; FENCED_INSTANCE_ID:
/// another member has it. Requires: request.is_leave(), and with -2 an instance id.
[[nodiscard]] ConsumerGroupResult consumer_group_leave(const ConsumerGroup& group,
                                                       const ConsumerGroupHeartbeatRequest& request,
                                                       const PartitionCounts& topics);

/// All timers of the member that may run are cancelled. Appended to `timers`. Source: GroupMetadataManager.cancelTimers.
void append_cancelled_timers(std::vector<MemberTimerChange>& timers, const ConsumerGroupMember& member);

/// MemberTimerKind::kSession, kJoin or kSync fired. No effect when the member is gone: the timers of a replaced static member
/// run on. Source: GroupMetadataManager.consumerGroupFenceMemberOperation.
[[nodiscard]] ConsumerGroupResult on_silence(const ConsumerGroup& group, MemberId member,
                                             const PartitionCounts& topics);

/// MemberTimerKind::kRebalance fired, set at `member_epoch`. No effect when the member has left this epoch or the group.
[[nodiscard]] ConsumerGroupResult on_rebalance_timeout(const ConsumerGroup& group, MemberId member,
                                                       MemberEpoch member_epoch, const PartitionCounts& topics);

/// The timers that a coordinator sets when it has loaded the group: every member has a whole session timeout, and who is
/// giving up partitions its whole rebalance timeout. Also who speaks the classic protocol has the session timeout of the
/// broker, until it is heard. Source: GroupMetadataManager.onLoaded.
[[nodiscard]] std::vector<MemberTimerChange> timers_after_load(const ConsumerGroup& group,
                                                               const ConsumerGroupConfig& config, LocalTime now);

}  // namespace kscope::sim::consumer_group
