// Every fault bites: what nodes see with it differs from what they see without it, and ending it restores that. One probe
// serves all kinds: it asks, arms, writes, flushes and reads clocks, and writes down what came of it by the millisecond.
// A new kind does not compile here before it has a case of its own.
#include "engine/fault/fault_action.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/engine/run/puppet_model.h"

namespace kscope::puppet::fault_action_test {
namespace {

constexpr NodeId a = Rig::a;
constexpr NodeId b = Rig::b;
constexpr NodeId c = Rig::c;
using Story = std::vector<std::string>;

/// How a kind is tried. The first probe is at 1 s, the second, after the end, at 1001 s.
struct Trial {
  std::function<void(Rig&)> before;  ///< what must be so for the kind to act (broken, for the mending kinds)
  FaultAction fault;                 ///< applied at `when`
  Duration when = 900ms;
  std::vector<FaultAction> end;  ///< applied at 500 s; empty = it is over by itself
  Story with;                    ///< what the probe sees with the fault
  std::string changes_state;     ///< if the second probe rightly differs: why
};

/// What happens when nothing is wrong. Sizes: 1000 bytes each way; work 1 ms; flush 2 ms.
const Story kCalm{"b wrote 20 @0ns",
                  "b got 1 from a @1ms",
                  "b flushed 30 @2ms",
                  "a got 2 from b @2ms",
                  "a got 1001 from b @3ms",
                  "b alarm 10 @10ms",
                  "clock of b after 20 ms: 20ms",
                  "log of b after a power loss: 1 entry"};

/// Asks b, has b write, flush, send and arm; then tells what was seen in the next 100 seconds. `start` is a whole number of
/// seconds, so the story is the same at any of them.
Story probe(Rig& rig, Duration start) {
  rig.command(start, Command{Do::kAsk, a, b, 1, 1'000, {}});
  rig.tell(start, Do::kWrite, b, 20);
  rig.tell(start, Do::kFlush, b, 30);
  rig.command(start + 1ms - 1us, Command{Do::kSend, b, a, 2, 1'000, {}});
  rig.arm(start, b, 10, 10ms);
  rig.run(start - 1ns);
  const LocalTime clock_before = rig.world.clock(b).local(at(start));
  const std::size_t flushed_before = static_cast<std::size_t>(rig.world.disk(b).file(Model::kLog).flushed);
  rig.run(start + 20ms);
  const Duration counted = rig.world.clock(b).local(at(start + 20ms)) - clock_before;
  rig.run(start + 100s);
  Story story = rig.story(start);
  for (std::string& line : story) {
    if (line == "a got 2 from b @1.999ms") {
      line = "a got 2 from b @2ms";
    }
  }
  story.push_back("clock of b after 20 ms: " + text_of(counted));
  const std::size_t entries = static_cast<std::size_t>(rig.world.disk(b).file(Model::kLog).flushed) - flushed_before;
  story.push_back("log of b after a power loss: " + std::to_string(entries) + (entries == 1 ? " entry" : " entries"));
  return story;
}

Trial trial_of(FaultKind kind) {
  const auto act = [](FaultKind what, NodeId node, NodeId peer = {}, Duration duration = {}, std::int64_t factor = 0,
                      std::uint64_t message = 0) { return FaultAction{what, node, peer, duration, factor, message}; };
  const auto broken = [](FaultAction action) { return [action](Rig& rig) { rig.world.schedule(at(100ms), action); }; };
  Trial trial;
  switch (kind) {
    case FaultKind::kCrash:
      trial.fault = act(kind, b);
      trial.end = {act(FaultKind::kRestart, b)};
      trial.with = {"a lost b @2ms", "clock of b after 20 ms: 20ms", "log of b after a power loss: 0 entries"};
      break;
    case FaultKind::kPowerLoss:
      trial.before = [](Rig& rig) { rig.send(100ms, a, b, 9); };  // a is connected
      trial.fault = act(kind, b);
      trial.end = {act(FaultKind::kRestart, b), act(FaultKind::kResetConnection, a, b)};
      trial.with = {"clock of b after 20 ms: 20ms", "log of b after a power loss: 0 entries"};
      break;
    case FaultKind::kRestart:
      trial.before = broken(act(FaultKind::kCrash, b));
      trial.fault = act(kind, b);
      trial.end = {act(FaultKind::kCrash, b)};
      break;
    case FaultKind::kPause:
      trial.fault = act(kind, b);
      trial.end = {act(FaultKind::kResume, b)};
      trial.with = {"clock of b after 20 ms: 20ms", "log of b after a power loss: 0 entries"};
      break;
    case FaultKind::kResume:
      trial.before = broken(act(FaultKind::kPause, b));
      trial.fault = act(kind, b);
      trial.end = {act(FaultKind::kPause, b)};
      break;
    case FaultKind::kCpuSlow:
      trial.fault = act(kind, b, {}, {}, 5);
      trial.end = {act(kind, b, {}, {}, 1)};
      trial.with = kCalm;
      trial.with[4] = "a got 1001 from b @7ms";
      break;
    case FaultKind::kCut:
      trial.fault = act(kind, a, b);
      trial.end = {act(FaultKind::kHeal, a, b)};
      trial.with = {"b wrote 20 @0ns", "b flushed 30 @2ms", "b alarm 10 @10ms", kCalm[6], kCalm[7]};
      break;
    case FaultKind::kCutOneWay:
      trial.fault = act(kind, a, b);
      trial.end = {act(FaultKind::kHeal, b, a)};
      trial.with = {"b wrote 20 @0ns", "a got 2 from b @2ms", "b flushed 30 @2ms", "b alarm 10 @10ms", kCalm[6],
                    kCalm[7]};
      break;
    case FaultKind::kHeal:
      trial.before = broken(act(FaultKind::kCut, a, b));
      trial.fault = act(kind, b, a);
      trial.end = {act(FaultKind::kCut, a, b)};
      break;
    case FaultKind::kHealAll:
      trial.before = broken(act(FaultKind::kCut, b, a));
      trial.fault = act(kind, {});
      trial.end = {act(FaultKind::kCut, a, b)};
      break;
    case FaultKind::kLinkDelay:
      trial.fault = act(kind, a, b, 30ms);
      trial.end = {act(kind, a, b)};
      trial.with = {"b wrote 20 @0ns",          "b flushed 30 @2ms",       "b alarm 10 @10ms", "b got 1 from a @31ms",
                    "a got 2 from b @31.999ms", "a got 1001 from b @63ms", kCalm[6],           kCalm[7]};
      break;
    case FaultKind::kLinkBandwidth:
      trial.fault = act(kind, b, a, {}, 100'000);  // 10 ms for 1000 bytes, 1 ms for the 100 of the answer
      trial.end = {act(kind, b, a)};
      trial.with = {"b wrote 20 @0ns",          "b flushed 30 @2ms",       "b alarm 10 @10ms", "b got 1 from a @11ms",
                    "a got 2 from b @11.999ms", "a got 1001 from b @14ms", kCalm[6],           kCalm[7]};
      break;
    case FaultKind::kLinkLoss:
      trial.fault = act(kind, a, b, {}, 100);
      trial.end = {act(FaultKind::kHeal, a, b)};
      trial.with = {"b wrote 20 @0ns",
                    "b flushed 30 @2ms",
                    "b alarm 10 @10ms",
                    "b got 1 from a @12.601s",
                    "a got 2 from b @12.601999s",
                    "a got 1001 from b @25.203s",
                    kCalm[6],
                    kCalm[7]};
      break;
    case FaultKind::kStall:
      trial.fault = act(kind, a, b, 100ms + 50ms);
      trial.with = {"b wrote 20 @0ns",
                    "a got 2 from b @2ms",
                    "b flushed 30 @2ms",
                    "b alarm 10 @10ms",
                    "b got 1 from a @50ms",
                    "a got 1001 from b @52ms",
                    kCalm[6],
                    kCalm[7]};
      break;
    case FaultKind::kStrand:
      trial.fault = act(kind, a, b, 20ms);
      trial.when = 1s + 500us;
      trial.with = {"b wrote 20 @0ns",
                    "a got 2 from b @2ms",
                    "b flushed 30 @2ms",
                    "b alarm 10 @10ms",
                    "b got 1 from a @20.5ms",
                    "a got 1001 from b @22.5ms",
                    kCalm[6],
                    kCalm[7]};
      break;
    case FaultKind::kResetConnection:
      trial.fault = act(kind, a, b);
      trial.when = 1s + 500us;
      trial.with = {"b wrote 20 @0ns",   "a lost b @500us",  "b lost a @500us", "a got 2 from b @2ms",
                    "b flushed 30 @2ms", "b alarm 10 @10ms", kCalm[6],          kCalm[7]};
      break;
    case FaultKind::kDropMessage:
      trial.fault = act(kind, {}, {}, {}, 0, 1);
      trial.when = 1s + 500us;
      trial.with = {"b wrote 20 @0ns",   "a lost b @500us",  "b lost a @1.5ms", "a got 2 from b @2ms",
                    "b flushed 30 @2ms", "b alarm 10 @10ms", kCalm[6],          kCalm[7]};
      break;
    case FaultKind::kDiskSlow:
      trial.fault = act(kind, b, {}, {}, 50);
      trial.end = {act(kind, b, {}, {}, 1)};
      trial.with = {"b wrote 20 @0ns",
                    "b got 1 from a @1ms",
                    "a got 2 from b @2ms",
                    "a got 1001 from b @3ms",
                    "b alarm 10 @10ms",
                    "b flushed 30 @100ms",
                    kCalm[6],
                    kCalm[7]};
      break;
    case FaultKind::kDiskFull:
      trial.fault = act(kind, b, {}, {}, 1);
      trial.end = {act(kind, b, {}, {}, 0)};
      trial.with = kCalm;
      trial.with[0] = "b could not write 20 @0ns";
      trial.with[7] = "log of b after a power loss: 0 entries";
      break;
    case FaultKind::kDiskFail:
      trial.fault = act(kind, b, {}, {}, 1);
      trial.end = {act(kind, b, {}, {}, 0)};
      trial.with = kCalm;
      trial.with[0] = "b could not write 20 @0ns";
      trial.with[2] = "b flush 30 failed @2ms";
      trial.with[7] = "log of b after a power loss: 0 entries";
      break;
    case FaultKind::kClockStep:
      trial.fault = act(kind, b, {}, 5s);
      trial.when = 1s + 500us;
      trial.with = kCalm;
      trial.with[6] = "clock of b after 20 ms: 5.02s";
      break;
    case FaultKind::kClockDrift:
      trial.fault = act(kind, b, {}, {}, 250'000);
      trial.end = {act(kind, b, {}, {}, 0)};
      trial.with = kCalm;
      trial.with[4] = "a got 1001 from b @2.8ms";
      trial.with[5] = "b alarm 10 @8ms";
      trial.with[6] = "clock of b after 20 ms: 25ms";
      break;
    case FaultKind::kClockFreeze:
      trial.fault = act(kind, b, {}, {}, 1);
      trial.end = {act(kind, b, {}, {}, 0)};
      trial.with = {kCalm[0], kCalm[1], kCalm[3], kCalm[2], "clock of b after 20 ms: 0ns", kCalm[7]};
      break;
  }
  return trial;
}

std::multiset<std::string> lines_of(const Story& story) { return {story.begin(), story.end()}; }

class EveryFault : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryFault, BitesAndEndingItRestores) {
  const Trial trial = trial_of(static_cast<FaultKind>(GetParam()));
  const auto rig_before = [&] {
    auto rig = std::make_unique<Rig>();
    if (trial.before) {
      trial.before(*rig);
    }
    return rig;
  };
  const std::unique_ptr<Rig> without = rig_before();
  const Story without_it = probe(*without, 1s);

  const std::unique_ptr<Rig> with = rig_before();
  with->world.schedule(at(trial.when), trial.fault);
  with->run(std::min(trial.when, Duration(1s)) - 1ns);
  const bool is_judged_before = trial.when < 1s;
  if (is_judged_before) {
    EXPECT_EQ(with->world.refusal(trial.fault), FaultRefusal::kNone) << "it would act";
  }
  const Story with_it = probe(*with, 1s);
  EXPECT_NE(lines_of(with_it), lines_of(without_it));
  // A mending kind brings back the calm; a breaking kind has a story of its own.
  EXPECT_EQ(lines_of(with_it), lines_of(trial.with.empty() ? kCalm : trial.with));
  if (!trial.with.empty()) {
    EXPECT_EQ(lines_of(without_it), lines_of(kCalm));
  }

  for (const FaultAction& action : trial.end) {
    with->world.schedule(at(500s), action);
  }
  const Story afterwards = probe(*with, 1'001s);
  EXPECT_EQ(lines_of(afterwards), lines_of(without_it)) << "what was broken is whole again, what was mended broken";
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryFault, testing::Range(std::size_t{0}, kFaultKinds));

TEST(FaultRefusals, EachReasonIsGivenWhereTheActWouldDoNothing) {
  const auto refusal = [](const std::function<void(Rig&)>& prepare, FaultAction action) {
    Rig rig;
    rig.run(0ms);
    prepare(rig);
    rig.tell(1s, Do::kSet, NodeId(), 1);  // so that the world's time is 1 s
    rig.run(1s);
    const std::uint64_t before = rig.world.event_count();
    const FaultRefusal answer = rig.world.refusal(action);
    // And it is so: the act is an event, but the world goes on as without it.
    Rig other = rig;
    other.recorder.seen.clear();
    other.world.schedule(at(1s), action);
    other.run(1s);
    EXPECT_EQ(other.world.event_count(), before + 1);
    if (answer != FaultRefusal::kNone) {
      other.recorder.seen.clear();
      rig.recorder.seen.clear();
      EXPECT_EQ(probe(other, 2s), probe(rig, 2s));
    }
    return answer;
  };
  const auto nothing = [](Rig&) {};
  const auto after = [](FaultAction action) { return [action](Rig& rig) { rig.world.schedule(at(500ms), action); }; };
  const auto act = [](FaultKind kind, NodeId node, NodeId peer = {}, Duration duration = {}, std::int64_t factor = 0,
                      std::uint64_t message = 0) { return FaultAction{kind, node, peer, duration, factor, message}; };
  struct Case {
    FaultRefusal reason;
    std::function<void(Rig&)> prepare;
    FaultAction action;
  };
  using K = FaultKind;
  using R = FaultRefusal;
  const NodeId none(9);
  std::vector<Case> cases{
      {R::kAlreadyDown, after(act(K::kCrash, b)), act(K::kCrash, b)},
      {R::kAlreadyDown, after(act(K::kPowerLoss, b)), act(K::kPowerLoss, b)},
      {R::kNone, after(act(K::kCrash, b)), act(K::kPowerLoss, b)},
      {R::kAlreadyDown, after(act(K::kCrash, b)), act(K::kPause, b)},
      {R::kAlreadyUp, nothing, act(K::kRestart, b)},
      {R::kAlreadyPaused, after(act(K::kPause, b)), act(K::kPause, b)},
      {R::kNotPaused, nothing, act(K::kResume, b)},
      {R::kNotPaused, after(act(K::kCrash, b)), act(K::kResume, b)},
      {R::kAlreadyCut, after(act(K::kCut, a, b)), act(K::kCut, b, a)},
      {R::kNone, after(act(K::kCutOneWay, a, b)), act(K::kCut, a, b)},
      {R::kAlreadyCut, after(act(K::kCutOneWay, a, b)), act(K::kCutOneWay, a, b)},
      {R::kNone, after(act(K::kCutOneWay, a, b)), act(K::kCutOneWay, b, a)},
      {R::kNothingToHeal, nothing, act(K::kHeal, a, b)},
      {R::kNothingToHeal, after(act(K::kCut, a, c)), act(K::kHeal, a, b)},
      {R::kNothingToHeal, nothing, act(K::kHealAll, {})},
      {R::kNone, after(act(K::kStall, a, b, 10s)), act(K::kHeal, a, b)},
      {R::kNothingToHeal, after(act(K::kStall, a, b, 100ms)), act(K::kHeal, a, b)},
      {R::kNoSuchMessage, nothing, act(K::kDropMessage, {}, {}, {}, 0, 77)},
      {R::kNoConnection, nothing, act(K::kResetConnection, a, b)},
      {R::kNoChange, nothing, act(K::kCpuSlow, b, {}, {}, 1)},
      {R::kNoChange, nothing, act(K::kLinkDelay, a, b)},
      {R::kNoChange, nothing, act(K::kLinkBandwidth, a, b)},
      {R::kNoChange, nothing, act(K::kLinkLoss, a, b)},
      {R::kNoChange, after(act(K::kLinkLoss, a, b, {}, 100)), act(K::kLinkLoss, b, a, {}, 150)},
      {R::kNoChange, nothing, act(K::kStall, a, b)},
      {R::kNoChange, after(act(K::kStall, a, b, 10s)), act(K::kStall, a, b, 1s)},
      {R::kNoConnection, nothing, act(K::kStrand, a, b, 1s)},
      {R::kAlreadyCut, after(act(K::kCut, a, b)), act(K::kStrand, a, b, 1s)},
      {R::kNoChange, nothing, act(K::kDiskSlow, b, {}, {}, 1)},
      {R::kNoChange, nothing, act(K::kDiskFull, b)},
      {R::kNoChange, nothing, act(K::kDiskFail, b)},
      {R::kNoChange, nothing, act(K::kClockStep, b)},
      {R::kNoChange, nothing, act(K::kClockDrift, b)},
      {R::kNoChange, nothing, act(K::kClockDrift, b, {}, {}, -1'000'000)},
      {R::kNoChange, nothing, act(K::kClockFreeze, b)},
  };
  for (const K kind : {K::kCut, K::kCutOneWay, K::kHeal, K::kLinkDelay, K::kLinkBandwidth, K::kLinkLoss, K::kStall,
                       K::kStrand, K::kResetConnection}) {
    cases.push_back({R::kSameNode, nothing, act(kind, a, a, 1s, 1)});
    cases.push_back({R::kNoSuchNode, nothing, act(kind, a, none, 1s, 1)});
  }
  for (std::size_t kind = 0; kind < kFaultKinds; ++kind) {
    const auto k = static_cast<K>(kind);
    if (k != K::kHealAll && k != K::kDropMessage) {
      cases.push_back({R::kNoSuchNode, nothing, act(k, none, a, 1s, 1)});
      cases.push_back({R::kNoSuchNode, nothing, act(k, {}, a, 1s, 1)});
    }
  }
  std::set<FaultRefusal> seen;
  for (const Case& one : cases) {
    EXPECT_EQ(refusal(one.prepare, one.action), one.reason)
        << "kind " << static_cast<int>(one.action.kind) << " " << describe(one.action);
    seen.insert(one.reason);
  }
  EXPECT_EQ(seen.size(), kFaultRefusals) << "a reason that nothing here produces";
}

}  // namespace
}  // namespace kscope::puppet::fault_action_test
