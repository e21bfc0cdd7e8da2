#include "sim/coordinator/group/assignor_sticky_movements.h"

#include <gtest/gtest.h>

namespace kscope::sim::assignor_sticky_movements_test {
namespace {

// Two topics of two partitions, ranks 0 to 3.
StickyGroup two_topics() {
  StickyGroup group;
  group.topics = {{0, 0, 2}, {1, 2, 2}};
  group.partitions = {{0, 0, true}, {0, 1, true}, {1, 0, true}, {1, 1, true}};
  return group;
}

TEST(StickyMovements, another_partition_of_the_topic_moves_back_instead) {
  const StickyGroup group = two_topics();
  StickyMovements movements(group);
  EXPECT_EQ(movements.partition_to_move({1, 7, 8}), 1u);
  movements.add({0, 8, 7});
  EXPECT_EQ(movements.partition_to_move({1, 7, 8}), 0u);
  EXPECT_EQ(movements.partition_to_move({1, 7, 9}), 1u);
  EXPECT_EQ(movements.partition_to_move({3, 7, 8}), 3u) << "a partition of another topic";
}

TEST(StickyMovements, a_partition_that_moves_on_counts_as_moved_from_its_first_owner) {
  const StickyGroup group = two_topics();
  StickyMovements movements(group);
  movements.add({0, 8, 7});
  movements.add({0, 7, 9});
  EXPECT_EQ(movements.partition_to_move({1, 7, 8}), 1u);
  EXPECT_EQ(movements.partition_to_move({1, 9, 8}), 0u);
}

TEST(StickyMovements, a_partition_that_returns_counts_as_not_moved) {
  const StickyGroup group = two_topics();
  StickyMovements movements(group);
  movements.add({0, 8, 7});
  movements.add({0, 7, 8});
  EXPECT_EQ(movements.partition_to_move({1, 7, 8}), 1u);
}

TEST(StickyMovements, a_moved_partition_looks_for_an_exchange_with_its_first_owner) {
  const StickyGroup group = two_topics();
  StickyMovements movements(group);
  movements.add({1, 6, 7});  // away from 6
  movements.add({0, 9, 6});  // from 9 to 6
  EXPECT_EQ(movements.partition_to_move({1, 7, 9}), 0u);
}

}  // namespace
}  // namespace kscope::sim::assignor_sticky_movements_test
