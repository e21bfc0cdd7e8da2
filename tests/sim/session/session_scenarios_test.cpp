// Every scenario of the project, run to its end: what it expects holds, no invariant breaks, and the run is the one whose
// fingerprint is kept in tests/golden/fingerprints.txt. A change of the model moves fingerprints; then look at the story
// of what changed, run this program with KSCOPE_UPDATE_GOLDEN=1, and say in the commit why the new runs are right.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "source_dir_generated.h"

namespace kscope::session::session_scenarios_test {
namespace {

const std::string kScenarios = std::string(KSCOPE_SOURCE_DIR) + "/scenarios";
const std::string kGoldenFile = std::string(KSCOPE_SOURCE_DIR) + "/tests/golden/fingerprints.txt";

/// "lessons/hello"
std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenarios)) {
    if (entry.path().extension() == ".toml") {
      names.push_back(entry.path().lexically_relative(kScenarios).replace_extension().generic_string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::unique_ptr<Session> run(const std::string& name) {
  Result<scenario::Scenario> scenario = scenario::load(kScenarios + "/" + name + ".toml");
  if (!scenario) {
    ADD_FAILURE() << to_string(scenario.error());
    return nullptr;
  }
  SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  Result<std::unique_ptr<Session>> opened = Session::open(*scenario, {}, options);
  if (!opened) {
    ADD_FAILURE() << to_string(opened.error());
    return nullptr;
  }
  (*opened)->pause_on_break = false;
  (*opened)->run({});
  return std::move(*opened);
}

/// One line of the golden file: name, events, fingerprint.
std::string golden_line(const std::string& name, const Session& session) {
  return fmt::format("{} {} {:016x}", name, session.event(), session.fingerprint());
}

std::map<std::string, std::string> golden_lines() {
  std::map<std::string, std::string> lines;
  std::ifstream file(kGoldenFile);
  for (std::string line; std::getline(file, line);) {
    lines[line.substr(0, line.find(' '))] = line;
  }
  return lines;
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, show_what_they_say) {
  const std::unique_ptr<Session> session = run(GetParam());
  ASSERT_NE(session, nullptr);
  for (const view::ExpectRow& row : session->expects()) {
    EXPECT_EQ(row.verdict, view::Verdict::kHolds) << row.text << "\n" << row.detail;
  }
  for (const view::InvariantRow& row : session->invariant_rows()) {
    EXPECT_NE(row.verdict, view::Verdict::kBroken) << row.id << " " << row.name << ": " << row.detail;
  }
  const std::map<std::string, std::string> golden = golden_lines();
  const auto kept = golden.find(GetParam());
  ASSERT_NE(kept, golden.end()) << "no line in tests/golden/fingerprints.txt; KSCOPE_UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(golden_line(GetParam(), *session), kept->second);
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, testing::ValuesIn(scenario_names()), [](const auto& test) {
  std::string name = test.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

TEST(ScenariosGolden, has_a_line_for_each_scenario_and_no_other) {
  const std::vector<std::string> names = scenario_names();
  if (std::getenv("KSCOPE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(kGoldenFile, std::ios::trunc);
    for (const std::string& name : names) {
      const std::unique_ptr<Session> session = run(name);
      ASSERT_NE(session, nullptr);
      file << golden_line(name, *session) << "\n";
    }
    ASSERT_TRUE(file.flush().good());
  }
  std::vector<std::string> kept;
  for (const auto& [name, line] : golden_lines()) {
    kept.push_back(name);
  }
  EXPECT_EQ(kept, names);
}

}  // namespace
}  // namespace kscope::session::session_scenarios_test
