#include "ui/app/format.h"

#include <fmt/format.h>
#include <cmath>
#include <cstdlib>

namespace kscope::ui {

std::string clock_text(SimTime t) {
  const std::int64_t ms = nanos(t) / 1'000'000;
  const std::int64_t hours = ms / 3'600'000;
  const std::int64_t minutes = ms / 60'000 % 60;
  if (hours > 0) {
    return fmt::format("{}:{:02}:{:02}.{:03}", hours, minutes, ms / 1000 % 60, ms % 1000);
  }
  return fmt::format("{:02}:{:02}.{:03}", minutes, ms / 1000 % 60, ms % 1000);
}

std::string span_text(Duration d) {
  const std::int64_t ns = d.count();
  if (ns < 0) {
    return "-" + span_text(-d);
  }
  const double n = static_cast<double>(ns);
  if (ns < 1'000) {
    return fmt::format("{} ns", ns);
  }
  if (ns < 1'000'000) {
    return fmt::format("{:.0f} \u00b5s", n / 1e3);
  }
  if (ns < 100'000'000) {
    return fmt::format("{:.1f} ms", n / 1e6);
  }
  if (ns < 1'000'000'000) {
    return fmt::format("{:.0f} ms", n / 1e6);
  }
  if (ns < 60'000'000'000) {
    return fmt::format("{:.2f} s", n / 1e9);
  }
  return fmt::format("{} min {} s", ns / 60'000'000'000, ns / 1'000'000'000 % 60);
}

std::string count_text(std::int64_t n) {
  std::string digits = std::to_string(n < 0 ? -n : n);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, " ");
  }
  return n < 0 ? "-" + digits : digits;
}

std::string bytes_text(std::int64_t n) {
  if (n < 1024) {
    return fmt::format("{} B", n);
  }
  const double k = static_cast<double>(n) / 1024;
  return k < 1024 ? fmt::format("{:.1f} KiB", k) : fmt::format("{:.1f} MiB", k / 1024);
}

std::string plain_span(Duration d) {
  std::string out = fmt::format("{}.{:09}", d.count() / 1'000'000'000, d.count() % 1'000'000'000);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') {
    out.pop_back();
  }
  return out + "s";
}

Duration parse_span(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(value) || value < 0) {
    return Duration(-1);
  }
  std::string unit(end);
  while (!unit.empty() && unit.front() == ' ') {
    unit.erase(unit.begin());
  }
  const double factor = unit == "us"                   ? 1e3
                        : unit == "ms"                 ? 1e6
                        : unit == "s" || unit.empty()  ? 1e9
                        : unit == "m" || unit == "min" ? 6e10
                        : unit == "h"                  ? 3.6e12
                                                       : 0;
  if (factor == 0 || value * factor > 9e18) {
    return Duration(-1);
  }
  return Duration(std::llround(value * factor));
}

}  // namespace kscope::ui
