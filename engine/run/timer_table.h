#pragma once
// Handles of armed timers of one node. Cancelling raises a generation instead of searching the event queue: the queued
// event finds its generation outdated when it comes up, and evaporates. One table a node, part of the kernel's state.

#include <cstdint>
#include <vector>

#include "engine/core/array_memory.h"
#include "engine/core/free_list.h"

namespace kscope {

/// Names one armed timer. A default handle names none; keeping a handle after the timer fired is harmless.
struct TimerId {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;
  [[nodiscard]] constexpr bool is_set() const { return index != UINT32_MAX; }
  constexpr bool operator==(const TimerId&) const = default;
};

class TimerTable {
 public:
  /// Takes a free place, or a new one.
  [[gnu::always_inline]] TimerId allocate() {
    if (free_.empty()) {
      generations_.push_back(0);
      return {static_cast<std::uint32_t>(generations_.size() - 1), 0};
    }
    const std::uint32_t index = free_.take();
    return {index, generations_[index]};
  }
  /// Whether the timer is still armed.
  [[nodiscard, gnu::always_inline]] bool is_armed(TimerId id) const {
    return id.is_set() && id.index < generations_.size() && generations_[id.index] == id.generation;
  }
  /// Ends the timer: it fired or is cancelled. No effect when it is not armed.
  [[gnu::always_inline]] void release(TimerId id) {
    if (is_armed(id)) {
      ++generations_[id.index];
      free_.put(id.index);
    }
  }
  /// Asks the processor to bring near what is_armed() and release() look at. Changes nothing.
  void prefetch(TimerId id) const {
    if (id.index < generations_.size()) {
      __builtin_prefetch(&generations_[id.index], 1);
    }
  }

 private:
  std::vector<std::uint32_t, ArrayMemory<std::uint32_t>> generations_;
  FreeList free_;
};

}  // namespace kscope
