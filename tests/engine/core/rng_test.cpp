#include "engine/core/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace kscope::rng_test {
namespace {

TEST(Rng, Splitmix64MatchesThePublishedVector) {
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected :
       std::array<std::uint64_t, 5>{6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                    4593380528125082431u, 16408922859458223821u}) {
    EXPECT_EQ(splitmix64(state), expected);
  }
}

TEST(Rng, Xoshiro256PlusPlusMatchesThePublishedVector) {
  Rng rng = Rng::from_state({1, 2, 3, 4});
  for (const std::uint64_t expected : std::array<std::uint64_t, 10>{
           41943041u, 58720359u, 3588806011781223u, 3591011842654386u, 9228616714210784205u, 9973669472204895162u,
           14011001112246962877u, 12406186145184390807u, 15849039046786891736u, 10450023813501588000u}) {
    EXPECT_EQ(rng.next(), expected);
  }
}

TEST(Rng, StreamsOfOneSeedAreUnrelatedAndRepeatable) {
  Rng a(7, 0);
  Rng b(7, 1);
  EXPECT_EQ(Rng(7, 0), a);
  EXPECT_NE(a, b);
  int equal_bits = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t x = a.next();
    const std::uint64_t y = b.next();
    equal_bits += std::popcount(~(x ^ y));
  }
  EXPECT_NEAR(equal_bits, 32000, 600);
}

TEST(Rng, BelowIsEvenAndInRange) {
  Rng rng(1, 1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70000; ++i) {
    ++seen[static_cast<std::size_t>(rng.below(7))];
  }
  for (const int count : seen) {
    EXPECT_NEAR(count, 10000, 400);
  }
  EXPECT_EQ(rng.below(1), 0u);
  const std::uint64_t huge = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(rng.below(huge), huge);
  }
}

TEST(Rng, BetweenIncludesBothEndsAndCoversTheWholeRange) {
  Rng rng(2, 1);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t value = rng.between(std::int64_t{-2}, std::int64_t{2});
    EXPECT_GE(value, -2);
    EXPECT_LE(value, 2);
    low = low || value == -2;
    high = high || value == 2;
  }
  EXPECT_TRUE(low);
  EXPECT_TRUE(high);
  rng.between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
}

TEST(Rng, RatioHitsItsProbability) {
  Rng rng(3, 1);
  int hits = 0;
  for (int i = 0; i < 100000; ++i) {
    hits += rng.ratio(1, 100) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 1000, 120);
  EXPECT_FALSE(rng.ratio(0, 5));
  EXPECT_TRUE(rng.ratio(5, 5));
}

TEST(Rng, LogarithmIsRightToSixDigits) {
  const double q32 = 4294967296.0;
  EXPECT_NEAR(static_cast<double>(negative_log_q32(std::uint64_t{1} << 63)) / q32, 0.6931472, 2e-6);
  EXPECT_NEAR(static_cast<double>(negative_log_q32(1)) / q32, 44.3614196, 2e-6);
  EXPECT_NEAR(static_cast<double>(negative_log_q32(~std::uint64_t{0})) / q32, 0.0, 2e-6);
  EXPECT_NEAR(static_cast<double>(negative_log_q32(0xC000000000000000u)) / q32, 0.2876821, 2e-6);
  std::uint64_t last = negative_log_q32(1);
  for (std::uint64_t u = 1; u < (std::uint64_t{1} << 62); u += u / 8 + 1) {
    EXPECT_LE(negative_log_q32(u), last);
    last = negative_log_q32(u);
  }
}

TEST(Rng, ExponentialHasItsMeanAndItsTail) {
  Rng rng(4, 1);
  std::int64_t sum = 0;
  int beyond_two_means = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::int64_t value = rng.exponential(std::int64_t{1'000'000});
    EXPECT_GE(value, 0);
    sum += value;
    beyond_two_means += value > 2'000'000 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(sum) / 100000, 1e6, 1e4);
  EXPECT_NEAR(beyond_two_means, 13534, 450);
  EXPECT_EQ(rng.exponential(std::int64_t{0}), 0);
}

TEST(Rng, ZipfFollowsOneOverRank) {
  Rng rng(5, 1);
  std::array<int, 10> seen{};
  for (int i = 0; i < 100000; ++i) {
    ++seen[static_cast<std::size_t>(rng.zipf(10))];
  }
  const double harmonic = 2.9289683;
  for (std::size_t rank = 0; rank < seen.size(); ++rank) {
    EXPECT_NEAR(seen[rank], 100000 / harmonic / static_cast<double>(rank + 1), 500);
  }
  EXPECT_EQ(rng.zipf(1), 0u);
}

TEST(Rng, ShuffleKeepsTheElementsAndIsEven) {
  Rng rng(6, 1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60000; ++i) {
    std::vector<int> items{0, 1, 2};
    shuffle(items, rng);
    const int code = items[0] * 2 + (items[1] > items[2] ? 1 : 0);
    EXPECT_EQ(items[0] + items[1] + items[2], 3);
    ++seen[static_cast<std::size_t>(code)];
  }
  for (const int count : seen) {
    EXPECT_NEAR(count, 10000, 400);
  }
}

/// Pearson's statistic of counts against what was expected of each.
double chi_square(const std::vector<int>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double off = counts[i] - expected[i];
    sum += off * off / expected[i];
  }
  return sum;
}

TEST(Rng, BelowPassesAChiSquareForManyRanges) {
  // 4.9 standard deviations above the mean of a chi-square with n - 1 degrees: about one in a million by chance.
  for (const std::uint64_t n : {2u, 3u, 10u, 64u, 100u, 1000u}) {
    Rng rng(100, n);
    std::vector<int> counts(static_cast<std::size_t>(n));
    for (int i = 0; i < 200'000; ++i) {
      ++counts[static_cast<std::size_t>(rng.below(n))];
    }
    const auto degrees = static_cast<double>(n - 1);
    const std::vector<double> even(static_cast<std::size_t>(n), 200'000.0 / static_cast<double>(n));
    EXPECT_LT(chi_square(counts, even), degrees + 4.9 * std::sqrt(2 * degrees) + 12) << n;
  }
}

TEST(Rng, BelowRejectsWhatWouldFavourSmallNumbers) {
  // Without rejection, of n = 3 * 2^62 the lower values of each third would come twice as often as the others.
  Rng rng(101, 0);
  const std::uint64_t n = 3 * (std::uint64_t{1} << 62);
  std::vector<int> thirds(3);
  for (int i = 0; i < 90'000; ++i) {
    ++thirds[static_cast<std::size_t>(rng.below(n) % 3)];
  }
  EXPECT_LT(chi_square(thirds, {30'000, 30'000, 30'000}), 28);  // one in a million with two degrees
}

TEST(Rng, RatioHitsRareAndCommonThings) {
  struct Case {
    std::uint64_t numerator;
    std::uint64_t denominator;
  };
  for (const Case one : {Case{1, 1000}, Case{1, 3}, Case{999, 1000}, Case{123'456'789, 987'654'321}}) {
    Rng rng(102, one.numerator);
    constexpr int kDraws = 400'000;
    int hits = 0;
    for (int i = 0; i < kDraws; ++i) {
      hits += rng.ratio(one.numerator, one.denominator) ? 1 : 0;
    }
    const double p = static_cast<double>(one.numerator) / static_cast<double>(one.denominator);
    EXPECT_NEAR(hits, kDraws * p, 5 * std::sqrt(kDraws * p * (1 - p))) << one.numerator << "/" << one.denominator;
  }
}

TEST(Rng, ExponentialFollowsItsCurveEverywhere) {
  // Kolmogorov and Smirnov: the largest gap between the counted and the true distribution.
  Rng rng(103, 0);
  constexpr int kDraws = 100'000;
  std::vector<std::int64_t> values;
  for (int i = 0; i < kDraws; ++i) {
    values.push_back(rng.exponential(std::int64_t{1'000'000'000}));
  }
  std::sort(values.begin(), values.end());
  double gap = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double truth = 1 - std::exp(-static_cast<double>(values[static_cast<std::size_t>(i)]) / 1e9);
    gap = std::max(gap, std::abs(truth - (i + 0.5) / kDraws));
  }
  EXPECT_LT(gap, 2.5 / std::sqrt(kDraws)) << "more than seven times in a million by chance";
  EXPECT_GT(values.back(), 7'000'000'000) << "the tail is there";
}

TEST(Rng, ExponentialOfTheLargestMeanStaysInRange) {
  Rng rng(104, 0);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_GE(rng.exponential(std::numeric_limits<std::int64_t>::max()), 0);
  }
}

TEST(Rng, ZipfOfManyRanksPassesAChiSquare) {
  for (const std::uint64_t n : {3u, 100u, 1000u}) {
    Rng rng(105, n);
    constexpr int kDraws = 300'000;
    double harmonic = 0;
    for (std::uint64_t rank = 1; rank <= n; ++rank) {
      harmonic += 1.0 / static_cast<double>(rank);
    }
    std::vector<int> counts(static_cast<std::size_t>(n));
    std::vector<double> expected;
    for (std::uint64_t rank = 1; rank <= n; ++rank) {
      expected.push_back(kDraws / harmonic / static_cast<double>(rank));
    }
    for (int i = 0; i < kDraws; ++i) {
      ++counts[static_cast<std::size_t>(rng.zipf(n))];
    }
    const auto degrees = static_cast<double>(n - 1);
    EXPECT_LT(chi_square(counts, expected), degrees + 4.9 * std::sqrt(2 * degrees) + 12) << n;
  }
}

TEST(Rng, BetweenOfDurationsIncludesBothEnds) {
  Rng rng(106, 0);
  std::vector<int> counts(5);
  for (int i = 0; i < 50'000; ++i) {
    ++counts[static_cast<std::size_t>(rng.between(Duration(-2ns), Duration(2ns)).count() + 2)];
  }
  EXPECT_LT(chi_square(counts, std::vector<double>(5, 10'000)), 36);  // one in a million with four degrees
}

}  // namespace
}  // namespace kscope::rng_test
