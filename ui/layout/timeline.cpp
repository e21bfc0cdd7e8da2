#include "ui/layout/timeline.h"

#include <algorithm>
#include <string>

namespace kscope::ui {

float TimeAxis::x_of(SimTime t) const {
  const auto whole = static_cast<double>((to - from).count());
  return whole <= 0
             ? x
             : x + static_cast<float>(static_cast<double>((t - from).count()) / whole * static_cast<double>(width));
}

SimTime TimeAxis::time_at(float px) const {
  const double part = std::clamp(static_cast<double>(px - x) / static_cast<double>(std::max(width, 1.0F)), 0.0, 1.0);
  return from + Duration(static_cast<std::int64_t>(part * static_cast<double>((to - from).count())));
}

std::vector<Tick> ticks_of(const TimeAxis& axis, float least_distance) {
  std::vector<Tick> out;
  const std::int64_t whole = (axis.to - axis.from).count();
  if (whole <= 0 || axis.width <= 0 || least_distance <= 0) {
    return out;
  }
  const double wanted = static_cast<double>(whole) * static_cast<double>(least_distance / axis.width);
  std::int64_t step = 1;
  for (int i = 0; static_cast<double>(step) < wanted; ++i) {
    step = i % 3 == 1 ? step / 2 * 5 : step * 2;  // 1 2 5 10 20 50 ...
  }
  const std::int64_t major = step * (std::to_string(step).front() == '2' ? 5 : 2);
  std::int64_t t = (nanos(axis.from) + step - 1) / step * step;
  for (; t <= nanos(axis.to); t += step) {
    out.push_back({SimTime(Duration(t)), t % major == 0});
  }
  return out;
}

TimeAxis window_around(SimTime now, Duration length, SimTime end, float x, float width) {
  const Duration half = length / 2;
  SimTime from = now - half;
  from = std::min(from, end + length / 10 - length);
  from = std::max(from, SimTime());
  return {from, from + length, x, width};
}

}  // namespace kscope::ui
