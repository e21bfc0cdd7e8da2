// What was done by hand is kept by saving: the saved scenario, read again, gives the same run as the session did.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "source_dir_generated.h"
#include "tests/sim/session/session_fixture.h"

namespace kscope::session::save_test {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(KSCOPE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::unique_ptr<Session> open(const scenario::Scenario& scenario) {
  Result<std::unique_ptr<Session>> opened = Session::open(scenario);
  EXPECT_TRUE(opened) << to_string(opened.error());
  (*opened)->pause_on_break = false;
  return std::move(*opened);
}

class SavedScenario : public testing::TestWithParam<std::string> {};

TEST_P(SavedScenario, gives_the_run_that_was_saved) {
  Result<scenario::Scenario> loaded = scenario::load(GetParam());
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  loaded->until = std::min<Duration>(loaded->until, 40s);
  std::erase_if(loaded->actions, [](const scenario::TimedAction& timed) { return timed.time > SimTime(40s); });
  loaded->expects.clear();
  const std::unique_ptr<Session> session = open(*loaded);
  // Between events, twice at one moment: at the very time of an event a file cannot say that the act came after it.
  const auto act_at = [&session](Duration time, const std::string& line) {
    run_until(*session, SimTime(time));
    ASSERT_GT(session->event(), 0U);
    EXPECT_TRUE(session->post_script(line)) << line;
  };
  act_at(7'123'456'789ns, "pause b1 2s");
  act_at(11'987'654'321ns, "disk-slow b1 7");
  act_at(11'987'654'321ns, "create-topic made-by-hand 2 1");
  act_at(21'192'837'465ns, "crash b1");
  act_at(28'564'738'291ns, "restart b1");
  session->run({});

  const std::string text = session->save();
  const Result<scenario::Scenario> saved = scenario::parse(text, "saved.toml");
  ASSERT_TRUE(saved) << to_string(saved.error()) << "\n" << text;
  EXPECT_EQ(scenario::save(*saved), text) << "what was saved comes back as it is";
  const std::unique_ptr<Session> again = open(*saved);
  again->run({});
  EXPECT_EQ(again->event(), session->event());
  EXPECT_EQ(again->fingerprint(), session->fingerprint());
}

INSTANTIATE_TEST_SUITE_P(All, SavedScenario, testing::ValuesIn(scenario_files()), [](const auto& test) {
  std::string name = std::filesystem::path(test.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// Reading what was saved gives back every field but lines, text and path.
TEST(SavedScenarioText, keeps_every_field) {
  for (const std::string& file : scenario_files()) {
    const Result<scenario::Scenario> first = scenario::load(file);
    ASSERT_TRUE(first);
    const Result<scenario::Scenario> second = scenario::parse(scenario::save(*first), "saved.toml");
    ASSERT_TRUE(second) << to_string(second.error());
    EXPECT_EQ(second->title, first->title);
    EXPECT_EQ(second->description, first->description) << file;
    EXPECT_EQ(second->seed, first->seed);
    EXPECT_EQ(second->until, first->until);
    EXPECT_EQ(second->network.latency, first->network.latency);
    EXPECT_EQ(second->disk.flush_latency, first->disk.flush_latency);
    EXPECT_EQ(second->zookeeper.servers, first->zookeeper.servers);
    EXPECT_EQ(second->brokers.size(), first->brokers.size());
    EXPECT_EQ(second->topics.size(), first->topics.size());
    EXPECT_EQ(second->producers.size(), first->producers.size());
    ASSERT_EQ(second->groups.size(), first->groups.size());
    for (std::size_t i = 0; i < first->groups.size(); ++i) {
      EXPECT_EQ(second->groups[i].spare_members, first->groups[i].spare_members) << file;
      EXPECT_EQ(second->groups[i].overrides.size(), first->groups[i].overrides.size()) << file;
    }
    ASSERT_EQ(second->actions.size(), first->actions.size());
    for (std::size_t i = 0; i < first->actions.size(); ++i) {
      EXPECT_EQ(second->actions[i].action, first->actions[i].action) << file;
      EXPECT_EQ(second->actions[i].time, first->actions[i].time) << file;
    }
    ASSERT_EQ(second->expects.size(), first->expects.size());
    for (std::size_t i = 0; i < first->expects.size(); ++i) {
      EXPECT_EQ(to_text(second->expects[i]), to_text(first->expects[i])) << file;
      EXPECT_EQ(second->expects[i].text, first->expects[i].text) << file;
    }
    EXPECT_EQ(open(*second)->fingerprint(), open(*first)->fingerprint());
  }
}

}  // namespace
}  // namespace kscope::session::save_test
