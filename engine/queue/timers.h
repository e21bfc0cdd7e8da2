#pragma once
// Which timers are armed. Cancelling or re-arming never touches the event queue: every arming gets a fresh generation, the
// queued event carries it, and an event whose generation is no longer the armed one evaporates when it comes up.
// A key says whose timer and which one, for example {node, kind, number}.

#include <cstddef>
#include <cstdint>

#include "engine/core/flat_map.h"

namespace kscope {

template <class Key>
class Timers {
 public:
  /// Arms the timer; a firing of an earlier arming is void from now on. Returns the generation to put into the event.
  std::uint64_t arm(const Key& key) {
    const std::uint64_t generation = next_generation_++;
    armed_.insert_or_assign(key, generation);
    return generation;
  }
  /// Disarms it. Returns whether it was armed.
  bool cancel(const Key& key) { return armed_.erase(key) > 0; }
  [[nodiscard]] bool is_armed(const Key& key) const { return armed_.contains(key); }

  /// An event of this generation has come up: true if it is the armed one, which is thereby used up.
  bool fire(const Key& key, std::uint64_t generation) {
    const std::uint64_t* armed = armed_.get(key);
    if (armed == nullptr || *armed != generation) {
      return false;
    }
    armed_.erase(key);
    return true;
  }
  /// Disarms every timer whose key satisfies `predicate`; returns how many. Cost: O(armed).
  template <class Predicate>
  std::size_t cancel_if(Predicate predicate) {
    return armed_.erase_if([&](const Key& key, std::uint64_t) { return predicate(key); });
  }
  [[nodiscard]] std::size_t size() const { return armed_.size(); }
  [[nodiscard]] const FlatMap<Key, std::uint64_t>& armed() const { return armed_; }

 private:
  FlatMap<Key, std::uint64_t> armed_;
  std::uint64_t next_generation_ = 1;
};

}  // namespace kscope
