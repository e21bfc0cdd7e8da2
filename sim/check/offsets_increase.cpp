#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Looks at the two newest batches: the rest was looked at when it was new.
Finding check_offsets_increase(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended && c.note.kind != NoteKind::kBatchReplicated) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || log->batches().size() < 2) {
    return Finding::fine();
  }
  const Chunked<RecordBatch>& batches = log->batches();
  const RecordBatch& before = batches[batches.size() - 2];
  const RecordBatch& last = batches.back();
  if (before.next_offset() <= last.base_offset) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: a batch at {} follows one that ends at {}", c.partition(),
                                     c.node_name(c.event.node), last.base_offset.value, before.last_offset().value));
}

}  // namespace kscope::sim
