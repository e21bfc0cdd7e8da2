#include "sim/types/varint.h"

namespace kscope::sim {

void write_unsigned_varint(std::uint64_t value, std::vector<std::uint8_t>& out) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void write_varint(std::int32_t value, std::vector<std::uint8_t>& out) { write_unsigned_varint(zigzag(value), out); }

void write_varlong(std::int64_t value, std::vector<std::uint8_t>& out) { write_unsigned_varint(zigzag(value), out); }

std::optional<VarintRead> read_unsigned_varint(std::span<const std::uint8_t> bytes, std::size_t max_length) {
  VarintRead read;
  for (; read.length < max_length && read.length < bytes.size();) {
    const std::uint8_t byte = bytes[read.length];
    read.value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * read.length);
    ++read.length;
    if (byte < 0x80) {
      return read;
    }
  }
  return std::nullopt;
}

}  // namespace kscope::sim
