#include "ui/app/recent_runs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace kscope::ui::recent_runs_test {
namespace {

namespace fs = std::filesystem;

class RecentRunsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / ("kscope-recent-" + std::to_string(getpid()) + "-" + info->name());
    fs::create_directories(folder_);
    list_ = (folder_ / "state" / "recent-runs").string();
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string make(const std::string& name) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << "title = \"x\"\n";
    return path;
  }

  fs::path folder_;
  std::string list_;
};

TEST_F(RecentRunsTest, the_newest_comes_first_each_once_and_the_list_ends) {
  RecentRuns runs;
  runs.keep_in(list_);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(runs.note(make(std::to_string(i) + ".toml"), "Run " + std::to_string(i)), "");
  }
  EXPECT_EQ(runs.note(make("9.toml"), "Run 9 again"), "");
  ASSERT_EQ(runs.all().size(), RecentRuns::kMost);
  EXPECT_EQ(runs.all()[0].title, "Run 9 again");
  EXPECT_EQ(runs.all()[1].title, "Run 11");
  for (std::size_t i = 1; i < runs.all().size(); ++i) {
    EXPECT_NE(runs.all()[i].path, runs.all()[0].path);
  }
  RecentRuns later;
  later.keep_in(list_);
  ASSERT_EQ(later.all().size(), RecentRuns::kMost);
  EXPECT_EQ(later.all()[0].path, runs.all()[0].path);
  EXPECT_EQ(later.all()[0].title, "Run 9 again");
}

TEST_F(RecentRunsTest, a_file_that_is_gone_is_shown_as_such_and_can_be_taken_out) {
  RecentRuns runs;
  runs.keep_in(list_);
  const std::string gone = make("gone.toml");
  EXPECT_EQ(runs.note(gone, "Gone"), "");
  EXPECT_EQ(runs.note(make("there.toml"), "There"), "");
  fs::remove(gone);
  RecentRuns later;
  later.keep_in(list_);
  ASSERT_EQ(later.all().size(), 2U);
  EXPECT_FALSE(later.all()[0].is_missing);
  EXPECT_TRUE(later.all()[1].is_missing);
  EXPECT_EQ(later.forget(gone), "");
  ASSERT_EQ(later.all().size(), 1U);
  RecentRuns last;
  last.keep_in(list_);
  EXPECT_EQ(last.all().size(), 1U);
  EXPECT_EQ(last.clear(), "");
  last.keep_in(list_);
  EXPECT_TRUE(last.all().empty());
}

TEST_F(RecentRunsTest, two_windows_do_not_forget_each_others_runs) {
  RecentRuns one;
  RecentRuns other;
  one.keep_in(list_);
  other.keep_in(list_);
  EXPECT_EQ(one.note(make("a.toml"), "A"), "");
  EXPECT_EQ(other.note(make("b.toml"), "B"), "");
  EXPECT_EQ(other.all().size(), 2U);
}

TEST_F(RecentRunsTest, nonsense_in_the_file_is_passed_over) {
  fs::create_directories(fs::path(list_).parent_path());
  const std::string good = make("good.toml");
  std::ofstream(list_) << "no tab\n\t\n" << std::string(10000, 'x') << "\tlong\n" << good << "\tGood\n";
  RecentRuns runs;
  runs.keep_in(list_);
  ASSERT_EQ(runs.all().size(), 1U);
  EXPECT_EQ(runs.all()[0].title, "Good");
}

TEST_F(RecentRunsTest, a_list_that_cannot_be_kept_says_so) {
  const std::string in_the_way = make("file");
  RecentRuns runs;
  runs.keep_in(in_the_way + "/recent-runs");
  EXPECT_NE(runs.note(make("a.toml"), "A").find("cannot be kept"), std::string::npos);
  EXPECT_EQ(runs.all().size(), 1U) << "in this window it is there all the same";
}

}  // namespace
}  // namespace kscope::ui::recent_runs_test
