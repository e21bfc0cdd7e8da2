#pragma once
// The future: pending events in the total order (time, sequence number), kept as 16-byte keys so that copying a queue is a
// copy of plain vectors. A monotone radix queue: simulated time only moves forward, so a key is filed under the highest
// digit in which its time differs from the last popped time and under what that digit is, and refiled only when it is
// reached. Every key moves at most once for each digit of a time, in practice once or twice; the cost per event does not
// grow with the number pending. Keys of equal time stay in the order of their sequence numbers because refiling keeps the
// order within a bucket and pushes append behind.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/array_memory.h"
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

/// How soon an event comes up: within a few thousand events at most, or within a few dozen. What is told as next was told
/// as soon before.
enum class Nearness : std::uint8_t { kSoon, kNext };

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Time of the last popped event: nothing may be pushed before it.
  [[nodiscard]] std::uint64_t last_time() const { return last_; }
  /// Sequence number that the next push will get; counts all pushes so far.
  [[nodiscard]] std::uint64_t next_seq() const { return next_seq_; }

  /// Files an event. Returns its sequence number. Requires time_ns >= last_time(), slot < EventKey::kMaxSlots.
  [[gnu::flatten]] std::uint64_t push(std::uint64_t time_ns, std::uint32_t slot) {
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
  /// events before it may still be pushed. Calls is_near(key, nearness) as the turn of a pending key draws near, so that the
  /// caller can have fetched what the key leads to; it changes nothing here.
  template <class IsNear>
  bool pop_until(std::uint64_t limit_ns, EventKey& key, IsNear is_near) {
    if (ready_index_ < ready_.size()) {
      if (last_ > limit_ns) {
        return false;
      }
      key = ready_[ready_index_++];
      --size_;
      return true;
    }
    return pop_from_bucket(limit_ns, key, is_near);
  }
  bool pop_until(std::uint64_t limit_ns, EventKey& key) {
    return pop_until(limit_ns, key, [](const EventKey&, Nearness) {});
  }

  /// Time of the earliest event. Requires: !empty(). Cost: O(size of its bucket); pop_until() is the way to step.
  [[nodiscard]] std::uint64_t next_time() const {
    KSCOPE_CHECK(size_ > 0, "an empty queue has no next time");
    return ready_index_ < ready_.size() ? last_ : earliest(buckets_[lowest_bucket()]);
  }

  /// Calls visit(key) for every pending event, in no useful order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = ready_index_; i < ready_.size(); ++i) {
      visit(ready_[i]);
    }
    for (const Keys& keys : buckets_) {
      for (const EventKey& key : keys) {
        visit(key);
      }
    }
  }

 private:
  using Keys = std::vector<EventKey, ArrayMemory<EventKey>>;

  static constexpr std::size_t kDigitBits = 5;
  static constexpr std::size_t kDigit = std::size_t{1} << kDigitBits;
  static constexpr std::size_t kLevels = (64 + kDigitBits - 1) / kDigitBits;
  // Keys refiled at once whose turn is "next" and "soon": payloads of the latter still fit into a second-level cache.
  static constexpr std::size_t kNextKeys = 64;
  static constexpr std::size_t kSoonKeys = 4096;

  /// Requires: something is pending, and not ready.
  [[nodiscard]] std::size_t lowest_bucket() const {
    const auto level = static_cast<std::size_t>(std::countr_zero(levels_));
    return level * kDigit + static_cast<std::size_t>(std::countr_zero(digits_[level]));
  }
  static std::uint64_t earliest(const Keys& keys) {
    std::uint64_t time = keys.front().time_ns;
    for (const EventKey& key : keys) {
      time = key.time_ns < time ? key.time_ns : time;
    }
    return time;
  }
  [[gnu::always_inline]] void file(const EventKey& key) {
    const std::uint64_t difference = key.time_ns ^ last_;
    if (difference == 0) {
      ready_.push_back(key);
      return;
    }
    const std::size_t level = (static_cast<std::size_t>(std::bit_width(difference)) - 1) / kDigitBits;
    const std::size_t digit = key.time_ns >> (level * kDigitBits) & (kDigit - 1);
    Keys& keys = buckets_[level * kDigit + digit];
    keys.push_back(key);
    // Dozens of buckets grow by turns, more than the processor follows by itself: without this the next line of each is
    // fetched only when it is written to, and with a million keys every store behind it waits.
    __builtin_prefetch(&keys.back() + kCacheLineBytes / sizeof(EventKey) * 2, 1);
    digits_[level] |= std::uint32_t{1} << digit;
    levels_ |= std::uint64_t{1} << level;
  }
  /// What was ready is used up: refile the lowest bucket and take its first key.
  template <class IsNear>
  [[gnu::flatten]] bool pop_from_bucket(std::uint64_t limit_ns, EventKey& key, IsNear is_near) {
    if (size_ == 0) {
      return false;
    }
    const std::size_t bucket = lowest_bucket();
    Keys& keys = buckets_[bucket];
    const std::uint64_t time = earliest(keys);
    if (time > limit_ns) {
      return false;
    }
    ready_.clear();
    ready_index_ = 0;
    last_ = time;
    --size_;
    const std::size_t level = bucket / kDigit;
    digits_[level] &= digits_[level] - 1;
    levels_ ^= digits_[level] == 0 ? std::uint64_t{1} << level : 0;
    if (size_ > kSoonKeys && keys.size() <= kSoonKeys) {
      for (const EventKey& near : keys) {
        is_near(near, Nearness::kSoon);
      }
      if (keys.size() <= kNextKeys) {
        for (const EventKey& near : keys) {
          is_near(near, Nearness::kNext);
        }
      }
    }
    bool taken = false;
    for (const EventKey& moved : keys) {
      if (moved.time_ns == time && !taken) {
        key = moved;
        taken = true;
      } else {
        file(moved);
      }
    }
    keys.clear();
    return true;
  }

  Keys ready_;  // keys of time last_, used from ready_index_ on
  std::size_t ready_index_ = 0;
  // Bucket (level, digit): keys whose time differs from last_ first in the digit of that level, counted from the lowest
  // one, which is `digit`, more than in last_. A bit each for what is not empty.
  std::array<Keys, kLevels * kDigit> buckets_;
  std::array<std::uint32_t, kLevels> digits_{};
  std::uint64_t levels_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t next_seq_ = 0;
  std::size_t size_ = 0;
};

}  // namespace kscope
