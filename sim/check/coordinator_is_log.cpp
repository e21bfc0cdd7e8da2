#include <fmt/format.h>

#include <algorithm>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

/// A group as its log tells it, read apart from the coordinator.
struct ReadGroup {
  GenerationId generation{0};
  std::size_t member_count = 0;
  GroupOffsets offsets;
  FlatMap<ProducerId, GroupOffsets> undecided;
  consumer_group::ConsumerGroup consumers;

  /// Whether the log has anything of it but tombstones.
  [[nodiscard]] bool is_known() const {
    return generation > GenerationId(0) || member_count > 0 || !offsets.empty() || consumers.exists();
  }
};
using ReadGroups = FlatMap<GroupId, ReadGroup>;

/// The later record of a partition counts, whether or not a transaction put it there.
void take(GroupOffsets& offsets, TopicPartition partition, const GroupOffset& offset) {
  const GroupOffset* known = offsets.get(partition);
  if (known == nullptr || known->appended_at <= offset.appended_at) {
    offsets.insert_or_assign(partition, offset);
  }
}

void read_record(ReadGroups& groups, const CoordinatorRecord& record, const RecordBatch& batch) {
  ReadGroup& group = groups[record.group];
  GroupOffsets& offsets = batch.is_transactional ? group.undecided[batch.producer_id] : group.offsets;
  if (record.kind == CoordinatorRecordKind::kOffsetCommit) {
    take(offsets, record.partition, GroupOffset{record.committed, batch.base_offset});
  } else if (record.kind == CoordinatorRecordKind::kTombstone) {
    offsets.erase(record.partition);
  } else if (record.kind == CoordinatorRecordKind::kConsumerGroup) {
    group.consumers.id = record.group;
    consumer_group::replay(group.consumers, *record.consumer_group);
  } else {  // the metadata of a classic group, or that it is deleted
    group.generation = record.generation.value > 0 ? record.generation : GenerationId(0);
    group.member_count = record.members.size();
  }
}

void read_marker(ReadGroups& groups, const RecordBatch& marker) {
  for (auto& [id, group] : groups) {
    const GroupOffsets* decided = group.undecided.get(marker.producer_id);
    if (decided == nullptr) {
      continue;
    }
    if (marker.control_type == ControlType::COMMIT) {
      for (const auto& [partition, offset] : *decided) {
        take(group.offsets, partition, offset);
      }
    }
    group.undecided.erase(marker.producer_id);
  }
}

ReadGroups read_log(const PartitionLog& log) {
  ReadGroups groups;
  for (const RecordBatch& batch : log.batches()) {
    if (batch.is_control) {
      read_marker(groups, batch);
      continue;
    }
    for (std::size_t i = 0; batch.coordinator_records != nullptr && i < batch.coordinator_records->size(); ++i) {
      if (batch.records == nullptr || !(*batch.records)[i].is_removed()) {
        read_record(groups, (*batch.coordinator_records)[i], batch);
      }
    }
  }
  return groups;
}

/// How the group of the coordinator differs from what the log says; empty: it does not.
std::string difference(const CheckContext& c, const ReadGroup& read, const Group& group) {
  for (const auto& [partition, offset] : read.offsets) {
    const GroupOffset* loaded = group.offsets.get(partition);
    if (loaded == nullptr || loaded->committed != offset.committed) {
      return fmt::format("{} of {} is committed", offset.committed.offset.value,
                         c.registry().partition_name(partition));
    }
  }
  if (read.offsets.size() != group.offsets.size()) {
    return fmt::format("{} offsets are committed, not {}", read.offsets.size(), group.offsets.size());
  }
  if (read.generation != group.generation || read.member_count != group.members.size()) {
    return fmt::format("generation {} has {} members, not generation {} {}", read.generation.value, read.member_count,
                       group.generation.value, group.members.size());
  }
  return {};
}

std::string consumer_difference(const ReadGroup& read, const GroupCoordinator& coordinator, GroupId id) {
  const consumer_group::ConsumerGroup* loaded = coordinator.find_consumer_group(id);
  if (!read.consumers.exists() && loaded == nullptr) {
    return {};
  }
  const bool is_same = loaded != nullptr && loaded->group_epoch == read.consumers.group_epoch &&
                       loaded->assignment_epoch == read.consumers.assignment_epoch &&
                       loaded->members == read.consumers.members &&
                       loaded->target_assignment == read.consumers.target_assignment;
  return is_same ? std::string{}
                 : fmt::format("it is at epoch {} with {} members", read.consumers.group_epoch.value,
                               read.consumers.members.size());
}

/// What is loaded is what the log says. Cost: O(log), as the loading itself.
Finding check_loaded(const CheckContext& c, const GroupCoordinator& coordinator) {
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr) {
    return Finding::not_asked();
  }
  for (const auto& [id, read] : read_log(*log)) {
    const Group* group = coordinator.find(id);
    if (group == nullptr && !read.is_known()) {
      continue;
    }
    std::string fault = group == nullptr ? std::string("there is the group") : difference(c, read, *group);
    fault = fault.empty() ? consumer_difference(read, coordinator, id) : std::move(fault);
    if (!fault.empty()) {
      return Finding::broken(fmt::format("{} has loaded group {}, and not what its log says: {}",
                                         c.node_name(c.event.node), group_name(c, id), fault));
    }
  }
  return Finding::fine();
}

/// Whether the broker that acts leads the partition, as far as it knows itself.
bool presumes_leader(const CheckContext& c, TopicPartition partition) {
  const PartitionWatch* p = c.watch.find(partition);
  const int broker = c.broker_index(c.event.node);
  return p != nullptr && broker >= 0 && p->replicas.size() > static_cast<std::size_t>(broker) &&
         p->replicas[static_cast<std::size_t>(broker)].presumes_leader;
}

/// Whether the broker hears in this very event that it leads the partition no more: what waited for replicas has failed first.
bool gives_up_now(const CheckContext& c, TopicPartition partition) {
  return std::any_of(c.event.notes.begin(), c.event.notes.end(), [&](const Note& note) {
    return note.partition == partition &&
           (note.kind == NoteKind::kBecameFollower || note.kind == NoteKind::kReplicaStopped);
  });
}

}  // namespace

/// Only the leader of its partition of __consumer_offsets acts for a group, so with R1 a leader epoch has one coordinator; and
/// who becomes coordinator knows of the groups what the log says.
Finding check_coordinator_is_log(const CheckContext& c) {
  const GroupCoordinator* coordinator = acting_coordinator(c);
  const bool is_load = c.note.kind == NoteKind::kCoordinatorLoaded;
  const bool is_farewell =
      c.note.kind == NoteKind::kGroupState && static_cast<GroupState>(c.note.a) == GroupState::Dead;
  if (coordinator == nullptr || is_farewell || (is_load && c.note.partition.topic != kOffsetsTopic)) {
    return Finding::not_asked();
  }
  const TopicPartition partition = is_load ? c.note.partition : partition_of_group(c, c.note.group);
  if (!presumes_leader(c, partition) && !gives_up_now(c, partition)) {
    return Finding::broken(fmt::format("{} coordinates groups of {}, which it does not lead", c.node_name(c.event.node),
                                       c.registry().partition_name(partition)));
  }
  return is_load ? check_loaded(c, *coordinator) : Finding::fine();
}

}  // namespace kscope::sim
