#include "engine/core/choose.h"

#include <gtest/gtest.h>

namespace kscope {
namespace {

constexpr Label kLabel{1, 2, 3};

TEST(Choose, AnExtraDrawOfOneKindLeavesTheOthersAlone) {
  Chooser plain(42);
  Chooser disturbed(42);
  disturbed.choose(ChoiceKind::disk, kLabel, 100);
  for (int i = 0; i < 100; ++i) {
    const std::uint32_t expected = plain.choose(ChoiceKind::network, kLabel, 1000);
    EXPECT_EQ(disturbed.choose(ChoiceKind::network, kLabel, 1000), expected);
  }
  EXPECT_EQ(plain.draws(), 100u);
  EXPECT_EQ(disturbed.draws(), 101u);
  EXPECT_EQ(disturbed.draws(ChoiceKind::disk), 1u);
}

TEST(Choose, ACopyMakesTheSameChoices) {
  Chooser first(7);
  first.choose(ChoiceKind::client, kLabel, 10);
  Chooser second = first;
  for (int i = 0; i < 50; ++i) {
    const std::uint32_t expected = first.choose(ChoiceKind::client, kLabel, 1 << 20);
    EXPECT_EQ(second.choose(ChoiceKind::client, kLabel, 1 << 20), expected);
  }
}

TEST(Choose, CalmAlwaysTakesTheGoodAndEarliest) {
  Chooser calm = Chooser::calm();
  EXPECT_EQ(calm.choose(ChoiceKind::network, kLabel, 1000), 0u);
  EXPECT_FALSE(calm.happens(ChoiceKind::fault, kLabel, 99, 100));
  EXPECT_EQ(calm.spread(ChoiceKind::network, kLabel, 1ms), Duration(0));
  EXPECT_LT(calm.exponential(ChoiceKind::network, kLabel, 1ms), 1us);
  EXPECT_EQ(calm.draws(), 4u);
}

TEST(Choose, OverridesChangeOneDecisionAndNoOther) {
  Chooser plain(9);
  Chooser bent(9);
  bent.set_overrides({{ChoiceKind::network, 3, 17}, {ChoiceKind::disk, 1, 5000}});
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::uint32_t expected = plain.choose(ChoiceKind::network, kLabel, 100);
    const std::uint32_t got = bent.choose(ChoiceKind::network, kLabel, 100);
    EXPECT_EQ(got, i == 3 ? 17u : expected);
  }
  bent.choose(ChoiceKind::disk, kLabel, 8);
  EXPECT_EQ(bent.choose(ChoiceKind::disk, kLabel, 8), 7u) << "an override beyond the offer is held to the last choice";
}

TEST(Choose, TheLogReplaysTheRun) {
  Chooser seeded(11);
  seeded.set_logging(true);
  for (int i = 0; i < 200; ++i) {
    seeded.choose(i % 2 == 0 ? ChoiceKind::network : ChoiceKind::disk, Label{i, 0, 0}, 50);
    seeded.happens(ChoiceKind::fault, Label{i, 1, 0}, 1, 3);
  }
  ASSERT_EQ(seeded.log().size(), 400u);
  std::vector<ChoiceOverride> script;
  for (const Decision& decision : seeded.log()) {
    script.push_back({decision.kind, decision.index, decision.choice});
  }
  Chooser replay = Chooser::calm();
  replay.set_overrides(script);
  replay.set_logging(true);
  for (int i = 0; i < 200; ++i) {
    replay.choose(i % 2 == 0 ? ChoiceKind::network : ChoiceKind::disk, Label{i, 0, 0}, 50);
    replay.happens(ChoiceKind::fault, Label{i, 1, 0}, 1, 3);
  }
  EXPECT_EQ(replay.log(), seeded.log());
}

TEST(Choose, SpreadReachesBothEndsAndExponentialHasItsMean) {
  Chooser chooser(13);
  Duration smallest = 1s;
  Duration largest{0};
  std::int64_t sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const Duration jitter = chooser.spread(ChoiceKind::network, kLabel, 5ms);
    smallest = std::min(smallest, jitter);
    largest = std::max(largest, jitter);
    sum += chooser.exponential(ChoiceKind::service, kLabel, 1ms).count();
  }
  EXPECT_LT(smallest, 1us);
  EXPECT_GT(largest, 4999us);
  EXPECT_LE(largest, Duration(5ms));
  EXPECT_NEAR(static_cast<double>(sum) / 100000, 1e6, 1.5e4);
  EXPECT_EQ(chooser.spread(ChoiceKind::network, kLabel, Duration(0)), Duration(0));
}

}  // namespace
}  // namespace kscope
