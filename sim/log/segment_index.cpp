#include "sim/log/segment_index.h"

#include <algorithm>

namespace kscope::sim {

void SegmentIndex::append(const SegmentAppend& append, const IndexLimits& limits) {
  if (append.largest.timestamp_ms > largest_.timestamp_ms) {
    largest_ = append.largest;
  }
  if (bytes_since_last_entry_ > limits.interval_bytes) {
    offsets_.push_back(append.at);
    append_time();
    bytes_since_last_entry_ = 0;
  }
  bytes_since_last_entry_ += append.bytes;
}

void SegmentIndex::append_time() {
  const std::int64_t last = times_.empty() ? -1 : times_.back().timestamp_ms;
  if (largest_.timestamp_ms > last) {
    times_.push_back(largest_);
  }
}

void SegmentIndex::finish() { append_time(); }

void SegmentIndex::truncate(std::int32_t relative_offset, const TimeIndexEntry& largest) {
  const auto is_before = [](const auto& entry, std::int32_t offset) { return entry.relative_offset < offset; };
  const auto offset_end = std::lower_bound(offsets_.begin(), offsets_.end(), relative_offset, is_before);
  offsets_.truncate(static_cast<std::size_t>(offset_end - offsets_.begin()));
  const auto time_end = std::lower_bound(times_.begin(), times_.end(), relative_offset, is_before);
  times_.truncate(static_cast<std::size_t>(time_end - times_.begin()));
  bytes_since_last_entry_ = 0;
  largest_ = largest;
}

OffsetIndexEntry SegmentIndex::lookup_offset(std::int64_t relative_offset) const {
  const auto after = std::upper_bound(
      offsets_.begin(), offsets_.end(), relative_offset,
      [](std::int64_t offset, const OffsetIndexEntry& entry) { return offset < entry.relative_offset; });
  return after == offsets_.begin() ? OffsetIndexEntry{} : *std::prev(after);
}

TimeIndexEntry SegmentIndex::lookup_time(std::int64_t timestamp_ms) const {
  const auto after =
      std::upper_bound(times_.begin(), times_.end(), timestamp_ms,
                       [](std::int64_t time, const TimeIndexEntry& entry) { return time < entry.timestamp_ms; });
  return after == times_.begin() ? TimeIndexEntry{} : *std::prev(after);
}

}  // namespace kscope::sim
