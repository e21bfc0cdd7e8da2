// Handles of timers: a generation makes a cancelled one outdated without a search.
#include "engine/run/timer_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/core/rng.h"

namespace kscope::timer_table_test {
namespace {

TEST(TimerTable, AHandleIsArmedUntilItIsReleased) {
  TimerTable table;
  const TimerId first = table.allocate();
  EXPECT_TRUE(table.is_armed(first));
  table.release(first);
  EXPECT_FALSE(table.is_armed(first));
  table.release(first);  // twice does nothing
  const TimerId second = table.allocate();
  EXPECT_EQ(second.index, first.index) << "places are used again";
  EXPECT_TRUE(table.is_armed(second));
  EXPECT_FALSE(table.is_armed(first)) << "an arming after a release does not revive the old handle";
  table.release(first);
  EXPECT_TRUE(table.is_armed(second)) << "nor can the old handle end the new timer";
}

TEST(TimerTable, NoHandleNamesNothing) {
  TimerTable table;
  EXPECT_FALSE(TimerId{}.is_set());
  EXPECT_FALSE(table.is_armed(TimerId{}));
  table.release(TimerId{});
  EXPECT_FALSE(table.is_armed((TimerId{7, 0})));
}

TEST(TimerTable, ArmedAreExactlyThoseAllocatedAndNotReleased) {
  Rng rng(31, 0);
  TimerTable table;
  std::vector<std::pair<TimerId, bool>> handles;
  for (int i = 0; i < 5'000; ++i) {
    if (rng.ratio(3, 5) || handles.empty()) {
      handles.emplace_back(table.allocate(), true);
    } else {
      auto& [handle, is_armed] = handles[static_cast<std::size_t>(rng.below(handles.size()))];
      table.release(handle);
      is_armed = false;
    }
    if (i % 100 == 0) {
      for (const auto& [handle, is_armed] : handles) {
        ASSERT_EQ(table.is_armed(handle), is_armed);
      }
    }
  }
}

}  // namespace
}  // namespace kscope::timer_table_test
