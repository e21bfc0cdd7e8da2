// On every scenario that the project has: a run with a recorder is the run without one, and its recording replays.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/record/replay.h"
#include "tests/record/real_run.h"

namespace kscope::record::record_determinism_test {
namespace {

// To the end of every scenario; with sanitizers, which make a run many times as long, only as far as most faults are.
#ifdef __SANITIZE_ADDRESS__
constexpr Duration kLongest = 25s;
#else
constexpr Duration kLongest = Duration::max();
#endif

std::vector<std::string> scenario_names() {
  const std::filesystem::path root = std::string(KSCOPE_SOURCE_DIR) + "/scenarios";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".toml") {
      names.push_back(std::filesystem::relative(entry.path(), root).replace_extension().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class EveryRecordedScenario : public testing::TestWithParam<std::string> {};

TEST_P(EveryRecordedScenario, is_the_same_with_and_without_a_recorder_and_replays_the_same) {
  RealRun run;
  run.scenario = GetParam();
  const Result<scenario::Scenario> whole = scenario::parse(scenario_text(GetParam()), GetParam());
  ASSERT_TRUE(whole) << to_string(whole.error());
  run.length = std::min(whole->until, kLongest);
  run.acts = {{SimTime(12s), "crash b1"}, {SimTime(18s), "restart b1"}};
  const std::unique_ptr<session::Session> alone = open_session(run);
  run_to_end(*alone, run, nullptr);
  ASSERT_GT(alone->event(), 100U) << "a scenario in which nothing happens proves nothing";
  const RealRecording recorded(run);
  EXPECT_EQ(recorded.session->event(), alone->event());
  EXPECT_EQ(recorded.session->fingerprint(), alone->fingerprint());

  const std::unique_ptr<Reader> reader = recorded.open();
  EXPECT_EQ(reader->end(), (RunEnd{alone->event(), alone->world().now(), alone->fingerprint()}));
  const Result<Replay> again = replay(*reader);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->verdict, Replay::Verdict::kSame) << again->recorded << "\n" << again->replayed;
  EXPECT_EQ(again->same_events, alone->event());
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Determinism, EveryRecordedScenario, testing::ValuesIn(scenario_names()), test_name);

}  // namespace
}  // namespace kscope::record::record_determinism_test
