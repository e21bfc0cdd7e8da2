#include "sim/log/partition_log.h"

#include <algorithm>

#include "engine/core/check.h"
#include "engine/core/fingerprint.h"

namespace kscope::sim {
namespace {

// Odd, so that multiplying by it loses nothing modulo 2^64.
constexpr std::uint64_t kDigestBase = 0x9E3779B97F4A7C15u;

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
  return SequencedBatch{batch.producer_id,
                        batch.producer_epoch,
                        batch.base_sequence,
                        batch.record_count,
                        batch.base_offset,
                        batch.max_timestamp_ms,
                        false};
}

Offset PartitionLog::append_as_leader(RecordBatch batch, LeaderEpoch epoch, const RollLimits& limits) {
  batch.base_offset = log_end_;
  batch.leader_epoch = epoch;
  append(batch, limits);
  return batch.base_offset;
}

void PartitionLog::append_as_follower(const RecordBatch& batch, const RollLimits& limits) {
  KSCOPE_CHECK(batch.base_offset == log_end_, "a follower appends exactly at its log end");
  append(batch, limits);
}

void PartitionLog::append_unchecked(const RecordBatch& batch, const RollLimits& limits) { append(batch, limits); }

void PartitionLog::append(const RecordBatch& batch, const RollLimits& limits) {
  KSCOPE_CHECK(batch.record_count > 0, "a batch holds at least one record");
  const Segment& active = segments_.back();
  const bool is_too_large = active.size_bytes > limits.segment_bytes - batch.size_bytes;
  const bool is_too_old =
      active.size_bytes > 0 && batch.max_timestamp_ms - active.first_timestamp_ms > limits.segment_ms;
  if (active.size_bytes > 0 && (is_too_large || is_too_old)) {
    roll(batch.base_offset);
  }
  Segment& segment = segments_.back();
  if (segment.first_timestamp_ms < 0) {
    segment.first_timestamp_ms = batch.max_timestamp_ms;
  }
  segment.largest_timestamp_ms = std::max(segment.largest_timestamp_ms, batch.max_timestamp_ms);
  segment.size_bytes += batch.size_bytes;
  size_bytes_ += batch.size_bytes;

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
    producers_.append(sequenced(batch));
  }
  log_end_ = batch.next_offset();
}

void PartitionLog::roll(Offset base_offset) {
  Segment segment{base_offset};
  if (!producers_.producers().empty()) {
    segment.producers = std::make_shared<const ProducerStateManager>(producers_);
  }
  segments_.push_back(std::move(segment));
}

void PartitionLog::rebuild_producers() {
  const Segment& active = segments_.back();
  producers_ = active.producers == nullptr ? ProducerStateManager{} : *active.producers;
  for (std::size_t i = index_from(active.base_offset); i < batches_.size(); ++i) {
    if (batches_[i].producer_id.is_valid()) {
      producers_.append(sequenced(batches_[i]));
    }
  }
}

void PartitionLog::assign_epoch_start(LeaderEpoch epoch) { epochs_.assign(epoch, log_end_); }

std::size_t PartitionLog::index_of(Offset offset) const {
  if (offset >= log_end_) {
    return batches_.size();
  }
  return partition_index(batches_, [&](const RecordBatch& batch) { return batch.next_offset() <= offset; });
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
    return log_end_;
  }
  const std::size_t keep = index_of(target);
  const Offset end = keep < batches_.size() ? std::max(batches_[keep].base_offset, log_start_) : target;
  batches_.truncate(keep);
  marks_.truncate(keep);
  // Segments that begin at or beyond the end go, but one always stays active.
  while (segments_.size() > 1 && segments_.back().base_offset >= end) {
    size_bytes_ -= segments_.back().size_bytes;
    segments_.pop_back();
  }
  Segment& active = segments_.back();
  size_bytes_ -= active.size_bytes;
  active = Segment{.base_offset = std::min(active.base_offset, end), .producers = std::move(active.producers)};
  for (std::size_t i = index_from(active.base_offset); i < batches_.size(); ++i) {
    active.size_bytes += batches_[i].size_bytes;
    active.largest_timestamp_ms = std::max(active.largest_timestamp_ms, batches_[i].max_timestamp_ms);
    if (active.first_timestamp_ms < 0) {
      active.first_timestamp_ms = batches_[i].max_timestamp_ms;
    }
  }
  size_bytes_ += active.size_bytes;
  epochs_.truncate_from_end(end);
  log_end_ = end;
  rebuild_producers();
  return end;
}

void PartitionLog::truncate_fully_and_start_at(Offset offset) {
  *this = PartitionLog{};
  segments_.front().base_offset = offset;
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
  for (const Segment& segment : segments_) {
    if (segment.largest_timestamp_ms < timestamp_ms) {
      continue;
    }
    for (std::size_t i = index_from(segment.base_offset); i < batches_.size(); ++i) {
      const RecordBatch& batch = batches_[i];
      if (batch.max_timestamp_ms < timestamp_ms || batch.next_offset() <= log_start_) {
        continue;
      }
      if (batch.records == nullptr) {
        return std::max(batch.base_offset, log_start_);
      }
      Offset at = batch.base_offset;
      for (const Record& record : *batch.records) {
        if (at >= log_start_ && batch.base_timestamp_ms + record.timestamp_delta >= timestamp_ms) {
          return at;
        }
        ++at;
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
    if (end > limits.high_watermark || segment.size_bytes == 0) {
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
  batches_.drop_front(gone);
  marks_.drop_front(gone);
  for (std::size_t i = 0; i < count; ++i) {
    size_bytes_ -= segments_[i].size_bytes;
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
