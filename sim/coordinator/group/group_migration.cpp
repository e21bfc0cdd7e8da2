// A group moves between the classic and the consumer protocol at its coordinator. When it may, and what becomes of it, is in
// online_migration.h. Source: GroupMetadataManager (Kafka 3.9).
//
// What the group is then is in memory at once. Where that cannot be stored all groups of the partition are read again. Classic
// groups tell observers what they do when they do it; so does a group that becomes one.

#include <utility>

#include "sim/coordinator/group/consumer/classic_members.h"
#include "sim/coordinator/group/group_consumer_parts.h"
#include "sim/coordinator/group/online_migration.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroup;
using consumer_group::ConsumerGroupMember;

enum class Protocol : std::int64_t { kClassic = 0, kConsumer = 1 };

Note migration_note(GroupId group, Protocol to, NodeId client, std::int32_t from_epoch) {
  return group_note_of(NoteKind::kGroupMigrated, group, static_cast<std::int64_t>(to), client.value, from_epoch);
}

CoordinatorRecord classic_tombstone(GroupId group) {
  CoordinatorRecord tombstone;
  tombstone.kind = CoordinatorRecordKind::kGroupTombstone;
  tombstone.group = group;
  return tombstone;
}

/// Who waits in JoinGroup or SyncGroup is to join again. Source: ClassicGroup.completeAllJoinFutures, completeAllSyncFutures.
void interrupt(Ctx& ctx, Group& group) {
  for (auto& [id, member] : group.members) {
    if (member.join.is_set()) {
      refuse_join(ctx, member.join, group.id, id, ErrorCode::REBALANCE_IN_PROGRESS);
      member.join = AwaitedAnswer{};
    }
  }
  answer_syncs(ctx, group, ErrorCode::REBALANCE_IN_PROGRESS);
}

/// Of the classic group only what it has committed is left, and which member ids it issued.
void dissolve(Ctx& ctx, Group& group) {
  ctx.cancel(group.rebalance_timer);
  ctx.cancel(group.sync_timer);
  for (PendingMember& pending : group.pending) {
    ctx.cancel(pending.timer);
  }
  for (auto& [id, member] : group.members) {
    ctx.cancel(member.session_timer);
  }
  Group rest;
  rest.id = group.id;
  rest.partition = group.partition;
  rest.offsets = std::move(group.offsets);
  rest.pending_transactional = std::move(group.pending_transactional);
  rest.issued = std::move(group.issued);
  group = std::move(rest);
}

/// Tells what happened to a group of the consumer protocol and was not told yet: it is none any more.
void tell_now(Ctx& ctx, HostedConsumerGroup& hosted) {
  for (const Note& note : hosted.untold) {
    ctx.note(note);
  }
  hosted.untold.clear();
}

void forget_hosted(Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  for (auto& entry : coordinator.consumer_groups.at(id).timers) {
    ctx.cancel(entry.second.id);
  }
  coordinator.consumer_groups.erase(id);
}

std::vector<MemberAssignment> assignments_of(const Group& group) {
  std::vector<MemberAssignment> assignments;
  for (const auto& [id, member] : group.members) {
    assignments.push_back(MemberAssignment{id, member.assignment});
  }
  return assignments;
}

}  // namespace

Upgrade prepare_upgrade(Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  Upgrade upgrade;
  upgrade.group.id = id;
  if (coordinator.find_classic_group(id) == nullptr) {
    return upgrade;
  }
  Group& classic = coordinator.groups.at(id);
  upgrade.records.push_back(classic_tombstone(id));
  if (classic.state == GroupState::Empty) {
    return upgrade;
  }
  upgrade.error = upgrade_error(classic, consumer_group_config_of(ctx));
  if (upgrade.error == ErrorCode::GROUP_ID_NOT_FOUND) {
    return upgrade;
  }
  interrupt(ctx, classic);
  if (upgrade.error != ErrorCode::NONE) {
    return upgrade;
  }
  const std::vector<consumer_group::ConsumerGroupRecord> records = upgrade_records(classic);
  for (const consumer_group::ConsumerGroupRecord& record : records) {
    consumer_group::replay(upgrade.group, record);
  }
  append_consumer_records(upgrade.records, records);
  upgrade.timers = timers_after_upgrade(classic, ctx.now());
  return upgrade;
}

void carry_out_upgrade(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, const Upgrade& upgrade,
                       NodeId client) {
  hosted.group = upgrade.group;
  if (upgrade.records.empty()) {
    return;  // there was no group
  }
  Group& classic = coordinator.groups.at(hosted.group.id);
  hosted.untold.push_back(
      migration_note(hosted.group.id, Protocol::kConsumer, client, upgrade.group.group_epoch.value));
  dissolve(ctx, classic);
  for (const consumer_group::MemberTimerChange& change : upgrade.timers) {
    change_consumer_timer(ctx, hosted, change);
  }
}

void carry_out_downgrade(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, MemberId gone,
                         const ConsumerGroupMember* heir, ConsumerGroupStep step) {
  const GroupId id = hosted.group.id;
  const Downgrade downgrade{hosted.group, gone, heir};
  append_consumer_records(step.before, step.changes.records);
  append_consumer_records(step.before, downgrade_tombstones(downgrade));
  const GroupState state_before = state_of(hosted.group);
  Group& classic = coordinator.groups.contains(id) ? coordinator.groups.at(id) : add_group(ctx, coordinator, id);
  downgrade_to(classic, downgrade);
  classic.current_state_timestamp_ms = millis(ctx.now().time_since_epoch());
  tell_now(ctx, hosted);
  forget_hosted(ctx, coordinator, id);  // `hosted` and `downgrade` are gone with it

  ctx.note(heir == nullptr ? group_note_of(NoteKind::kMemberLeft, id, gone.client.value, gone.serial,
                                           static_cast<std::int64_t>(step.reason))
                           : group_note_of(NoteKind::kStaticMemberReplaced, id, heir->member_id.client.value,
                                           gone.client.value, static_cast<std::int64_t>(state_before)));
  ctx.note(migration_note(id, Protocol::kClassic, gone.client, classic.generation.value));
  ctx.note(group_note_of(NoteKind::kGroupState, id, static_cast<std::int64_t>(GroupState::Stable),
                         static_cast<std::int64_t>(state_before), classic.generation.value));
  step.waiting.kind = PendingAppend::Kind::kConsumerGroup;
  store_group(coordinator, classic, std::move(step.waiting), assignments_of(classic), std::move(step.before));
  for (auto& entry : classic.members) {
    keep_alive(ctx, classic, entry.second, entry.second.session_timeout);
  }
  if (heir == nullptr) {
    maybe_prepare_rebalance(ctx, coordinator, classic);
  }
}

std::vector<CoordinatorRecord> delete_empty_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, GroupId id,
                                                           NodeId client) {
  std::vector<CoordinatorRecord> records;
  if (coordinator.find_consumer_group(id) == nullptr) {
    return records;
  }
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(id);
  append_consumer_records(records, consumer_group::group_tombstones(hosted.group));
  tell_now(ctx, hosted);
  forget_hosted(ctx, coordinator, id);
  ctx.note(migration_note(id, Protocol::kClassic, client, 0));
  return records;
}

}  // namespace kscope::sim
