#include "engine/core/copy_on_write.h"

#include <gtest/gtest.h>

#include <vector>

namespace kscope::copy_on_write_test {
namespace {

TEST(CopyOnWrite, shares_until_one_changes) {
  CopyOnWrite<std::vector<int>> first(std::vector<int>{1, 2});
  CopyOnWrite<std::vector<int>> second = first;
  EXPECT_EQ(&*first, &*second);
  second.write().push_back(3);
  EXPECT_EQ(first->size(), 2U);
  EXPECT_EQ(second->size(), 3U);
  EXPECT_NE(first, second);
  first.write().push_back(3);
  EXPECT_EQ(first, second);
}

TEST(CopyOnWrite, the_only_owner_changes_in_place) {
  CopyOnWrite<std::vector<int>> only;
  only.write().push_back(1);
  const std::vector<int>* before = &*only;
  only.write().push_back(2);
  EXPECT_EQ(&*only, before);
}

}  // namespace
}  // namespace kscope::copy_on_write_test
