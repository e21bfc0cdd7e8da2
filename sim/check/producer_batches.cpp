#include "sim/check/producer_batches.h"

#include <fmt/format.h>

#include <algorithm>

namespace kscope::sim {
namespace {

constexpr std::size_t kLongestSearch = 4096;

}  // namespace

ProducerBatches producer_batches(const CheckContext& c) {
  ProducerBatches found;
  if (c.note.kind != NoteKind::kBatchAppended) {
    return found;
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || log->batches().size() == 0) {
    return found;
  }
  const Chunked<RecordBatch>& batches = log->batches();
  const std::size_t last = batches.size() - 1;
  const RecordBatch& appended = batches[last];
  if (!appended.producer_id.is_valid() || appended.is_control || appended.base_offset != Offset(c.note.a)) {
    return found;
  }
  found.appended = &appended;
  const std::size_t end = last > kLongestSearch ? last - kLongestSearch : 0;
  for (std::size_t i = last; i > end; --i) {
    const RecordBatch& earlier = batches[i - 1];
    if (earlier.producer_id != appended.producer_id) {
      continue;
    }
    found.epoch_before = std::max(found.epoch_before, earlier.producer_epoch);
    if (!earlier.is_control) {
      found.before = &earlier;
      break;
    }
  }
  found.is_search_complete = found.before != nullptr || end == 0;
  return found;
}

std::string describe_batch(const CheckContext& c, const RecordBatch& batch) {
  return fmt::format("{} at offset {}: producer {}, epoch {}, sequences {} to {}", c.partition(),
                     batch.base_offset.value, batch.producer_id.value, batch.producer_epoch.value,
                     batch.base_sequence.value, sequence_after(batch.base_sequence, batch.record_count - 1).value);
}

}  // namespace kscope::sim
