#include "sim/types/java_string.h"

#include "engine/core/check.h"

#include <algorithm>
#include <cstddef>

namespace kscope::sim {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t code_point = kReplacement;
  std::size_t length = 1;
};

// How many bytes a sequence with this first byte has; 0 when no sequence begins so.
constexpr std::size_t sequence_length(std::uint8_t first) {
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first < 0xE0) {
    return 2;
  }
  if (first >= 0xE0 && first < 0xF0) {
    return 3;
  }
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// Refuses what UTF-8 forbids: longer forms than needed, surrogates, and numbers beyond Unicode.
constexpr bool is_scalar(char32_t code_point, std::size_t length) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code_point < kSmallest[length] || code_point > 0x10FFFF) {
    return false;
  }
  return code_point < 0xD800 || code_point > 0xDFFF;
}

Decoded decode_at(std::string_view utf8, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(utf8[at + i]); };
  const std::size_t length = sequence_length(byte(0));
  if (length == 0 || at + length > utf8.size()) {
    return {};
  }
  char32_t code_point = length == 1 ? byte(0) : byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      return {};
    }
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  return is_scalar(code_point, length) ? Decoded{code_point, length} : Decoded{};
}

}  // namespace

std::u16string utf16_from_utf8(std::string_view utf8) {
  std::u16string units;
  units.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const Decoded decoded = decode_at(utf8, at);
    at += decoded.length;
    if (decoded.code_point < 0x10000) {
      units.push_back(static_cast<char16_t>(decoded.code_point));
    } else {
      const char32_t rest = decoded.code_point - 0x10000;
      units.push_back(static_cast<char16_t>(0xD800 + (rest >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + (rest & 0x3FF)));
    }
  }
  return units;
}

std::int32_t java_string_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  for (const char16_t unit : utf16_from_utf8(utf8)) {
    hash = hash * 31 + unit;
  }
  return static_cast<std::int32_t>(hash);
}

std::uint32_t java_hash_bucket(std::string_view utf8, std::uint32_t bucket_count) {
  const auto hash = static_cast<std::uint32_t>(java_string_hash(utf8));
  return (hash ^ (hash >> 16)) & (bucket_count - 1);
}

bool java_string_less(std::string_view a, std::string_view b) {
  const auto is_ascii = [](char c) { return static_cast<std::uint8_t>(c) < 0x80; };
  if (std::all_of(a.begin(), a.end(), is_ascii) && std::all_of(b.begin(), b.end(), is_ascii)) {
    return a < b;
  }
  return utf16_from_utf8(a) < utf16_from_utf8(b);
}

std::int32_t coordinator_partition(std::string_view id, std::int32_t partition_count) {
  KSCOPE_CHECK(partition_count > 0, "the coordinator's topic must have partitions before an id can be placed");
  return kafka_abs(java_string_hash(id)) % partition_count;
}

}  // namespace kscope::sim
