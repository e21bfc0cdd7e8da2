#pragma once
// Strong types for ids and ordinals: two kinds of number that a compiler must never let us mix up.
// Owned by everybody; knows nothing of what the numbers mean. Both are as cheap as the integer inside.

#include <compare>
#include <cstdint>

namespace kscope {

/// An identity: may be compared for equality, ordered (so that it can be a key) and nothing else. Default: `Rep{-1}`, "none".
template <class Tag, class Rep = std::int32_t>
struct Id {
  Rep value = Rep{-1};

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  /// Whether it names anything: every id from 0 up does.
  [[nodiscard]] constexpr bool is_valid() const { return value >= 0; }
  constexpr auto operator<=>(const Id&) const = default;
};

/// A position on a line: ordinal - ordinal = count, ordinal + count = ordinal. No implicit conversion either way.
template <class Tag, class Rep = std::int64_t>
struct Ordinal {
  Rep value = 0;

  constexpr Ordinal() = default;
  constexpr explicit Ordinal(Rep v) : value(v) {}
  constexpr auto operator<=>(const Ordinal&) const = default;

  constexpr Ordinal& operator++() {
    ++value;
    return *this;
  }
  constexpr Ordinal& operator+=(Rep count) {
    value = static_cast<Rep>(value + count);
    return *this;
  }
  friend constexpr Ordinal operator+(Ordinal a, Rep count) { return Ordinal(static_cast<Rep>(a.value + count)); }
  friend constexpr Ordinal operator-(Ordinal a, Rep count) { return Ordinal(static_cast<Rep>(a.value - count)); }
  friend constexpr Rep operator-(Ordinal a, Ordinal b) { return static_cast<Rep>(a.value - b.value); }
};

}  // namespace kscope
