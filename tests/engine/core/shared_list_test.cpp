#include "engine/core/shared_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/fields.h"

namespace kscope::shared_list_test {
namespace {

TEST(SharedList, copies_share_their_elements) {
  const SharedList<int> list = std::vector<int>{3, 1, 2};
  const SharedList<int> copy = list;
  EXPECT_EQ(copy.begin(), list.begin());
  EXPECT_EQ(copy, list);
}

TEST(SharedList, takes_a_vector_over_without_copying_its_elements) {
  std::vector<std::string> items{"a text that is too long to be kept inside of the string itself"};
  const char* text = items[0].data();
  const SharedList<std::string> list = std::move(items);
  EXPECT_EQ(list[0].data(), text);
}

TEST(SharedList, equals_by_elements) {
  const SharedList<int> list{1, 2};
  EXPECT_EQ(list, (SharedList<int>{1, 2}));
  EXPECT_NE(list, (SharedList<int>{1, 2, 3}));
  EXPECT_NE(list, (SharedList<int>{1, 3}));
  EXPECT_NE(list, SharedList<int>{});
}

TEST(SharedList, without_elements_is_empty_however_it_was_made) {
  for (const SharedList<int>& list : {SharedList<int>(), SharedList<int>(std::vector<int>())}) {
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.size(), 0u);
    EXPECT_EQ(list.begin(), list.end());
    EXPECT_EQ(list, SharedList<int>());
  }
}

TEST(SharedList, is_walked_as_a_vector_is) {
  const std::vector<int> items{5, 6, 7};
  const SharedList<int> list = items;
  EXPECT_EQ(digest(list), digest(items));
  EXPECT_EQ(describe(list), describe(items));
  EXPECT_EQ(digest(SharedList<int>()), digest(std::vector<int>()));
  EXPECT_EQ(list.front(), 5);
  EXPECT_EQ(list.back(), 7);
}

TEST(SharedListDeathTest, an_index_beyond_the_end_is_a_failed_check) {
  EXPECT_DEATH((void)SharedList<int>()[0], "SharedList");
}

}  // namespace
}  // namespace kscope::shared_list_test
