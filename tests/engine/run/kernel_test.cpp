// The engine carries a model of its own kind: a token ring, calm and in trouble. What holds of any world must hold of it.
#include "engine/run/kernel.h"

#include <gtest/gtest.h>

#include "engine/core/flat_map.h"
#include "tests/engine/run/ring_model.h"

namespace kscope::ring::kernel_test {
namespace {

const Member& member(const World& world, std::int32_t node) { return std::get<Member>(*world.role(NodeId(node))); }

TEST(Kernel, CarriesATokenAroundARing) {
  World world = make_world(5, 1);
  while (world.step({}, SimTime{} + 20s)) {
  }
  // The node that waits least makes the token; every turn adds one, and every log is the part of the count that is its own.
  std::int64_t turns = 0;
  for (std::int32_t node = 0; node < 5; ++node) {
    EXPECT_EQ(world.durable(NodeId(node)).term, 1);
    EXPECT_EQ(member(world, node).dropped, 0);
    turns += member(world, node).turns;
    const std::vector<std::int64_t>& log = world.durable(NodeId(node)).log;
    for (std::size_t i = 0; i < log.size(); ++i) {
      ASSERT_EQ(log[i], static_cast<std::int64_t>(i) * 5 + node + 1);
    }
  }
  // A turn takes 3 ms of work on average, 2 ms of flush and 0.6 ms of travel: 18 s of turns after 2 s of silence.
  EXPECT_NEAR(static_cast<double>(turns), 18'000 / 5.6, 200);
}

TEST(Kernel, ALostTokenIsReplacedAndOlderOnesAreDropped) {
  World world = make_world(3, 2);
  world.schedule(SimTime{} + 5s, FaultAction{FaultKind::kCut, NodeId(0), NodeId(1), {}, 0, 0});
  world.schedule(SimTime{} + 20s, FaultAction{FaultKind::kHealAll, {}, {}, {}, 0, 0});
  while (world.step({}, SimTime{} + 40s)) {
  }
  std::int64_t dropped = 0;
  for (std::int32_t node = 0; node < 3; ++node) {
    EXPECT_GT(world.durable(NodeId(node)).term, 1);
    dropped += member(world, node).dropped;
  }
  EXPECT_GT(dropped, 0);
}

TEST(Kernel, ASettingOfTheRegistryReachesEveryNode) {
  World world = make_world(3, 3);
  world.schedule(SimTime{} + 5s, Command{Command::Kind::kStep, NodeId(), 100});
  while (world.step({}, SimTime{} + 10s)) {
  }
  for (std::int32_t node = 0; node < 3; ++node) {
    const std::vector<std::int64_t>& log = world.durable(NodeId(node)).log;
    EXPECT_EQ(log[1] - log[0], 3);
    EXPECT_EQ(log[log.size() - 1] - log[log.size() - 2], 300);
  }
}

class InTrouble : public testing::TestWithParam<std::uint64_t> {
 protected:
  [[nodiscard]] static World world() {
    World made = make_world(4, GetParam());
    make_trouble(made, GetParam(), 60, 30s);
    return made;
  }
  static constexpr SimTime kEnd{Duration(60s)};
};

TEST_P(InTrouble, ACopyAtAnyMomentHasTheSameFuture) {
  World original = world();
  std::vector<World> copies;
  for (std::uint64_t i = 0; original.step({}, kEnd); ++i) {
    if (i % 400 == 0) {
      copies.push_back(original);
    }
  }
  ASSERT_GT(copies.size(), 3u);
  for (World& copy : copies) {
    while (copy.step({}, kEnd)) {
    }
    ASSERT_EQ(copy.fingerprint(), original.fingerprint());
    ASSERT_EQ(copy.event_count(), original.event_count());
  }
}

TEST_P(InTrouble, TwoWorldsInOneProcessDoNotNoticeEachOther) {
  World first = world();
  World second = world();
  World other = make_world(3, GetParam() + 1000);
  while (first.step({}, kEnd)) {
  }
  while (second.step({}, kEnd)) {
    other.step();
  }
  EXPECT_EQ(first.fingerprint(), second.fingerprint());
  EXPECT_NE(first.fingerprint(), other.fingerprint());
}

/// Looks at every event: time and number go forward, causes lie in the past, the wire keeps its order.
class Judge final : public Observer<Model> {
 public:
  void on_event(const World& world, const EventInfo<Types>& event) override {
    ++seen;
    EXPECT_EQ(event.number, seen);
    EXPECT_EQ(event.number, world.event_count());
    EXPECT_LT(event.cause, event.number);
    EXPECT_GE(event.time, last);
    last = event.time;
    if (event.kind == EventKind::kDelivery) {
      EXPECT_TRUE(world.process(event.node).is_up || world.role(event.node) == nullptr);
      std::uint64_t& newest = delivered[{event.peer, event.node}];
      EXPECT_GT(event.message, newest) << "a message overtook another";
      newest = event.message;
      EXPECT_GE(event.time, event.sent_at);
    }
    for (const Sent& sent : event.sent) {
      EXPECT_TRUE(flying.insert(sent.message)) << "numbers of messages are unique";
    }
    for (const Sent& lost : event.lost) {
      flying.erase(lost.message);
    }
    if (event.kind == EventKind::kDelivery) {
      EXPECT_EQ(flying.erase(event.message), 1u) << "delivered, but neither sent nor still on the wire";
    }
  }
  std::uint64_t seen = 0;
  SimTime last;
  FlatMap<std::pair<NodeId, NodeId>, std::uint64_t> delivered;
  FlatSet<std::uint64_t> flying;
};

TEST_P(InTrouble, TimeGoesForwardCausesComeFirstAndNothingOvertakes) {
  World alone = world();
  while (alone.step({}, kEnd)) {
  }
  World watched = world();
  Judge judge;
  Observer<Model>* const observers[] = {&judge};
  while (watched.step(observers, kEnd)) {
  }
  EXPECT_EQ(watched.fingerprint(), alone.fingerprint());
  EXPECT_GT(judge.seen, 500u);
  // What was sent and neither delivered nor lost is on the wire, or waits at a paused process.
  watched.for_each_in_flight(
      [&](const InFlight<Message>& one) { EXPECT_EQ(judge.flying.erase(one.sent.message), 1u); });
}

TEST_P(InTrouble, PeekTellsWhatStepExecutes) {
  struct Last final : Observer<Model> {
    void on_event(const World&, const EventInfo<Types>& event) override {
      told = {event.time, event.kind, event.node, event.peer, event.message, event.cause, event.what};
    }
    PendingEvent told;
  } last;
  Observer<Model>* const observers[] = {&last};
  World world = InTrouble::world();
  while (true) {
    const std::optional<PendingEvent> next = world.peek();
    if (next.has_value() && next->time > kEnd) {
      break;
    }
    const bool stepped = world.step(observers, kEnd);
    ASSERT_EQ(stepped, next.has_value());
    if (!stepped) {
      break;
    }
    ASSERT_EQ(next->time, last.told.time) << world.event_count();
    ASSERT_EQ(next->kind, last.told.kind) << world.event_count();
    ASSERT_EQ(next->node, last.told.node);
    ASSERT_EQ(next->peer, last.told.peer);
    ASSERT_EQ(next->message, last.told.message);
    ASSERT_EQ(next->cause, last.told.cause);
    ASSERT_EQ(next->what, last.told.what);
  }
}

TEST_P(InTrouble, TheLogOfChoicesReplaysTheRunOnACalmChooser) {
  World seeded = world();
  seeded.chooser_for_setup().set_logging(true);
  while (seeded.step({}, kEnd)) {
  }
  World silent = world();
  while (silent.step({}, kEnd)) {
  }
  EXPECT_EQ(silent.fingerprint(), seeded.fingerprint()) << "logging changes no choice";
  EXPECT_TRUE(silent.chooser().log().empty());
  EXPECT_EQ(seeded.chooser().log().size(), seeded.chooser().draws());
  std::vector<ChoiceOverride> script;
  for (const Decision& decision : seeded.chooser().log()) {
    script.push_back({decision.kind, decision.index, decision.choice});
  }
  World replayed = world();
  replayed.chooser_for_setup() = Chooser::calm();
  replayed.chooser_for_setup().set_overrides(script);
  while (replayed.step({}, kEnd)) {
  }
  EXPECT_EQ(replayed.fingerprint(), seeded.fingerprint());
}

TEST_P(InTrouble, DisksKeepTheFlushedPrefixThroughEverything) {
  World world = InTrouble::world();
  while (world.step({}, kEnd)) {
    for (std::int32_t node = 0; node < 4; ++node) {
      const DiskFile file = world.disk(NodeId(node)).file(Model::kLog);
      ASSERT_LE(file.flushed, file.written);
      ASSERT_EQ(static_cast<std::int64_t>(world.durable(NodeId(node)).log.size()), file.written);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, InTrouble, testing::Range(std::uint64_t{1}, std::uint64_t{25}));

TEST(Kernel, ACalmRunMakesOnlyTheEarliestChoices) {
  World world = make_world(3, 7);
  world.chooser_for_setup() = Chooser::calm();
  world.chooser_for_setup().set_logging(true);
  while (world.step({}, SimTime{} + 10s)) {
  }
  ASSERT_GT(world.chooser().log().size(), 100u);
  for (const Decision& decision : world.chooser().log()) {
    ASSERT_EQ(decision.choice, 0u);
  }
}

}  // namespace
}  // namespace kscope::ring::kernel_test
