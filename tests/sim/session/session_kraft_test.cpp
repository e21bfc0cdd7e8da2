// One key decides who keeps the metadata: every scenario that is written for ZooKeeper, and does not name it in its script,
// shows the same with metadata = "kraft".
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/sim/session/session_fixture.h"

namespace kscope::session::session_kraft_test {
namespace {

const std::string kScenarios = std::string(KSCOPE_SOURCE_DIR) + "/scenarios";

/// What these are about is ZooKeeper itself: its sessions, its servers, the zombie that its lost session makes, offsets in it.
bool is_about_zookeeper(const scenario::Scenario& scenario) {
  return std::any_of(scenario.actions.begin(), scenario.actions.end(),
                     [](const scenario::TimedAction& timed) {
                       const std::string text = to_text(timed.action);
                       return text.find("zk") != std::string::npos || text.find("expire-session") != std::string::npos;
                     }) ||
         scenario.path.find("zombie-controller") != std::string::npos ||
         scenario.path.find("session-expiry") != std::string::npos ||
         scenario.path.find("offsets-in-zookeeper") != std::string::npos;
}

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenarios)) {
    const std::string folder = entry.path().parent_path().filename().string();
    const bool is_of_everyday = folder == "lessons" || folder == "faults" || folder == "groups" ||
                                folder == "storage" || folder == "transactions";
    if (entry.path().extension() == ".toml" && is_of_everyday) {
      found.push_back(entry.path().lexically_relative(kScenarios).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(KraftScenarios, show_the_same_without_zookeeper) {
  std::size_t shown = 0;
  for (const std::string& name : names()) {
    Result<scenario::Scenario> loaded = scenario::load(kScenarios + "/" + name);
    ASSERT_TRUE(loaded.has_value()) << name;
    if (loaded->is_kraft() || is_about_zookeeper(*loaded)) {
      continue;
    }
    loaded->metadata = "kraft";
    const std::unique_ptr<Session> session = opened(loaded);
    ASSERT_NE(session, nullptr) << name;
    session->pause_on_break = false;
    session->run({});
    for (const view::ExpectRow& row : session->expects()) {
      EXPECT_EQ(row.verdict, view::Verdict::kHolds) << name << ": " << row.text << "\n" << row.detail;
    }
    for (const view::InvariantRow& row : session->invariant_rows()) {
      EXPECT_NE(row.verdict, view::Verdict::kBroken) << name << ": " << row.id << " " << row.name << ": " << row.detail;
    }
    ++shown;
  }
  EXPECT_GE(shown, 20U);
}

TEST(KraftScenarios, are_the_same_run_every_time_and_other_with_another_seed) {
  const auto fingerprint = [](std::uint64_t seed) {
    Result<scenario::Scenario> loaded = scenario::load(kScenarios + "/quorum/controller-failover.toml");
    loaded->seed = seed;
    const std::unique_ptr<Session> session = opened(loaded);
    run_until(*session, SimTime(40s));
    return session->fingerprint();
  };
  EXPECT_EQ(fingerprint(1), fingerprint(1));
  EXPECT_NE(fingerprint(1), fingerprint(2));
}

}  // namespace
}  // namespace kscope::session::session_kraft_test
