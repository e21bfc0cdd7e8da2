#include "sim/types/murmur2.h"

#include "engine/core/check.h"

#include <cstddef>

namespace kscope::sim {
namespace {

constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiplier = 0x5bd1e995;
constexpr std::uint32_t kShift = 24;

constexpr std::uint32_t little_endian_word(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
  }
  return word;
}

}  // namespace

std::int32_t murmur2(std::span<const std::uint8_t> bytes) {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = little_endian_word(bytes, at) * kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }
  if (at < bytes.size()) {
    for (std::size_t i = 0; at + i < bytes.size(); ++i) {
      hash ^= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
    }
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<std::int32_t>(hash);
}

std::int32_t partition_for_key(std::span<const std::uint8_t> key, std::int32_t partition_count) {
  KSCOPE_CHECK(partition_count > 0, "a topic without partitions has no partition for a key: wait for metadata first");
  return to_positive(murmur2(key)) % partition_count;
}

}  // namespace kscope::sim
