#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when batches come into a log and when one was recovered: none of the last ones is broken.
Finding check_checksums_fit(const CheckContext& c) {
  const bool grows = c.note.kind == NoteKind::kBatchAppended || c.note.kind == NoteKind::kBatchReplicated;
  if (!grows && c.note.kind != NoteKind::kLogRecovered) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const RecordBatch* batch = nullptr;
  if (log != nullptr && !log->batches().empty()) {
    batch = grows ? log->find(Offset(c.note.a)) : &log->batches().back();
  }
  if (batch == nullptr || !batch->is_corrupt) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: the checksum of the batch at {} does not fit, and it is in the log",
                                     c.partition(), c.node_name(c.event.node), batch->base_offset.value));
}

}  // namespace kscope::sim
