#include "sim/types/broker_set.h"

#include <gtest/gtest.h>

#include <limits>

namespace kscope::sim::broker_set_test {
namespace {

TEST(BrokerSet, holds_positions_of_both_words) {
  BrokerSet set;
  EXPECT_TRUE(set.empty());
  set.add(0);
  set.add(63);
  set.add(64);
  set.add(BrokerSet::kCapacity - 1);
  set.add(64);
  EXPECT_EQ(set.size(), 4);
  EXPECT_TRUE(set.contains(63) && set.contains(64) && set.contains(127));
  EXPECT_FALSE(set.contains(62) || set.contains(65) || set.contains(BrokerSet::kCapacity));
  EXPECT_FALSE(set.contains(std::numeric_limits<std::size_t>::max())) << "a broker that is not known";
}

TEST(BrokerSet, is_subtracted_cut_and_joined) {
  BrokerSet low = BrokerSet::of(3);
  const BrokerSet high = BrokerSet::of(100);
  EXPECT_EQ((low & high), BrokerSet{});
  low |= high;
  EXPECT_EQ(low.size(), 2);
  EXPECT_EQ(low.without(high), BrokerSet::of(3));
  EXPECT_EQ((low & high), high);
  EXPECT_NE(low, high);
}

}  // namespace
}  // namespace kscope::sim::broker_set_test
