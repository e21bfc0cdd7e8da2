#pragma once
// The classic group protocol and offsets. Source: Kafka 3.9 JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit,
// OffsetFetch, FindCoordinator. Where a request has a `group_instance_id`, it is that of a static member (KIP-345), and
// empty for a dynamic one.

#include <string>
#include <vector>

#include "sim/protocol/coordinator_record.h"
#include "sim/protocol/join_protocol.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

struct FindCoordinatorRequest {
  GroupId group;                     ///< this, or
  TransactionalId transactional_id;  ///< this
  KSCOPE_FIELDS(FindCoordinatorRequest, group, transactional_id);
};
struct FindCoordinatorResponse {
  ErrorCode error = ErrorCode::NONE;  ///< COORDINATOR_NOT_AVAILABLE
  GroupId group;
  BrokerId coordinator;
  NodeId node;
  KSCOPE_FIELDS(FindCoordinatorResponse, error, group, coordinator, node);
};

/// JoinGroup versions that differ in what the coordinator may answer.
inline constexpr std::int16_t kJoinMakesMemberAtOnce = 3;  ///< no MEMBER_ID_REQUIRED yet
inline constexpr std::int16_t kJoinRequiresMemberId = 4;   ///< MEMBER_ID_REQUIRED (KIP-394)
inline constexpr std::int16_t kJoinMaySkipAssignment = 9;  ///< JoinGroupResponse::skip_assignment (KIP-814)

struct JoinGroupRequest {
  GroupId group;
  MemberId member;  ///< not set on the first join (KIP-394: MEMBER_ID_REQUIRED)
  std::string group_instance_id{};
  Duration session_timeout{0};
  Duration rebalance_timeout{0};
  std::vector<JoinProtocol> protocols;  ///< in order of preference
  std::int16_t version = kJoinMaySkipAssignment;
  std::string protocol_type{"consumer"};  ///< what kind of members the group has: all the same
  KSCOPE_FIELDS(JoinGroupRequest, group, member, group_instance_id, session_timeout, rebalance_timeout, protocols,
                version, protocol_type);
};
struct JoinGroupMember {
  MemberId member;
  std::string group_instance_id{};
  JoinProtocol subscription;
  KSCOPE_FIELDS(JoinGroupMember, member, group_instance_id, subscription);
};
struct JoinGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  GenerationId generation = kNoGeneration;
  std::string protocol;  ///< the assignor that was selected
  MemberId leader;
  MemberId member;
  std::vector<JoinGroupMember> members;  ///< only the leader is told
  bool skip_assignment = false;          ///< the leader is back as it was: the assignment stays (KIP-814)
  KSCOPE_FIELDS(JoinGroupResponse, error, group, generation, protocol, leader, member, members, skip_assignment);
};

struct MemberAssignment {
  MemberId member;
  std::vector<TopicPartition> partitions;
  KSCOPE_FIELDS(MemberAssignment, member, partitions);
};
struct SyncGroupRequest {
  GroupId group;
  GenerationId generation = kNoGeneration;
  MemberId member;
  std::vector<MemberAssignment> assignments;  ///< only the leader sends some
  std::string group_instance_id{};
  KSCOPE_FIELDS(SyncGroupRequest, group, generation, member, assignments, group_instance_id);
};
struct SyncGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  std::vector<TopicPartition> assignment;
  KSCOPE_FIELDS(SyncGroupResponse, error, group, assignment);
};

struct HeartbeatRequest {
  GroupId group;
  GenerationId generation = kNoGeneration;
  MemberId member;
  std::string group_instance_id{};
  KSCOPE_FIELDS(HeartbeatRequest, group, generation, member, group_instance_id);
};
struct HeartbeatResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  KSCOPE_FIELDS(HeartbeatResponse, error, group);
};

/// Who leaves. An administrator names a static member by its instance id alone.
struct MemberIdentity {
  MemberId member;
  std::string group_instance_id{};
  KSCOPE_FIELDS(MemberIdentity, member, group_instance_id);
};
struct LeaveGroupRequest {
  GroupId group;
  std::vector<MemberIdentity> members{};
  KSCOPE_FIELDS(LeaveGroupRequest, group, members);
};
struct LeaveGroupMemberResult {
  MemberIdentity identity;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(LeaveGroupMemberResult, identity, error);
};
struct LeaveGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  std::vector<LeaveGroupMemberResult> members{};
  KSCOPE_FIELDS(LeaveGroupResponse, error, group, members);
};

struct OffsetCommitPartition {
  TopicPartition partition;
  CommittedOffset committed;
  KSCOPE_FIELDS(OffsetCommitPartition, partition, committed);
};
struct OffsetCommitRequest {
  GroupId group;
  GenerationId generation = kNoGeneration;
  MemberId member;
  std::vector<OffsetCommitPartition> partitions;
  std::string group_instance_id{};
  KSCOPE_FIELDS(OffsetCommitRequest, group, generation, member, partitions, group_instance_id);
};
struct OffsetCommitResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(OffsetCommitResult, partition, error);
};
struct OffsetCommitResponse {
  GroupId group;
  std::vector<OffsetCommitResult> partitions;
  KSCOPE_FIELDS(OffsetCommitResponse, group, partitions);
};

struct OffsetFetchRequest {
  GroupId group;
  std::vector<TopicPartition> partitions;
  bool require_stable = false;  ///< UNSTABLE_OFFSET_COMMIT where a commit is not decided yet (KIP-447)
  MemberId member{};            ///< a member of the consumer protocol says who it is (version 9, KIP-848); else not set
  GenerationId member_epoch = kNoGeneration;
  KSCOPE_FIELDS(OffsetFetchRequest, group, partitions, require_stable, member, member_epoch);
};
struct OffsetFetchResult {
  TopicPartition partition;
  Offset offset = kUnknownOffset;  ///< -1 = nothing committed
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(OffsetFetchResult, partition, offset, leader_epoch, error);
};
struct OffsetFetchResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  std::vector<OffsetFetchResult> partitions;
  KSCOPE_FIELDS(OffsetFetchResponse, error, group, partitions);
};

}  // namespace kscope::sim
