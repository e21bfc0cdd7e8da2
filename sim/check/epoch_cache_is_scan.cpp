#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// What is wrong with an entry of the cache, in words; "" = nothing. Epochs in a log never fall (L4), so the batches on
/// both sides of where an epoch begins say whether it begins there.
std::string contradiction(const PartitionLog& log, const EpochEntry& entry) {
  const Chunked<RecordBatch>& batches = log.batches();
  const auto at = std::partition_point(
      batches.begin(), batches.end(), [&](const RecordBatch& batch) { return batch.base_offset < entry.start_offset; });
  if (at != batches.end() && at->leader_epoch < entry.epoch) {
    return fmt::format("epoch {} is said to begin at {}, where a batch of epoch {} stands", entry.epoch.value,
                       entry.start_offset.value, at->leader_epoch.value);
  }
  if (at != batches.begin() && (at - 1)->leader_epoch >= entry.epoch &&
      (at - 1)->base_offset >= log.log_start_offset()) {
    return fmt::format("epoch {} is said to begin at {}, but a batch of epoch {} stands before that", entry.epoch.value,
                       entry.start_offset.value, (at - 1)->leader_epoch.value);
  }
  return {};
}

}  // namespace

/// Asked when a log grows, and entry by entry when an epoch begins, the log is cut or a leader takes over.
Finding check_epoch_cache_is_scan(const CheckContext& c) {
  const bool grows = c.note.kind == NoteKind::kBatchAppended || c.note.kind == NoteKind::kBatchReplicated;
  const bool is_rare = c.note.kind == NoteKind::kLogTruncated || c.note.kind == NoteKind::kBecameLeader ||
                       c.note.kind == NoteKind::kLogStartMoved;
  if (!grows && !is_rare) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || log->batches().empty()) {
    return Finding::fine();
  }
  const std::vector<EpochEntry>& entries = log->epochs().entries();
  const RecordBatch& last = log->batches().back();
  if (last.next_offset() <= log->log_start_offset()) {
    return Finding::fine();  // everything is deleted; the bytes go with their segment
  }
  if (last.leader_epoch >= LeaderEpoch(0) && last.base_offset >= log->log_start_offset() &&
      log->epochs().epoch_for_offset(last.base_offset) != last.leader_epoch) {
    return Finding::broken(
        fmt::format("{} on {}: the batch at {} is of epoch {}, the epoch cache says {}", c.partition(),
                    c.node_name(c.event.node), last.base_offset.value, last.leader_epoch.value,
                    log->epochs().epoch_for_offset(last.base_offset).value_or(kNoLeaderEpoch).value));
  }
  const std::size_t count = log->batches().size();
  if (grows && count > 1 && log->batches()[count - 2].leader_epoch == last.leader_epoch) {
    return Finding::fine();
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool is_in_order =
        i == 0 || (entries[i - 1].start_offset < entries[i].start_offset && entries[i - 1].epoch < entries[i].epoch);
    const std::string wrong =
        is_in_order ? contradiction(*log, entries[i]) : std::string("its entries are out of order");
    if (!wrong.empty()) {
      return Finding::broken(
          fmt::format("{} on {}: the epoch cache is wrong: {}", c.partition(), c.node_name(c.event.node), wrong));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
