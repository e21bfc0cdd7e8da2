// What Kafka's tools print of a topic beside its partitions: its id, and the order of its configs.
#include <array>

#include "engine/core/rng.h"
#include "sim/types/java_string.h"
#include "sim/view/described.h"

namespace kscope::view {

std::string topic_id_text(std::string_view topic) {
  // The 64-bit FNV-1a hash of the name seeds two words; then the marks of a random UUID (RFC 4122: version 4, variant 1).
  std::uint64_t state = 14695981039346656037ULL;
  for (const char letter : topic) {
    state = (state ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
  }
  std::array<std::uint64_t, 2> words{};
  do {  // Kafka draws again when the text would begin with a dash: tools take that for an option
    words = {splitmix64(state), splitmix64(state)};
    words[0] = (words[0] & ~0xf000ULL) | 0x4000ULL;
    words[1] = (words[1] & ~(3ULL << 62)) | (2ULL << 62);
  } while (words[0] >> 58 == 62);
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (int bit = 0; bit < 128; bit += 6) {
    std::size_t sextet = 0;
    for (int i = bit; i < bit + 6; ++i) {
      const std::uint64_t word = i < 128 ? words[static_cast<std::size_t>(i / 64)] : 0;
      sextet = sextet << 1 | ((word >> (63 - i % 64)) & 1);
    }
    out += kLetters[sextet];
  }
  return out;
}

bool is_listed_before(std::string_view a, std::string_view b) {
  // 36 entries make a table of 64 places. Source: java.util.HashMap.hash, Java 17; Config, Kafka 3.9.
  const auto place = [](std::string_view name) {
    const auto hash = static_cast<std::uint32_t>(sim::java_string_hash(name));
    return (hash ^ hash >> 16) & 63;
  };
  return place(a) != place(b) ? place(a) < place(b) : a < b;
}

}  // namespace kscope::view
