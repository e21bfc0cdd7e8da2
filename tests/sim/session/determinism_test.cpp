// One promise, tested on every scenario that the project has: the same scenario and seed give the same run, however it is
// driven: run through, stepped, seeked, watched or not, from a copy, or beside another world.
#include <gtest/gtest.h>

#include "source_dir_generated.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/build.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/scenario.h"
#include "sim/session/run.h"
#include "sim/session/session.h"

namespace kscope::session::determinism_test {
namespace {

// Every scenario goes to its own end; with sanitizers, which make a run many times as long, only as far as most faults
// are. tools/compare_runs.py runs all of them to their ends with that build too.
#ifdef __SANITIZE_ADDRESS__
constexpr Duration kLength = 25s;
#else
constexpr Duration kLength = scenario::kLongestRun;
#endif

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(KSCOPE_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

scenario::Scenario load(const std::string& file) {
  Result<scenario::Scenario> loaded = scenario::load(file);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : to_string(loaded.error()));
  scenario::Scenario scenario = std::move(*loaded);
  scenario.until = std::min(scenario.until, kLength);
  scenario.expects.clear();
  std::erase_if(scenario.actions, [](const scenario::TimedAction& timed) { return timed.time > SimTime(kLength); });
  return scenario;
}

sim::World make_world(const scenario::Scenario& scenario) {
  sim::Registry registry = scenario::make_registry(scenario);
  const std::vector<scenario::ScheduledInput> inputs = scenario::make_inputs(scenario, registry);
  sim::World world(sim::KafkaModel{}, std::move(registry), scenario::make_nodes(scenario),
                   scenario::make_network(scenario), scenario.seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  return world;
}

void run_to_end(sim::World& world, const scenario::Scenario& scenario) {
  while (world.step({}, SimTime(scenario.until))) {
  }
}

std::unique_ptr<Session> open(const scenario::Scenario& scenario) {
  Result<std::unique_ptr<Session>> opened = Session::open(scenario);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : to_string(opened.error()));
  (*opened)->pause_on_break = false;
  return std::move(*opened);
}

class EveryScenario : public testing::TestWithParam<std::string> {};

TEST_P(EveryScenario, GivesTheSameRunHoweverItIsDriven) {
  const scenario::Scenario scenario = load(GetParam());
  sim::World first = make_world(scenario);
  run_to_end(first, scenario);
  ASSERT_GT(first.event_count(), 100U) << "a scenario in which nothing happens proves nothing";

  // A second time, half of it in a copy, and a stranger in between: worlds do not notice each other.
  sim::World second = make_world(scenario);
  sim::World stranger = make_world(scenario);
  for (std::uint64_t i = 0; i < first.event_count() / 2; ++i) {
    second.step({}, SimTime(scenario.until));
    stranger.step({}, SimTime(scenario.until));
  }
  sim::World copy = second;
  run_to_end(copy, scenario);
  EXPECT_EQ(copy.fingerprint(), first.fingerprint());
  run_to_end(second, scenario);
  EXPECT_EQ(second.fingerprint(), first.fingerprint());

  // With observers, invariants, log and checkpoints.
  const std::unique_ptr<Session> session = open(scenario);
  session->run({});
  EXPECT_EQ(session->event(), first.event_count());
  EXPECT_EQ(session->fingerprint(), first.fingerprint());
}

TEST_P(EveryScenario, SeeksToTheSameMomentsThatItWentThrough) {
  const scenario::Scenario scenario = load(GetParam());
  const std::unique_ptr<Session> session = open(scenario);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> moments;
  while (session->step()) {
    if (session->event() % 397 == 0) {
      moments.emplace_back(session->event(), session->fingerprint());
    }
  }
  ASSERT_FALSE(moments.empty());
  sim::World through = make_world(scenario);
  run_to_end(through, scenario);
  EXPECT_EQ(session->event(), through.event_count());
  EXPECT_EQ(session->fingerprint(), through.fingerprint()) << "stepped to the end";
  std::reverse(moments.begin(), moments.end());
  for (const auto& [event, fingerprint] : moments) {
    session->seek_event(event);
    EXPECT_EQ(session->event(), event);
    EXPECT_EQ(session->fingerprint(), fingerprint) << "after going back to event " << event;
  }
  session->step();
  session->step_back();
  EXPECT_EQ(session->fingerprint(), moments.back().second);
  // From a checkpoint in the middle to the end, and back to the end from anywhere.
  session->seek_event(through.event_count() / 2);
  session->run({});
  EXPECT_EQ(session->event(), through.event_count());
  EXPECT_EQ(session->fingerprint(), through.fingerprint()) << "run through from the middle";
  session->seek_event(moments.back().first);
  session->seek_event(through.event_count());
  EXPECT_EQ(session->fingerprint(), through.fingerprint()) << "seeked to the end";
}

TEST_P(EveryScenario, AnotherSeedGivesAnotherRun) {
  scenario::Scenario scenario = load(GetParam());
  sim::World first = make_world(scenario);
  run_to_end(first, scenario);
  scenario.seed += 1;
  sim::World other = make_world(scenario);
  run_to_end(other, scenario);
  EXPECT_NE(other.fingerprint(), first.fingerprint());
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Determinism, EveryScenario, testing::ValuesIn(scenario_files()), test_name);

}  // namespace
}  // namespace kscope::session::determinism_test
