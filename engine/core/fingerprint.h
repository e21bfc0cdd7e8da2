#pragma once
// A rolling 64-bit hash: two runs are the same if and, for practical purposes, only if their fingerprints are equal.
// Constants are fixed, the input is integers in a fixed width, so the number is the same on every compiler and machine.
// Feed it fields, never raw structs (padding). Not for hash tables that an attacker fills.

#include <bit>
#include <compare>
#include <cstdint>
#include <string_view>

namespace kscope {

class Fingerprint {
 public:
  /// Takes in one number. Order matters. Cost: two multiplications.
  constexpr void mix(std::uint64_t value) {
    state_ = (std::rotl(state_, 29) ^ value) * 0x9FB21C651E98DF25u;
    state_ ^= state_ >> 35;
    state_ *= 0xD6E8FEB86659FD93u;
  }
  /// Takes in the length and the bytes of a text, eight at a time, little end first.
  constexpr void mix_text(std::string_view text) {
    mix(text.size());
    std::uint64_t word = 0;
    int filled = 0;
    for (const char c : text) {
      word |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * filled);
      if (++filled == 8) {
        mix(word);
        word = 0;
        filled = 0;
      }
    }
    if (filled > 0) {
      mix(word);
    }
  }
  /// The hash of everything taken in so far.
  [[nodiscard]] constexpr std::uint64_t value() const {
    std::uint64_t h = state_;
    h ^= h >> 32;
    h *= 0x9FB21C651E98DF25u;
    h ^= h >> 29;
    return h;
  }
  constexpr bool operator==(const Fingerprint&) const = default;

 private:
  std::uint64_t state_ = 0x243F6A8885A308D3u;
};

}  // namespace kscope
