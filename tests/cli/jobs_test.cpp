#include "sim/cli/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace kscope::cli::jobs_test {
namespace {

TEST(Jobs, are_reported_in_order_whichever_is_ready_first) {
  std::vector<int> done(40);
  std::vector<std::size_t> reported;
  run_jobs(
      done.size(), 4,
      [&](std::size_t i) {
        // The first of each four takes longest.
        std::this_thread::sleep_for(std::chrono::milliseconds(i % 4 == 0 ? 5 : 0));
        done[i] = 1;
      },
      [&](std::size_t i) {
        EXPECT_EQ(done[i], 1) << "reported before it was done";
        reported.push_back(i);
        return true;
      },
      [] {});
  ASSERT_EQ(reported.size(), done.size());
  for (std::size_t i = 0; i < reported.size(); ++i) {
    EXPECT_EQ(reported[i], i);
  }
}

TEST(Jobs, no_new_ones_begin_after_the_report_says_stop) {
  std::atomic<int> begun{0};
  int reported = 0;
  run_jobs(
      10'000, 2,
      [&](std::size_t) {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      },
      [&](std::size_t) { return ++reported < 3; }, [] {});
  EXPECT_EQ(reported, 3);
  EXPECT_LT(begun, 9'000);
}

TEST(Jobs, none_and_no_threads_are_no_mistake) {
  int calls = 0;
  const auto count = [&](std::size_t) { ++calls; };
  const auto go_on = [](std::size_t) { return true; };
  run_jobs(0, 4, count, go_on, [] {});
  EXPECT_EQ(calls, 0);
  run_jobs(3, 0, count, go_on, [] {});
  EXPECT_EQ(calls, 3);
  EXPECT_GE(machine_threads(), 1U);
}

}  // namespace
}  // namespace kscope::cli::jobs_test
