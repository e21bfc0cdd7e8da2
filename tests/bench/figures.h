#pragma once
// Figures: what a benchmark program says. A figure is a number with the goal that it is held to; it is printed at once, one
// line each in a form that tools/bench.sh collects:
//   figure: whole model, no observers: 1.21 M events/s (goal >= 1) met
// Times are CPU time of this thread where the goal says "per core" or "of CPU": others who use the machine meanwhile
// disturb it less. Rounds that are to be compared are interleaved and the median is taken.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace kscope::bench {

/// CPU time that this thread has used, in seconds.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// CPU time of one call, in seconds.
template <class Work>
double cpu_seconds_of(Work work) {
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

/// Requires: there is a value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

inline std::string to_text(double value) {
  char text[64];
  const double size = value < 0 ? -value : value;
  std::snprintf(text, sizeof text, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  return text;
}

inline void figure(const std::string& name, double value, const std::string& unit, const std::string& goal) {
  std::printf("figure: %s: %s %s%s\n", name.c_str(), to_text(value).c_str(), unit.c_str(), goal.c_str());
  std::fflush(stdout);
}

/// A figure that should be `goal` or more.
inline void figure_at_least(const std::string& name, double value, const std::string& unit, double goal) {
  figure(name, value, unit, " (goal >= " + to_text(goal) + ") " + (value >= goal ? "met" : "MISSED"));
}
/// A figure that should be `goal` or less.
inline void figure_at_most(const std::string& name, double value, const std::string& unit, double goal) {
  figure(name, value, unit, " (goal <= " + to_text(goal) + ") " + (value <= goal ? "met" : "MISSED"));
}
/// A figure without a goal: it explains one that has one.
inline void figure_of(const std::string& name, double value, const std::string& unit) { figure(name, value, unit, ""); }

/// Keeps the compiler from leaving out what computes `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Whether the program was started with `--quick`: a look in seconds instead of figures to write down.
inline bool is_quick(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](const char* word) { return std::string(word) == "--quick"; });
}
inline bool has_flag(int argc, char** argv, const std::string& flag) {
  return std::any_of(argv + 1, argv + argc, [&](const char* word) { return flag == word; });
}

}  // namespace kscope::bench
