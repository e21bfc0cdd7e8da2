#pragma once
// The log of one partition on one broker: record batches in segments, the leader epoch cache, the producer state, log start
// and log end. Pure data structure: it knows neither disk nor time; marks and flushes are the caller's business. Copying
// shares the sealed chunks. Kafka: UnifiedLog, LocalLog, LogSegment (3.9). Not here: indexes, compaction, transactions.
// Invariants: log_start <= log_end; batches are in order of offsets, the last one ends at log_end; there is always an
// active segment, the last.

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/log/leader_epoch_cache.h"
#include "sim/log/producer_state.h"
#include "sim/types/ordinals.h"
#include "sim/types/record_batch.h"

namespace kscope::sim {

struct Segment {
  Offset base_offset;
  std::int64_t size_bytes = 0;
  std::int64_t first_timestamp_ms = -1;    ///< of its first batch; segment.ms counts from it; -1 = empty
  std::int64_t largest_timestamp_ms = -1;  ///< retention.ms looks at it
  /// The producer state at its base offset, as the .snapshot file beside it holds it; nullptr = nothing was known.
  std::shared_ptr<const ProducerStateManager> producers{};
};

/// What the producer state looks at in a batch. Requires: the batch is an idempotent producer's.
[[nodiscard]] SequencedBatch sequenced(const RecordBatch& batch);

/// When a segment is full. Kafka: segment.bytes, segment.ms.
struct RollLimits {
  std::int64_t segment_bytes = INT64_MAX;
  std::int64_t segment_ms = INT64_MAX;
};

/// What to keep. Kafka: retention.ms, retention.bytes (-1 = no limit), and the high watermark.
struct RetentionLimits {
  std::int64_t now_ms = 0;
  std::int64_t retention_ms = -1;
  std::int64_t retention_bytes = -1;
  Offset high_watermark;
};

/// Why retention removed segments.
enum class RetentionReason : std::uint8_t { kTime, kSize, kLogStart };

/// What retention removed.
struct RetentionResult {
  int segments = 0;
  RetentionReason reason = RetentionReason::kTime;  ///< of the last one
};

class PartitionLog {
 public:
  [[nodiscard]] Offset log_start_offset() const { return log_start_; }
  [[nodiscard]] Offset log_end_offset() const { return log_end_; }
  /// Bytes of all segments.
  [[nodiscard]] std::int64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  [[nodiscard]] const Chunked<RecordBatch>& batches() const { return batches_; }
  [[nodiscard]] const LeaderEpochCache& epochs() const { return epochs_; }
  /// What is known of the idempotent producers that wrote to it. It follows from the batches, so a truncation undoes it.
  [[nodiscard]] const ProducerStateManager& producers() const { return producers_; }

  /// As leader: assigns offset and epoch and appends; rolls a segment first when the limits ask for it.
  /// Returns the base offset. Cost O(1) amortised. Source: UnifiedLog.appendAsLeader, LogSegment.shouldRoll.
  Offset append_as_leader(RecordBatch batch, LeaderEpoch epoch, const RollLimits& limits);
  /// As follower: appends as it is. Requires: batch.base_offset == log_end_offset().
  void append_as_follower(const RecordBatch& batch, const RollLimits& limits);
  /// Appends a batch whatever offset and epoch it has: only for planted bugs.
  void append_unchecked(const RecordBatch& batch, const RollLimits& limits);
  /// A new leader notes the start of its epoch, before any append. Source: UnifiedLog.maybeAssignEpochStartOffset.
  void assign_epoch_start(LeaderEpoch epoch);
  /// Removes everything from `offset` on (a batch that straddles it goes whole: Kafka truncates at batch boundaries).
  /// Never below log start. Returns the new log end. Cost O(log n + one chunk).
  Offset truncate_to(Offset offset);
  /// Empties the log and starts it again at `offset` (follower out of range).
  void truncate_fully_and_start_at(Offset offset);
  /// Batches from the one that holds `offset` on, whole ones, up to `max_bytes` but at least one when `at_least_one`, and
  /// none that starts at or beyond `upper_bound`. Cost O(log n + result); O(1) for the last batches.
  [[nodiscard]] std::vector<RecordBatch> read(Offset offset, Offset upper_bound, std::int64_t max_bytes,
                                              bool at_least_one) const;
  /// Bytes of the batches that hold offsets in [offset, upper_bound). Cost O(log n).
  [[nodiscard]] std::int64_t bytes_between(Offset offset, Offset upper_bound) const;
  /// First offset whose timestamp is >= `timestamp_ms`, or -1. Cost O(segments + batches of one segment).
  [[nodiscard]] Offset offset_for_timestamp(std::int64_t timestamp_ms) const;
  /// Deletes old segments as retention asks: whole segments from the front, none with a record at or beyond the high
  /// watermark. If all go, an empty one is rolled first, as in Kafka. Source: UnifiedLog.deleteOldSegments.
  RetentionResult delete_old_segments(const RetentionLimits& limits);
  /// Raises log start (a follower follows its leader's) and drops whole segments below it. Requires: offset <= log end.
  void advance_log_start(Offset offset);
  /// Forgets idle producers; returns how many. See ProducerStateManager::expire.
  int expire_producers(std::int64_t now_ms, std::int64_t expiration_ms) {
    return producers_.expire(now_ms, expiration_ms);
  }
  /// The batch that holds `offset`, or nullptr. Cost O(log n).
  [[nodiscard]] const RecordBatch* find(Offset offset) const;
  /// Digest of all batches that ever were below `offset` (also those that retention removed), chained, so that comparing
  /// two prefixes is O(log n). After truncate_fully_and_start_at() the chain starts anew: compare range_digest() then.
  [[nodiscard]] std::uint64_t prefix_digest(Offset offset) const;
  /// Digest of the batches with base offsets in [from, to). Equal content gives equal digests in any two logs.
  /// Requires: from >= log_start_offset(). Cost O(log n).
  [[nodiscard]] std::uint64_t range_digest(Offset from, Offset to) const;

 private:
  /// What is known of the log up to and with one batch.
  struct Mark {
    std::uint64_t digest = 0;       // polynomial over the digests of the batches
    std::int64_t end_position = 0;  // bytes of all batches so far, removed ones included
    bool operator==(const Mark&) const = default;
  };

  void append(const RecordBatch& batch, const RollLimits& limits);
  void roll(Offset base_offset);
  void drop_front_segments(std::size_t count);
  // From the snapshot of the active segment and the batches since. Source: UnifiedLog.rebuildProducerState.
  void rebuild_producers();
  // Index of the first batch whose next offset is beyond `offset`; batches_.size() if there is none.
  [[nodiscard]] std::size_t index_of(Offset offset) const;
  // Index of the first batch with base offset >= `offset`.
  [[nodiscard]] std::size_t index_from(Offset offset) const;
  [[nodiscard]] Mark mark_before(std::size_t index) const { return index == 0 ? base_mark_ : marks_[index - 1]; }

  Chunked<RecordBatch> batches_;
  Chunked<Mark> marks_;  // one per batch
  Mark base_mark_;       // what lies before the first batch
  std::vector<Segment> segments_ = {Segment{}};
  LeaderEpochCache epochs_;
  ProducerStateManager producers_;
  Offset log_start_;
  Offset log_end_;
  std::int64_t size_bytes_ = 0;
};

}  // namespace kscope::sim
