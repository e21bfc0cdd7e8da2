#pragma once
// The inner functions of the group coordinator: what the APIs and timers are made of. Used inside this folder only.
//
// from                | event                              | guard            | to                  | effects
// Empty               | member joins                       |                  | PreparingRebalance  | initial delay armed
// Stable, Completing  | member joins, leaves, expires      |                  | PreparingRebalance  | rebalance timeout armed;
//                     |                                    |                  |                     | waiting SyncGroups: REBALANCE_IN_PROGRESS
// PreparingRebalance  | all members sent JoinGroup, or the | members are left | CompletingRebalance | generation + 1, absent members
//                     | delay or the timeout is over       |                  |                     | removed, JoinGroups answered
//                     |                                    | nobody is left   | Empty               | generation + 1, stored
// PreparingRebalance  | the timeout is over, and only      | static members   | (the same)          | rebalance timeout again:
//                     | static members are missing         | of old remain    |                     | their sessions end them
// Stable              | static member comes back           | same protocol    | (the same)          | its new id stored, then JoinGroup
//                     |                                    |                  |                     | answered: no rebalance
// CompletingRebalance | static member comes back           |                  | PreparingRebalance  | as for a member that joins
// CompletingRebalance | leader's assignment replicated     | same generation  | Stable              | SyncGroups answered
//                     | its append failed                  | same generation  | PreparingRebalance  | SyncGroups: error
// any                 | coordinator moves to another broker|                  | Dead                | who waits: NOT_COORDINATOR
// Empty               | its last offset expires            |                  | Dead                | tombstones
//
// Source: GroupMetadataManager (its classic groups), ClassicGroupState (Kafka 3.9).

#include <cstdint>
#include <vector>

#include "sim/coordinator/group/group_coordinator.h"

namespace kscope::sim {

/// Why a member is removed; the numbers of NoteKind::kMemberLeft.
enum class LeaveReason : std::int64_t { kLeft = 0, kSessionExpired = 1, kRebalanceTimeout = 2, kGroupFull = 3 };

/// Changes the state. A move that the table above does not have is a failed check. Effects: note.
void transition_to(Ctx& ctx, Group& group, GroupState to);
/// Whether the table has the move.
[[nodiscard]] bool is_legal_transition(GroupState from, GroupState to);

/// The id that a client gets: no other has it, whichever broker coordinates.
[[nodiscard]] MemberId issue_id(const GroupCoordinator& coordinator, Group& group, NodeId client);

// ---- KIP-848 (group_consumer_protocol.cpp; its own inner functions are in group_consumer_parts.h)

/// Whether the group has members that speak the consumer protocol.
[[nodiscard]] bool has_consumer_members(const GroupCoordinator& coordinator, GroupId group);
/// The group in the words of clients' GroupState. Requires: it exists.
[[nodiscard]] GroupState state_of(const consumer_group::ConsumerGroup& group);
/// NONE, UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH, or ILLEGAL_GENERATION of a classic member. `generation` is the member epoch.
/// Source: ConsumerGroup.validateOffsetCommit.
[[nodiscard]] ErrorCode consumer_commit_error(const consumer_group::ConsumerGroup& group, MemberId member,
                                              GenerationId generation, bool is_transactional);
/// The same; who names no member may always ask. Source: ConsumerGroup.validateOffsetFetch.
[[nodiscard]] ErrorCode consumer_offset_fetch_error(const consumer_group::ConsumerGroup& group,
                                                    const OffsetFetchRequest& request);
/// A record of such a group was read from the log, or is to be taken over.
void replay_consumer_group(GroupCoordinator& coordinator, std::int32_t partition,
                           const consumer_group::ConsumerGroupRecord& record);
/// The partition's groups of this protocol are loaded: their members' timers begin. Returns how many there are.
std::int64_t start_consumer_groups(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition);
/// The coordinator moves away: forgets them, and their timers.
void forget_consumer_groups(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition);
/// An append is replicated: heartbeats that waited for it are answered. What could not be stored is forgotten: then the groups
/// of the partition are read from the log again.
void finish_consumer_heartbeats(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error);
/// kConsumerSessionExpired, kConsumerRebalanceTimeout, kConsumerJoinTimeout, kConsumerSyncTimeout.
void on_consumer_timer(Ctx& ctx, GroupCoordinator& coordinator, const Timer& timer);

// ---- classic members of a group of KIP-848 (group_classic_members.cpp). Requires: has_consumer_members().

void classic_join_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                    const JoinGroupRequest& request, const consumer_group::PartitionCounts& topics);
void classic_sync_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                    const SyncGroupRequest& request);
void classic_heartbeat_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                         const HeartbeatRequest& request);
void classic_leave_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                     const LeaveGroupRequest& request);

// ---- moves between the protocols (group_migration.cpp)

/// A classic member is about to join: if the group is one of KIP-848 without members, it is none any more. `client`: who joins.
/// Returns its tombstones, to be stored before what the classic group writes; none: there is no such group. Effects: a note.
/// Source: GroupMetadataManager.maybeDeleteEmptyConsumerGroup.
[[nodiscard]] std::vector<CoordinatorRecord> delete_empty_consumer_group(Ctx& ctx, GroupCoordinator& coordinator,
                                                                         GroupId group, NodeId client);

/// Number of a member in timers.
[[nodiscard]] std::int64_t member_key(MemberId member);
[[nodiscard]] MemberId member_of_key(std::int64_t key);

// ---- rebalance (group_rebalance.cpp)

/// A member joins or leaves a group that may rebalance now. Effects: state PreparingRebalance and its timer; completes at
/// once when everybody is there. No effect unless the group is Empty, CompletingRebalance or Stable.
void maybe_prepare_rebalance(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// A member is new, or has joined again: rebalances, or completes the join that goes on.
/// Source: GroupMetadataManager.maybePrepareRebalanceOrCompleteJoin.
void rebalance_or_complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// Completes the join when every member has sent JoinGroup and the initial delay is over.
void try_complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// The join phase ends: absent members go, but static ones; a new generation begins or the group is empty. When nobody has
/// joined, and static members remain, it waits once more.
void complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// kInitialRebalanceDelay fired: waits once more if members came, at most until the rebalance timeout.
void on_initial_delay_over(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// kSyncTimeout fired: members that sent no SyncGroup go.
void on_sync_timeout(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// Answers every waiting SyncGroup, NONE with the member's assignment.
void answer_syncs(Ctx& ctx, Group& group, ErrorCode error);
/// Sends a member its JoinGroup answer; the leader is told of all members.
void answer_join(Ctx& ctx, const Group& group, const GroupMember& member, AwaitedAnswer to);
/// Who assigns, of what was offered under the selected protocol.
[[nodiscard]] std::vector<JoinGroupMember> members_for_leader(const Group& group);
/// Answers a JoinGroup that failed.
void refuse_join(Ctx& ctx, AwaitedAnswer to, GroupId group, MemberId member, ErrorCode error);

// ---- static members (group_static_members.cpp)

/// A static member without a member id joins, and its instance id is taken: `request` replaces who has it.
/// Effects: whoever waits under the old id is told FENCED_INSTANCE_ID.
/// Source: GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin.
void join_as_before(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to, MemberId new_id,
                    const JoinGroupRequest& request);
/// The new id of a static member is stored, or could not be.
void finish_replacement(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error);

// ---- members (group_members.cpp)

/// Takes over what the member's JoinGroup says; it waits for the answer from now on.
void take_join(GroupMember& member, AwaitedAnswer to, const JoinGroupRequest& request);

/// Something was heard of the member: it is kept for `within` more. Effects: its timer.
void keep_alive(Ctx& ctx, const Group& group, GroupMember& member, Duration within);
/// kSessionExpired fired.
void on_session_timer(Ctx& ctx, GroupCoordinator& coordinator, Group& group, MemberId id);
/// Takes the member out. Effects: note, timer cancelled, a waiting JoinGroup answered UNKNOWN_MEMBER_ID, the first member
/// that is left becomes leader if it was the leader. Does not rebalance.
void remove_member(Ctx& ctx, Group& group, MemberId id, LeaveReason reason);
/// Takes the member out and rebalances, or completes the join that waited for it.
void remove_and_update(Ctx& ctx, GroupCoordinator& coordinator, Group& group, MemberId id, LeaveReason reason);
/// Somebody is gone: rebalances, or completes the join that waited for it.
void rebalance_without(Ctx& ctx, GroupCoordinator& coordinator, Group& group);
/// Forgets an issued id that was not used. False: there is none such. Effects: its timer.
bool forget_pending(Ctx& ctx, Group& group, MemberId id);

// ---- storage (group_storage.cpp)

/// The group's metadata: generation, members and these assignments.
[[nodiscard]] CoordinatorRecord group_record(const Group& group, const std::vector<MemberAssignment>& assignments);
/// Asks for the group's metadata to be appended, with these assignments, after the records `before`. `pending` has its kind, and
/// what else that needs.
void store_group(GroupCoordinator& coordinator, Group& group, PendingAppend pending,
                 std::vector<MemberAssignment> assignments, std::vector<CoordinatorRecord> before = {});
/// What a failed append of the group's metadata means to members. Source: appendGroupMetadataErrorToResponseError.
[[nodiscard]] ErrorCode assignment_answer_for(ErrorCode append_error);
/// Asks for records to be appended; `pending` says what to do when they are replicated.
void want_append(GroupCoordinator& coordinator, PendingAppend pending, std::vector<CoordinatorRecord> records,
                 std::optional<TransactionalAppend> transaction = {});
/// Applies a replicated offset commit and answers it.
void finish_commit(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error,
                   Offset base_offset);
/// Remembers a replicated offset commit of a transaction and answers it.
void finish_txn_commit(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error,
                       Offset base_offset);
/// An offset counts from now on. `stored`: the offset, and where its record lies.
void note_committed(Ctx& ctx, GroupId group, TopicPartition partition, const GroupOffset& stored,
                    GenerationId generation);
void note_refused_commit(Ctx& ctx, GroupId group, const OffsetCommitPartition& item, ErrorCode error);
void note_txn_offset(Ctx& ctx, GroupId group, TopicPartition partition, Offset offset, ProducerId producer,
                     TxnOffset what);
/// One record for each offset, stamped with the coordinator's time.
std::vector<CoordinatorRecord> offset_records(const Ctx& ctx, GroupId group,
                                              std::vector<OffsetCommitPartition>& offsets);
/// Makes a group that nobody has joined, to keep offsets for it.
Group& add_group(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id);
/// Answers TxnOffsetCommit with the same error for all of `offsets`. Effects: notes.
void refuse_txn_commit(Ctx& ctx, AwaitedAnswer to, GroupId group, const std::vector<OffsetCommitPartition>& offsets,
                       const std::vector<TopicPartition>& unknown, ErrorCode error);
/// What a failed append, or a transaction that nobody could vouch for, means to who commits.
/// Source: GroupMetadataManager.maybeConvertOffsetCommitError.
[[nodiscard]] ErrorCode commit_answer_for(ErrorCode error);

/// The group is no more, here: who waits is told NOT_COORDINATOR. Effects: timers cancelled, state Dead.
void forget_group(Ctx& ctx, Group& group);

// ---- expiry (group_expiration.cpp)

/// Whether a commit of the group for the partition is on its way into __consumer_offsets.
[[nodiscard]] bool is_commit_pending(const GroupCoordinator& coordinator, GroupId group, TopicPartition partition);
/// Whether the group has committed anything, or is about to. Source: GroupMetadata.hasOffsets.
[[nodiscard]] bool has_offsets(const GroupCoordinator& coordinator, const Group& group);
/// `forgotten` are in memory no more. Effects: their tombstones; a classic group that is Empty and has no other offsets is
/// deleted, with a tombstone: `group` is gone then. Nobody waits for it: a coordinator that takes over before it is replicated
/// knows all that again. Source: GroupMetadataManager.cleanupGroupMetadata.
void bury(Ctx& ctx, GroupCoordinator& coordinator, Group& group, const std::vector<TopicPartition>& forgotten);
/// Effects: the partition's next look, after offsets.retention.check.interval.ms.
void arm_retention_check(Ctx& ctx, CoordinatedPartition& owned);
/// Records of a group of KIP-848: tombstones of `offsets`; and, with is_deleted, of the group itself, which is no more at
/// once. Effects: `notes` when that is replicated. Requires: it exists, is_deleted: it has no members.
void store_consumer_cleanup(GroupCoordinator& coordinator, GroupId group, std::vector<CoordinatorRecord> offsets,
                            std::vector<Note> notes, bool is_deleted);

/// NONE, COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR for a group. Source: GroupCoordinator.validateGroupStatus.
[[nodiscard]] ErrorCode group_status(const Ctx& ctx, const GroupCoordinator& coordinator, GroupId group);

}  // namespace kscope::sim
