#include "sim/client/exponential_backoff.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::exponential_backoff_test {
namespace {

TEST(KafkaExponentialBackoff, WaitsAsLongAsKafka) {
  for (const auto& row : kafka_data::read_csv("exponential_backoff.csv")) {
    const auto number = [&](const char* column) { return std::stoll(row.at(column)); };
    ASSERT_EQ(number("jitter"), 0);
    const ExponentialBackoff backoff{std::chrono::milliseconds(number("initial_ms")), number("multiplier"),
                                     std::chrono::milliseconds(number("max_ms")), 0};
    const std::int64_t actual = millis(backoff.without_jitter(number("attempts")));
    const std::int64_t expected = number("backoff_ms");
    // Floating point leaves Kafka 1 ms short of some maxima, and of nothing else.
    const bool is_short_of_max = actual == number("max_ms") && expected == actual - 1;
    EXPECT_TRUE(actual == expected || is_short_of_max)
        << row.at("initial_ms") << " x " << row.at("multiplier") << "^" << row.at("attempts") << ": " << actual
        << " instead of " << expected;
  }
}

TEST(ExponentialBackoff, ChanceMovesTheWaitByAFifth) {
  const ExponentialBackoff backoff;
  EXPECT_EQ(backoff.wait(0, [](std::int32_t) { return 0; }), 80ms);
  EXPECT_EQ(backoff.wait(1, [](std::int32_t bound) { return bound - 1; }), 240ms);
  EXPECT_EQ(backoff.wait(9, [](std::int32_t bound) { return bound - 1; }), 1000ms) << "never above the maximum";
}

}  // namespace
}  // namespace kscope::sim::exponential_backoff_test
