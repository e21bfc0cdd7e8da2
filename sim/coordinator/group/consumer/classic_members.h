#pragma once
// Members of the classic protocol in a group of the consumer protocol (KIP-848), while it moves from the one to the other member
// by member. The coordinator answers their JoinGroup, SyncGroup, Heartbeat and LeaveGroup out of the group's target assignment:
// there is no leader, no barrier, and the generation of a member is its member epoch.
//
//   heartbeat: REBALANCE_IN_PROGRESS --> JoinGroup, with what it owns --> SyncGroup: what it may have --> heartbeats
//      ^                                                                      |
//      +--- it had to give something up, or what it waits for is free --------+   (each round is one step of reconciliation)
//
// A classic member that is told to rejoin has its rebalance timeout for JoinGroup, and again for SyncGroup; its session is the
// session.timeout.ms that it told, not that of the broker. Pure functions of the group, as heartbeat.h.
// Source: GroupMetadataManager.classicGroupJoinToConsumerGroup, classicGroupSyncToConsumerGroup,
// classicGroupHeartbeatToConsumerGroup, classicGroupLeaveToConsumerGroup (Kafka 3.9).

#include "sim/coordinator/group/consumer/consumer_group_result.h"
#include "sim/protocol/group_classic.h"

namespace kscope::sim::consumer_group {

struct ClassicJoin {
  JoinGroupResponse response;   ///< with an error nothing changes; else it is told when the records are replicated
  ConsumerGroupResult changes;  ///< its own response is of no meaning
  ConsumerGroupMember member;   ///< who has joined, after that
  MemberId replaced;            ///< the static member whose place it takes; not set: nobody's
};
/// A classic member joins, or joins again. `new_id`: for a request without a member id.
/// Errors: GROUP_MAX_SIZE_REACHED; INCONSISTENT_GROUP_PROTOCOL: it is no consumer, or offers nothing that all other classic
/// members offer; MEMBER_ID_REQUIRED, with `new_id` (KIP-394); those of find_classic_sender(); UNKNOWN_SERVER_ERROR: the
/// assignor failed. Timers of the member itself begin when the answer is given: after_join().
[[nodiscard]] ClassicJoin classic_group_join(const ConsumerGroup& group, const JoinGroupRequest& request,
                                             MemberId new_id, const GroupSurroundings& around);
/// The timers of a member whose JoinGroup is answered: it may take its rebalance timeout to send SyncGroup.
[[nodiscard]] std::vector<MemberTimerChange> after_join(const ConsumerGroupMember& member, LocalTime now);

/// What SyncGroup is answered. Errors: UNKNOWN_MEMBER_ID: no such member, or it speaks the consumer protocol;
/// FENCED_INSTANCE_ID; ILLEGAL_GENERATION; REBALANCE_IN_PROGRESS: the group has moved on, and the member is not giving up
/// anything: then it has its rebalance timeout to rejoin, by `timers`.
/// MODEL: SyncGroup does not name the protocol, so it cannot be INCONSISTENT_GROUP_PROTOCOL.
struct ClassicSync {
  SyncGroupResponse response;
  std::vector<MemberTimerChange> timers;
};
[[nodiscard]] ClassicSync classic_group_sync(const ConsumerGroup& group, const SyncGroupRequest& request,
                                             LocalTime now);
/// The timers of a member whose SyncGroup is answered: its session begins.
[[nodiscard]] std::vector<MemberTimerChange> after_sync(const ConsumerGroupMember& member, LocalTime now);

/// What Heartbeat is answered. Errors as of SyncGroup; REBALANCE_IN_PROGRESS: the group has moved on, the member has to give
/// something up, or all that it waits for is free. Effects, by `timers`: its session, and its time to rejoin.
struct ClassicHeartbeat {
  HeartbeatResponse response;
  std::vector<MemberTimerChange> timers;
};
[[nodiscard]] ClassicHeartbeat classic_group_heartbeat(const ConsumerGroup& group, const HeartbeatRequest& request,
                                                       LocalTime now);

/// Classic members leave, or an administrator takes static ones away. Errors, one by one: UNKNOWN_MEMBER_ID,
/// FENCED_INSTANCE_ID.
struct ClassicLeave {
  LeaveGroupResponse response;
  ConsumerGroupResult changes;
};
[[nodiscard]] ClassicLeave classic_group_leave(const ConsumerGroup& group, const LeaveGroupRequest& request,
                                               const PartitionCounts& topics);

/// Whether one of the protocols is offered by all classic members. Source: ConsumerGroup.supportsClassicProtocols.
[[nodiscard]] bool supports_classic_protocols(const ConsumerGroup& group, const JoinGroupRequest& request);

/// Whether the group becomes a classic one when `gone`, the last member of the consumer protocol, is no member any more, or is
/// replaced by `heirs` (0 or 1) classic ones: the others all speak the classic protocol, somebody is left, and the broker allows
/// it. Source: GroupMetadataManager.validateOnlineDowngradeWithFencedMember, ...WithReplacedMemberId.
[[nodiscard]] bool may_downgrade(const ConsumerGroup& group, MemberId gone, std::size_t heirs,
                                 const ConsumerGroupConfig& config);

}  // namespace kscope::sim::consumer_group
