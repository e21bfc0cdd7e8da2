#pragma once
// Compaction: which part of a log may be cleaned, which log needs it most, and what cleaning leaves. Pure functions over a
// PartitionLog; when they run is the broker's business (log_manager). Kept are: of each key the last record below the
// cleaner point, tombstones and transaction markers until their delete horizon (KIP-534), the last batch of each producer
// that is still known, if need be without records, and the last batch of the cleaned part. Offsets never change.
// Source: LogCleanerManager, Cleaner, CleanedTransactionMetadata, MemoryRecords.filterTo of Kafka 3.9.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/log/partition_log.h"

namespace kscope::sim {

/// Kafka: min.cleanable.dirty.ratio, min.compaction.lag.ms, max.compaction.lag.ms, delete.retention.ms, segment.bytes.
struct CompactionLimits {
  std::int64_t now_ms = 0;
  std::int64_t min_dirty_millionths = 500'000;
  std::int64_t min_lag_ms = 0;
  std::int64_t max_lag_ms = INT64_MAX;
  std::int64_t delete_retention_ms = 86'400'000;
  std::int64_t segment_bytes = INT64_MAX;
  IndexLimits index;
};

/// What could be cleaned of a log. Source: LogToClean, OffsetsToClean.
struct LogToClean {
  Offset first_dirty_offset;
  Offset first_uncleanable_offset;  ///< base of a segment; everything before it may be cleaned
  std::int64_t clean_bytes = 0;
  std::int64_t cleanable_bytes = 0;
  bool needs_compaction_now = false;  ///< a record waits longer than max.compaction.lag.ms
  [[nodiscard]] std::int64_t dirty_millionths() const {
    const std::int64_t total = clean_bytes + cleanable_bytes;
    return total == 0 ? 0 : static_cast<std::int64_t>(static_cast<__int128>(cleanable_bytes) * 1'000'000 / total);
  }
  /// Whether the cleaner takes it. Source: LogCleanerManager.grabFilthiestCompactedLog.
  [[nodiscard]] bool is_wanted(const CompactionLimits& limits) const {
    return (needs_compaction_now && cleanable_bytes > 0) || dirty_millionths() > limits.min_dirty_millionths;
  }
};

/// `checkpoint` is where cleaning ended last, `last_stable_offset` what is committed and decided: nothing from it on is
/// cleaned, nor the active segment, nor what is younger than min.compaction.lag.ms.
/// Source: LogCleanerManager.cleanableOffsets, calculateCleanableBytes.
[[nodiscard]] LogToClean log_to_clean(const PartitionLog& log, Offset checkpoint, Offset last_stable_offset,
                                      const CompactionLimits& limits);

/// What the cleaner has to know of records. An interface, so that it stays free of topics and clients.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// The key of the `index`-th record of a batch, as a text that is equal when and only when Kafka's key bytes are; none =
  /// no key. Asked for records that are there.
  [[nodiscard]] virtual std::optional<std::string> key_of(const RecordBatch& batch, std::size_t index) const = 0;
  /// Bytes of a batch whose records were thinned out.
  [[nodiscard]] virtual std::int32_t size_of(const RecordBatch& batch) const = 0;
};

/// Deliberate mistakes of the cleaner, to prove that the invariants see: see sim/rules/planted_bug.h.
struct CleanerMistakes {
  bool keeps_first_of_key = false;
  bool drops_tombstones_at_once = false;
  bool forgets_producers = false;
};

struct CleaningResult {
  Offset cleaned_to;  ///< where the next cleaning begins: the cleaner checkpoint
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
  std::int64_t removed_count = 0;  ///< records
};

/// Cleans what `dirty` says. Requires: dirty.cleanable_bytes > 0. Cost O(batches and records of the log).
/// Source: Cleaner.doClean.
CleaningResult clean(PartitionLog& log, const LogToClean& dirty, const CompactionLimits& limits,
                     const RecordReader& reader, const CleanerMistakes& mistakes = {});

}  // namespace kscope::sim
