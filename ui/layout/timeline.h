#pragma once
// The arithmetic of the timeline: a stretch of simulated time on a stretch of pixels, and the ticks of its ruler.

#include <cstdint>
#include <vector>

#include "engine/core/time.h"

namespace kscope::ui {

struct TimeAxis {
  SimTime from;
  SimTime to;
  float x = 0;
  float width = 1;

  /// Pixel of a moment; outside the axis for moments outside.
  float x_of(SimTime t) const;
  /// Moment under a pixel, clamped to the axis.
  SimTime time_at(float px) const;
};

struct Tick {
  SimTime time;
  bool is_major = false;
};

/// Ticks at round times (1, 2 or 5 times a power of ten), at least `least_distance` pixels apart; every fifth or second is major.
std::vector<Tick> ticks_of(const TimeAxis& axis, float least_distance);

/// Stretch of `length` around `now` that stays inside [0, end] where it can.
TimeAxis window_around(SimTime now, Duration length, SimTime end, float x, float width);

}  // namespace kscope::ui
