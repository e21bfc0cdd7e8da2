#include "ui/layout/timeline.h"

#include <gtest/gtest.h>

namespace kscope::ui::timeline_test {
namespace {

TimeAxis axis_of(Duration from, Duration to) { return {SimTime(from), SimTime(to), 100, 1000}; }

TEST(Timeline, pixels_and_moments_are_inverse) {
  const TimeAxis axis = axis_of(2s, 12s);
  EXPECT_FLOAT_EQ(axis.x_of(SimTime(7s)), 600);
  EXPECT_EQ(axis.time_at(600), SimTime(7s));
  EXPECT_EQ(axis.time_at(-50), SimTime(2s));
  EXPECT_EQ(axis.time_at(5000), SimTime(12s));
}

TEST(Timeline, ticks_are_round_and_far_enough_apart) {
  for (const Duration length : {Duration(700us), Duration(13ms), Duration(2s), Duration(95s), Duration(4000s)}) {
    const TimeAxis axis = axis_of(0s, length);
    const auto ticks = ticks_of(axis, 60);
    ASSERT_GE(ticks.size(), 4U) << length.count();
    EXPECT_LE(ticks.size(), 17U) << length.count();
    for (std::size_t i = 1; i < ticks.size(); ++i) {
      EXPECT_GE(axis.x_of(ticks[i].time) - axis.x_of(ticks[i - 1].time), 59.9F);
    }
  }
}

TEST(Timeline, the_window_follows_the_playhead_but_not_before_the_start) {
  EXPECT_EQ(window_around(SimTime(0s), 2s, SimTime(100s), 0, 10).from, SimTime(0s));
  EXPECT_EQ(window_around(SimTime(50s), 2s, SimTime(100s), 0, 10).from, SimTime(49s));
}

}  // namespace
}  // namespace kscope::ui::timeline_test
