// A node's clock: offset, drift, steps and standing still.
#include "engine/clock/local_clock.h"

#include <gtest/gtest.h>

#include "engine/core/rng.h"

namespace kscope::local_clock_test {
namespace {

SimTime at(Duration since_start) { return SimTime{} + since_start; }
Duration shown(const LocalClock& clock, Duration since_start) {
  return clock.local(at(since_start)).time_since_epoch();
}

TEST(LocalClock, ShowsTrueTimePlusItsOffset) {
  EXPECT_EQ(shown(LocalClock(), 5s), 5s);
  EXPECT_EQ(shown(LocalClock(-3s, 0), 5s), 2s);
  EXPECT_EQ(shown(LocalClock(7s, 0), 5s), 12s);
}

TEST(LocalClock, DriftGainsPartsPerMillion) {
  EXPECT_EQ(shown(LocalClock(0s, 100), 1'000s), 1'000s + 100ms);
  EXPECT_EQ(shown(LocalClock(0s, -200), 1'000s), 1'000s - 200ms);
  EXPECT_EQ(shown(LocalClock(1s, 500'000), 10s), 16s);
}

TEST(LocalClock, AChangeOfDriftKeepsWhatTheClockShows) {
  LocalClock clock(0s, 100'000);
  clock.set_drift(at(10s), -500'000);
  EXPECT_EQ(shown(clock, 10s), 11s);
  EXPECT_EQ(shown(clock, 20s), 16s);
  EXPECT_EQ(clock.drift_ppm(), -500'000);
}

TEST(LocalClock, AStepMovesTheClockOnce) {
  LocalClock clock(0s, 0);
  clock.step(at(10s), 5s);
  EXPECT_EQ(shown(clock, 10s), 15s);
  clock.step(at(20s), -30s);
  EXPECT_EQ(shown(clock, 20s), -5s);
  EXPECT_EQ(shown(clock, 30s), 5s);
}

TEST(LocalClock, AFrozenClockShowsTheSameUntilItGoesOn) {
  LocalClock clock(1s, 0);
  clock.set_frozen(at(10s), true);
  EXPECT_TRUE(clock.is_frozen());
  EXPECT_EQ(shown(clock, 10s), 11s);
  EXPECT_EQ(shown(clock, 99s), 11s);
  clock.step(at(50s), 2s);
  EXPECT_EQ(shown(clock, 99s), 13s) << "a frozen clock can be set";
  clock.set_frozen(at(100s), false);
  EXPECT_EQ(shown(clock, 100s), 13s);
  EXPECT_EQ(shown(clock, 101s), 14s);
}

TEST(LocalClock, ADelayIsCountedByItsOwnRate) {
  EXPECT_EQ(LocalClock(0s, 0).to_sim(10s), 10s);
  EXPECT_EQ(LocalClock(0s, 250'000).to_sim(10s), 8s);
  EXPECT_EQ(LocalClock(0s, -500'000).to_sim(10s), 20s);
  EXPECT_EQ(LocalClock(0s, 250'000).to_local(8s), 10s);
}

TEST(LocalClock, WhatIsDueIsNeverDueBeforeTheClockHasCountedIt) {
  Rng rng(21, 0);
  for (int i = 0; i < 10'000; ++i) {
    LocalClock clock(rng.between(Duration(-1s), Duration(1s)),
                     rng.between(std::int64_t{-900'000}, std::int64_t{900'000}));
    const SimTime armed = at(rng.between(Duration(0s), Duration(10s)));
    clock.set_drift(armed, rng.between(std::int64_t{-900'000}, std::int64_t{900'000}));
    const SimTime later = armed + rng.between(Duration(0s), Duration(10s));
    const Duration delay = rng.between(Duration(0s), Duration(10s));
    const SimTime due = later + clock.to_sim(delay);
    ASSERT_GE(clock.local(due) - clock.local(later), delay);
    // And no more than what the clock counts in a nanosecond or two later than that.
    ASSERT_LE(clock.local(due) - clock.local(later), delay + 4ns);
  }
}

}  // namespace
}  // namespace kscope::local_clock_test
