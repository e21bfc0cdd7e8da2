#pragma once
// Two clocks that the compiler keeps apart. `SimTime` is true time: scheduler, network, disks and observers live in it.
// `LocalTime` is what one node's clock shows: protocol code sees nothing else. Neither clock has a now(): the scheduler
// says what time it is. Durations are integer nanoseconds and serve both.

#include <chrono>
#include <cstdint>

namespace kscope {

using Duration = std::chrono::nanoseconds;

struct SimClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<SimClock, Duration>;
  static constexpr bool is_steady = true;
};
struct NodeClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<NodeClock, Duration>;
  static constexpr bool is_steady = false;
};

using SimTime = SimClock::time_point;
using LocalTime = NodeClock::time_point;

/// Nanoseconds since the start of the run.
constexpr std::int64_t nanos(SimTime t) { return t.time_since_epoch().count(); }
/// Nanoseconds since the node clock's epoch.
constexpr std::int64_t nanos(LocalTime t) { return t.time_since_epoch().count(); }
/// Whole milliseconds, rounded towards zero.
constexpr std::int64_t millis(Duration d) { return d.count() / 1'000'000; }

/// Nothing is planned for later than this, 73 years: far beyond every run, and so early that sums of times never overflow.
inline constexpr SimTime kEndOfTime{Duration{std::int64_t{1} << 61}};
/// `wait` after `time`, at most kEndOfTime. Requires: time not before the start of the run; wait >= 0.
constexpr SimTime after(SimTime time, Duration wait) {
  return time >= kEndOfTime || wait >= kEndOfTime - time ? kEndOfTime : time + wait;
}

using namespace std::chrono_literals;

}  // namespace kscope
