#pragma once
// Where the payloads of pending events lie: a plain vector with a list of free places. A place is named by a small number
// that goes into the event key. There are no generations: exactly one key points to an occupied place, and whoever pops the
// key uses the payload where it lies and then frees the place. Copying is copying two vectors. References are invalid
// after the next claim().

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/array_memory.h"
#include "engine/core/check.h"
#include "engine/core/free_list.h"

namespace kscope {

template <class T>
class Slab {
 public:
  /// Returns a place that the caller fills in. It holds what lay there before, or a new T. Places that became free last are
  /// used first. O(1).
  [[gnu::always_inline]] std::uint32_t claim() {
    if (free_.empty()) {
      items_.emplace_back();
      return static_cast<std::uint32_t>(items_.size() - 1);
    }
    return free_.take();
  }
  /// Frees a place. Its content stays until the place is filled in again. Requires: claim() returned `place` and nobody
  /// freed it since.
  [[gnu::always_inline]] void free(std::uint32_t place) {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    free_.put(place);
  }
  [[nodiscard, gnu::always_inline]] const T& operator[](std::uint32_t place) const {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    return items_[place];
  }
  [[nodiscard, gnu::always_inline]] T& operator[](std::uint32_t place) {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    return items_[place];
  }
  /// Asks the processor to bring a place near: it will be used soon. Changes nothing.
  [[gnu::always_inline]] void prefetch(std::uint32_t place) const {
    const auto* bytes = reinterpret_cast<const char*>(items_.data() + place);
    for (std::size_t at = 0; at < sizeof(T); at += kCacheLineBytes) {
      __builtin_prefetch(bytes + at, 1);
    }
    if constexpr (kCacheLineBytes % sizeof(T) != 0) {  // it may end on one line more
      __builtin_prefetch(bytes + sizeof(T) - 1, 1);
    }
  }
  /// Occupied places now, and places that were ever needed at once.
  [[nodiscard]] std::size_t size() const { return items_.size() - free_.size(); }
  [[nodiscard]] std::size_t high_water() const { return items_.size(); }

 private:
  std::vector<T, ArrayMemory<T>> items_;
  FreeList free_;
};

}  // namespace kscope
