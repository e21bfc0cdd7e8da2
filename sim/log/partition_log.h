#pragma once
// The log of one partition on one broker: record batches in segments, the leader epoch cache, log start and log end.
// Pure data structure: it knows neither disk nor time; marks and flushes are the caller's business. Copying shares the
// sealed chunks. Kafka: UnifiedLog, LocalLog, LogSegment (3.9). Not here: indexes, compaction, transactions.

#include <cstdint>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/log/leader_epoch_cache.h"
#include "sim/types/ordinals.h"
#include "sim/types/record_batch.h"

namespace kscope::sim {

struct Segment {
  Offset base_offset;
  std::int64_t size_bytes = 0;
  std::int64_t first_timestamp_ms = -1;    ///< of its first batch; segment.ms counts from it; -1 = empty
  std::int64_t largest_timestamp_ms = -1;  ///< retention.ms looks at it
};

/// Why retention removed segments.
enum class RetentionReason : std::uint8_t { kTime, kSize, kLogStart };

class PartitionLog {
 public:
  [[nodiscard]] Offset log_start_offset() const { return log_start_; }
  [[nodiscard]] Offset log_end_offset() const { return log_end_; }
  [[nodiscard]] std::int64_t size_bytes() const;
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  [[nodiscard]] const Chunked<RecordBatch>& batches() const { return batches_; }
  [[nodiscard]] const LeaderEpochCache& epochs() const { return epochs_; }

  /// As leader: assigns offset and epoch and appends; rolls a segment first when segment.bytes or segment.ms asks.
  /// Returns the base offset. Cost O(1) amortised.
  Offset append_as_leader(RecordBatch batch, LeaderEpoch epoch, std::int64_t segment_bytes, std::int64_t segment_ms);
  /// As follower: appends as it is. Requires: batch.base_offset == log_end_offset().
  void append_as_follower(const RecordBatch& batch, std::int64_t segment_bytes, std::int64_t segment_ms);
  /// A new leader notes the start of its epoch, before any append.
  void assign_epoch_start(LeaderEpoch epoch);
  /// Removes everything from `offset` on (a batch that straddles it goes whole: Kafka truncates at batch boundaries).
  /// Never below log start. Returns the new log end.
  Offset truncate_to(Offset offset);
  /// Empties the log and starts it again at `offset` (follower out of range).
  void truncate_fully_and_start_at(Offset offset);
  /// Batches from `offset` on, whole ones, up to `max_bytes` but at least one when `at_least_one`, and none that starts
  /// at or beyond `upper_bound`. Cost O(log n + result).
  [[nodiscard]] std::vector<RecordBatch> read(Offset offset, Offset upper_bound, std::int64_t max_bytes,
                                              bool at_least_one) const;
  /// First offset whose timestamp is >= `timestamp_ms`, or -1.
  [[nodiscard]] Offset offset_for_timestamp(std::int64_t timestamp_ms) const;
  /// Deletes old segments as retention asks, never the active one, never beyond `high_watermark`.
  /// Returns how many segments went. `now_ms` and `retention_ms` as Kafka's (-1 = no limit).
  int delete_old_segments(std::int64_t now_ms, std::int64_t retention_ms, std::int64_t retention_bytes,
                          Offset high_watermark, RetentionReason& reason);
  /// Raises log start (a follower follows its leader's) and drops whole segments below it.
  void advance_log_start(Offset offset);
  /// The batch that holds `offset`, or nullptr. Cost O(log n).
  [[nodiscard]] const RecordBatch* find(Offset offset) const;
  /// Digest of all batches up to `offset`, chained, so that comparing two prefixes is O(log n).
  [[nodiscard]] std::uint64_t prefix_digest(Offset offset) const;

 private:
  Chunked<RecordBatch> batches_;
  std::vector<Segment> segments_;
  LeaderEpochCache epochs_;
  Offset log_start_;
  Offset log_end_;
};

}  // namespace kscope::sim
