#include <gtest/gtest.h>

#include <filesystem>

#include "sim/scenario/scenario.h"
#include "source_dir_generated.h"

namespace kscope::scenario::scenario_files_test {
namespace {

/// Every scenario of the repository is valid, has a title, a description and something it is expected to show, and comes
/// back from saving as it was.
TEST(ScenarioFiles, are_valid_and_say_what_they_show) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(KSCOPE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".toml") {
      continue;
    }
    ++count;
    const Result<Scenario> scenario = load(entry.path().string());
    ASSERT_TRUE(scenario) << to_string(scenario.error());
    EXPECT_FALSE(scenario->title.empty()) << entry.path();
    EXPECT_GT(scenario->description.size(), 100U) << entry.path();
    EXPECT_FALSE(scenario->expects.empty()) << entry.path();
    for (const Expect& expect : scenario->expects) {
      EXPECT_FALSE(expect.text.empty()) << entry.path().string() << ":" << expect.line << ": say what it means";
    }
    EXPECT_TRUE(scenario->warnings.empty()) << scenario->warnings.front();
    const Result<Scenario> again = parse(save(*scenario), "saved");
    ASSERT_TRUE(again) << entry.path() << "\n" << again.error().text;
    EXPECT_EQ(save(*again), save(*scenario)) << entry.path();
  }
  EXPECT_GE(count, 10);
}

}  // namespace
}  // namespace kscope::scenario::scenario_files_test
