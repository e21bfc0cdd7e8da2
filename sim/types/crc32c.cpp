#include "sim/types/crc32c.h"

#include <array>
#include <cstddef>

namespace kscope::sim {
namespace {

// The polynomial 0x1EDC6F41 with its bits mirrored, because bits are taken lowest first.
constexpr std::uint32_t kPolynomial = 0x82F63B78;

constexpr auto make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    }
    table[byte] = value;
  }
  return table;
}
constexpr auto kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t so_far) {
  std::uint32_t value = ~so_far;
  for (const std::uint8_t byte : bytes) {
    value = (value >> 8) ^ kTable[(value ^ byte) & 0xFF];
  }
  return ~value;
}

}  // namespace kscope::sim
