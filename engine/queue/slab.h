#pragma once
// Where the payloads of pending events lie: a plain vector with a list of free places. A place is named by a small number
// that goes into the event key. There are no generations: exactly one key points to an occupied place, and whoever pops the
// key takes the payload. Copying is copying two vectors. References are invalid after the next put().

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/core/check.h"

namespace kscope {

template <class T>
class Slab {
 public:
  /// Stores `item` and returns its place. Places that became free last are used first. O(1).
  std::uint32_t put(T&& item) {
    if (free_.empty()) {
      items_.push_back(std::move(item));
      return static_cast<std::uint32_t>(items_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    items_[place] = std::move(item);
    return place;
  }
  /// Takes the payload out and frees its place. Requires: put() returned `place` and nobody took it since.
  T take(std::uint32_t place) {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    T item = std::move(items_[place]);
    free_.push_back(place);
    return item;
  }
  [[nodiscard]] const T& operator[](std::uint32_t place) const {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    return items_[place];
  }
  [[nodiscard]] T& operator[](std::uint32_t place) {
    KSCOPE_CHECK(place < items_.size(), "no such place in the slab");
    return items_[place];
  }
  /// Asks the processor to bring a place near: it will be taken soon. Changes nothing.
  void prefetch(std::uint32_t place) const {
    const auto* bytes = reinterpret_cast<const char*>(items_.data() + place);
    for (std::size_t line = 0; line < sizeof(T); line += 64) {
      __builtin_prefetch(bytes + line, 1);
    }
  }
  /// Occupied places now, and places that were ever needed at once.
  [[nodiscard]] std::size_t size() const { return items_.size() - free_.size(); }
  [[nodiscard]] std::size_t high_water() const { return items_.size(); }

 private:
  std::vector<T> items_;
  std::vector<std::uint32_t> free_;
};

}  // namespace kscope
