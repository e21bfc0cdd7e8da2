#include "sim/check/group_records.h"

#include "sim/types/java_string.h"

namespace kscope::sim {

const RecordBatch* appended_group_records(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended || c.note.partition.topic != kOffsetsTopic) {
    return nullptr;
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  return batch != nullptr && batch->coordinator_records != nullptr ? batch : nullptr;
}

const GroupCoordinator* acting_coordinator(const CheckContext& c) {
  const Broker* broker = c.broker(c.event.node);
  return broker == nullptr ? nullptr : &broker->groups;
}

TopicPartition partition_of_group(const CheckContext& c, GroupId group) {
  const std::int32_t count = c.registry().topics.at(static_cast<std::size_t>(kOffsetsTopic.value)).partitions;
  return TopicPartition{kOffsetsTopic, coordinator_partition(group_name(c, group), count)};
}

std::string_view group_name(const CheckContext& c, GroupId group) {
  return c.registry().groups.at(static_cast<std::size_t>(group.value)).name;
}

Finding unless_groups_lost(const CheckContext& c, std::string detail) {
  return c.watch.may_have_lost_groups() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
