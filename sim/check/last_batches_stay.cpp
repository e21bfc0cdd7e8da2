#include <fmt/format.h>

#include <algorithm>

#include "engine/core/flat_map.h"
#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

bool has_records(const RecordBatch& batch) {
  return batch.records != nullptr && std::any_of(batch.records->begin(), batch.records->end(),
                                                 [](const Record& record) { return !record.is_removed(); });
}

/// Offset of a transaction's record below `upto` whose marker is gone; -1 = none. Open transactions have no marker yet, but
/// they lie beyond what is cleaned.
Offset orphan(const PartitionLog& log, Offset upto) {
  FlatMap<ProducerId, bool> ended;
  for (std::size_t i = log.batches().size(); i > 0; --i) {
    const RecordBatch& batch = log.batches()[i - 1];
    if (batch.is_control) {
      ended.insert_or_assign(batch.producer_id, true);
    } else if (batch.is_transactional && batch.base_offset < upto && has_records(batch) &&
               !ended.contains(batch.producer_id)) {
      return batch.base_offset;
    }
  }
  return kUnknownOffset;
}

}  // namespace

/// Asked when a log was compacted.
Finding check_last_batches_stay(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogCompacted) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const Offset upto(c.note.a);
  if (log == nullptr || upto <= log->log_start_offset()) {
    return Finding::fine();
  }
  if (log->find(upto - 1) == nullptr) {
    return Finding::broken(
        fmt::format("{} on {}: compaction up to {} removed the last batch below it, so that a log "
                    "that ends there forgets its end",
                    c.partition(), c.node_name(c.event.node), upto.value));
  }
  for (const auto& [id, entry] : log->producers().producers()) {
    const Offset last = entry.last_data_offset();
    if (last >= log->log_start_offset() && log->find(last) == nullptr) {
      return Finding::broken(
          fmt::format("{} on {}: the last batch of producer {}, at offset {}, is gone and with it "
                      "the sequence that the next one must follow",
                      c.partition(), c.node_name(c.event.node), id.value, last.value));
    }
  }
  if (const Offset found = orphan(*log, upto); found != kUnknownOffset) {
    return Finding::broken(
        fmt::format("{} on {}: the marker that ends the transaction of offset {} went before its "
                    "records",
                    c.partition(), c.node_name(c.event.node), found.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
