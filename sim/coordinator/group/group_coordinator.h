#pragma once
// GroupCoordinator: the part of a broker that coordinates the groups whose partition of __consumer_offsets it leads.
//
//            JoinGroup                 all joined, or timeout            assignment is replicated
//   Empty -------------> PreparingRebalance -----------> CompletingRebalance -----------> Stable
//     ^                    |   ^      ^                        |                            |
//     +--- nobody left ----+   |      +--- member joins, leaves or expires ----+------------+
//   any --- coordinator moves away ---> Dead
//
// The table of transitions is in group_parts.h. Nothing here knows the broker: appends to __consumer_offsets are put in
// `wanted_appends` and handed to the replica manager by handle_group_requests.cpp after every entry point.
// Kafka: GroupCoordinator, GroupMetadataManager (3.9, classic).

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/broker/internal_append.h"
#include "sim/config/broker_config.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/consumer/member_timer.h"
#include "sim/coordinator/group/group.h"
#include "sim/log/partition_log.h"
#include "sim/protocol/group_consumer.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// A partition of __consumer_offsets that this broker leads.
struct CoordinatedPartition {
  std::int32_t partition = -1;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  bool is_loading = true;   ///< answers COORDINATOR_LOAD_IN_PROGRESS
  bool has_failed = false;  ///< its log could not be replayed: answers NOT_COORDINATOR (rule kafka-17306)
  TimerId load_timer;
  TimerId retention_timer;  ///< when it is loaded: its offsets are looked at again
};

/// Records to be appended to a partition of __consumer_offsets.
struct WantedAppend {
  AppendToken token;
  std::int32_t partition = -1;
  std::vector<CoordinatorRecord> records;
  std::optional<TransactionalAppend> transaction{};
  bool waits_for_replicas = true;  ///< as offsets.commit.required.acks says; else nobody waits (acks=0)
};

/// A static member came back under another member id while the group was Stable. What was, in case that cannot be stored.
struct ReplacedMember {
  MemberId new_id;
  GroupMember before;
  MemberId leader_before;
  bool may_skip_assignment = false;  ///< its JoinGroup is of version 9 or later
};

/// An answer to a ConsumerGroupHeartbeat that waits until what it tells is replicated.
struct AwaitedHeartbeat {
  AwaitedAnswer to;
  consumer_group::ConsumerGroupHeartbeatResponse response;
};

/// The same to a classic member of a group of KIP-848.
struct AwaitedClassicAnswer {
  AwaitedAnswer to;
  std::variant<JoinGroupResponse, SyncGroupResponse, HeartbeatResponse, LeaveGroupResponse> response;
  MemberId member{};  ///< JoinGroup, SyncGroup: whose timers begin when it is answered
};

/// An append that is not replicated everywhere yet, and who waits for it.
struct PendingAppend {
  enum class Kind : std::uint8_t {
    kOffsetCommit,
    kTxnOffsetCommit,
    kAssignment,
    kGroupEmpty,
    kStaticMember,
    kConsumerGroup
  };
  AppendToken token;
  Kind kind = Kind::kOffsetCommit;
  GroupId group;
  std::int32_t partition = -1;
  GenerationId generation = kNoGeneration;
  MemberId member{};                           ///< kOffsetCommit, kTxnOffsetCommit: who commits, as it says
  AwaitedAnswer answer;                        ///< the same
  std::vector<OffsetCommitPartition> offsets;  ///< the same
  std::vector<TopicPartition> unknown;         ///< the same: of partitions that there are not
  ProducerId producer;                         ///< kTxnOffsetCommit
  std::vector<MemberAssignment> assignments;   ///< kAssignment
  std::optional<ReplacedMember> replaced{};    ///< kStaticMember
  /// Heartbeats of KIP-848 that are answered when this is replicated: the one that changed something, and later ones that
  /// changed nothing.
  std::vector<AwaitedHeartbeat> heartbeats{};
  std::vector<AwaitedClassicAnswer> classic_answers{};  ///< the same, to classic members
};

/// A group of the consumer protocol (KIP-848), with the timers of its members, some of whom may speak the classic one. What it has committed is kept
/// in the Group of the same id, which has no members.
struct HostedConsumerGroup {
  struct ArmedTimer {
    TimerId id;
    consumer_group::MemberEpoch member_epoch{0};
  };
  std::int32_t partition = -1;
  consumer_group::ConsumerGroup group;
  consumer_group::PartitionCounts topics;  ///< those that its members subscribe to, as this broker saw them last
  FlatMap<consumer_group::MemberTimer, ArmedTimer> timers;
  std::vector<Note> untold;  ///< of changes that are not replicated yet
};

struct GroupCoordinator {
  std::vector<CoordinatedPartition> partitions;           ///< led by this broker, ascending
  FlatMap<GroupId, Group> groups;                         ///< of loaded partitions
  FlatMap<GroupId, HostedConsumerGroup> consumer_groups;  ///< the same: those of KIP-848
  std::vector<PendingAppend> pending_appends;             ///< ascending tokens
  std::vector<WantedAppend> wanted_appends;               ///< empty between events
  std::int64_t next_token = 0;
  /// Of groups that were deleted: member ids issued to each client, so that a group of the same name issues other ones.
  FlatMap<GroupId, FlatMap<NodeId, std::int32_t>> issued_before;

  // Requests, already on an I/O thread. Answers by send_response now or later.
  /// `topics`: as of consumer_group_heartbeat(), for a classic member that joins a group of KIP-848.
  void join_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const JoinGroupRequest& request,
                  const consumer_group::PartitionCounts& topics = {});
  void sync_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const SyncGroupRequest& request);
  void heartbeat(Ctx& ctx, NodeId from, std::int64_t correlation_id, const HeartbeatRequest& request);
  void leave_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const LeaveGroupRequest& request);
  /// KIP-848. `topics`: what this broker knows of the topics that the request and the group's members name.
  void consumer_group_heartbeat(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                const consumer_group::ConsumerGroupHeartbeatRequest& request,
                                const consumer_group::PartitionCounts& topics);
  /// `unknown`: partitions that were taken out of the request since there are none such: they are answered with
  /// UNKNOWN_TOPIC_OR_PARTITION.
  void offset_commit(Ctx& ctx, NodeId from, std::int64_t correlation_id, const OffsetCommitRequest& request,
                     std::vector<TopicPartition> unknown = {});
  /// Offsets of a transaction. `guard`: what asking about the transaction gave. They count when its marker comes.
  /// Errors as of offset_commit; UNKNOWN_MEMBER_ID and ILLEGAL_GENERATION only for who names its member (KIP-447).
  void txn_offset_commit(Ctx& ctx, NodeId from, std::int64_t correlation_id, const TxnOffsetCommitRequest& request,
                         VerificationGuard guard, std::vector<TopicPartition> unknown = {});
  /// A marker of the producer is replicated in `partition` of __consumer_offsets: the offsets of its transaction count, or
  /// are forgotten. Source: GroupMetadataManager.handleTxnCompletion.
  /// MODEL: at once; Kafka hands it to another thread.
  void on_transaction_completed(Ctx& ctx, std::int32_t partition, ProducerId producer, ControlType result);
  void offset_fetch(Ctx& ctx, NodeId from, std::int64_t correlation_id, const OffsetFetchRequest& request);

  /// This broker became leader of `partition` of __consumer_offsets: loads its groups (takes time by the log's size).
  void on_leadership_gained(Ctx& ctx, Broker& broker, TopicPartition partition);
  /// This broker leads `partition` no more: forgets its groups and answers who waits with NOT_COORDINATOR.
  void on_leadership_lost(Ctx& ctx, Broker& broker, TopicPartition partition);
  /// These partitions are no more: groups that this broker coordinates forget what they committed for them, in memory and
  /// by tombstones; a group that is Empty and has committed nothing else is deleted.
  /// Source: GroupMetadataManager.cleanupGroupMetadata, Kafka 3.9.
  void on_partitions_deleted(Ctx& ctx, Broker& broker, const std::vector<TopicPartition>& partitions);
  /// Every in-sync replica has the append (NONE), or it failed.
  void on_appended(Ctx& ctx, Broker& broker, AppendToken token, ErrorCode error, Offset base_offset);
  /// kInitialRebalanceDelay, kRebalanceTimeout, kSyncTimeout, kSessionExpired, kPendingMemberExpired, kCoordinatorLoad,
  /// kOffsetsRetentionCheck.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);

  // The same without a broker; records to append stay in `wanted_appends`.
  void gain(Ctx& ctx, std::int32_t partition);
  void lose(Ctx& ctx, std::int32_t partition);
  void forget_offsets(Ctx& ctx, const std::vector<TopicPartition>& partitions);
  /// Offsets in `partition` that have expired are deleted, and groups of which nothing is left.
  void clean_up_group_metadata(Ctx& ctx, std::int32_t partition);
  void finish_append(Ctx& ctx, AppendToken token, ErrorCode error, Offset base_offset = kUnknownOffset);
  void fire(Ctx& ctx, const Timer& timer);

  [[nodiscard]] const Group* find(GroupId group) const { return groups.get(group); }
  /// The group if it is a classic one that exists: it has been joined, or offsets were committed for it; else nullptr. What a
  /// group of KIP-848 has committed is in a Group, too.
  [[nodiscard]] const Group* find_classic_group(GroupId group) const;
  /// The group if it is one of KIP-848 that exists; else nullptr.
  [[nodiscard]] const consumer_group::ConsumerGroup* find_consumer_group(GroupId group) const {
    const HostedConsumerGroup* hosted = consumer_groups.get(group);
    return hosted == nullptr || !hosted->group.exists() ? nullptr : &hosted->group;
  }
};

/// How many partitions __consumer_offsets has or will have: the topic's setup, else offsets.topic.num.partitions.
/// Requires: the node is a broker.
std::int32_t offsets_partition_count(const Ctx& ctx);
/// The partition of __consumer_offsets that the group belongs to.
std::int32_t offsets_partition_of(const Ctx& ctx, GroupId group);

// Seams: what the broker calls for each API.
void handle_find_coordinator(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const FindCoordinatorRequest&);
void handle_join_group(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const JoinGroupRequest&);
void handle_sync_group(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const SyncGroupRequest&);
void handle_heartbeat(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const HeartbeatRequest&);
void handle_consumer_group_heartbeat(Ctx&, Broker&, NodeId from, std::int64_t correlation_id,
                                     const consumer_group::ConsumerGroupHeartbeatRequest&);
void handle_leave_group(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const LeaveGroupRequest&);
void handle_offset_commit(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const OffsetCommitRequest&);
void handle_offset_fetch(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const OffsetFetchRequest&);

}  // namespace kscope::sim
