#pragma once
// The inner functions of groups of the consumer protocol (KIP-848) at their coordinator: what heartbeats, classic members and
// moves between the protocols have in common. Used inside this folder only. Source: CoordinatorRuntime, GroupMetadataManager
// (Kafka 3.9).

#include <string>
#include <vector>

#include "sim/coordinator/group/consumer/consumer_group_result.h"
#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {

/// What the broker's config says about its groups.
[[nodiscard]] consumer_group::ConsumerGroupConfig consumer_group_config_of(const Ctx& ctx);
/// The group of this id, which need not exist yet.
[[nodiscard]] HostedConsumerGroup& host_consumer_group(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id);
/// Takes over what this broker knows of the topics of the group: where that is new, the group looks at it with the next heartbeat.
void take_topics(HostedConsumerGroup& hosted, const consumer_group::PartitionCounts& topics);
/// A member's timer is set or cancelled.
void change_consumer_timer(Ctx& ctx, HostedConsumerGroup& hosted, const consumer_group::MemberTimerChange& change);

/// Records of a group as they lie in __consumer_offsets, appended to `records`.
void append_consumer_records(std::vector<CoordinatorRecord>& records,
                             const std::vector<consumer_group::ConsumerGroupRecord>& changes);
/// Asks for the records to be appended. `pending` says who waits for it.
void store_consumer_records(GroupCoordinator& coordinator, const HostedConsumerGroup& hosted, PendingAppend pending,
                            std::vector<CoordinatorRecord> records);

/// How a group changes.
struct ConsumerGroupStep {
  consumer_group::ConsumerGroupResult changes;
  LeaveReason reason = LeaveReason::kLeft;  ///< why members that are gone then are gone
  PendingAppend waiting{};                  ///< who is answered when it is replicated
  std::vector<CoordinatorRecord> before{};  ///< stored before what changes
};
/// Takes a step of the group over. Records are applied at once and stored; who waits is answered when they, and what was stored
/// before, are replicated. A member that is fenced may have been the last of the consumer protocol: then the group becomes a
/// classic one instead, and `hosted` is gone.
void carry_out(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, ConsumerGroupStep step);
/// Answers who waits for `waiting`: as it says, or with what `error` means.
void answer_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& waiting, ErrorCode error);

// ---- what observers are told (group_consumer_notes.cpp)

/// What a group was before a step, as far as it is told to observers.
struct GroupPicture {
  GroupState state = GroupState::Empty;
  consumer_group::GroupEpoch assignment_epoch{0};
  FlatMap<MemberId, std::string> members;  ///< with the group.instance.id of each; empty: a dynamic one
};
[[nodiscard]] GroupPicture picture_of(const consumer_group::ConsumerGroup& group);
[[nodiscard]] Note group_note_of(NoteKind kind, GroupId group, std::int64_t a, std::int64_t b, std::int64_t c);
/// The difference to `before`. `reason`: why members that are gone are gone.
[[nodiscard]] std::vector<Note> notes_of(const consumer_group::ConsumerGroup& group, const GroupPicture& before,
                                         LeaveReason reason);

// ---- moves between the protocols (group_migration.cpp)

/// What a heartbeat that joins finds where there is no group of KIP-848.
struct Upgrade {
  ErrorCode error = ErrorCode::NONE;
  consumer_group::ConsumerGroup group;                      ///< what becomes of the classic group
  std::vector<consumer_group::MemberTimerChange> timers{};  ///< of its members
  std::vector<CoordinatorRecord> records{};                 ///< which make that of it
};
/// Looks at the classic group of the id, if there is one. Errors: those of upgrade_error(). Effects: where it may be upgraded,
/// members that wait in JoinGroup or SyncGroup are told REBALANCE_IN_PROGRESS, whatever comes of the heartbeat.
/// Source: GroupMetadataManager.getOrMaybeCreateConsumerGroup.
[[nodiscard]] Upgrade prepare_upgrade(Ctx& ctx, GroupCoordinator& coordinator, GroupId id);
/// The classic group is no more: `hosted` goes on with what `upgrade` made of it. `client`: who has joined.
/// Effects: its timers cancelled, a note; what it has committed stays.
void carry_out_upgrade(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, const Upgrade& upgrade,
                       NodeId client);
/// The group of KIP-848 becomes a classic one, and rebalances, or, with an heir, does not. `step`: its changes are the records
/// of the heir. Effects: notes; `hosted` is gone. Requires: may_downgrade(). Source: convertToClassicGroup.
void carry_out_downgrade(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, MemberId gone,
                         const consumer_group::ConsumerGroupMember* heir, ConsumerGroupStep step);

}  // namespace kscope::sim
