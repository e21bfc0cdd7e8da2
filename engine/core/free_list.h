#pragma once
// FreeList: numbers of places that are free, the one freed last first, since it is the likeliest to be near the processor.
// A vector that never shrinks with a count beside it: putting and taking, of which every event needs several, are inlined.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kscope {

class FreeList {
 public:
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[gnu::always_inline]] void put(std::uint32_t place) {
    if (count_ == places_.size()) [[unlikely]] {
      grow();
    }
    places_[count_++] = place;
  }
  /// Requires: !empty().
  [[gnu::always_inline]] std::uint32_t take() { return places_[--count_]; }

 private:
  [[gnu::noinline]] void grow() { places_.resize(2 * count_ + 16); }

  std::vector<std::uint32_t> places_;  // what lies behind count_ means nothing
  std::size_t count_ = 0;
};

}  // namespace kscope
