#include "sim/client/fetch_session_handler.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {

void FetchSessionHandler::RequestData::move_into(FetchRequest& request) {
  request.metadata = metadata;
  request.uses_topic_ids = uses_topic_ids;
  request.partitions = std::move(to_send);
  request.forgotten = std::move(to_forget);
}

std::size_t FetchSessionHandler::index_of(TopicPartition partition, std::size_t& hint) const {
  std::size_t index = hint;
  if (index >= session_.size() || session_[index].asked.partition != partition) {
    const auto at = std::lower_bound(
        session_.begin(), session_.end(), partition,
        [](const SessionPartition& known, TopicPartition wanted) { return known.asked.partition < wanted; });
    index = static_cast<std::size_t>(at - session_.begin());
    if (index == session_.size() || session_[index].asked.partition != partition) {
      return session_.size();
    }
  }
  hint = index + 1;
  return index;
}

const FetchPartition* FetchSessionHandler::find(TopicPartition partition) const {
  std::size_t hint = 0;
  const std::size_t index = index_of(partition, hint);
  return index == session_.size() ? nullptr : &session_[index].asked;
}

void FetchSessionHandler::begin() {
  ++build_;
  hint_ = 0;
  kept_count_ = 0;
  without_id_count_ = 0;
  if (next_.is_full()) {
    session_.clear();
  }
}

void FetchSessionHandler::add(const FetchPartition& item) {
  without_id_count_ += item.topic_id.is_zero() ? 1 : 0;
  const std::size_t index = index_of(item.partition, hint_);
  if (index == session_.size()) {
    added_.push_back({item, build_});
    to_send_.push_back(item);
    return;
  }
  SessionPartition& known = session_[index];
  known.build = build_;
  ++kept_count_;
  if (known.asked == item) {
    return;
  }
  const Uuid before = known.asked.topic_id;
  if (before != item.topic_id && !before.is_zero() && !item.topic_id.is_zero()) {
    to_forget_.push_back({item.partition, before});
  }
  known.asked = item;
  to_send_.push_back(item);
}

FetchSessionHandler::RequestData FetchSessionHandler::build() {
  RequestData data;
  data.metadata = next_;
  data.uses_topic_ids = without_id_count_ == 0;
  if (kept_count_ < session_.size()) {
    std::erase_if(session_, [&](const SessionPartition& known) {
      if (known.build == build_) {
        return false;
      }
      to_forget_.push_back({known.asked.partition, known.asked.topic_id});
      data.uses_topic_ids = data.uses_topic_ids && !known.asked.topic_id.is_zero();
      return true;
    });
  }
  if (!added_.empty()) {
    const auto is_before = [](const SessionPartition& x, const SessionPartition& y) {
      return x.asked.partition < y.asked.partition;
    };
    std::sort(added_.begin(), added_.end(), is_before);
    const auto middle = static_cast<std::ptrdiff_t>(session_.size());
    session_.insert(session_.end(), added_.begin(), added_.end());
    std::inplace_merge(session_.begin(), session_.begin() + middle, session_.end(), is_before);
    added_.clear();
  }
  if (!data.uses_topic_ids) {  // below version 13 a request cannot name them
    for (FetchPartition& item : to_send_) {
      item.topic_id = Uuid{};
    }
    for (ForgottenPartition& item : to_forget_) {
      item.topic_id = Uuid{};
    }
  }
  data.is_needed = !session_.empty() || !to_forget_.empty();
  data.to_send = std::exchange(to_send_, {});
  data.to_forget = std::exchange(to_forget_, {});
  return data;
}

bool FetchSessionHandler::has_all_of(const FetchResponse& response) const {
  std::size_t hint = 0;
  for (const FetchPartitionResult& result : response.partitions) {
    if (index_of(result.partition, hint) == session_.size()) {
      return false;
    }
  }
  return true;
}

bool FetchSessionHandler::handle_response(const FetchResponse& response) {
  if (response.error != ErrorCode::NONE) {
    next_ = response.error == ErrorCode::FETCH_SESSION_ID_NOT_FOUND ? kInitialFetchMetadata
                                                                    : next_.next_close_existing_attempt_new();
    return false;
  }
  const bool is_opened = response.session_id != kInvalidSessionId;
  if (next_.is_full()) {
    // A throttled answer to a full fetch is empty (KIP-219), and so is not valid either.
    const bool is_valid = response.partitions.size() == session_.size() && has_all_of(response);
    next_ = is_valid && is_opened ? first_incremental(response.session_id) : kInitialFetchMetadata;
    return is_valid;
  }
  if (!has_all_of(response)) {
    next_ = next_.next_close_existing_attempt_new();
    return false;
  }
  next_ = is_opened ? next_.next_incremental() : kInitialFetchMetadata;
  return true;
}

}  // namespace kscope::sim
