#pragma once
// The future: pending events in the total order (time, sequence number), kept as 16-byte keys so that copying a queue is a
// copy of plain vectors. A monotone radix queue: simulated time only moves forward, so a key is filed under the highest
// bit in which its time differs from the last popped time, and refiled only when that bit is reached. Every key moves at
// most 64 times, in practice a few; the cost per event does not grow with the number pending. Keys of equal time stay in
// the order of their sequence numbers because refiling keeps the order within a bucket and pushes append behind.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/check.h"

namespace kscope {

/// When, in which order among equals (upper 40 bits of seq_slot), and where the payload lies (lower 24 bits).
struct EventKey {
  std::uint64_t time_ns = 0;
  std::uint64_t seq_slot = 0;

  static constexpr int kSlotBits = 24;
  static constexpr std::uint32_t kMaxSlots = std::uint32_t{1} << kSlotBits;

  [[nodiscard]] constexpr std::uint64_t seq() const { return seq_slot >> kSlotBits; }
  [[nodiscard]] constexpr std::uint32_t slot() const { return static_cast<std::uint32_t>(seq_slot) & (kMaxSlots - 1); }
  constexpr bool operator==(const EventKey&) const = default;
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Time of the last popped event: nothing may be pushed before it.
  [[nodiscard]] std::uint64_t last_time() const { return last_; }
  /// Sequence number that the next push will get; counts all pushes so far.
  [[nodiscard]] std::uint64_t next_seq() const { return next_seq_; }

  /// Files an event. Returns its sequence number. Requires time_ns >= last_time(), slot < EventKey::kMaxSlots.
  std::uint64_t push(std::uint64_t time_ns, std::uint32_t slot) {
    KSCOPE_CHECK(time_ns >= last_, "an event cannot be scheduled in the past");
    KSCOPE_CHECK(slot < EventKey::kMaxSlots, "too many events pending");
    const std::uint64_t seq = next_seq_++;
    file(EventKey{time_ns, seq << EventKey::kSlotBits | slot});
    ++size_;
    return seq;
  }

  /// Takes the earliest event out. Requires !empty().
  EventKey pop() {
    EventKey key;
    const bool found = pop_until(~std::uint64_t{0}, key);
    KSCOPE_CHECK(found, "pop of an empty event queue");
    return key;
  }

  /// Takes the earliest event out if its time is at most `limit_ns`. Otherwise returns false and changes nothing, so that
  /// events before it may still be pushed. Calls is_near(key) for keys whose turn comes within the next few events, so that
  /// the caller can have their payloads fetched; it changes nothing here.
  template <class IsNear>
  bool pop_until(std::uint64_t limit_ns, EventKey& key, IsNear is_near) {
    std::vector<EventKey>& ready = buckets_[0];
    if (ready_index_ < ready.size()) {
      if (last_ > limit_ns) {
        return false;
      }
      key = ready[ready_index_++];
      --size_;
      return true;
    }
    return pop_from_bucket(limit_ns, key, is_near);
  }
  bool pop_until(std::uint64_t limit_ns, EventKey& key) {
    return pop_until(limit_ns, key, [](const EventKey&) {});
  }

  /// Time of the earliest event. Requires !empty(). Cost: O(size of its bucket); pop_until() is the way to step.
  [[nodiscard]] std::uint64_t next_time() const {
    KSCOPE_CHECK(size_ > 0, "an empty queue has no next time");
    if (ready_index_ < buckets_[0].size()) {
      return last_;
    }
    return earliest(buckets_[lowest_bucket()]);
  }

  /// Calls visit(key) for every pending event, in no useful order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = ready_index_; i < buckets_[0].size(); ++i) {
      visit(buckets_[0][i]);
    }
    for (std::size_t bucket = 1; bucket < buckets_.size(); ++bucket) {
      for (const EventKey& key : buckets_[bucket]) {
        visit(key);
      }
    }
  }

 private:
  [[nodiscard]] std::size_t lowest_bucket() const { return static_cast<std::size_t>(std::countr_zero(filled_)) + 1; }
  static std::uint64_t earliest(const std::vector<EventKey>& keys) {
    std::uint64_t time = keys.front().time_ns;
    for (const EventKey& key : keys) {
      time = key.time_ns < time ? key.time_ns : time;
    }
    return time;
  }
  void file(const EventKey& key) {
    const auto bucket = static_cast<std::size_t>(std::bit_width(key.time_ns ^ last_));
    buckets_[bucket].push_back(key);
    if (bucket > 0) {
      filled_ |= std::uint64_t{1} << (bucket - 1);
    }
  }
  /// The bucket of equal times is used up: refile the lowest other one and take its first key.
  template <class IsNear>
  bool pop_from_bucket(std::uint64_t limit_ns, EventKey& key, IsNear is_near) {
    if (size_ == 0) {
      return false;
    }
    const std::size_t bucket = lowest_bucket();
    std::vector<EventKey>& keys = buckets_[bucket];
    const std::uint64_t time = earliest(keys);
    if (time > limit_ns) {
      return false;
    }
    buckets_[0].clear();
    last_ = time;
    --size_;
    filled_ &= filled_ - 1;
    bool taken = false;
    // A large bucket is refiled long before the turn of most of its keys.
    if (keys.size() <= kNearKeys) {
      for (const EventKey& near : keys) {
        is_near(near);
      }
    }
    for (const EventKey& moved : keys) {
      if (moved.time_ns == time && !taken) {
        key = moved;
        taken = true;
      } else {
        file(moved);
      }
    }
    keys.clear();
    ready_index_ = 0;
    return true;
  }

  static constexpr std::size_t kNearKeys = 32;

  // Bucket 0: keys of time last_, used from ready_index_ on. Bucket b: keys whose time differs from last_ first in bit b-1.
  std::array<std::vector<EventKey>, 65> buckets_;
  std::uint64_t filled_ = 0;  // bit b-1: bucket b holds something
  std::uint64_t last_ = 0;
  std::uint64_t next_seq_ = 0;
  std::size_t size_ = 0;
  std::size_t ready_index_ = 0;
};

}  // namespace kscope
