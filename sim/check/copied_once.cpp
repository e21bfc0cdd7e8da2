#include <fmt/format.h>

#include <algorithm>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

/// What the configs of a run, or its faults, do not promise is permitted.
Finding unless_void(const CheckContext& c, const ConsumerConfig& config, TopicPartition input, std::string detail) {
  const PartitionWatch* p = c.watch.find(input);
  const bool is_void = config.isolation_level != IsolationLevel::READ_COMMITTED ||
                       (p != nullptr && p->may_have_lost()) || c.watch.may_have_lost_groups();
  return is_void ? Finding::permitted(std::move(detail)) : c.unless_lost(std::move(detail));
}

/// A marker commits copies: none of a record that has a committed copy already, and none before one of a later record.
Finding check_copies(const CheckContext& c, const RecordBatch& marker) {
  const PartitionLog& log = *c.log(c.event.node, c.note.partition);
  Finding finding = Finding::not_asked();
  std::vector<const RecordBatch*> batches = batches_ended_by(log, marker);
  std::reverse(batches.begin(), batches.end());
  FlatMap<TopicPartition, Offset> furthest;
  for (const RecordBatch* batch : batches) {
    for (const Record& record : *batch->records) {
      const CopiedRecord* copy = c.watch.copy(record);
      if (copy == nullptr) {
        continue;
      }
      finding = Finding::fine();
      const ConsumerSetup& setup = c.registry().consumer(record.producer);
      const RecordId known = c.watch.groups().at(static_cast<std::size_t>(setup.group.value)).copy_of(*copy);
      if (known.is_valid() && known != record.id) {
        return unless_void(c, setup.config, copy->input,
                           fmt::format("{} at offset {} is copied into {} twice",
                                       c.registry().partition_name(copy->input), copy->offset.value, c.partition()));
      }
      Offset& last = furthest.try_emplace(copy->input, kUnknownOffset).first->second;
      if (copy->offset <= last) {
        return unless_void(
            c, setup.config, copy->input,
            fmt::format("{} at offset {} is copied into {} behind offset {}", c.registry().partition_name(copy->input),
                        copy->offset.value, c.partition(), last.value));
      }
      last = copy->offset;
    }
  }
  return finding;
}

/// Whether a read_committed consumer would be given the batch's records.
bool is_readable(const PartitionLog& log, const RecordBatch& batch) {
  return !batch.is_control && batch.records != nullptr &&
         (!batch.is_transactional || outcome_after(log, batch.producer_id, batch.base_offset) == ControlType::COMMIT);
}

/// The group's offset moves: all that it passes by is copied.
Finding check_passed(const CheckContext& c) {
  const auto& consumers = *c.registry().consumers;
  const auto setup = std::find_if(consumers.begin(), consumers.end(), [&](const ConsumerSetup& consumer) {
    return consumer.group == c.note.group && consumer.output.has_value();
  });
  const PartitionLog* log = setup == consumers.end() ? nullptr : leader_log(c, c.note.partition);
  const GroupWatch& group = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value));
  const Offset* before = group.committed.get(c.note.partition);
  if (log == nullptr || before == nullptr) {
    return Finding::not_asked();
  }
  const Chunked<RecordBatch>& batches = log->batches();
  for (std::size_t i = batches.size(); i > 0 && batches[i - 1].next_offset() > *before; --i) {
    const RecordBatch& batch = batches[i - 1];
    for (std::size_t n = 0; is_readable(*log, batch) && n < batch.records->size(); ++n) {
      const Offset offset = batch.base_offset + static_cast<std::int64_t>(n);
      const bool is_passed = offset >= *before && offset < Offset(c.note.a) && !(*batch.records)[n].is_removed();
      if (is_passed && !c.watch.is_copied(c.note.group, c.note.partition, offset)) {
        return unless_void(
            c, setup->config, c.note.partition,
            fmt::format("the group passes by {} at offset {} and has no copy of it", c.partition(), offset.value));
      }
    }
  }
  return Finding::fine();
}

}  // namespace

/// Of each record that a group with an output reads there is one committed copy, in the order of the records.
Finding check_copied_once(const CheckContext& c) {
  if (c.note.kind == NoteKind::kOffsetCommitted) {
    return check_passed(c);
  }
  const RecordBatch* marker = appended_marker(c);
  return marker == nullptr || marker->control_type == ControlType::ABORT ? Finding::not_asked()
                                                                         : check_copies(c, *marker);
}

}  // namespace kscope::sim
