#include "engine/core/choose.h"

#include <gtest/gtest.h>

#include <vector>

namespace kscope::choose_test {
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

TEST(Choose, LoggingDoesNotChangeWhatIsChosen) {
  Chooser silent(17);
  Chooser logged(17);
  logged.set_logging(true);
  for (int i = 0; i < 500; ++i) {
    const auto kind = static_cast<ChoiceKind>(i % static_cast<int>(kChoiceKinds));
    EXPECT_EQ(logged.choose(kind, kLabel, 97), silent.choose(kind, kLabel, 97));
    EXPECT_EQ(logged.happens(kind, kLabel, 1, 5), silent.happens(kind, kLabel, 1, 5));
    EXPECT_EQ(logged.spread(kind, kLabel, 3ms), silent.spread(kind, kLabel, 3ms));
    EXPECT_EQ(logged.exponential(kind, kLabel, 3ms), silent.exponential(kind, kLabel, 3ms));
    if (i == 250) {
      logged.set_logging(false);
      EXPECT_TRUE(logged.log().empty()) << "stopping forgets";
      logged.set_logging(true);
    }
  }
  EXPECT_EQ(logged.draws(), silent.draws());
  EXPECT_EQ(logged.log().size(), 249u * 4);
  EXPECT_TRUE(silent.log().empty());
}

TEST(Choose, TheLogSaysWhatWasDecided) {
  Chooser chooser(18);
  chooser.set_logging(true);
  const std::uint32_t first = chooser.choose(ChoiceKind::disk, Label{4, 5, 6}, 9);
  const bool second = chooser.happens(ChoiceKind::disk, kLabel, 1, 2);
  ASSERT_EQ(chooser.log().size(), 2u);
  EXPECT_EQ(chooser.log()[0], (Decision{ChoiceKind::disk, 0, Label{4, 5, 6}, 9, first}));
  EXPECT_EQ(chooser.log()[1], (Decision{ChoiceKind::disk, 1, kLabel, 2, second ? 1u : 0u}));
}

TEST(Choose, OverridesBendACalmRunAndTheLastOfTwoCounts) {
  Chooser calm = Chooser::calm();
  calm.set_overrides({{ChoiceKind::network, 1, 3}, {ChoiceKind::fault, 0, 1}, {ChoiceKind::network, 1, 4}});
  EXPECT_EQ(calm.choose(ChoiceKind::network, kLabel, 10), 0u);
  EXPECT_EQ(calm.choose(ChoiceKind::network, kLabel, 10), 4u);
  EXPECT_TRUE(calm.happens(ChoiceKind::fault, kLabel, 1, 1'000'000)) << "a thing that hardly happens can be made to";
  calm.set_overrides({});
  EXPECT_EQ(calm.choose(ChoiceKind::network, kLabel, 10), 0u);
}

TEST(Choose, AReplayOfTimesGivesTheSameNanoseconds) {
  Chooser seeded(19);
  seeded.set_logging(true);
  std::vector<Duration> times;
  for (int i = 0; i < 300; ++i) {
    times.push_back(seeded.spread(ChoiceKind::network, kLabel, 7'654'321ns));
    times.push_back(seeded.exponential(ChoiceKind::service, kLabel, 2ms));
  }
  std::vector<ChoiceOverride> script;
  for (const Decision& decision : seeded.log()) {
    script.push_back({decision.kind, decision.index, decision.choice});
  }
  Chooser replay = Chooser::calm();
  replay.set_overrides(script);
  for (std::size_t i = 0; i < times.size(); i += 2) {
    ASSERT_EQ(replay.spread(ChoiceKind::network, kLabel, 7'654'321ns), times[i]);
    ASSERT_EQ(replay.exponential(ChoiceKind::service, kLabel, 2ms), times[i + 1]);
  }
}

TEST(Choose, HappensAsOftenAsItSays) {
  Chooser chooser(20);
  int hits = 0;
  for (int i = 0; i < 200'000; ++i) {
    hits += chooser.happens(ChoiceKind::fault, kLabel, 3, 100) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 6'000, 380);  // five standard deviations
  EXPECT_FALSE(chooser.happens(ChoiceKind::fault, kLabel, 0, 100));
}

TEST(Choose, EveryKindHasAName) {
  for (std::size_t kind = 0; kind < kChoiceKinds; ++kind) {
    EXPECT_NE(to_string(static_cast<ChoiceKind>(kind)), "?");
  }
}

}  // namespace
}  // namespace kscope::choose_test
