#include "sim/broker/quota_rate.h"

#include <gtest/gtest.h>

namespace kscope::sim::quota_rate_test {
namespace {

constexpr QuotaWindows kWindows{11, 1000};
constexpr std::int64_t kQuota = 1000;  // bytes a second

TEST(QuotaRate, a_client_that_was_silent_may_send_a_burst_of_ten_windows) {
  QuotaRate rate;
  rate.record(kWindows, 10'000, 5'000);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 5'000), 0) << "10000 bytes in the 10 windows that it was silent";
  rate.record(kWindows, 1'000, 5'000);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 5'000), 1'000) << "11000 bytes are granted 11 s, 10 have passed";
}

TEST(QuotaRate, the_throttle_time_is_what_brings_the_rate_down_to_the_quota) {
  QuotaRate rate;
  std::int64_t now = 100'000;
  for (int i = 0; i < 15; ++i) {
    rate.record(kWindows, 1'500, now);
    now += 1'000;
  }
  const std::int64_t wait = rate.throttle_time_ms(kWindows, kQuota, now);
  EXPECT_GT(wait, 0);
  QuotaRate same = rate;
  EXPECT_EQ(same.throttle_time_ms(kWindows, 1'500, now), 0) << "the rate itself is no more than this";
}

TEST(QuotaRate, rounds_to_the_nearest_millisecond) {
  QuotaRate rate;
  rate.record(kWindows, 31, 0);
  // 31 bytes at 3 bytes/s are 10333.3 ms; ten windows are granted.
  EXPECT_EQ(rate.throttle_time_ms(kWindows, 3, 0), 333);
  QuotaRate other;
  other.record(kWindows, 32, 0);
  EXPECT_EQ(other.throttle_time_ms(kWindows, 3, 0), 667);
}

TEST(QuotaRate, what_is_older_than_the_windows_is_forgotten) {
  QuotaRate rate;
  rate.record(kWindows, 50'000, 0);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 0), 40'000);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 10'999), 50'000 - 10'999);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 11'000), 0);
}

TEST(QuotaRate, an_amount_can_be_taken_back) {
  QuotaRate rate;
  rate.record(kWindows, 20'000, 0);
  EXPECT_GT(rate.throttle_time_ms(kWindows, kQuota, 0), 0);
  rate.record(kWindows, -20'000, 0);
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 0), 0);
}

TEST(QuotaRate, samples_begin_with_the_first_event_after_the_last_one_is_full) {
  QuotaRate rate;
  rate.record(kWindows, 5'000, 0);
  rate.record(kWindows, 5'000, 999);
  rate.record(kWindows, 5'000, 1'700);  // another sample
  // 15000 bytes; the oldest sample began 1700 ms ago: one full window and a part, nine are missing.
  EXPECT_EQ(rate.throttle_time_ms(kWindows, kQuota, 1'700), 15'000 - (1'700 + 9'000));
}

TEST(QuotaRate, a_replication_rate_is_over_the_time_since_the_oldest_sample) {
  QuotaRate rate;
  EXPECT_FALSE(rate.is_above(kWindows, 0, 0)) << "nothing was moved";
  rate.record(kWindows, 4'000, 1'000);
  EXPECT_TRUE(rate.is_above(kWindows, kQuota, 1'000)) << "4000 bytes in one window: silence grants nothing";
  EXPECT_TRUE(rate.is_above(kWindows, kQuota, 4'999));
  EXPECT_FALSE(rate.is_above(kWindows, kQuota, 5'000)) << "4000 bytes in 4 s";
  rate.record(kWindows, 1, 5'000);
  EXPECT_TRUE(rate.is_above(kWindows, kQuota, 5'000));
}

}  // namespace
}  // namespace kscope::sim::quota_rate_test
