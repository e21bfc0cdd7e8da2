// What nobody needs any more goes: committed offsets that have expired, then groups that are Empty and have none left
// (KIP-211). Each partition of __consumer_offsets is looked at by its coordinator every offsets.retention.check.interval.ms.
// What is deleted gets a tombstone, so that it is gone for the next coordinator, too.
// Source: GroupMetadataManager.cleanupGroupMetadata; for groups of KIP-848 GroupCoordinatorShard.cleanupGroupMetadata,
// OffsetMetadataManager.cleanupExpiredOffsets (Kafka 3.9).
//
// MODEL: a partition is looked at an interval after it was loaded; before KIP-848 a broker looks at all of its partitions
// together. An offset whose transaction is open stays in every group, as Kafka's coordinator of KIP-848 has it; the older one
// looks at plain commits only.

#include <algorithm>
#include <utility>

#include "sim/coordinator/group/group_parts.h"
#include "sim/coordinator/group/offset_expiration.h"

namespace kscope::sim {
namespace {

std::int64_t coordinator_now_ms(const Ctx& ctx) { return millis(ctx.now().time_since_epoch()); }

CoordinatorRecord tombstone_of(GroupId group, TopicPartition partition) {
  CoordinatorRecord tombstone;
  tombstone.kind = CoordinatorRecordKind::kTombstone;
  tombstone.group = group;
  tombstone.partition = partition;
  return tombstone;
}

/// Offsets of the group that have expired, and a note of each.
struct ExpiredOffsets {
  std::vector<TopicPartition> partitions;
  std::vector<Note> notes;
};

ExpiredOffsets expired_offsets(const Ctx& ctx, const GroupCoordinator& coordinator, const Group& group) {
  const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(group.id);
  const bool is_by_age = ctx.registry().rules.is_old(Rule::kKip211);
  const bool is_spoiled = ctx.registry().planted_bug == PlantedBug::kExpireWhileRead;
  const std::optional<OffsetExpirationCondition> condition =
      is_by_age              ? OffsetExpirationCondition{std::nullopt, OffsetExpiry::kAge}
      : consumers != nullptr ? offset_expiration_condition(*consumers)
                             : offset_expiration_condition(group);
  ExpiredOffsets expired;
  if (!condition.has_value()) {
    return expired;
  }
  const Duration retention = ctx.registry().broker(ctx.self()).config.offsets_retention_minutes;
  const std::int64_t now = coordinator_now_ms(ctx);
  for (const auto& [of, offset] : group.offsets) {
    const bool is_subscribed =
        consumers != nullptr ? consumers->is_subscribed_to(of.topic) : is_subscribed_to(group, of.topic);
    const bool is_awaited = is_commit_pending(coordinator, group.id, of) || group.is_in_transaction(of);
    if ((is_subscribed && !is_by_age && !is_spoiled) || is_awaited ||
        !condition->is_expired(offset.committed, now, retention)) {
      continue;
    }
    Note note;
    note.kind = NoteKind::kOffsetExpired;
    note.group = group.id;
    note.partition = of;
    note.a = offset.committed.offset.value;
    note.b = static_cast<std::int64_t>(condition->reason);
    note.c = now - condition->base_timestamp_ms(offset.committed);
    expired.notes.push_back(note);
    expired.partitions.push_back(of);
  }
  return expired;
}

/// The group of the name is forgotten; which member ids it issued is not.
void forget_name(GroupCoordinator& coordinator, GroupId id) {
  if (Group* group = coordinator.groups.get(id)) {
    coordinator.issued_before.insert_or_assign(id, std::move(group->issued));
    coordinator.groups.erase(id);
  }
}

/// Tombstones of KIP-848 are in memory at once, and the partition is read anew when they cannot be stored.
void clean_up_consumer_group(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  Group* offsets = coordinator.groups.get(id);
  ExpiredOffsets expired;
  std::vector<CoordinatorRecord> tombstones;
  if (offsets != nullptr) {
    expired = expired_offsets(ctx, coordinator, *offsets);
    for (const TopicPartition of : expired.partitions) {
      offsets->offsets.erase(of);
      tombstones.push_back(tombstone_of(id, of));
    }
  }
  const bool has_members = !coordinator.find_consumer_group(id)->members.empty();
  const bool is_deleted = !has_members && (offsets == nullptr || !has_offsets(coordinator, *offsets));
  if (!tombstones.empty() || is_deleted) {
    store_consumer_cleanup(coordinator, id, std::move(tombstones), std::move(expired.notes), is_deleted);
  }
  if (is_deleted) {
    forget_name(coordinator, id);
  }
}

void clean_up_classic_group(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  const ExpiredOffsets expired = expired_offsets(ctx, coordinator, group);
  for (const TopicPartition of : expired.partitions) {
    group.offsets.erase(of);
  }
  for (const Note& note : expired.notes) {
    ctx.note(note);
  }
  bury(ctx, coordinator, group, expired.partitions);
}

}  // namespace

bool has_offsets(const GroupCoordinator& coordinator, const Group& group) {
  const auto& appends = coordinator.pending_appends;
  return !group.offsets.empty() ||
         std::any_of(group.pending_transactional.begin(), group.pending_transactional.end(),
                     [](const auto& entry) { return !entry.second.empty(); }) ||
         std::any_of(appends.begin(), appends.end(), [&](const PendingAppend& pending) {
           return pending.group == group.id && !pending.offsets.empty();
         });
}

const Group* GroupCoordinator::find_classic_group(GroupId id) const {
  const Group* group = find(id);
  const bool exists = group != nullptr && find_consumer_group(id) == nullptr;
  return exists && (group->is_stored || has_offsets(*this, *group)) ? group : nullptr;
}

// MODEL: the tombstone of a group is written whatever its generation is, since the record of a new group is, too: both as
// Kafka's coordinator of KIP-848 does. The older one leaves it out for generation 0.
void bury(Ctx& ctx, GroupCoordinator& coordinator, Group& group, const std::vector<TopicPartition>& forgotten) {
  std::vector<CoordinatorRecord> tombstones;
  tombstones.reserve(forgotten.size() + 1);
  for (const TopicPartition partition : forgotten) {
    tombstones.push_back(tombstone_of(group.id, partition));
  }
  const std::int32_t partition = group.partition;
  const bool is_deleted = group.state == GroupState::Empty && !has_offsets(coordinator, group) &&
                          coordinator.find_consumer_group(group.id) == nullptr;
  if (is_deleted) {
    CoordinatorRecord tombstone;
    tombstone.kind = CoordinatorRecordKind::kGroupTombstone;
    tombstone.group = group.id;
    tombstones.push_back(std::move(tombstone));
    Note note;
    note.kind = NoteKind::kGroupDeleted;
    note.group = group.id;
    note.a = group.generation.value;
    forget_group(ctx, group);
    forget_name(coordinator, note.group);
    ctx.note(note);
  }
  if (!tombstones.empty()) {
    WantedAppend append{AppendToken(coordinator.next_token++), partition, std::move(tombstones)};
    append.waits_for_replicas = false;
    coordinator.wanted_appends.push_back(std::move(append));
  }
}

void arm_retention_check(Ctx& ctx, CoordinatedPartition& owned) {
  const Duration interval = ctx.registry().broker(ctx.self()).config.offsets_retention_check_interval_ms;
  owned.retention_timer = ctx.after(interval, Timer{TimerKind::kOffsetsRetentionCheck, owned.partition, 0});
}

void GroupCoordinator::clean_up_group_metadata(Ctx& ctx, std::int32_t partition) {
  FlatSet<GroupId> known;
  for (const auto& [id, group] : groups) {
    if (group.partition == partition) {
      known.insert(id);
    }
  }
  for (const auto& [id, hosted] : consumer_groups) {
    if (hosted.partition == partition && hosted.group.exists()) {
      known.insert(id);
    }
  }
  for (const GroupId id : known) {
    if (find_consumer_group(id) != nullptr) {
      clean_up_consumer_group(ctx, *this, id);
    } else {
      clean_up_classic_group(ctx, *this, groups.at(id));
    }
  }
}

}  // namespace kscope::sim
