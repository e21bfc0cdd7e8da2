#include "sim/log/partition_log.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/fingerprint.h"

namespace kscope::sim {
namespace {

// Odd, so that multiplying by it loses nothing modulo 2^64.
constexpr std::uint64_t kDigestBase = 0x9E3779B97F4A7C15u;

constexpr std::size_t kLookedAtFromEnd = 4;

std::uint64_t digest_of(const RecordBatch& batch) {
  Fingerprint print;
  print.mix(static_cast<std::uint64_t>(batch.base_offset.value));
  print.mix((static_cast<std::uint64_t>(static_cast<std::uint32_t>(batch.leader_epoch.value)) << 32) |
            static_cast<std::uint32_t>(batch.record_count));
  print.mix(static_cast<std::uint64_t>(batch.max_timestamp_ms));
  if (batch.records != nullptr) {
    for (const Record& record : *batch.records) {
      print.mix(static_cast<std::uint64_t>(record.id.value));
    }
  }
  return print.value();
}

/// Index of the first batch for which `is_before` does not hold. Most questions are about the end of the log, so the
/// search widens from there: O(log of the distance from the end).
template <class IsBefore>
std::size_t partition_index(const Chunked<RecordBatch>& batches, IsBefore is_before) {
  std::size_t high = batches.size();
  std::size_t low = 0;
  for (std::size_t width = 1; width <= high; width *= 2) {
    if (is_before(batches[batches.size() - width])) {
      low = batches.size() - width + 1;
      break;
    }
    high = batches.size() - width;
    if (width > batches.size() / 2) {
      break;
    }
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (is_before(batches[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// First offset of the batch, from `start` on, whose record is not older than `timestamp_ms`; or -1.
Offset offset_in_batch(const RecordBatch& batch, std::int64_t timestamp_ms, Offset start) {
  if (batch.max_timestamp_ms < timestamp_ms || batch.next_offset() <= start) {
    return kUnknownOffset;
  }
  if (batch.records == nullptr) {
    return std::max(batch.base_offset, start);
  }
  Offset at = batch.base_offset;
  for (const Record& record : *batch.records) {
    if (at >= start && !record.is_removed() && batch.base_timestamp_ms + record.timestamp_delta >= timestamp_ms) {
      return at;
    }
    ++at;
  }
  return kUnknownOffset;
}

/// Size, timestamps and index of a segment that holds just these batches.
void compact_segment(Segment& segment, const std::vector<RecordBatch>& batches, const IndexLimits& limits) {
  segment.size_bytes = 0;
  segment.first_timestamp_ms = -1;
  segment.largest_timestamp_ms = -1;
  SegmentIndex index;
  std::int32_t count = 0;
  for (const RecordBatch& batch : batches) {
    const auto last = static_cast<std::int32_t>(batch.last_offset() - segment.base_offset);
    index.append({{last, static_cast<std::int32_t>(segment.size_bytes), count},
                  batch.size_bytes,
                  {batch.max_timestamp_ms, last}},
                 limits);
    segment.size_bytes += batch.size_bytes;
    segment.largest_timestamp_ms = std::max(segment.largest_timestamp_ms, batch.max_timestamp_ms);
    if (segment.first_timestamp_ms < 0) {
      segment.first_timestamp_ms = batch.max_timestamp_ms;
    }
    ++count;
  }
  index.finish();
  segment.index = std::make_shared<const SegmentIndex>(std::move(index));
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) {
      result *= base;
    }
    base *= base;
  }
  return result;
}

}  // namespace

SequencedBatch sequenced(const RecordBatch& batch) {
  return SequencedBatch{batch.producer_id, batch.producer_epoch,   batch.base_sequence,   batch.record_count,
                        batch.base_offset, batch.max_timestamp_ms, batch.is_transactional};
}

EndTxnMarker end_txn_marker(const RecordBatch& batch) {
  return EndTxnMarker{batch.producer_id,       batch.producer_epoch, batch.control_type,
                      batch.coordinator_epoch, batch.base_offset,    batch.max_timestamp_ms};
}

Offset PartitionLog::append_as_leader(RecordBatch batch, LeaderEpoch epoch, const RollLimits& limits) {
  batch.base_offset = log_end_;
  batch.leader_epoch = epoch;
  append({&batch, 1}, limits);
  return batch.base_offset;
}

void PartitionLog::append_as_follower(std::span<const RecordBatch> batches, const RollLimits& limits) {
  Offset end = log_end_;
  for (const RecordBatch& batch : batches) {
    KSCOPE_CHECK(batch.base_offset >= end, "a follower appends at its log end, in order of offsets");
    end = batch.next_offset();
  }
  append(batches, limits);
}

void PartitionLog::append_unchecked(const RecordBatch& batch, const RollLimits& limits) { append({&batch, 1}, limits); }

bool PartitionLog::should_roll(std::int64_t bytes, const TimeIndexEntry& largest, Offset last,
                               const RollLimits& limits) const {
  const Segment& active = segments_.back();
  if (active.size_bytes == 0) {
    return false;
  }
  const bool is_too_large = active.size_bytes > limits.segment_bytes - bytes;
  const bool is_too_old = largest.timestamp_ms - active.first_timestamp_ms > limits.segment_ms;
  const bool is_too_far = last - active.base_offset > INT32_MAX;
  return is_too_large || is_too_old || is_too_far || active_index_.is_full(limits.index);
}

void PartitionLog::append(std::span<const RecordBatch> batches, const RollLimits& limits) {
  KSCOPE_CHECK(!batches.empty(), "an append has at least one batch");
  std::int64_t bytes = 0;
  Offset largest_at;
  TimeIndexEntry largest;
  for (const RecordBatch& batch : batches) {
    bytes += batch.size_bytes;
    if (batch.max_timestamp_ms > largest.timestamp_ms) {
      largest.timestamp_ms = batch.max_timestamp_ms;
      largest_at = batch.last_offset();
    }
  }
  const Offset last = batches.back().last_offset();
  if (should_roll(bytes, largest, last, limits)) {
    roll(batches.front().base_offset);
  }
  Segment& segment = segments_.back();
  if (segment.first_timestamp_ms < 0) {
    segment.first_timestamp_ms = largest.timestamp_ms;
  }
  segment.largest_timestamp_ms = std::max(segment.largest_timestamp_ms, largest.timestamp_ms);
  largest.relative_offset = static_cast<std::int32_t>(largest_at - segment.base_offset);
  const std::int64_t batches_before = dropped_count_ + static_cast<std::int64_t>(batches_.size()) - segment.first_batch;
  const OffsetIndexEntry at{static_cast<std::int32_t>(last - segment.base_offset),
                            static_cast<std::int32_t>(segment.size_bytes), static_cast<std::int32_t>(batches_before)};
  active_index_.append(SegmentAppend{at, bytes, largest}, limits.index);
  segment.size_bytes += bytes;
  size_bytes_ += bytes;
  for (const RecordBatch& batch : batches) {
    store(batch);
  }
}

void PartitionLog::store(const RecordBatch& batch) {
  KSCOPE_CHECK(batch.record_count > 0, "a batch covers at least one offset");
  const Mark last = mark_before(batches_.size());
  marks_.push_back(Mark{last.digest * kDigestBase + digest_of(batch), last.end_position + batch.size_bytes});
  batches_.push_back(batch);
  if (batch.leader_epoch >= LeaderEpoch(0)) {
    const std::vector<EpochEntry>& entries = epochs_.entries();
    if (entries.empty() || entries.back().epoch != batch.leader_epoch) {
      epochs_.assign(batch.leader_epoch, batch.base_offset);
    }
  }
  if (batch.producer_id.is_valid()) {
    note_producer(batch);
  }
  if (batch.is_compacted || batch.base_offset > log_end_) {
    verbatim_from_ = batch.is_compacted ? batch.next_offset() : batch.base_offset;
  }
  log_end_ = batch.next_offset();
}

void PartitionLog::note_producer(const RecordBatch& batch) {
  if (!batch.is_control) {
    producers_.append(sequenced(batch));
    return;
  }
  const std::optional<CompletedTxn> completed = producers_.append(end_txn_marker(batch));
  if (!completed.has_value()) {
    return;
  }
  // When the state is rebuilt the index has it already.
  if (completed->is_aborted && (aborted_.empty() || aborted_.back().last_offset < completed->last_offset)) {
    aborted_.push_back({completed->producer_id, completed->first_offset, completed->last_offset,
                        producers_.last_stable_offset_after(*completed)});
  }
  producers_.complete(*completed);
}

Offset PartitionLog::last_stable_offset(Offset high_watermark) {
  producers_.on_high_watermark(high_watermark);
  return std::min(high_watermark, producers_.first_unstable_offset().value_or(high_watermark));
}

std::vector<AbortedTransaction> PartitionLog::aborted_between(Offset from, Offset to) const {
  std::vector<AbortedTransaction> found;
  auto at = std::partition_point(aborted_.begin(), aborted_.end(),
                                 [&](const AbortedTransaction& one) { return one.last_offset < from; });
  for (; at != aborted_.end(); ++at) {
    if (at->first_offset < to) {
      found.push_back(*at);
    }
    if (at->last_stable_offset >= to) {
      break;  // whatever ends later begins later
    }
  }
  return found;
}

void PartitionLog::roll(Offset base_offset) {
  Segment segment{base_offset};
  if (!producers_.producers().empty()) {
    segment.producers = std::make_shared<const ProducerStateManager>(producers_);
  }
  segment.first_batch = dropped_count_ + static_cast<std::int64_t>(batches_.size());
  active_index_.finish();
  segments_.back().index = std::make_shared<const SegmentIndex>(std::move(active_index_));
  active_index_ = SegmentIndex{};
  segments_.push_back(std::move(segment));
}

void PartitionLog::rebuild_producers() {
  const Segment& active = segments_.back();
  producers_ = active.producers == nullptr ? ProducerStateManager{} : *active.producers;
  for (std::size_t i = index_from(active.base_offset); i < batches_.size(); ++i) {
    if (batches_[i].producer_id.is_valid()) {
      note_producer(batches_[i]);
    }
  }
}

std::size_t PartitionLog::index_of(Offset offset) const {
  if (offset >= log_end_) {
    return batches_.size();
  }
  // Most reads are about the end of the log: its last batches are looked at first. Others go the way of Kafka: the segment,
  // its offset index, and on from the entry.
  for (std::size_t back = 1; back <= kLookedAtFromEnd && back <= batches_.size(); ++back) {
    if (batches_[batches_.size() - back].next_offset() <= offset) {
      return batches_.size() - back + 1;
    }
  }
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), offset,
                       [](Offset wanted, const Segment& segment) { return wanted < segment.base_offset; });
  if (after == segments_.begin()) {
    return 0;
  }
  const Segment& segment = *std::prev(after);
  const OffsetIndexEntry entry = index_of_segment(segment).lookup_offset(offset - segment.base_offset);
  auto index = static_cast<std::size_t>(segment.first_batch - dropped_count_ + entry.batch);
  while (batches_[index].next_offset() <= offset) {
    ++index;
  }
  return index;
}

PartitionLog::BatchRange PartitionLog::batches_of_segment(std::size_t place) const {
  const auto begin = static_cast<std::size_t>(segments_[place].first_batch - dropped_count_);
  const bool is_active = place + 1 == segments_.size();
  return {begin,
          is_active ? batches_.size() : static_cast<std::size_t>(segments_[place + 1].first_batch - dropped_count_)};
}

std::size_t PartitionLog::index_from(Offset offset) const {
  if (offset >= log_end_) {
    return batches_.size();
  }
  return partition_index(batches_, [&](const RecordBatch& batch) { return batch.base_offset < offset; });
}

Offset PartitionLog::truncate_to(Offset offset) {
  const Offset target = std::max(offset, log_start_);
  if (target >= log_end_) {
    // An epoch that began here without a record may be one that the leader never had. Source: UnifiedLog.truncateTo.
    epochs_.truncate_from_end(target);
    return log_end_;
  }
  const std::size_t keep = index_of(target);
  const Offset end = keep < batches_.size() ? std::max(batches_[keep].base_offset, log_start_) : target;
  batches_.truncate(keep);
  marks_.truncate(keep);
  // Segments that begin at or beyond the end go, but one always stays active.
  bool is_reopened = false;
  while (segments_.size() > 1 && segments_.back().base_offset >= end) {
    size_bytes_ -= segments_.back().size_bytes;
    deleted_bytes_ += segments_.back().size_bytes;
    segments_.pop_back();
    is_reopened = true;
  }
  if (is_reopened) {
    active_index_ = *segments_.back().index;
    segments_.back().index = nullptr;
  }
  segments_.back().base_offset = std::min(segments_.back().base_offset, end);
  measure_active();
  verbatim_from_ = std::min(verbatim_from_, end);
  epochs_.truncate_from_end(end);
  log_end_ = end;
  std::erase_if(aborted_, [&](const AbortedTransaction& one) { return one.last_offset >= end; });
  rebuild_producers();
  return end;
}

void PartitionLog::measure_active() {
  Segment& active = segments_.back();
  size_bytes_ -= active.size_bytes;
  active.size_bytes = 0;
  active.first_timestamp_ms = -1;
  TimeIndexEntry largest;
  for (std::size_t i = batches_of_segment(segments_.size() - 1).begin; i < batches_.size(); ++i) {
    const RecordBatch& batch = batches_[i];
    active.size_bytes += batch.size_bytes;
    if (active.first_timestamp_ms < 0) {
      active.first_timestamp_ms = batch.max_timestamp_ms;
    }
    if (batch.max_timestamp_ms > largest.timestamp_ms) {
      largest = {batch.max_timestamp_ms, static_cast<std::int32_t>(batch.last_offset() - active.base_offset)};
    }
  }
  active.largest_timestamp_ms = largest.timestamp_ms;
  size_bytes_ += active.size_bytes;
  const Offset end = batches_.empty() ? active.base_offset : batches_.back().next_offset();
  active_index_.truncate(static_cast<std::int32_t>(std::max(end, active.base_offset) - active.base_offset), largest);
}

void PartitionLog::replace_segments(const std::vector<CleanedSegments>& cleaned, Offset cleaned_to,
                                    const IndexLimits& limits) {
  const Chunked<RecordBatch> old_batches = std::exchange(batches_, {});
  const std::vector<Segment> old_segments = std::exchange(segments_, {});
  const std::int64_t old_dropped = dropped_count_;
  marks_.clear();
  size_bytes_ = 0;
  const auto keep = [&](const RecordBatch& batch) {
    const Mark last = mark_before(batches_.size());
    marks_.push_back(Mark{last.digest * kDigestBase + digest_of(batch), last.end_position + batch.size_bytes});
    batches_.push_back(batch);
  };
  auto next = cleaned.begin();
  for (std::size_t place = 0; place < old_segments.size();) {
    const bool is_cleaned = next != cleaned.end() && next->first == place;
    Segment segment = old_segments[place];
    segment.first_batch = dropped_count_ + static_cast<std::int64_t>(batches_.size());
    if (is_cleaned) {
      KSCOPE_CHECK(next->count > 0 && place + next->count < old_segments.size(),
                   "the active segment is never compacted");
      for (std::size_t i = place; i < place + next->count; ++i) {
        deleted_bytes_ += old_segments[i].size_bytes;
      }
      compact_segment(segment, next->batches, limits);
      for (const RecordBatch& batch : next->batches) {
        keep(batch);
      }
      place += next->count;
      ++next;
    } else {
      const auto begin = static_cast<std::size_t>(old_segments[place].first_batch - old_dropped);
      const std::size_t end = place + 1 == old_segments.size()
                                  ? old_batches.size()
                                  : static_cast<std::size_t>(old_segments[place + 1].first_batch - old_dropped);
      for (std::size_t i = begin; i < end; ++i) {
        keep(old_batches[i]);
      }
      ++place;
    }
    size_bytes_ += segment.size_bytes;
    segments_.push_back(std::move(segment));
  }
  KSCOPE_CHECK(next == cleaned.end(), "every cleaned segment has its place, in order");
  verbatim_from_ = std::max(verbatim_from_, cleaned_to);
}

void PartitionLog::truncate_fully_and_start_at(Offset offset) {
  const std::int64_t deleted = deleted_bytes_ + size_bytes_;
  *this = PartitionLog{};
  deleted_bytes_ = deleted;
  segments_.front().base_offset = offset;
  verbatim_from_ = offset;
  log_start_ = offset;
  log_end_ = offset;
}

std::vector<RecordBatch> PartitionLog::read(Offset offset, Offset upper_bound, std::int64_t max_bytes,
                                            bool at_least_one) const {
  std::vector<RecordBatch> result;
  std::int64_t bytes = 0;
  for (std::size_t i = index_of(offset); i < batches_.size(); ++i) {
    const RecordBatch& batch = batches_[i];
    if (batch.base_offset >= upper_bound) {
      break;
    }
    bytes += batch.size_bytes;
    if (bytes > max_bytes && !(at_least_one && result.empty())) {
      break;
    }
    result.push_back(batch);
  }
  return result;
}

std::int64_t PartitionLog::bytes_between(Offset offset, Offset upper_bound) const {
  const std::size_t first = index_of(offset);
  const std::size_t last = index_from(upper_bound);
  return last <= first ? 0 : mark_before(last).end_position - mark_before(first).end_position;
}

Offset PartitionLog::offset_for_timestamp(std::int64_t timestamp_ms) const {
  for (std::size_t place = 0; place < segments_.size(); ++place) {
    const Segment& segment = segments_[place];
    if (segment.largest_timestamp_ms < timestamp_ms) {
      continue;
    }
    const SegmentIndex& index = index_of_segment(segment);
    const std::int64_t from = index.lookup_time(timestamp_ms).relative_offset;
    const OffsetIndexEntry entry = index.lookup_offset(std::max(from, log_start_ - segment.base_offset));
    const BatchRange range = batches_of_segment(place);
    for (std::size_t i = range.begin + static_cast<std::size_t>(entry.batch); i < range.end; ++i) {
      const Offset found = offset_in_batch(batches_[i], timestamp_ms, log_start_);
      if (found != kUnknownOffset) {
        return found;
      }
    }
  }
  return kUnknownOffset;
}

RetentionResult PartitionLog::delete_old_segments(const RetentionLimits& limits) {
  RetentionResult result;
  std::int64_t bytes_too_many = limits.retention_bytes < 0 ? -1 : size_bytes_ - limits.retention_bytes;
  std::size_t count = 0;
  for (; count < segments_.size(); ++count) {
    const Segment& segment = segments_[count];
    const bool is_last = count + 1 == segments_.size();
    const Offset end = is_last ? log_end_ : segments_[count + 1].base_offset;
    if (end > limits.high_watermark || (is_last && segment.size_bytes == 0)) {
      break;
    }
    if (end <= log_start_) {
      result.reason = RetentionReason::kLogStart;
    } else if (bytes_too_many - segment.size_bytes >= 0) {
      result.reason = RetentionReason::kSize;
    } else if (limits.retention_ms >= 0 && limits.now_ms - segment.largest_timestamp_ms > limits.retention_ms) {
      result.reason = RetentionReason::kTime;
    } else {
      break;
    }
    bytes_too_many -= segment.size_bytes;
  }
  result.segments = static_cast<int>(count);
  if (count == segments_.size()) {
    roll(log_end_);
  }
  drop_front_segments(count);
  if (segments_.front().base_offset > log_start_) {
    log_start_ = segments_.front().base_offset;
    epochs_.truncate_from_start(log_start_);
    producers_.on_log_start(log_start_);
    std::erase_if(aborted_, [&](const AbortedTransaction& one) { return one.last_offset < log_start_; });
  }
  return result;
}

void PartitionLog::advance_log_start(Offset offset) {
  KSCOPE_CHECK(offset <= log_end_, "log start cannot pass log end");
  if (offset <= log_start_) {
    return;
  }
  log_start_ = offset;
  epochs_.truncate_from_start(offset);
  producers_.on_log_start(offset);
  std::erase_if(aborted_, [&](const AbortedTransaction& one) { return one.last_offset < offset; });
  std::size_t count = 0;
  while (count + 1 < segments_.size() && segments_[count + 1].base_offset <= offset) {
    ++count;
  }
  drop_front_segments(count);
}

void PartitionLog::drop_front_segments(std::size_t count) {
  if (count == 0) {
    return;
  }
  KSCOPE_CHECK(count < segments_.size(), "the active segment is never dropped");
  const std::size_t gone = index_from(segments_[count].base_offset);
  base_mark_ = mark_before(gone);
  dropped_count_ += static_cast<std::int64_t>(gone);
  batches_.drop_front(gone);
  marks_.drop_front(gone);
  for (std::size_t i = 0; i < count; ++i) {
    size_bytes_ -= segments_[i].size_bytes;
    deleted_bytes_ += segments_[i].size_bytes;
  }
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(count));
}

const RecordBatch* PartitionLog::find(Offset offset) const {
  const std::size_t index = index_of(offset);
  const bool is_there = index < batches_.size() && batches_[index].base_offset <= offset;
  return is_there ? &batches_[index] : nullptr;
}

std::uint64_t PartitionLog::prefix_digest(Offset offset) const { return mark_before(index_from(offset)).digest; }

std::uint64_t PartitionLog::range_digest(Offset from, Offset to) const {
  const std::size_t first = index_from(from);
  const std::size_t last = index_from(to);
  if (last <= first) {
    return 0;
  }
  return mark_before(last).digest - mark_before(first).digest * power(kDigestBase, last - first);
}

}  // namespace kscope::sim
