#include "sim/broker/fetch_session.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace kscope::sim {

void CachedPartition::update_response_data(const FetchPartitionResult& result) {
  high_watermark = result.error == ErrorCode::NONE ? result.high_watermark : kUnknownOffset;
  local_log_start_offset = result.log_start_offset;
}

std::vector<std::int32_t>::iterator CachedPartitions::lower_bound(TopicPartition partition, Uuid topic_id) {
  return std::lower_bound(by_key_.begin(), by_key_.end(), partition, [&](std::int32_t index, TopicPartition wanted) {
    const FetchPartition& asked = place(index).asked;
    return asked.partition == wanted ? asked.topic_id < topic_id : asked.partition < wanted;
  });
}

CachedPartition* CachedPartitions::find(TopicPartition partition, Uuid topic_id) {
  const auto at = lower_bound(partition, topic_id);
  const bool is_here =
      at != by_key_.end() && place(*at).asked.partition == partition && place(*at).asked.topic_id == topic_id;
  return is_here ? &place(*at) : nullptr;
}

CachedPartition* CachedPartitions::find(TopicPartition partition) {
  const auto at = lower_bound(partition, Uuid{INT64_MIN, INT64_MIN});
  return at != by_key_.end() && place(*at).asked.partition == partition ? &place(*at) : nullptr;
}

void CachedPartitions::link_last(std::int32_t index) {
  place(index).next = -1;
  place(index).previous = last_;
  place(index).rank = ++last_rank_;
  (last_ < 0 ? first_ : place(last_).next) = index;
  last_ = index;
}

void CachedPartitions::unlink(const CachedPartition& partition) {
  (partition.previous < 0 ? first_ : place(partition.previous).next) = partition.next;
  (partition.next < 0 ? last_ : place(partition.next).previous) = partition.previous;
}

void CachedPartitions::add(const CachedPartition& partition) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::int32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::int32_t index = free_.back();
  const auto at = lower_bound(partition.asked.partition, partition.asked.topic_id);
  by_key_.insert(at, index);
  free_.pop_back();
  place(index) = partition;
  settled_.unsettle(static_cast<std::size_t>(index));
  link_last(index);
}

void CachedPartitions::assign(std::vector<CachedPartition> partitions) {
  places_ = std::move(partitions);
  by_key_.resize(places_.size());
  std::iota(by_key_.begin(), by_key_.end(), 0);
  for (const std::int32_t index : by_key_) {
    link_last(index);
  }
  std::sort(by_key_.begin(), by_key_.end(), [&](std::int32_t x, std::int32_t y) {
    const FetchPartition& a = place(x).asked;
    const FetchPartition& b = place(y).asked;
    return a.partition == b.partition ? a.topic_id < b.topic_id : a.partition < b.partition;
  });
}

bool CachedPartitions::remove(TopicPartition partition, Uuid topic_id) {
  const CachedPartition* found = find(partition, topic_id);
  if (found == nullptr) {
    return false;
  }
  unlink(*found);
  const auto at = lower_bound(partition, topic_id);
  place(*at).rank = 0;
  free_.push_back(*at);
  by_key_.erase(at);
  return true;
}

void CachedPartitions::move_to_end(CachedPartition& partition) {
  if (partition.next < 0) {
    return;
  }
  const auto index = static_cast<std::int32_t>(&partition - places_.data());
  unlink(partition);
  link_last(index);
}

std::vector<const CachedPartition*> CachedPartitions::unsettled_after(std::int64_t rank,
                                                                      const PartitionNews& news) const {
  std::vector<const CachedPartition*> found;
  settled_.for_each_unsettled(places_.size(), news, [&](std::size_t index) {
    if (places_[index].rank > rank) {
      found.push_back(&places_[index]);
    }
  });
  std::sort(found.begin(), found.end(),
            [](const CachedPartition* x, const CachedPartition* y) { return x->rank < y->rank; });
  return found;
}

void FetchSession::update(const FetchRequest& request) {
  for (const FetchPartition& item : request.partitions) {
    if (CachedPartition* known = partitions.find(item.partition, item.topic_id); known != nullptr) {
      known->asked = item;
      partitions.unsettle(*known);
    } else {
      CachedPartition added;
      added.asked = item;
      partitions.add(added);
    }
  }
  for (const ForgottenPartition& item : request.forgotten) {
    partitions.remove(item.partition, item.topic_id);
  }
}

}  // namespace kscope::sim
