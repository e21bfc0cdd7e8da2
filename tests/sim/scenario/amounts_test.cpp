#include "sim/scenario/amounts.h"

#include <gtest/gtest.h>

#include "sim/config/units.h"

namespace kscope::scenario::amounts_test {
namespace {

TEST(Amounts, durations_come_back) {
  for (const Duration duration :
       {Duration(0), Duration(80ms), Duration(90s), Duration(1500us), Duration(7), Duration(-5s)}) {
    EXPECT_EQ(sim::parse_duration(duration_text(duration)), duration) << duration_text(duration);
  }
  EXPECT_EQ(duration_text(80ms), "80ms");
  EXPECT_EQ(duration_text(1500us), "1500us");
}

TEST(Amounts, sizes_come_back) {
  for (const std::int64_t size :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{1000}, std::int64_t{1024}, std::int64_t{123456789}}) {
    EXPECT_EQ(sim::parse_size(size_text(size)), size) << size_text(size);
  }
}

TEST(Amounts, rates_come_back) {
  EXPECT_EQ(parse_rate("200/s"), 200'000);
  EXPECT_EQ(parse_rate("3"), 3'000);
  EXPECT_EQ(parse_rate("30/min"), 500);
  EXPECT_EQ(parse_rate("-1/s"), std::nullopt);
  EXPECT_EQ(parse_rate("1/h"), std::nullopt) << "less than one record in 1000 s";
  EXPECT_EQ(parse_rate("2000000/s"), std::nullopt);
  EXPECT_EQ(parse_rate("9223372036854775807"), std::nullopt);
  EXPECT_EQ(parse_rate("1/day"), std::nullopt);
  for (const char* text : {"0/s", "7/min", "1/min", "200/s", "90/h", "1000000/s"}) {
    const auto rate = parse_rate(text);
    ASSERT_TRUE(rate) << text;
    EXPECT_EQ(parse_rate(rate_text(*rate)), rate) << text << " " << rate_text(*rate);
  }
}

}  // namespace
}  // namespace kscope::scenario::amounts_test
