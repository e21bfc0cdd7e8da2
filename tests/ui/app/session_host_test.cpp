#include "ui/app/session_host.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "source_dir_generated.h"

namespace kscope::ui {
namespace {

TEST(Library, the_first_screen_comes_first_and_every_entry_has_a_title_and_a_summary) {
  const SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  const auto entries = host.library();
  ASSERT_GE(entries.size(), 5U);
  EXPECT_EQ(std::filesystem::path(entries[0].path).stem(), "hello");
  for (const LibraryEntry& e : entries) {
    EXPECT_FALSE(e.title.empty()) << e.path;
    EXPECT_EQ(e.title.find('"'), std::string::npos) << e.path;
    EXPECT_FALSE(e.summary.empty()) << e.path;
    EXPECT_EQ(e.summary.find('\n'), std::string::npos) << e.path;
  }
}

TEST(Library, a_missing_folder_is_an_empty_library) { EXPECT_TRUE(SessionHost("/nowhere/at/all").library().empty()); }

TEST(Library, a_file_that_cannot_be_opened_says_why) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  EXPECT_EQ(host.open("/nowhere/x.toml", error), nullptr);
  EXPECT_FALSE(error.empty());
}

TEST(Library, an_entry_opens_by_name_and_shows_a_cluster) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("hello", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_EQ(run->snapshot({})->scenario, "hello");
  EXPECT_FALSE(run->description().empty());
}

TEST(Library, names_with_their_folder_are_names_too_and_the_nearest_is_offered) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("groups/eager-rebalance", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_EQ(run->snapshot({})->scenario, "eager-rebalance");
  EXPECT_EQ(host.open("eager-rebalanse", error), nullptr);
  EXPECT_NE(error.find("did you mean \"eager-rebalance\"?"), std::string::npos) << error;
}

}  // namespace
}  // namespace kscope::ui
