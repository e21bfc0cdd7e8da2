#pragma once
// The log of one partition on one broker: record batches in segments with their indexes, the leader epoch cache, the
// producer state, log start and log end. Pure data structure: it knows neither disk nor time; marks and flushes are the
// caller's business. Copying shares the sealed chunks. Kafka: UnifiedLog, LocalLog, LogSegment (3.9). What compaction keeps
// is decided in log_cleaner.h.
// Invariants: log_start <= log_end; batches are in order of offsets, with gaps where compaction removed whole ones;
// there is always an active segment, the last.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/log/leader_epoch_cache.h"
#include "sim/log/producer_state.h"
#include "sim/log/segment_index.h"
#include "sim/types/aborted_transaction.h"
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
  std::int64_t first_batch = 0;  ///< batches of the log before it, removed ones included
  /// Its index files; nullptr = it is the active segment, whose indexes still grow.
  std::shared_ptr<const SegmentIndex> index{};
};

/// What the producer state looks at in a batch. Requires: the batch is an idempotent producer's.
[[nodiscard]] SequencedBatch sequenced(const RecordBatch& batch);
/// The marker of a control batch.
[[nodiscard]] EndTxnMarker end_txn_marker(const RecordBatch& batch);

/// When a segment is full. Kafka: segment.bytes, segment.ms, segment.index.bytes.
struct RollLimits {
  std::int64_t segment_bytes = INT64_MAX;
  std::int64_t segment_ms = INT64_MAX;
  IndexLimits index{};
};

/// What compaction leaves of some neighbouring segments: they become one.
struct CleanedSegments {
  std::size_t first = 0;  ///< place of the first one in segments()
  std::size_t count = 0;
  std::vector<RecordBatch> batches;
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
  /// As follower: appends what one fetch brought, as it is. Requires: not empty, in order of offsets, from log_end_offset()
  /// on (a leader that compacted leaves gaps). Source: UnifiedLog.appendAsFollower.
  void append_as_follower(std::span<const RecordBatch> batches, const RollLimits& limits);
  /// Appends a batch whatever offset and epoch it has: only for planted bugs.
  void append_unchecked(const RecordBatch& batch, const RollLimits& limits);
  /// A new leader notes the start of its epoch, before any append. Source: UnifiedLog.maybeAssignEpochStartOffset.
  void assign_epoch_start(LeaderEpoch epoch) { assign_epoch_start(epoch, log_end_); }
  /// The same with another offset than log end: recovery reads it there.
  void assign_epoch_start(LeaderEpoch epoch, Offset offset) { epochs_.assign(epoch, offset); }
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
  /// First offset whose timestamp is >= `timestamp_ms`, or -1: through the time index, then the offset index, then by
  /// reading on. Cost O(segments + log n + batches of one index interval). Source: UnifiedLog.fetchOffsetByTimestamp.
  [[nodiscard]] Offset offset_for_timestamp(std::int64_t timestamp_ms) const;
  /// The indexes of `segment`, one of segments().
  [[nodiscard]] const SegmentIndex& index_of_segment(const Segment& segment) const {
    return segment.index == nullptr ? active_index_ : *segment.index;
  }
  /// The batches of the segment at `place` in segments(), as a range of places in batches(). Cost O(1).
  struct BatchRange {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  [[nodiscard]] BatchRange batches_of_segment(std::size_t place) const;
  /// Puts what compaction kept in the place of the segments that it read, all of them below `cleaned_to` and none active.
  /// Their indexes are made anew. Cost O(batches). Source: LocalLog.replaceSegments.
  void replace_segments(const std::vector<CleanedSegments>& cleaned, Offset cleaned_to, const IndexLimits& limits);
  /// From here on the log holds every record as its leader first wrote it: compaction has changed nothing, and nothing
  /// was taken over from a log that it had changed.
  [[nodiscard]] Offset verbatim_from() const { return verbatim_from_; }
  /// Deletes old segments as retention asks: whole segments from the front, none with a record at or beyond the high
  /// watermark. If all go, an empty one is rolled first, as in Kafka. Source: UnifiedLog.deleteOldSegments.
  RetentionResult delete_old_segments(const RetentionLimits& limits);
  /// Raises log start (a follower follows its leader's) and drops whole segments below it. Requires: offset <= log end.
  void advance_log_start(Offset offset);
  /// For planted bugs: takes any offset for the log start and drops nothing.
  void advance_log_start_unchecked(Offset offset) { log_start_ = offset; }
  /// Bytes of the segments that were deleted since the last call: who keeps the log decides how long their files stay.
  [[nodiscard]] std::int64_t take_deleted_bytes() { return std::exchange(deleted_bytes_, 0); }
  /// After an unclean shutdown log start is what was checkpointed, or the begin of the first segment if that is later: it may
  /// fall back within a segment.
  void restore_log_start(Offset checkpointed) {
    log_start_ = std::min(log_start_, std::max(checkpointed, segments_.front().base_offset));
  }
  /// Transactions whose markers lie below it no longer hold back the last stable offset.
  void on_high_watermark(Offset high_watermark) { producers_.on_high_watermark(high_watermark); }
  /// Where read_committed stops: the start of the first transaction that is open or whose marker lies at or beyond the high
  /// watermark, else the high watermark. Source: UnifiedLog.lastStableOffset.
  [[nodiscard]] Offset last_stable_offset(Offset high_watermark);
  /// Aborted transactions that have records in [from, to). Cost: O(aborted transactions that end at or after `from`).
  /// Source: UnifiedLog.collectAbortedTransactions.
  [[nodiscard]] std::vector<AbortedTransaction> aborted_between(Offset from, Offset to) const;
  /// Forgets idle producers; returns how many. See ProducerStateManager::expire.
  int expire_producers(std::int64_t now_ms, std::int64_t expiration_ms) {
    return producers_.expire(now_ms, expiration_ms);
  }
  /// The batch that holds `offset`, or nullptr. Cost O(log n).
  [[nodiscard]] const RecordBatch* find(Offset offset) const;
  /// Digest of all batches that ever were below `offset` (also those that retention removed), chained, so that comparing
  /// two prefixes is O(log n). Says nothing where verbatim_from() > 0: compare range_digest() from there on then.
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

  void append(std::span<const RecordBatch> batches, const RollLimits& limits);
  void store(const RecordBatch& batch);
  void note_producer(const RecordBatch& batch);
  [[nodiscard]] bool should_roll(std::int64_t bytes, const TimeIndexEntry& largest, Offset last,
                                 const RollLimits& limits) const;
  void roll(Offset base_offset);
  // Makes size, timestamps and index of the active segment from its batches, after a truncation cut it.
  void measure_active();
  void drop_front_segments(std::size_t count);
  // From the snapshot of the active segment and the batches since. Source: UnifiedLog.rebuildProducerState.
  void rebuild_producers();
  // Index of the first batch whose next offset is beyond `offset`; batches_.size() if there is none.
  [[nodiscard]] std::size_t index_of(Offset offset) const;
  // Index of the first batch with base offset >= `offset`.
  [[nodiscard]] std::size_t index_from(Offset offset) const;
  [[nodiscard]] Mark mark_before(std::size_t index) const { return index == 0 ? base_mark_ : marks_[index - 1]; }

  Chunked<RecordBatch> batches_;
  Chunked<Mark> marks_;             // one per batch
  Mark base_mark_;                  // what lies before the first batch
  std::int64_t dropped_count_ = 0;  // batches before the first one
  std::vector<Segment> segments_ = {Segment{}};
  SegmentIndex active_index_;
  LeaderEpochCache epochs_;
  ProducerStateManager producers_;
  std::vector<AbortedTransaction> aborted_;  // ascending last_offset; the transaction index of all segments
  Offset log_start_;
  Offset log_end_;
  Offset verbatim_from_;
  std::int64_t size_bytes_ = 0;
  std::int64_t deleted_bytes_ = 0;
};

}  // namespace kscope::sim
