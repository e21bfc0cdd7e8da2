#include "sim/types/crc32c.h"

#include <array>
#include <cstddef>

namespace kscope::sim {
namespace {

// The polynomial 0x1EDC6F41 with its bits mirrored, because bits are taken lowest first.
constexpr std::uint32_t kPolynomial = 0x82F63B78;

/// Table 0 takes in one byte; table k one byte that k more bytes follow, so that eight can be taken in at once.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][byte] = value;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

/// Four bytes as a number, lowest first.
std::uint32_t four(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t so_far) {
  std::uint32_t value = ~so_far;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    const std::uint32_t low = value ^ four(bytes);
    const std::uint32_t high = four(bytes.subspan(4));
    value = kTables[7][low & 0xFF] ^ kTables[6][low >> 8 & 0xFF] ^ kTables[5][low >> 16 & 0xFF] ^
            kTables[4][low >> 24] ^ kTables[3][high & 0xFF] ^ kTables[2][high >> 8 & 0xFF] ^
            kTables[1][high >> 16 & 0xFF] ^ kTables[0][high >> 24];
  }
  for (const std::uint8_t byte : bytes) {
    value = (value >> 8) ^ kTables[0][(value ^ byte) & 0xFF];
  }
  return ~value;
}

}  // namespace kscope::sim
