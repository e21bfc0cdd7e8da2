#include "sim/raft/raft_log.h"

#include <algorithm>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::raft {

OffsetAndEpoch RaftLog::end() const {
  return batches_.empty() ? start_ : OffsetAndEpoch{batches_.back().next_offset(), batches_.back().epoch};
}

void RaftLog::append(MetadataBatch batch) {
  KSCOPE_CHECK(batch.base_offset == end_offset(), "a batch of the metadata log begins where the log ends");
  KSCOPE_CHECK(batch.epoch >= end().epoch, "epochs in the metadata log do not decrease");
  batches_.push_back(std::move(batch));
}

std::size_t RaftLog::index_of(Offset offset) const {
  const auto at = std::lower_bound(batches_.begin(), batches_.end(), offset,
                                   [](const MetadataBatch& batch, Offset o) { return batch.base_offset < o; });
  return static_cast<std::size_t>(at - batches_.begin());
}

void RaftLog::truncate_to(Offset offset) { batches_.truncate(index_of(offset)); }

std::vector<MetadataBatch> RaftLog::read(Offset offset, std::size_t limit) const {
  std::vector<MetadataBatch> found;
  for (std::size_t i = index_of(offset); i < batches_.size() && found.size() < limit; ++i) {
    found.push_back(batches_[i]);
  }
  return found;
}

OffsetAndEpoch RaftLog::end_for_epoch(LeaderEpoch epoch) const {
  const auto after = std::upper_bound(batches_.begin(), batches_.end(), epoch,
                                      [](LeaderEpoch e, const MetadataBatch& batch) { return e < batch.epoch; });
  if (after == batches_.begin()) {
    return start_;
  }
  const MetadataBatch& last = *(after - 1);
  return {last.next_offset(), last.epoch};
}

void RaftLog::take_snapshot(std::shared_ptr<const MetadataSnapshot> snapshot, bool drop_log) {
  KSCOPE_CHECK(snapshot_ == nullptr || snapshot->id.offset >= snapshot_->id.offset, "snapshots do not go back");
  if (drop_log) {
    batches_.clear();
    start_ = snapshot->id;
  } else {
    KSCOPE_CHECK(snapshot->id.offset <= end_offset(), "a snapshot of what the log does not have yet");
    if (snapshot->id.offset > start_.offset) {
      batches_.drop_front(index_of(snapshot->id.offset));
      start_ = snapshot->id;
    }
  }
  snapshot_ = std::move(snapshot);
}

ValidOffset validate_offset_and_epoch(const RaftLog& log, OffsetAndEpoch fetch_from) {
  using enum ValidOffset::Kind;
  const bool begins_anew = fetch_from.offset == Offset(0) && fetch_from.epoch == LeaderEpoch(0);
  if (begins_anew && log.start_offset() == Offset(0)) {
    return {kValid, fetch_from};
  }
  if (log.snapshot() != nullptr) {
    const OffsetAndEpoch& id = log.snapshot()->id;
    const bool is_at_start = fetch_from.offset == log.start_offset() && fetch_from.epoch == id.epoch;
    if (fetch_from.offset < log.start_offset() || (fetch_from.offset == log.start_offset() && !is_at_start) ||
        fetch_from.epoch < id.epoch) {
      return {kSnapshot, id};
    }
  }
  const OffsetAndEpoch end = log.end_for_epoch(fetch_from.epoch);
  if (end.epoch != fetch_from.epoch || end.offset < fetch_from.offset) {
    return {kDiverging, end};
  }
  return {kValid, fetch_from};
}

}  // namespace kscope::sim::raft
