#include "sim/record/parcel_queue.h"

namespace kscope::record {

std::unique_ptr<Parcel> ParcelQueue::exchange(std::unique_ptr<Parcel> full) {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [this] { return full_.size() < capacity_; });
  full_.push_back(std::move(full));
  has_parcel_.notify_one();
  if (empty_.empty()) {
    return std::make_unique<Parcel>();
  }
  std::unique_ptr<Parcel> out = std::move(empty_.back());
  empty_.pop_back();
  return out;
}

void ParcelQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  has_parcel_.notify_all();
}

std::unique_ptr<Parcel> ParcelQueue::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  has_parcel_.wait_for(lock, patience, [this] { return !full_.empty() || is_closed_; });
  if (full_.empty()) {
    return nullptr;
  }
  std::unique_ptr<Parcel> out = std::move(full_.front());
  full_.pop_front();
  ++being_written_;
  has_room_.notify_one();
  return out;
}

bool ParcelQueue::is_finished() const {
  const std::lock_guard lock(mutex_);
  return is_closed_ && full_.empty();
}

void ParcelQueue::give_back(std::unique_ptr<Parcel> used) {
  used->clear();
  const std::lock_guard lock(mutex_);
  empty_.push_back(std::move(used));
  --being_written_;
  is_written_.notify_all();
}

void ParcelQueue::wait_until_written() {
  std::unique_lock lock(mutex_);
  is_written_.wait(lock, [this] { return full_.empty() && being_written_ == 0; });
}

}  // namespace kscope::record
