#pragma once
// Random numbers whose every bit is decided by a seed: splitmix64 spreads seeds, xoshiro256++ makes the stream. Integers
// only, no standard distributions (their output differs between libraries). A stream is a small value: copying it copies
// the future. Streams with different ids are derived from one seed by hashing, so adding a draw to one leaves the others
// alone. Source of both generators: Blackman and Vigna, public domain reference code; tested against its vectors.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/time.h"

namespace kscope {

__extension__ using Uint128 = unsigned __int128;

/// Next output of the splitmix64 sequence in `state`; advances it.
constexpr std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// Seed of stream `stream_id` of the family `seed`: one hash of both, so that neighbours are unrelated.
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream_id) {
  std::uint64_t state = stream_id ^ 0xD1B54A32D192ED03u;
  std::uint64_t mixed = seed ^ splitmix64(state);
  return splitmix64(mixed);
}

namespace detail {

/// ln(1 + i/256) in Q32 for i in [0, 256], by the series 2*atanh(z), z = i / (512 + i), in 62-bit fixed point.
constexpr std::array<std::uint64_t, 257> make_log_table() {
  std::array<std::uint64_t, 257> table{};
  for (std::uint64_t i = 0; i <= 256; ++i) {
    const Uint128 one = Uint128{1} << 62;
    const Uint128 z = one * i / (512 + i);
    const Uint128 z_squared = z * z >> 62;
    Uint128 power = z;
    Uint128 sum = 0;
    for (std::uint64_t k = 1; power != 0; k += 2) {
      sum += power / k;
      power = power * z_squared >> 62;
    }
    table[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>((sum * 2 + (Uint128{1} << 29)) >> 30);
  }
  return table;
}
inline constexpr std::array<std::uint64_t, 257> kLogTable = make_log_table();
inline constexpr std::uint64_t kLn2Q32 = kLogTable[256];

}  // namespace detail

/// -ln(u / 2^64) in Q32 for u in [1, 2^64): table with linear interpolation, error below 2e-6, result in [0, 45 * 2^32).
constexpr std::uint64_t negative_log_q32(std::uint64_t u) {
  KSCOPE_CHECK(u != 0, "the logarithm of zero has no value");
  const int zeros = std::countl_zero(u);
  const std::uint64_t mantissa = u << zeros;  // 1.x with the point after the top bit
  const auto index = static_cast<std::size_t>((mantissa >> 55) & 0xFF);
  const std::uint64_t fraction = (mantissa >> 23) & 0xFFFFFFFFu;
  const std::uint64_t low = detail::kLogTable[index];
  const std::uint64_t step = detail::kLogTable[index + 1] - low;
  const std::uint64_t log_mantissa = low + (step * fraction >> 32);
  return (static_cast<std::uint64_t>(zeros) + 1) * detail::kLn2Q32 - log_mantissa;
}

/// One stream of random numbers (xoshiro256++). Regular value of 32 bytes.
class Rng {
 public:
  constexpr Rng() : Rng(0, 0) {}
  /// Stream `stream_id` of the family `seed`.
  constexpr Rng(std::uint64_t seed, std::uint64_t stream_id) {
    std::uint64_t state = derive_seed(seed, stream_id);
    for (std::uint64_t& word : state_) {
      word = splitmix64(state);
    }
  }
  /// A generator in exactly this state. Requires: not all zero.
  static constexpr Rng from_state(const std::array<std::uint64_t, 4>& state) {
    KSCOPE_CHECK((state[0] | state[1] | state[2] | state[3]) != 0, "an all-zero state never leaves zero");
    Rng rng;
    rng.state_ = state;
    return rng;
  }
  [[nodiscard]] constexpr const std::array<std::uint64_t, 4>& state() const { return state_; }

  /// Next 64 random bits.
  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, n), exactly: the high half of next() * n; draws whose low half is below 2^64 mod n are rejected and
  /// repeated (Lemire). Requires n > 0. Cost: one draw, more with probability below n / 2^64.
  constexpr std::uint64_t below(std::uint64_t n) {
    KSCOPE_CHECK(n > 0, "below(n) needs at least one possible value");
    Uint128 product = Uint128{next()} * n;
    auto low = static_cast<std::uint64_t>(product);
    if (low < n) {
      const std::uint64_t threshold = (0 - n) % n;
      while (low < threshold) {
        product = Uint128{next()} * n;
        low = static_cast<std::uint64_t>(product);
      }
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// True with probability numerator / denominator. Requires denominator > 0. Always one below() draw.
  constexpr bool ratio(std::uint64_t numerator, std::uint64_t denominator) { return below(denominator) < numerator; }

  /// Uniform in [low, high], both included. Requires low <= high.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
    KSCOPE_CHECK(low <= high, "between(low, high) needs low <= high");
    const std::uint64_t width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t offset = width == 0 ? next() : below(width);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
  }
  constexpr Duration between(Duration low, Duration high) { return Duration(between(low.count(), high.count())); }

  /// Exponential with this mean, rounded down (waiting times). Requires mean >= 0. Result in [0, 45 * mean], held below 2^63.
  constexpr std::int64_t exponential(std::int64_t mean) {
    KSCOPE_CHECK(mean >= 0, "a mean waiting time is not negative");
    const std::uint64_t u = next() | 1;
    const Uint128 value = Uint128{static_cast<std::uint64_t>(mean)} * negative_log_q32(u) >> 32;
    const Uint128 limit = ~std::uint64_t{0} >> 1;
    return static_cast<std::int64_t>(value < limit ? value : limit);
  }
  constexpr Duration exponential(Duration mean) { return Duration(exponential(mean.count())); }

  /// Zipf with exponent one over n ranks: rank r (from 0) comes with weight 1 / (r + 1). Requires n > 0.
  /// Exact and without tables: choose one of the blocks [2^b, 2^(b+1)) evenly, a number in it evenly, and keep it with
  /// probability 2^b / number. Expected cost: below three rounds of three draws.
  constexpr std::uint64_t zipf(std::uint64_t n) {
    KSCOPE_CHECK(n > 0, "zipf(n) needs at least one rank");
    const auto blocks = static_cast<std::uint64_t>(std::bit_width(n));
    while (true) {
      const std::uint64_t start = std::uint64_t{1} << below(blocks);
      const std::uint64_t number = start + below(start);
      const bool keep = ratio(start, number);
      if (keep && number <= n) {
        return number - 1;
      }
    }
  }

  constexpr bool operator==(const Rng&) const = default;

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// Fisher-Yates shuffle, from the back, of anything with size() and operator[].
template <class Sequence>
constexpr void shuffle(Sequence& items, Rng& rng) {
  for (std::size_t i = items.size(); i > 1; --i) {
    const auto j = static_cast<std::size_t>(rng.below(i));
    auto held = std::move(items[i - 1]);
    items[i - 1] = std::move(items[j]);
    items[j] = std::move(held);
  }
}

}  // namespace kscope
