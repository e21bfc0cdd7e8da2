#include "sim/scenario/amounts.h"

#include <fmt/format.h>

#include "sim/config/units.h"

namespace kscope::scenario {

std::string duration_text(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns % 1'000'000'000 == 0) {
    return fmt::format("{}s", ns / 1'000'000'000);
  }
  if (ns % 1'000'000 == 0) {
    return fmt::format("{}ms", ns / 1'000'000);
  }
  if (ns % 1000 == 0) {
    return fmt::format("{}us", ns / 1000);
  }
  return fmt::format("{}ns", ns);
}

std::string size_text(std::int64_t bytes) {
  struct Unit {
    std::int64_t size;
    std::string_view name;
  };
  static constexpr Unit kUnits[] = {{1 << 30, "GiB"},  {1'000'000'000, "GB"}, {1 << 20, "MiB"},
                                    {1'000'000, "MB"}, {1 << 10, "KiB"},      {1000, "KB"}};
  for (const Unit& unit : kUnits) {
    if (bytes != 0 && bytes % unit.size == 0) {
      return fmt::format("{}{}", bytes / unit.size, unit.name);
    }
  }
  return fmt::format("{}B", bytes);
}

std::optional<std::int64_t> parse_rate(std::string_view text) {
  constexpr std::int64_t kMaxPer1000S = 1'000'000'000;
  std::int64_t seconds = 1;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view unit = text.substr(slash + 1);
    if (unit == "s") {
      seconds = 1;
    } else if (unit == "min" || unit == "m") {
      seconds = 60;
    } else if (unit == "h") {
      seconds = 3600;
    } else {
      return std::nullopt;
    }
    text = text.substr(0, slash);
  }
  const std::optional<std::int64_t> count = sim::parse_integer(text);
  if (!count || *count < 0 || *count > kMaxPer1000S) {
    return std::nullopt;
  }
  const std::int64_t rate = *count * 1000 / seconds;
  if (rate > kMaxPer1000S || (rate == 0 && *count != 0)) {
    return std::nullopt;
  }
  return rate;
}

std::string rate_text(std::int64_t records_per_1000_s) {
  if (records_per_1000_s % 1000 == 0) {
    return fmt::format("{}/s", records_per_1000_s / 1000);
  }
  for (const std::int64_t seconds : {60, 3600}) {
    // The text must come back as the same number, which reading rounds down.
    const std::int64_t count = (records_per_1000_s * seconds + 999) / 1000;
    if (count * 1000 / seconds == records_per_1000_s) {
      return fmt::format("{}/{}", count, seconds == 60 ? "min" : "h");
    }
  }
  return fmt::format("{}/h", records_per_1000_s * 3600 / 1000);
}

std::optional<std::int64_t> parse_bandwidth(std::string_view text) {
  if (text.ends_with("/s")) {
    text.remove_suffix(2);
  }
  return sim::parse_size(text);
}

}  // namespace kscope::scenario
