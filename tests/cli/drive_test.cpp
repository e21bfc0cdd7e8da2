#include "sim/cli/drive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cli/outcome.h"

namespace kscope::cli::drive_test {
namespace {

using testing::HasSubstr;

TEST(Drive, acts_are_a_time_and_a_line) {
  const Result<HandAct> act = parse_hand_act(" 15s crash b1");
  ASSERT_TRUE(act);
  EXPECT_EQ(act->time, SimTime(15s));
  EXPECT_EQ(act->line, "crash b1");
  EXPECT_TRUE(parse_hand_act("250ms: heal-all"));
  EXPECT_THAT(parse_hand_act("crash b1").error().text, HasSubstr("is no time"));
  EXPECT_THAT(parse_hand_act("15s").error().text, HasSubstr("expected a time and an action"));
  EXPECT_THAT(parse_hand_act("").error().text, HasSubstr("expected a time and an action"));
  EXPECT_THAT(parse_hand_act("-5s crash b1").error().text, HasSubstr("is no time"));
}

TEST(Drive, progress_tells_both_times_in_seconds) {
  EXPECT_EQ(progress_text(SimTime(652'352ms), SimTime(2000s), 7), " 32 %  652.3s of 2000s, 7 events");
  EXPECT_EQ(progress_text(SimTime(100ms), SimTime(1500ms), 7), "  6 %  0.1s of 1.500s, 7 events");
}

TEST(Drive, unknown_scenarios_offer_a_near_name) {
  RunOptions options;
  options.scenario = "helo-there";
  const Result<OpenRun> run = open_run(options);
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().text, HasSubstr("no scenario of this name"));
}

TEST(Drive, clock_text_is_minutes_and_seconds) {
  EXPECT_EQ(clock_text(SimTime(12'345ms)), "00:12.345");
  EXPECT_EQ(clock_text(SimTime(3601s)), "60:01.000");
}

}  // namespace
}  // namespace kscope::cli::drive_test
