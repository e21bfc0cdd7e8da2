#pragma once
// CRC-32C (Castagnoli), the checksum in the header of every record batch. Table-driven, byte by byte.

#include <cstdint>
#include <span>

namespace kscope::sim {

/// Checksum of `bytes`; pass an earlier result as `so_far` to go on with the bytes that follow. Cost: O(bytes).
/// Source: Crc32C, Kafka 3.9; RFC 3720 appendix B.4.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t so_far = 0);

}  // namespace kscope::sim
