#pragma once
// What Java makes of a text, where Kafka's behaviour hangs on it: the hash of a String (over UTF-16 units) and its order.
// Texts in this program are UTF-8. Bytes that are not UTF-8 count as U+FFFD, as Java's decoder has it.

#include <cstdint>
#include <string>
#include <string_view>

namespace kscope::sim {

/// The UTF-16 units of a UTF-8 text. Cost: O(bytes).
[[nodiscard]] std::u16string utf16_from_utf8(std::string_view utf8);

/// Signed 32-bit hash of the text. Cost: O(bytes). Source: java.lang.String.hashCode, Java 17.
[[nodiscard]] std::int32_t java_string_hash(std::string_view utf8);

/// The bucket of a java.util.HashMap with so many in which a String lies: maps are iterated bucket by bucket, and within one
/// in order of insertion. Requires: a power of two. Source: HashMap.hash, Java 17.
[[nodiscard]] std::uint32_t java_hash_bucket(std::string_view utf8, std::uint32_t bucket_count);

/// Whether `a` comes before `b` in the order of their UTF-16 units. It differs from the order of the UTF-8 bytes only
/// above U+FFFF. Source: java.lang.String.compareTo, Java 17.
[[nodiscard]] bool java_string_less(std::string_view a, std::string_view b);

/// Absolute value, except that the smallest number becomes 0. Result in [0, 2^31). Source: Utils.abs, Kafka 3.9.
[[nodiscard]] constexpr std::int32_t kafka_abs(std::int32_t number) {
  return number == INT32_MIN ? 0 : (number < 0 ? -number : number);
}

/// The partition of the coordinator's topic (`__consumer_offsets`, `__transaction_state`) that a group id or
/// transactional id belongs to; its leader is the coordinator. Requires: `partition_count` > 0.
/// Result in [0, partition_count). Source: GroupMetadataManager.partitionFor, TransactionStateManager.partitionFor, Kafka 3.9.
[[nodiscard]] std::int32_t coordinator_partition(std::string_view id, std::int32_t partition_count);

}  // namespace kscope::sim
