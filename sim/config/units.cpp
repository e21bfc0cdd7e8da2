#include "sim/config/units.h"

#include <charconv>
#include <span>

namespace kscope::sim {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr Unit kTimeUnits[] = {{"ns", 1},
                               {"us", 1'000},
                               {"ms", 1'000'000},
                               {"s", 1'000'000'000},
                               {"m", 60'000'000'000},
                               {"min", 60'000'000'000},
                               {"h", 3'600'000'000'000},
                               {"d", 86'400'000'000'000}};
constexpr Unit kSizeUnits[] = {{"", 1},          {"B", 1},          {"KB", 1'000},
                               {"kB", 1'000},    {"MB", 1'000'000}, {"GB", 1'000'000'000},
                               {"KiB", 1 << 10}, {"MiB", 1 << 20},  {"GiB", 1 << 30}};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes <digits><unit> from the front of `text`. Nothing when it does not begin so or the amount is too large.
std::optional<std::int64_t> take_amount(std::string_view& text, std::span<const Unit> units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const std::string_view word = text.substr(0, text.find_first_of("0123456789"));
  for (const Unit& unit : units) {
    if (unit.name == word) {
      text.remove_prefix(word.size());
      std::int64_t amount = 0;
      return __builtin_mul_overflow(number, unit.factor, &amount) ? std::nullopt : std::optional(amount);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) {
      return std::nullopt;
    }
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<Duration> parse_duration(std::string_view text) {
  text = trim(text);
  if (text == "0") {
    return Duration(0);
  }
  const bool is_negative = text.starts_with('-');
  if (is_negative) {
    text.remove_prefix(1);
  }
  if (text.empty()) {
    return std::nullopt;
  }
  std::int64_t total = 0;
  while (!text.empty()) {
    const std::optional<std::int64_t> amount = take_amount(text, kTimeUnits);
    if (!amount.has_value() || __builtin_add_overflow(total, *amount, &total)) {
      return std::nullopt;
    }
  }
  return Duration(is_negative ? -total : total);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  text = trim(text);
  if (text.empty()) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> amount = take_amount(text, kSizeUnits);
  return text.empty() ? amount : std::nullopt;
}

}  // namespace kscope::sim
