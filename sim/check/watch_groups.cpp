// What the watch remembers of consumer groups: generations, who owned what, and how long nobody read a partition.
#include <algorithm>

#include "sim/check/watch.h"
#include "sim/world/position_reason.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kKeptGenerations = 20;

void begin_generation(GroupWatch& group, const Event& event, const Note& note) {
  group.generation = static_cast<std::int32_t>(note.a);
  GenerationWatch next;
  next.generation = group.generation;
  next.started_at = group.pending_reason.empty() ? event.time : group.rebalance_started;
  next.stable_at = event.time;
  next.reason = std::move(group.pending_reason);
  group.pending_reason.clear();
  group.generations.push_back(std::move(next));
  if (group.generations.size() > kKeptGenerations) {
    group.generations.erase(group.generations.begin());
  }
}

void on_partition_revoked(GroupWatch& group, const Event& event, const Note& note) {
  const NodeId* owner = group.owners.get(note.partition);
  if (owner != nullptr && *owner == event.node) {
    group.owners.erase(note.partition);
    group.owner_generation.erase(note.partition);
    group.unread_since.try_emplace(note.partition, event.time);
  }
}

void on_offset_committed(GroupWatch& group, const Note& note) {
  group.committed.insert_or_assign(note.partition, Offset(note.a));
  if (note.c < 0) {
    return;  // it is in ZooKeeper
  }
  CommitRecord& record = group.commit_records[note.partition];
  if (Offset(note.c) >= record.at) {
    record = CommitRecord{Offset(note.c), false};
  }
}

/// Where auto.offset.reset decides, or the application itself, what lies before is left out on purpose.
void on_position_reset(GroupWatch& group, const Note& note) {
  const auto reason = static_cast<PositionReason>(note.b);
  if (reason != PositionReason::kCommitted && reason != PositionReason::kTruncated) {
    group.begun_at.insert_or_assign(note.partition, Offset(note.a));
  }
  if (reason == PositionReason::kSought || reason == PositionReason::kSoughtEnd) {
    Offset& furthest = group.sought.try_emplace(note.partition, Offset(note.a)).first->second;
    furthest = std::max(furthest, Offset(note.a));
  }
}

void on_partition_assigned(GroupWatch& group, const Event& event, const Note& note) {
  if (note.a < 0) {  // assigned by hand: it is the owner where the group has none
    group.owners.try_emplace(note.partition, event.node);
    return;
  }
  const NodeId* before = group.last_owners.get(note.partition);
  group.moved += before != nullptr && *before != event.node ? 1 : 0;
  Duration stalled{0};
  if (const SimTime* since = group.unread_since.get(note.partition)) {
    stalled = event.time - *since;
    group.stalled += stalled;
    group.unread_since.erase(note.partition);
  }
  group.owners.insert_or_assign(note.partition, event.node);
  group.last_owners.insert_or_assign(note.partition, event.node);
  group.owner_generation.insert_or_assign(note.partition, static_cast<std::int32_t>(note.a));
  for (GenerationWatch& generation : group.generations) {
    if (generation.generation == note.a) {
      generation.owners.insert_or_assign(note.partition, event.node);
      generation.stable_at = event.time;
      generation.is_stable = true;
      if (stalled > Duration(0)) {
        generation.stalled.insert_or_assign(note.partition, stalled);
      }
    }
  }
}

/// A group of the same name begins again with generation 1.
void forget_generations(GroupWatch& group) {
  group.is_deleted = true;
  group.generation = -1;
  group.generations.clear();
  group.owners.clear();
  group.owner_generation.clear();
}

/// An empty group begins again, with generation or epoch 1; one with members counts on.
void on_group_migrated(GroupWatch& group, const Note& note) {
  if (note.c == 0) {
    group.generation = -1;
    group.generations.clear();
  }
}

}  // namespace

std::int64_t GroupWatch::skipped() const {
  std::int64_t sum = 0;
  for (const auto& [partition, offset] : committed) {
    const auto got = delivered.find(partition);
    if (got == delivered.end() || got->second.empty() || offset <= got->second.first()) {
      continue;
    }
    const auto done = processed.find(partition);
    const Offset first = got->second.first();
    sum += (offset - first) - (done == processed.end() ? 0 : done->second.count(first, offset));
  }
  return sum;
}

void Watch::on_consumer_death(const World& world, const Event& event) {
  const auto kind = static_cast<FaultKind>(event.what);
  const bool dies = kind == FaultKind::kCrash || kind == FaultKind::kPowerLoss;
  if (!dies || !event.node.is_valid() ||
      world.registry().nodes.at(static_cast<std::size_t>(event.node.value)).role != NodeRole::kConsumer) {
    return;
  }
  GroupWatch& group = groups_.at(static_cast<std::size_t>(world.registry().consumer(event.node).group.value));
  for (const auto& [partition, owner] : group.owners) {
    if (owner == event.node) {
      group.unread_since.try_emplace(partition, event.time);
    }
  }
}

void Watch::on_commit_by_hand(const World& world, const Event& event) {
  const NodeEntry& entry = world.registry().nodes.at(static_cast<std::size_t>(event.node.value));
  if (entry.role == NodeRole::kConsumer) {
    groups_.at(static_cast<std::size_t>(world.registry().consumer(event.node).group.value)).commits_by_hand = true;
  }
}

void Watch::note_forgotten_offsets(const RecordBatch& batch) {
  if (batch.coordinator_records == nullptr) {
    return;
  }
  for (const CoordinatorRecord& record : *batch.coordinator_records) {
    if (record.kind == CoordinatorRecordKind::kTombstone && record.group.is_valid() &&
        record.partition.topic.is_valid()) {
      GroupWatch& group = groups_.at(static_cast<std::size_t>(record.group.value));
      group.commit_records.insert_or_assign(record.partition, CommitRecord{batch.base_offset, true});
    }
  }
}

void Watch::on_group_note(const Event& event, const Note& note) {
  GroupWatch& group = groups_.at(static_cast<std::size_t>(note.group.value));
  switch (note.kind) {
    case NoteKind::kGroupState:
      group.state = static_cast<std::int32_t>(note.a);
      group.is_deleted = false;
      break;
    case NoteKind::kMemberJoined:
    case NoteKind::kMemberLeft:
      if (group.pending_reason.empty()) {
        group.rebalance_started = event.time;
      }
      group.pending_reason = std::to_string(note.a) + (note.kind == NoteKind::kMemberJoined ? "+" : "-");
      break;
    case NoteKind::kGenerationAssigned: begin_generation(group, event, note); break;
    case NoteKind::kPartitionAssigned: on_partition_assigned(group, event, note); break;
    case NoteKind::kPartitionRevoked: on_partition_revoked(group, event, note); break;
    case NoteKind::kPositionReset: on_position_reset(group, note); break;
    case NoteKind::kOffsetExpired:  // who begins anew may copy anew what it has copied
      group.committed.erase(note.partition);
      group.copied.erase(note.partition);
      break;
    case NoteKind::kGroupDeleted: forget_generations(group); break;
    case NoteKind::kGroupMigrated: on_group_migrated(group, note); break;
    default: on_offset_committed(group, note); break;
  }
}

}  // namespace kscope::sim
