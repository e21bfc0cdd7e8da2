#pragma once
// The classic group protocol and offsets. Source: Kafka 3.9 JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit,
// OffsetFetch, FindCoordinator.

#include <string>
#include <vector>

#include "sim/protocol/coordinator_record.h"
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

/// What a member offers under one assignor's name (ConsumerProtocolSubscription).
struct JoinProtocol {
  std::string name;  ///< "range", "roundrobin", ...
  std::vector<TopicId> topics;
  std::vector<TopicPartition> owned;
  KSCOPE_FIELDS(JoinProtocol, name, topics, owned);
};
struct JoinGroupRequest {
  GroupId group;
  MemberId member;  ///< not set on the first join (KIP-394: MEMBER_ID_REQUIRED)
  Duration session_timeout{0};
  Duration rebalance_timeout{0};
  std::vector<JoinProtocol> protocols;  ///< in order of preference
  KSCOPE_FIELDS(JoinGroupRequest, group, member, session_timeout, rebalance_timeout, protocols);
};
struct JoinGroupMember {
  MemberId member;
  JoinProtocol subscription;
  KSCOPE_FIELDS(JoinGroupMember, member, subscription);
};
struct JoinGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  GenerationId generation = kNoGeneration;
  std::string protocol;  ///< the assignor that was selected
  MemberId leader;
  MemberId member;
  std::vector<JoinGroupMember> members;  ///< only the leader is told
  KSCOPE_FIELDS(JoinGroupResponse, error, group, generation, protocol, leader, member, members);
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
  KSCOPE_FIELDS(SyncGroupRequest, group, generation, member, assignments);
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
  KSCOPE_FIELDS(HeartbeatRequest, group, generation, member);
};
struct HeartbeatResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  KSCOPE_FIELDS(HeartbeatResponse, error, group);
};

struct LeaveGroupRequest {
  GroupId group;
  MemberId member;
  KSCOPE_FIELDS(LeaveGroupRequest, group, member);
};
struct LeaveGroupResponse {
  ErrorCode error = ErrorCode::NONE;
  GroupId group;
  KSCOPE_FIELDS(LeaveGroupResponse, error, group);
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
  KSCOPE_FIELDS(OffsetCommitRequest, group, generation, member, partitions);
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
  KSCOPE_FIELDS(OffsetFetchRequest, group, partitions, require_stable);
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
