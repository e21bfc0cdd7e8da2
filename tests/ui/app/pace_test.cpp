#include "ui/app/pace.h"

#include <gtest/gtest.h>

#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui::pace_test {
namespace {

view::Snapshot with_flight(Duration flight) {
  view::Snapshot s;
  s.now = SimTime(1s);
  view::InFlight m;
  m.sent_at = s.now;
  m.arrives_at = s.now + flight;
  s.in_flight.push_back(m);
  return s;
}

TEST(Pace, presets_are_exact) {
  Pace pace;
  EXPECT_EQ(pace.advance({}, 5, 0.05, false), Duration(50ms));
  EXPECT_EQ(pace.advance({}, 3, 0.05, false), Duration(1ms));
}

TEST(Pace, a_message_is_seen_for_most_of_a_second) {
  Pace pace;
  pace.on_beat();
  const Duration step = pace.advance(with_flight(800us), 0, 0.016, false);
  EXPECT_NEAR(static_cast<double>(step.count()), 16000, 200);
}

TEST(Pace, quiet_time_is_crossed_faster_and_faster) {
  Pace pace;
  const view::Snapshot quiet;
  Duration last{0};
  for (int i = 0; i < 60; ++i) {
    const Duration step = pace.advance(quiet, 0, 0.016, false);
    EXPECT_GE(step, last);
    last = step;
  }
  EXPECT_GT(last, Duration(5ms));
  EXPECT_LT(pace.advance(with_flight(500us), 0, 0.016, false), Duration(50us));
}

TEST(Pace, a_hidden_or_held_message_does_not_slow_it_down) {
  view::Snapshot s = with_flight(500us);
  EXPECT_FALSE(is_quiet(s));
  s.in_flight[0].is_empty = true;
  EXPECT_TRUE(is_quiet(s));
  s.in_flight[0].is_empty = false;
  s.in_flight[0].is_held = true;
  EXPECT_TRUE(is_quiet(s));
}

TEST(Pace, a_long_pause_of_the_window_does_not_jump) {
  Pace pace;
  EXPECT_LE(pace.advance({}, 6, 30, false), Duration(1s));
}

}  // namespace
}  // namespace kscope::ui::pace_test
