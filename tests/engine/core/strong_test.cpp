#include "engine/core/strong.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace kscope::strong_test {
namespace {

using Position = Ordinal<struct PositionTag>;
using Name = Id<struct NameTag>;

TEST(Strong, OrdinalsSubtractToACountAndAddACount) {
  EXPECT_EQ(Position(7) - Position(3), 4);
  EXPECT_EQ(Position(3) + 4, Position(7));
  EXPECT_EQ(Position(7) - 4, Position(3));
}

TEST(Strong, KindsOfNumberDoNotMix) {
  static_assert(!std::is_convertible_v<std::int64_t, Position>);
  static_assert(!std::is_convertible_v<Position, std::int64_t>);
  static_assert(!std::is_convertible_v<Name, Id<struct OtherTag>>);
  EXPECT_FALSE(Name().is_valid());
  EXPECT_TRUE(Name(0).is_valid());
}

}  // namespace
}  // namespace kscope::strong_test
