#include "sim/log/log_cleaner.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/flat_map.h"

namespace kscope::sim {
namespace {

/// For each key the offset of its last record in the dirty part. Source: OffsetMap.
using OffsetMap = std::map<std::string, Offset>;

/// What is known of transactions while the log is read from its start. Source: CleanedTransactionMetadata. Which
/// transactions were aborted is read off the markers of the whole log, where Kafka reads it off the transaction index.
class Transactions {
 public:
  explicit Transactions(const PartitionLog& log) {
    for (const RecordBatch& batch : log.batches()) {
      if (batch.is_control) {
        markers_[batch.producer_id].push_back({batch.base_offset, batch.control_type});
      }
    }
  }
  /// Whether the batch belongs to a transaction that was aborted: nobody wants its records.
  bool on_batch(const RecordBatch& batch) {
    if (!batch.is_transactional) {
      return false;
    }
    const auto found = markers_.find(batch.producer_id);
    if (found == markers_.end()) {
      return false;
    }
    const auto marker = std::find_if(found->second.begin(), found->second.end(),
                                     [&](const Marker& m) { return m.offset > batch.last_offset(); });
    if (marker == found->second.end()) {
      return false;
    }
    marker->is_needed = true;
    return marker->type == ControlType::ABORT;
  }
  /// Whether a marker's transaction has no batch left below it, so that it tells nobody anything.
  [[nodiscard]] bool is_marker_of_nothing(const RecordBatch& marker) {
    for (const Marker& known : markers_[marker.producer_id]) {
      if (known.offset == marker.base_offset) {
        return !known.is_needed;
      }
    }
    return false;
  }

 private:
  struct Marker {
    Offset offset;
    ControlType type;
    bool is_needed = false;
  };
  FlatMap<ProducerId, std::vector<Marker>> markers_;
};

/// Where a round of cleaning reads: [from, end).
struct OffsetRange {
  Offset from;
  Offset end;
};

OffsetMap build_offset_map(const PartitionLog& log, OffsetRange range, const RecordReader& reader,
                           const CleanerMistakes& mistakes) {
  OffsetMap map;
  Transactions transactions(log);
  for (const RecordBatch& batch : log.batches()) {
    if (batch.base_offset >= range.end) {
      break;
    }
    if (batch.next_offset() <= range.from || batch.is_control || batch.records == nullptr ||
        transactions.on_batch(batch)) {
      continue;
    }
    for (std::size_t i = 0; i < batch.records->size(); ++i) {
      if ((*batch.records)[i].is_removed() || batch.base_offset + static_cast<std::int64_t>(i) < range.from) {
        continue;
      }
      if (std::optional<std::string> key = reader.key_of(batch, i); key.has_value()) {
        const Offset offset = batch.base_offset + static_cast<std::int64_t>(i);
        if (mistakes.keeps_first_of_key) {
          map.emplace(std::move(*key), offset);
        } else {
          map.insert_or_assign(std::move(*key), offset);
        }
      }
    }
  }
  return map;
}

/// One round over one log.
class Round {
 public:
  Round(const PartitionLog& log, const LogToClean& dirty, const CompactionLimits& limits, const RecordReader& reader,
        const CleanerMistakes& mistakes)
      : log_(log),
        end_(dirty.first_uncleanable_offset),
        limits_(limits),
        reader_(reader),
        mistakes_(mistakes),
        map_(build_offset_map(log, {dirty.first_dirty_offset, end_}, reader, mistakes)),
        transactions_(log) {}

  [[nodiscard]] std::int64_t removed_count() const { return removed_count_; }

  /// What is left of a batch; nothing when it goes. Source: Cleaner.cleanInto, MemoryRecords.filterTo.
  std::optional<RecordBatch> filter(const RecordBatch& batch) {
    const bool is_unwanted =
        batch.is_control ? transactions_.is_marker_of_nothing(batch) : transactions_.on_batch(batch);
    bool drops_records = is_unwanted;
    if (batch.is_control) {
      drops_records = is_unwanted && has_passed(batch.delete_horizon_ms);
    }
    const bool is_kept_empty =
        batch.next_offset() == end_ || (is_last_of_producer(batch) && !mistakes_.forgets_producers);
    const Thinned thinned = thin(batch, drops_records);
    removed_count_ += thinned.removed_count;
    if (thinned.left_count == 0) {
      const bool was_empty = thinned.removed_count == 0;
      if (!is_kept_empty) {
        return std::nullopt;
      }
      return was_empty ? batch : rewritten(batch, thinned, -1);
    }
    const bool marks_horizon = thinned.has_tombstone || (batch.is_control && is_unwanted);
    const bool sets_horizon = marks_horizon && batch.delete_horizon_ms < 0;
    if (thinned.removed_count == 0 && !sets_horizon) {
      return batch;
    }
    const std::int64_t horizon = sets_horizon ? limits_.now_ms + limits_.delete_retention_ms : batch.delete_horizon_ms;
    return rewritten(batch, thinned, horizon);
  }

 private:
  struct Thinned {
    std::vector<bool> is_left;
    std::int64_t removed_count = 0;
    std::int64_t left_count = 0;
    bool has_tombstone = false;
  };

  [[nodiscard]] bool has_passed(std::int64_t horizon_ms) const {
    return horizon_ms >= 0 && horizon_ms <= limits_.now_ms;
  }

  [[nodiscard]] bool is_last_of_producer(const RecordBatch& batch) const {
    const ProducerStateEntry* entry =
        batch.producer_id.is_valid() ? log_.producers().producers().get(batch.producer_id) : nullptr;
    if (entry == nullptr) {
      return false;
    }
    if (entry->batches.empty()) {
      return batch.is_control && batch.producer_epoch == entry->producer_epoch;
    }
    return batch.last_offset() == entry->last_data_offset();
  }

  /// Source: Cleaner.shouldRetainRecord.
  [[nodiscard]] bool is_retained(const RecordBatch& batch, std::size_t index) const {
    const std::optional<std::string> key = reader_.key_of(batch, index);
    if (!key.has_value()) {
      return false;  // a topic that was not compacted once may hold such records
    }
    const auto found = map_.find(*key);
    const Offset offset = batch.base_offset + static_cast<std::int64_t>(index);
    const bool is_latest =
        found == map_.end() || (mistakes_.keeps_first_of_key ? offset == found->second : offset >= found->second);
    if (!(*batch.records)[index].is_tombstone()) {
      return is_latest;
    }
    return is_latest && !has_passed(batch.delete_horizon_ms) && !mistakes_.drops_tombstones_at_once;
  }

  [[nodiscard]] Thinned thin(const RecordBatch& batch, bool drops_records) const {
    Thinned result;
    if (batch.records == nullptr) {
      return result;
    }
    result.is_left.resize(batch.records->size());
    for (std::size_t i = 0; i < batch.records->size(); ++i) {
      const Record& record = (*batch.records)[i];
      if (record.is_removed()) {
        continue;
      }
      const bool is_left = !drops_records && (batch.is_control || is_retained(batch, i));
      result.is_left[i] = is_left;
      result.has_tombstone = result.has_tombstone || (is_left && !batch.is_control && record.is_tombstone());
      (is_left ? result.left_count : result.removed_count) += 1;
    }
    return result;
  }

  [[nodiscard]] RecordBatch rewritten(const RecordBatch& batch, const Thinned& thinned, std::int64_t horizon) const {
    RecordBatch result = batch;
    result.is_compacted = true;
    result.delete_horizon_ms = horizon;
    auto records = std::make_shared<std::vector<Record>>(*batch.records);
    for (std::size_t i = 0; i < records->size(); ++i) {
      if (!thinned.is_left[i]) {
        (*records)[i].value_size = Record::kRemovedRecord;
      }
    }
    result.records = std::move(records);
    result.size_bytes = reader_.size_of(result);
    return result;
  }

  const PartitionLog& log_;
  Offset end_;
  const CompactionLimits& limits_;
  const RecordReader& reader_;
  CleanerMistakes mistakes_;
  OffsetMap map_;
  Transactions transactions_;
  std::int64_t removed_count_ = 0;
};

/// How many segments from `first` on, all before `end`, go into one: as many as stay within segment.bytes and the range of
/// relative offsets. Source: Cleaner.groupSegmentsBySize.
std::size_t group_size(const PartitionLog& log, std::size_t first, std::size_t end, const CompactionLimits& limits) {
  const std::vector<Segment>& segments = log.segments();
  std::int64_t bytes = segments[first].size_bytes;
  std::size_t count = 1;
  while (first + count < end) {
    const Segment& next = segments[first + count];
    const Offset last = segments[first + count + 1].base_offset - 1;  // the active segment follows at the latest
    if (bytes + next.size_bytes > limits.segment_bytes || last - segments[first].base_offset > INT32_MAX) {
      break;
    }
    bytes += next.size_bytes;
    ++count;
  }
  return count;
}

std::size_t first_segment_from(const PartitionLog& log, Offset offset) {
  const std::vector<Segment>& segments = log.segments();
  std::size_t place = 0;
  while (place + 1 < segments.size() && segments[place].base_offset < offset) {
    ++place;
  }
  return place;
}

}  // namespace

LogToClean log_to_clean(const PartitionLog& log, Offset checkpoint, Offset last_stable_offset,
                        const CompactionLimits& limits) {
  const std::vector<Segment>& segments = log.segments();
  const Offset active = segments.back().base_offset;
  LogToClean result;
  // A checkpoint that does not fit the log (it was truncated, or began anew) counts for nothing.
  const bool is_checkpoint_valid = checkpoint >= log.log_start_offset() && checkpoint <= active;
  result.first_dirty_offset = is_checkpoint_valid ? checkpoint : log.log_start_offset();
  Offset limit = std::min(last_stable_offset, active);
  std::int64_t earliest_ms = INT64_MAX;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    if (segments[i + 1].base_offset <= result.first_dirty_offset) {
      continue;
    }
    if (limits.min_lag_ms > 0 && segments[i].largest_timestamp_ms > limits.now_ms - limits.min_lag_ms) {
      limit = std::min(limit, segments[i].base_offset);
      break;
    }
    if (segments[i].first_timestamp_ms > 0) {
      earliest_ms = std::min(earliest_ms, segments[i].first_timestamp_ms);
    }
  }
  // Whole segments only: the one that holds the limit is left alone.
  result.first_uncleanable_offset = segments.front().base_offset;
  for (std::size_t i = 1; i < segments.size() && segments[i].base_offset <= limit; ++i) {
    result.first_uncleanable_offset = segments[i].base_offset;
  }
  for (std::size_t i = 0; i + 1 < segments.size() && segments[i].base_offset < result.first_uncleanable_offset; ++i) {
    const bool is_dirty = segments[i + 1].base_offset > result.first_dirty_offset;
    (is_dirty ? result.cleanable_bytes : result.clean_bytes) += segments[i].size_bytes;
  }
  const bool has_max_lag = limits.max_lag_ms != INT64_MAX && earliest_ms != INT64_MAX;
  result.needs_compaction_now = has_max_lag && limits.now_ms - limits.max_lag_ms > earliest_ms;
  return result;
}

CleaningResult clean(PartitionLog& log, const LogToClean& dirty, const CompactionLimits& limits,
                     const RecordReader& reader, const CleanerMistakes& mistakes) {
  const std::size_t end = first_segment_from(log, dirty.first_uncleanable_offset);
  KSCOPE_CHECK(end < log.segments().size(), "the active segment is never compacted");
  CleaningResult result;
  result.cleaned_to = dirty.first_uncleanable_offset;
  result.bytes_before = log.size_bytes();
  Round round(log, dirty, limits, reader, mistakes);
  std::vector<CleanedSegments> cleaned;
  for (std::size_t first = 0; first < end;) {
    CleanedSegments group;
    group.first = first;
    group.count = group_size(log, first, end, limits);
    const std::size_t begin_batch = log.batches_of_segment(first).begin;
    const std::size_t end_batch = log.batches_of_segment(first + group.count - 1).end;
    for (std::size_t i = begin_batch; i < end_batch; ++i) {
      if (std::optional<RecordBatch> left = round.filter(log.batches()[i]); left.has_value()) {
        group.batches.push_back(std::move(*left));
      }
    }
    first += group.count;
    cleaned.push_back(std::move(group));
  }
  result.removed_count = round.removed_count();
  log.replace_segments(cleaned, dirty.first_uncleanable_offset, limits.index);
  result.bytes_after = log.size_bytes();
  return result;
}

}  // namespace kscope::sim
