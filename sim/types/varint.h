#pragma once
// Integers of variable length, seven bits a byte, lowest first, as records and the flexible protocol versions carry them.
// Signed ones are zigzag-coded first so that small negative numbers stay short. Mostly used here for exact sizes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kscope::sim {

/// Maps 0, -1, 1, -2 ... to 0, 1, 2, 3 ...
[[nodiscard]] constexpr std::uint32_t zigzag(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
/// The inverse of zigzag().
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Bytes that an unsigned number takes, in [1, 10]. Source: ByteUtils.sizeOfUnsignedVarint, Kafka 3.9.
[[nodiscard]] constexpr std::int32_t size_of_unsigned_varint(std::uint64_t value) {
  std::int32_t size = 1;
  for (; value >= 0x80; value >>= 7) {
    ++size;
  }
  return size;
}
/// Bytes that a signed 32-bit number takes, in [1, 5]. Source: ByteUtils.sizeOfVarint, Kafka 3.9.
[[nodiscard]] constexpr std::int32_t size_of_varint(std::int32_t value) {
  return size_of_unsigned_varint(zigzag(value));
}
/// Bytes that a signed 64-bit number takes, in [1, 10]. Source: ByteUtils.sizeOfVarlong, Kafka 3.9.
[[nodiscard]] constexpr std::int32_t size_of_varlong(std::int64_t value) {
  return size_of_unsigned_varint(zigzag(value));
}

/// Appends `value` to `out`. Source: ByteUtils.writeUnsignedVarint, Kafka 3.9.
void write_unsigned_varint(std::uint64_t value, std::vector<std::uint8_t>& out);
/// Appends `value`, zigzag-coded, to `out`. Source: ByteUtils.writeVarint, Kafka 3.9.
void write_varint(std::int32_t value, std::vector<std::uint8_t>& out);
/// Appends `value`, zigzag-coded, to `out`. Source: ByteUtils.writeVarlong, Kafka 3.9.
void write_varlong(std::int64_t value, std::vector<std::uint8_t>& out);

/// A number read from the front of a byte sequence, and how many bytes it took.
struct VarintRead {
  std::uint64_t value = 0;
  std::size_t length = 0;
  bool operator==(const VarintRead&) const = default;
};
/// The unsigned number at the front of `bytes`; nothing when the bytes end inside it or it exceeds `max_length` bytes
/// (5 for 32-bit numbers, 10 for 64-bit ones). For signed numbers pass the value through unzigzag().
[[nodiscard]] std::optional<VarintRead> read_unsigned_varint(std::span<const std::uint8_t> bytes,
                                                             std::size_t max_length);

}  // namespace kscope::sim
