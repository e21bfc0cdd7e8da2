#pragma once
// The bounded way from the simulating to the writing thread. A full queue blocks the giver: a recording has everything or
// says why not. Empty parcels travel back, so that a long recording allocates nothing.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/record/parcel.h"

namespace kscope::record {

class ParcelQueue {
 public:
  explicit ParcelQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Gives a full parcel away and gets an empty one. Blocks while the queue is full.
  std::unique_ptr<Parcel> exchange(std::unique_ptr<Parcel> full);
  /// No parcel will follow.
  void close();
  /// The next parcel; none when `patience` is over without one, or the queue is closed and empty.
  std::unique_ptr<Parcel> take(std::chrono::milliseconds patience);
  [[nodiscard]] bool is_finished() const;
  /// Gives a parcel that was written back for another use.
  void give_back(std::unique_ptr<Parcel> used);
  /// Blocks until everything that was given has been given back.
  void wait_until_written();

 private:
  mutable std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_parcel_;
  std::condition_variable is_written_;
  std::deque<std::unique_ptr<Parcel>> full_;
  std::vector<std::unique_ptr<Parcel>> empty_;
  std::size_t capacity_;
  std::size_t being_written_ = 0;
  bool is_closed_ = false;
};

}  // namespace kscope::record
