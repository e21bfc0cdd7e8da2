#include "engine/core/fields.h"

namespace kscope::detail {

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_unsigned(std::string& out, std::uint64_t value) {
  char digits[20];
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (count > 0) {
    out += digits[--count];
  }
}

void append_signed(std::string& out, std::int64_t value) {
  if (value < 0) {
    out += '-';
    append_unsigned(out, 0 - static_cast<std::uint64_t>(value));
    return;
  }
  append_unsigned(out, static_cast<std::uint64_t>(value));
}

void append_duration(std::string& out, std::int64_t nanoseconds) {
  struct Unit {
    std::uint64_t size;
    std::string_view name;
    std::size_t digits;
  };
  static constexpr Unit kUnits[] = {{1'000'000'000, "s", 9}, {1'000'000, "ms", 6}, {1'000, "us", 3}, {1, "ns", 0}};
  out += '"';
  std::uint64_t left = static_cast<std::uint64_t>(nanoseconds);
  if (nanoseconds < 0) {
    out += '-';
    left = 0 - left;
  }
  for (const Unit& unit : kUnits) {
    if (left < unit.size && unit.size > 1) {
      continue;
    }
    append_unsigned(out, left / unit.size);
    std::uint64_t rest = left % unit.size;
    if (rest > 0) {
      std::string fraction;
      append_unsigned(fraction, rest);
      fraction.insert(0, unit.digits - fraction.size(), '0');
      fraction.erase(fraction.find_last_not_of('0') + 1);
      out += '.';
      out += fraction;
    }
    out += unit.name;
    break;
  }
  out += '"';
}

void append_key(std::string& out, const std::string& described) {
  if (!described.empty() && described.front() == '"') {
    out += described;
    return;
  }
  append_quoted(out, described);
}

}  // namespace kscope::detail
