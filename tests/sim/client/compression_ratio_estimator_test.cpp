#include "sim/client/compression_ratio_estimator.h"

#include <gtest/gtest.h>

namespace kscope::sim::compression_ratio_estimator_test {
namespace {

TEST(CompressionRatioEstimator, starts_with_no_compression_at_all) {
  EXPECT_EQ(CompressionRatioEstimator().estimate(), 1'000'000);
}

TEST(CompressionRatioEstimator, falls_by_0_005_when_a_batch_compresses_better) {
  CompressionRatioEstimator estimator;
  estimator.update(250'000);
  EXPECT_EQ(estimator.estimate(), 995'000);
  estimator.update(995'000);
  EXPECT_EQ(estimator.estimate(), 995'000) << "just as expected";
}

TEST(CompressionRatioEstimator, rises_by_0_05_or_to_what_was_observed_when_one_compresses_worse) {
  CompressionRatioEstimator estimator;
  for (int i = 0; i < 100; ++i) {
    estimator.update(250'000);
  }
  EXPECT_EQ(estimator.estimate(), 500'000);
  estimator.update(510'000);
  EXPECT_EQ(estimator.estimate(), 550'000);
  estimator.update(800'000);
  EXPECT_EQ(estimator.estimate(), 800'000);
}

TEST(CompressionRatioEstimator, expects_nothing_of_compression_after_a_split) {
  CompressionRatioEstimator estimator;
  estimator.update(250'000);
  estimator.reset_after_split(250'000);
  EXPECT_EQ(estimator.estimate(), 1'000'000);
  estimator.reset_after_split(1'100'000);
  EXPECT_EQ(estimator.estimate(), 1'100'000);
}

}  // namespace
}  // namespace kscope::sim::compression_ratio_estimator_test
