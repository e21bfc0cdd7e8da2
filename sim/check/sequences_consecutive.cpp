#include <fmt/format.h>

#include "sim/check/producer_batches.h"

namespace kscope::sim {

/// A batch continues the sequences of the producer's last batch in this log, or begins at 0 with a new epoch. A log that
/// lost its earlier batches (retention, a lost page cache, a topic that was deleted) has forgotten the producer and takes any sequence.
Finding check_sequences_consecutive(const CheckContext& c) {
  const ProducerBatches batches = producer_batches(c);
  if (batches.appended == nullptr || !batches.is_search_complete) {
    return Finding::not_asked();
  }
  const RecordBatch& appended = *batches.appended;
  if (!appended.base_sequence.is_set()) {
    return Finding::not_asked();  // a coordinator appended it
  }
  if (batches.before == nullptr) {
    const PartitionLog* log = c.log(c.event.node, c.note.partition);
    const PartitionWatch* p = c.watch.find(c.note.partition);
    const bool has_forgotten = log->log_start_offset() > Offset(0) || (p != nullptr && p->may_have_lost()) ||
                               c.watch.was_deleted(c.note.partition.topic);
    if (appended.base_sequence.value == 0) {
      return Finding::fine();
    }
    std::string detail = fmt::format("{}; nothing of it stands before", describe_batch(c, appended));
    return has_forgotten ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
  }
  const RecordBatch& before = *batches.before;
  const Sequence last = sequence_after(before.base_sequence, before.record_count - 1);
  const bool is_new_epoch = appended.producer_epoch > before.producer_epoch;
  const bool is_consecutive =
      is_new_epoch ? appended.base_sequence.value == 0 : appended.base_sequence == sequence_after(last, 1);
  if (is_consecutive || appended.producer_epoch < before.producer_epoch) {
    return Finding::fine();  // an older epoch is another invariant's
  }
  return Finding::broken(
      fmt::format("{}; its last batch before ends at sequence {}", describe_batch(c, appended), last.value));
}

}  // namespace kscope::sim
