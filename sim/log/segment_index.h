#pragma once
// The two index files of a log segment: the offset index says where in the segment an offset lies, the time index from
// which offset on records may be as young as a timestamp. Both are sparse: at most one entry for each index.interval.bytes.
// Owned by PartitionLog; entries count from the segment's base offset as in the files. Kafka: OffsetIndex, TimeIndex and
// LogSegment.append (3.9).

#include <cstdint>

#include "engine/core/chunked.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// How large indexes become. Kafka: index.interval.bytes, segment.index.bytes.
struct IndexLimits {
  std::int64_t interval_bytes = 4096;
  std::int64_t index_bytes = 10485760;
};

struct OffsetIndexEntry {
  std::int32_t relative_offset = 0;  ///< last offset of what was appended there
  std::int32_t position = 0;         ///< bytes before it in the segment
  std::int32_t batch = 0;            ///< batches before it in the segment: what stands there in the model's memory
  bool operator==(const OffsetIndexEntry&) const = default;
};

struct TimeIndexEntry {
  std::int64_t timestamp_ms = -1;    ///< the largest so far
  std::int32_t relative_offset = 0;  ///< of the record that has it: the last of its batch
  bool operator==(const TimeIndexEntry&) const = default;
};

/// One append, of one batch or of several that were fetched together.
struct SegmentAppend {
  OffsetIndexEntry at;  ///< its last offset, and where it begins
  std::int64_t bytes = 0;
  TimeIndexEntry largest;  ///< its largest timestamp
};

class SegmentIndex {
 public:
  static constexpr std::int64_t kOffsetEntryBytes = 8;
  static constexpr std::int64_t kTimeEntryBytes = 12;

  /// Takes in an append. An entry is made when more than the interval was appended since the last one.
  /// Source: LogSegment.append.
  void append(const SegmentAppend& append, const IndexLimits& limits);
  /// The segment takes no more appends: the largest timestamp gets its entry. Source: onBecomeInactiveSegment.
  void finish();
  /// Keeps the entries before `relative_offset`; `largest` is what is left of the segment. Source: LogSegment.truncateTo.
  void truncate(std::int32_t relative_offset, const TimeIndexEntry& largest);

  /// Whether one of them takes no more entries: the segment must roll. Source: LogSegment.shouldRoll.
  [[nodiscard]] bool is_full(const IndexLimits& limits) const {
    return static_cast<std::int64_t>(offsets_.size()) >= limits.index_bytes / kOffsetEntryBytes ||
           static_cast<std::int64_t>(times_.size()) >= limits.index_bytes / kTimeEntryBytes - 1;
  }
  /// The last entry whose offset is at most `relative_offset`, or the segment's begin. Cost O(log n). Source:
  /// OffsetIndex.lookup.
  [[nodiscard]] OffsetIndexEntry lookup_offset(std::int64_t relative_offset) const;
  /// The last entry whose timestamp is at most `timestamp_ms`, or the segment's begin. Cost O(log n). Source:
  /// TimeIndex.lookup.
  [[nodiscard]] TimeIndexEntry lookup_time(std::int64_t timestamp_ms) const;

  [[nodiscard]] const Chunked<OffsetIndexEntry>& offsets() const { return offsets_; }
  [[nodiscard]] const Chunked<TimeIndexEntry>& times() const { return times_; }
  /// The largest timestamp of the segment and who has it; -1 while it is empty.
  [[nodiscard]] const TimeIndexEntry& largest() const { return largest_; }

 private:
  void append_time();

  Chunked<OffsetIndexEntry> offsets_;
  Chunked<TimeIndexEntry> times_;
  std::int64_t bytes_since_last_entry_ = 0;
  TimeIndexEntry largest_;
};

}  // namespace kscope::sim
