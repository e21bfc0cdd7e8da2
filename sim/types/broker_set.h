#pragma once
// A set of brokers by their position in Registry::brokers, which is not their id. A value of two words.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/core/fields.h"

namespace kscope::sim {

class BrokerSet {
 public:
  /// Positions are below this: a cluster has no more brokers.
  static constexpr std::size_t kCapacity = 128;

  BrokerSet() = default;
  static BrokerSet of(std::size_t position) {
    BrokerSet out;
    out.add(position);
    return out;
  }

  void add(std::size_t position) { words_.at(position / 64) |= std::uint64_t{1} << (position % 64); }
  [[nodiscard]] bool contains(std::size_t position) const {
    return position < kCapacity && (words_.at(position / 64) >> (position % 64) & 1) != 0;
  }
  [[nodiscard]] int size() const { return std::popcount(words_[0]) + std::popcount(words_[1]); }
  [[nodiscard]] bool empty() const { return words_[0] == 0 && words_[1] == 0; }
  /// Members that are not in `other`.
  [[nodiscard]] BrokerSet without(const BrokerSet& other) const {
    return BrokerSet({words_[0] & ~other.words_[0], words_[1] & ~other.words_[1]});
  }
  [[nodiscard]] BrokerSet operator&(const BrokerSet& other) const {
    return BrokerSet({words_[0] & other.words_[0], words_[1] & other.words_[1]});
  }
  BrokerSet& operator|=(const BrokerSet& other) {
    words_[0] |= other.words_[0];
    words_[1] |= other.words_[1];
    return *this;
  }
  KSCOPE_FIELDS(BrokerSet, words_);

 private:
  explicit BrokerSet(std::array<std::uint64_t, kCapacity / 64> words) : words_(words) {}
  std::array<std::uint64_t, kCapacity / 64> words_{};
};

}  // namespace kscope::sim
