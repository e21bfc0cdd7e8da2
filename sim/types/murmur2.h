#pragma once
// The hash by which a producer turns a record's key into a partition (32-bit MurmurHash2 with Kafka's seed).
// Every Kafka client computes the same value, so that equal keys meet in one partition whoever wrote them.

#include <cstdint>
#include <span>

namespace kscope::sim {

/// Signed 32-bit hash of `bytes`. Cost: O(bytes). Source: Utils.murmur2, Kafka 3.9.
[[nodiscard]] std::int32_t murmur2(std::span<const std::uint8_t> bytes);

/// `number` without its sign bit: not the absolute value. Result in [0, 2^31). Source: Utils.toPositive, Kafka 3.9.
[[nodiscard]] constexpr std::int32_t to_positive(std::int32_t number) { return number & 0x7fffffff; }

/// The partition index of a record with this key. Requires: `partition_count` > 0, and it is the count of all partitions,
/// with or without leader: a key never moves because a broker is down. Result in [0, partition_count).
/// Source: BuiltInPartitioner.partitionForKey, Kafka 3.9.
[[nodiscard]] std::int32_t partition_for_key(std::span<const std::uint8_t> key, std::int32_t partition_count);

}  // namespace kscope::sim
