#include "sim/config/config_valid.h"

#include "engine/core/check.h"
#include "sim/config/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace kscope::sim {
namespace {

using Problem = std::optional<std::string>;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A decimal number as billionths, so that fractions are compared without floating point. Numbers too large for that are
// held at the largest value, which keeps them on the right side of every bound that Kafka has.
std::optional<std::int64_t> parse_billionths(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  std::int64_t exponent = 9;
  const std::size_t exponent_at = text.find_first_of("eE");
  if (exponent_at != std::string_view::npos) {
    const std::optional<std::int64_t> written = parse_integer(text.substr(exponent_at + 1));
    if (!written.has_value() || *written > 400 || *written < -400) {
      return std::nullopt;
    }
    exponent += *written;
    text = text.substr(0, exponent_at);
  }
  const std::size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  if (point != std::string_view::npos) {
    digits += text.substr(point + 1);
    exponent -= static_cast<std::int64_t>(text.size() - point - 1);
  }
  if (!is_digits(digits)) {
    return std::nullopt;
  }
  for (; exponent > 0; --exponent) {
    digits += '0';
  }
  for (; exponent < 0; ++exponent) {
    digits = digits.size() > 1 ? digits.substr(0, digits.size() - 1) : "0";
  }
  const std::size_t first = digits.find_first_not_of('0');
  digits = first == std::string::npos ? "0" : digits.substr(first);
  const std::int64_t amount = parse_integer(digits).value_or(std::numeric_limits<std::int64_t>::max());
  return is_negative ? -amount : amount;
}

Problem not_a(const ConfigDef& def, std::string_view value, std::string_view what) {
  return fmt::format("\"{}\" is not a valid value of {}: {}", value, def.name, what);
}

Problem check_integer(const ConfigDef& def, std::string_view value, std::int64_t low, std::int64_t high) {
  const std::optional<std::int64_t> number = parse_integer(value);
  if (!number.has_value()) {
    switch (config_unit(def)) {
      case ConfigUnit::NONE: return not_a(def, value, "it must be a whole number");
      case ConfigUnit::BYTES: return not_a(def, value, "it must be a size in bytes such as 65536 or \"64KiB\"");
      case ConfigUnit::MILLISECONDS:
        return not_a(def, value, "it must be a whole number of milliseconds such as 30000 or \"30s\"");
      case ConfigUnit::SECONDS:
      case ConfigUnit::MINUTES:
      case ConfigUnit::HOURS:
        return not_a(def, value, "it must be a whole number of the unit in its name, or a duration such as \"10m\"");
    }
  }
  if (*number < low || *number > high) {
    return not_a(def, value, fmt::format("it must lie between {} and {}", low, high));
  }
  return std::nullopt;
}

Problem check_type(const ConfigDef& def, std::string_view value) {
  switch (def.type) {
    case ConfigType::BOOLEAN: {
      const std::string lower = lower_case(value);
      return lower == "true" || lower == "false" ? Problem{} : not_a(def, value, "it must be true or false");
    }
    case ConfigType::INT:
      return check_integer(def, value, std::numeric_limits<std::int32_t>::min(),
                           std::numeric_limits<std::int32_t>::max());
    case ConfigType::SHORT:
      return check_integer(def, value, std::numeric_limits<std::int16_t>::min(),
                           std::numeric_limits<std::int16_t>::max());
    case ConfigType::LONG:
      return check_integer(def, value, std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max());
    case ConfigType::DOUBLE:
      return parse_billionths(value).has_value() ? Problem{} : not_a(def, value, "it must be a number");
    case ConfigType::STRING:
    case ConfigType::LIST:
    case ConfigType::CLASS:
    case ConfigType::PASSWORD: return std::nullopt;
  }
  KSCOPE_CHECK(false, "a ConfigType outside the enumeration");
}

// "[1,...]", "[0,...,900]", "[1,...,9] or -1": a lower bound, perhaps an upper one, perhaps one value besides.
Problem check_range(const ConfigDef& def, std::string_view value) {
  constexpr std::string_view kDots = ",...";
  const std::size_t dots = def.valid.find(kDots);
  const std::size_t close = def.valid.find(']');
  const auto bound = [&](std::string_view text) { return parse_billionths(text); };
  // Whole numbers are compared as they are: in billionths the largest would not fit.
  const bool is_fraction = def.type == ConfigType::DOUBLE;
  const auto amount_of = [&](std::string_view text) { return is_fraction ? bound(text) : parse_integer(text); };
  const std::optional<std::int64_t> amount = amount_of(value);
  KSCOPE_CHECK(amount.has_value(), "a range is checked after the type");
  const std::size_t besides = def.valid.find(" or ");
  if (besides != std::string_view::npos && amount == amount_of(def.valid.substr(besides + 4))) {
    return std::nullopt;
  }
  const std::string_view low = def.valid.substr(1, dots - 1);
  if (*amount < amount_of(low).value_or(std::numeric_limits<std::int64_t>::min())) {
    return not_a(def, value, fmt::format("it must be at least {}", low));
  }
  const std::size_t after = dots + kDots.size();
  if (after < close) {
    const std::string_view high = def.valid.substr(after + 1, close - after - 1);
    if (*amount > amount_of(high).value_or(std::numeric_limits<std::int64_t>::max())) {
      return not_a(def, value, fmt::format("it must be at most {}", high));
    }
  }
  return std::nullopt;
}

// "[a, b]" and "(case insensitive) [A, B]": the value, or each element of a list, must be one of the words.
Problem check_words(const ConfigDef& def, std::string_view value) {
  const bool is_case_insensitive = def.valid.starts_with("(case insensitive)");
  const std::size_t open = def.valid.find('[');
  const std::string_view inside = def.valid.substr(open + 1, def.valid.rfind(']') - open - 1);
  const std::vector<std::string> words = split_config_list(inside);
  const bool is_version = inside.starts_with("0.8.0,");
  const std::vector<std::string> values =
      def.type == ConfigType::LIST ? split_config_list(value) : std::vector<std::string>{std::string(value)};
  for (const std::string& one : values) {
    const auto matches = [&](const std::string& word) {
      if (is_case_insensitive) {
        return lower_case(word) == lower_case(one);
      }
      // A release such as "3.9" stands for the versions "3.9-IV0" and so on.
      return word == one || (is_version && word.starts_with(one + "-IV"));
    };
    if (std::none_of(words.begin(), words.end(), matches)) {
      return not_a(def, one, fmt::format("it must be one of {}", inside));
    }
  }
  return std::nullopt;
}

// Lists of <partition>:<broker>, or "*".
Problem check_throttled_replicas(const ConfigDef& def, std::string_view value) {
  const std::vector<std::string> replicas = split_config_list(value);
  if (replicas.size() == 1 && replicas.front() == "*") {
    return std::nullopt;
  }
  for (const std::string& replica : replicas) {
    const std::size_t colon = replica.find(':');
    const bool has_form = colon != std::string::npos && is_digits(std::string_view(replica).substr(0, colon)) &&
                          is_digits(std::string_view(replica).substr(colon + 1));
    if (!has_form) {
      return not_a(def, value, "it must be \"*\" or pairs of partition and broker such as 0:101,1:102");
    }
  }
  return std::nullopt;
}

Problem check_validator(const ConfigDef& def, std::string_view value) {
  const std::string_view valid = def.valid;
  if (valid == "non-empty string") {
    return value.empty() ? not_a(def, value, "it must not be empty") : Problem{};
  }
  if (valid.starts_with("[partitionId]")) {
    return check_throttled_replicas(def, value);
  }
  if (valid.starts_with('[') && valid.find(",...") != std::string_view::npos) {
    return check_range(def, value);
  }
  if (valid.starts_with('[') || valid.starts_with("(case insensitive) [")) {
    return check_words(def, value);
  }
  // What remains is "non-null string", prose, and "non-empty list", which Kafka's default shows not to mean what it says:
  // every text is good.
  return std::nullopt;
}

std::string whole_units(Duration duration, Duration unit, std::string_view text) {
  return duration % unit == Duration(0) ? std::to_string(duration / unit) : std::string(text);
}

}  // namespace

std::string_view trim_config_value(std::string_view value) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = value.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return value.substr(first, value.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> split_config_list(std::string_view value) {
  std::vector<std::string> elements;
  std::string_view rest = trim_config_value(value);
  if (rest.empty()) {
    return elements;
  }
  std::size_t comma = 0;
  do {
    comma = rest.find(',');
    elements.emplace_back(trim_config_value(rest.substr(0, comma)));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  } while (comma != std::string_view::npos);
  return elements;
}

std::string plain_config_value(const ConfigDef& def, std::string_view value) {
  const std::string_view text = trim_config_value(value);
  const ConfigUnit unit = config_unit(def);
  if (unit == ConfigUnit::NONE || parse_integer(text).has_value()) {
    return std::string(text);
  }
  if (unit == ConfigUnit::BYTES) {
    const std::optional<std::int64_t> size = parse_size(text);
    return size.has_value() ? std::to_string(*size) : std::string(text);
  }
  const std::optional<Duration> duration = parse_duration(text);
  if (!duration.has_value()) {
    return std::string(text);
  }
  switch (unit) {
    case ConfigUnit::MILLISECONDS: return whole_units(*duration, 1ms, text);
    case ConfigUnit::SECONDS: return whole_units(*duration, 1s, text);
    case ConfigUnit::MINUTES: return whole_units(*duration, 1min, text);
    case ConfigUnit::HOURS: return whole_units(*duration, 1h, text);
    case ConfigUnit::NONE:
    case ConfigUnit::BYTES: break;
  }
  KSCOPE_CHECK(false, "units of size were answered above");
}

std::optional<std::string> invalid_config_value(const ConfigDef& def, std::string_view value) {
  const std::string plain = plain_config_value(def, value);
  const Problem wrong_type = check_type(def, plain);
  return wrong_type.has_value() ? wrong_type : check_validator(def, plain);
}

}  // namespace kscope::sim
