// Going back and trying otherwise, on the token ring: seek, branches, the log of acts, and bounded checkpoints.
#include "engine/run/timeline.h"

#include <gtest/gtest.h>

#include "tests/engine/run/ring_model.h"

namespace kscope::ring::timeline_test {
namespace {

using Line = Timeline<Moment>;
using Heard = std::vector<std::uint64_t>;
constexpr Heard* kNobody = nullptr;

Line make_line(std::uint64_t seed = 1, Line::Policy policy = {}) {
  World world = make_world(4, seed);
  make_trouble(world, seed, 60, 20s);
  return Line(Moment{std::move(world)}, policy);
}
void go(Line& line, std::uint64_t events) {
  for (std::uint64_t i = 0; i < events; ++i) {
    ASSERT_TRUE(line.step(SimTime::max(), kNobody));
  }
}
World::Act crash(std::int32_t node) { return FaultAction{FaultKind::kCrash, NodeId(node), {}, {}, 0, 0}; }
World::Act restart(std::int32_t node) { return FaultAction{FaultKind::kRestart, NodeId(node), {}, {}, 0, 0}; }

TEST(Timeline, SeekingAnywhereShowsTheMomentThatWas) {
  Line line = make_line();
  std::vector<std::uint64_t> fingerprints{line.state().world.fingerprint()};
  for (int i = 0; i < 3'000; ++i) {
    go(line, 1);
    fingerprints.push_back(line.state().world.fingerprint());
  }
  Rng rng(5, 0);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t event = rng.below(3'001);
    line.seek(event);
    ASSERT_EQ(line.state().event_count(), event);
    ASSERT_EQ(line.state().world.fingerprint(), fingerprints[static_cast<std::size_t>(event)]);
    EXPECT_EQ(line.is_at_end(), event == 3'000);
  }
  for (std::uint64_t event = 2'000; event > 1'900; --event) {
    line.seek(event);
    ASSERT_EQ(line.state().world.fingerprint(), fingerprints[static_cast<std::size_t>(event)]) << "step by step back";
  }
}

TEST(Timeline, AListenerHearsEachEventOfABranchOnce) {
  Line line = make_line();
  Heard heard;
  for (int i = 0; i < 700; ++i) {
    line.step(SimTime::max(), &heard);
  }
  line.seek(100);
  for (int i = 0; i < 650; ++i) {
    line.step(SimTime::max(), &heard);
  }
  ASSERT_EQ(heard.size(), 750u);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    ASSERT_EQ(heard[i], i + 1);
  }
}

TEST(Timeline, ActingMakesABranchAndTheOldOneStays) {
  Line line = make_line();
  go(line, 2'000);
  const std::uint64_t old_end = line.state().world.fingerprint();
  line.seek(1'000);
  const SimTime then = line.state().now();
  EXPECT_EQ(line.act({crash(1), crash(2)}, then, "crash 1 and 2"), 1);
  go(line, 400);
  const std::uint64_t new_end = line.state().world.fingerprint();
  EXPECT_EQ(line.branch().parent, 0);
  EXPECT_EQ(line.branch().forked_at, 1'000u);
  EXPECT_EQ(line.branch().reason, "crash 1 and 2");
  ASSERT_EQ(line.branch().acts.size(), 2u);
  EXPECT_EQ(line.branch().acts[0].text, "crash 1 and 2");
  EXPECT_EQ(line.branch().acts[1].text, "") << "one act for people, two for the world";
  line.switch_to(0, 2'000);
  EXPECT_EQ(line.state().world.fingerprint(), old_end);
  EXPECT_TRUE(line.branch().acts.empty());
  line.switch_to(1, 99'999);
  EXPECT_EQ(line.state().event_count(), 1'400u);
  EXPECT_EQ(line.state().world.fingerprint(), new_end);
  line.seek(1'001);
  EXPECT_EQ(line.state().world.role(NodeId(1)), nullptr) << "the first act is the next event";
}

TEST(Timeline, TheLogOfActsReproducesABranchFromTheStart) {
  Line line = make_line(3);
  Rng rng(8, 0);
  for (int i = 0; i < 12; ++i) {
    // Looking ahead in vain, going back, acting: what a person at the window does.
    go(line, 50 + rng.below(300));
    line.step(line.state().now() + Duration(1ns), kNobody);
    if (rng.ratio(1, 3)) {
      line.seek(line.state().event_count() / 2);
    }
    const auto node = static_cast<std::int32_t>(rng.below(4));
    line.act({rng.ratio(1, 2) ? crash(node) : restart(node)}, line.state().now(), "act");
  }
  go(line, 500);
  // Once more, with nothing but the log: each act is posted after its event, at its time.
  World world = make_world(4, 3);
  make_trouble(world, 3, 60, 20s);
  std::size_t posted = 0;
  const std::vector<Line::LoggedAct>& acts = line.branch().acts;
  while (world.event_count() < line.state().event_count()) {
    while (posted < acts.size() && acts[posted].after_event <= world.event_count()) {
      world.schedule(acts[posted].time, acts[posted].act);
      ++posted;
    }
    ASSERT_TRUE(world.step());
  }
  EXPECT_EQ(posted, acts.size());
  EXPECT_EQ(world.fingerprint(), line.state().world.fingerprint());
}

TEST(Timeline, AnActAfterALookAheadHappensAtTheSameTimeWhenReplayed) {
  World world = make_world(3, 1);
  Line line{Moment{std::move(world)}};
  // The silence timers are armed and cancelled with every turn, so looking ahead drops outdated ones.
  go(line, 400);
  const SimTime before = line.state().now();
  // Stop the world so that nothing but outdated events is left before the limit, and look.
  line.act({crash(0), crash(1), crash(2)}, before, "stop");
  while (line.step(before + 5s, kNobody)) {
  }
  ASSERT_GT(line.state().earliest_act(), line.state().now());
  line.act({restart(1)}, line.state().now(), "start again");
  go(line, 20);
  const std::uint64_t fingerprint = line.state().world.fingerprint();
  const std::uint64_t end = line.state().event_count();
  line.seek(0);
  line.seek(end);
  EXPECT_EQ(line.state().world.fingerprint(), fingerprint);
}

TEST(Timeline, AnActThatCameLaterInTheSameMomentIsNotOnABranchMadeBeforeIt) {
  Line line = make_line();
  go(line, 300);
  const SimTime then = line.state().now();
  line.act({crash(1)}, then + 10us, "later");
  go(line, 100);
  line.seek(300);
  line.act({crash(2)}, then + 5us, "earlier");
  ASSERT_EQ(line.branch().acts.size(), 1u);
  EXPECT_EQ(line.branch().acts[0].text, "earlier");
  line.act({crash(3)}, then + 7us, "then");
  EXPECT_EQ(line.branch().acts.size(), 2u) << "what was posted before it in the same moment stays";
}

TEST(Timeline, CheckpointsStayBoundedAndSeekingStaysRight) {
  Line::Policy policy;
  policy.spacing = 10;
  policy.most_per_branch = 20;
  policy.recent = 4;
  Line line = make_line(2, policy);
  std::vector<std::uint64_t> fingerprints{line.state().world.fingerprint()};
  for (int i = 0; i < 4'000; ++i) {
    go(line, 1);
    fingerprints.push_back(line.state().world.fingerprint());
    ASSERT_LE(line.checkpoint_count(), policy.most_per_branch);
  }
  EXPECT_GE(line.checkpoint_count(), policy.most_per_branch / 4) << "thinned, not thrown away";
  for (std::uint64_t event = 0; event <= 4'000; event += 371) {
    line.seek(event);
    ASSERT_EQ(line.state().world.fingerprint(), fingerprints[static_cast<std::size_t>(event)]);
  }
}

TEST(Timeline, WithoutCheckpointsOnlyTheStartIsKept) {
  Line::Policy policy;
  policy.spacing = UINT64_MAX;
  Line line = make_line(2, policy);
  go(line, 1'500);
  EXPECT_EQ(line.checkpoint_count(), 1u);
}

}  // namespace
}  // namespace kscope::ring::timeline_test
