// Executing events: timers, disk and lives of a process, acts and the registry, choices, what observers are told.
#include "engine/run/kernel_step.h"

#include <gtest/gtest.h>

#include "tests/engine/run/puppet_model.h"

namespace kscope::puppet::kernel_step_test {
namespace {

constexpr NodeId a = Rig::a;
constexpr NodeId b = Rig::b;
using Story = std::vector<std::string>;

TEST(KernelTimers, ATimerFiresOnceAfterItsDelay) {
  Rig rig;
  rig.arm(10ms, a, 1, 5ms);
  rig.arm(10ms, a, 2, 0ms);
  rig.arm(10ms, a, 3, Duration(-4ms));
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 2 @10ms", "a alarm 3 @10ms", "a alarm 1 @15ms"}));
}

TEST(KernelTimers, ACancelledTimerDoesNotFire) {
  Rig rig;
  rig.arm(10ms, a, 1, 5ms);
  rig.arm(10ms, a, 2, 5ms);
  rig.tell(12ms, Do::kCancel, a, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 2 @15ms"}));
}

TEST(KernelTimers, RearmingAfterACancelFiresAtTheNewTimeOnly) {
  Rig rig;
  rig.arm(10ms, a, 1, 5ms);
  rig.tell(12ms, Do::kCancel, a, 1);
  rig.arm(12ms, a, 1, 20ms);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 1 @32ms"}));
}

TEST(KernelTimers, AHandleOfATimerThatFiredCancelsNothing) {
  Rig rig;
  rig.arm(10ms, a, 1, 1ms);
  rig.arm(20ms, a, 2, 5ms);  // takes the place of the first in the table
  rig.tell(21ms, Do::kCancel, a, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 1 @11ms", "a alarm 2 @25ms"}));
}

TEST(KernelTimers, TimersOfALifeEndWithIt) {
  Rig rig;
  rig.arm(10ms, a, 1, 50ms);
  rig.fault(20ms, FaultKind::kCrash, a);
  rig.fault(30ms, FaultKind::kRestart, a);
  rig.arm(31ms, a, 2, 50ms);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 2 @81ms"}));
  EXPECT_EQ(rig.world.process(a).incarnation, 2u);
}

TEST(KernelTimers, ManyTimersArmedAndCancelledFireExactlyTheRest) {
  Rig rig;
  for (int i = 0; i < 1'000; ++i) {
    rig.arm(10ms, a, i, 1ms + i * 1us);
    if (i % 3 != 0) {
      rig.tell(10'500us, Do::kCancel, a, i);
    }
  }
  rig.run();
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 1'000; i += 3) {
    expected.push_back(i);
  }
  EXPECT_EQ(rig.puppet(a).alarms, expected);
}

TEST(KernelClocks, HandlersSeeTheirOwnClockAndTimersCountByIt) {
  std::vector<NodeSetup> nodes(2, plain_node());
  nodes[0].clock_offset = 7s;
  nodes[1].clock_drift_ppm = 250'000;
  Rig rig(nodes, plain_network());
  rig.arm(1s, a, 1, 1s);
  rig.arm(1s, b, 2, 1s);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b alarm 2 @1.8s", "a alarm 1 @2s"}));
  EXPECT_EQ(rig.recorder.seen[rig.recorder.seen.size() - 2].notes[0].local, LocalTime(2'250ms));
  EXPECT_EQ(rig.recorder.seen.back().notes[0].local, LocalTime(9s));
  EXPECT_EQ(rig.world.local_time(a), LocalTime(9s));
}

TEST(KernelClocks, AChangeOfDriftCarriesArmedTimersAlong) {
  Rig rig;
  rig.arm(0ms, a, 1, 10s);
  rig.fault(4s, FaultKind::kClockDrift, a, {}, {}, 500'000);  // six seconds are left, counted in four
  rig.arm(4s, b, 2, 6s);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 1 @8s", "b alarm 2 @10s"}));
}

TEST(KernelClocks, TimersOfAFrozenClockStandStill) {
  Rig rig;
  rig.arm(0ms, a, 1, 10s);
  rig.fault(4s, FaultKind::kClockFreeze, a, {}, {}, 1);
  rig.arm(5s, a, 2, 1s);
  rig.arm(5s, a, 3, 1s);
  rig.tell(6s, Do::kCancel, a, 3);
  rig.fault(20s, FaultKind::kClockFreeze, a, {}, {}, 0);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a alarm 2 @21s", "a alarm 1 @26s"}));
  EXPECT_EQ(rig.world.local_time(a), LocalTime(10s));
}

TEST(KernelClocks, ACrashedProcessLeavesNoTimersBehindAFrozenClock) {
  Rig rig;
  rig.arm(0ms, a, 1, 10s);
  rig.fault(4s, FaultKind::kClockFreeze, a, {}, {}, 1);
  rig.fault(5s, FaultKind::kCrash, a);
  rig.fault(6s, FaultKind::kRestart, a);
  rig.fault(7s, FaultKind::kClockFreeze, a, {}, {}, 0);
  rig.run();
  EXPECT_EQ(rig.story(), Story{});
}

TEST(KernelDisk, AFlushTakesItsLatencyAndFlushesWhatWasWrittenWhenItBegan) {
  Rig rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(10ms, Do::kFlush, a, 70);
  rig.tell(11ms, Do::kWrite, a, 2);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a wrote 1 @10ms", "a wrote 2 @11ms", "a flushed 70 @12ms"}));
  EXPECT_EQ(rig.world.disk(a).file(Model::kLog).written, 2);
  EXPECT_EQ(rig.world.disk(a).file(Model::kLog).flushed, 1);
}

TEST(KernelDisk, FlushesOfOneDiskQueueUp) {
  Rig rig;
  rig.tell(10ms, Do::kFlush, a, 1);
  rig.tell(10ms, Do::kFlush, a, 2);
  rig.tell(11ms, Do::kFlush, a, 3);
  rig.tell(10ms, Do::kFlush, b, 4);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a flushed 1 @12ms", "b flushed 4 @12ms", "a flushed 2 @14ms", "a flushed 3 @16ms"}));
}

TEST(KernelDisk, ACrashKeepsThePageCacheAndAPowerLossTheFlushedPrefixOnly) {
  for (const FaultKind end : {FaultKind::kCrash, FaultKind::kPowerLoss}) {
    Rig rig;
    rig.tell(10ms, Do::kWrite, a, 1);
    rig.tell(10ms, Do::kFlush, a, 70);
    rig.tell(20ms, Do::kWrite, a, 2);
    rig.fault(30ms, end, a);
    rig.fault(40ms, FaultKind::kRestart, a);
    rig.run();
    const bool keeps = end == FaultKind::kCrash;
    EXPECT_EQ(rig.world.durable(a).log, keeps ? std::vector<std::int64_t>({1, 2}) : std::vector<std::int64_t>({1}));
    EXPECT_EQ(rig.puppet(a).found_entries, keeps ? 2u : 1u) << "the new process starts from the disk";
  }
}

TEST(KernelDisk, AFlushThatHasNotEndedSavesNothing) {
  Rig rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(10ms, Do::kFlush, a, 70);
  rig.fault(11ms, FaultKind::kPowerLoss, a);
  rig.fault(20ms, FaultKind::kRestart, a);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a wrote 1 @10ms"}));
  EXPECT_TRUE(rig.world.durable(a).log.empty());
}

TEST(KernelDisk, AnOrderlyExitFlushesEverything) {
  Rig rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(11ms, Do::kExit, a);
  rig.fault(20ms, FaultKind::kPowerLoss, a);
  rig.run();
  EXPECT_EQ(rig.world.durable(a).log, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(rig.world.role(a), nullptr);
}

TEST(KernelDisk, AMachineWhoseProcessDiedCanStillLoseItsPageCache) {
  Rig rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.fault(20ms, FaultKind::kCrash, a);
  rig.fault(30ms, FaultKind::kPowerLoss, a);
  rig.run();
  EXPECT_TRUE(rig.world.durable(a).log.empty());
  EXPECT_TRUE(rig.world.process(a).is_machine_down);
}

TEST(KernelDisk, TheOperatingSystemWritesBackByItself) {
  NodeSetup node = plain_node();
  node.disk.writeback_interval = 1s;
  for (const auto& [loses_power_at, left] : {std::pair{1'999ms, 0u}, std::pair{2'001ms, 1u}}) {
    Rig rig(1, plain_network(), node);
    rig.tell(1'500ms, Do::kWrite, a, 1);
    rig.fault(loses_power_at, FaultKind::kPowerLoss, a);
    rig.run();
    EXPECT_EQ(rig.world.durable(a).log.size(), left) << loses_power_at.count();
  }
}

TEST(KernelDisk, AnIdleSystemComesToAnEndAlthoughItWritesBack) {
  NodeSetup node = plain_node();
  node.disk.writeback_interval = 1s;
  Rig rig(3, plain_network(), node);
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(5s, Do::kWrite, a, 2);
  rig.run(std::chrono::nanoseconds(INT64_MAX));
  EXPECT_FALSE(rig.world.step());
  EXPECT_EQ(rig.world.pending_count(), 0u);
  EXPECT_EQ(rig.world.disk(a).file(Model::kLog).flushed, 2);
}

TEST(KernelLife, NodesStartWhenTheyAreSetToOrWhenTold) {
  std::vector<NodeSetup> nodes(3, plain_node());
  nodes[1].starts_at = at(5s);
  nodes[2].starts_at = SimTime::max();
  Rig rig(nodes, plain_network());
  rig.fault(7s, FaultKind::kRestart, Rig::c);
  rig.run();
  std::vector<SimTime> starts;
  for (const Seen& seen : rig.recorder.seen) {
    if (seen.kind == EventKind::kStart) {
      starts.push_back(seen.time);
    }
  }
  EXPECT_EQ(starts, (std::vector<SimTime>{at(0s), at(5s), at(7s)}));
}

TEST(KernelLife, APausedProcessHandlesNothingAndThenEverythingInOrder) {
  Rig rig;
  rig.arm(0ms, a, 1, 12ms);
  rig.fault(10ms, FaultKind::kPause, a, {}, 20ms);
  rig.send(10ms, b, a, 2);
  rig.tell(13ms, Do::kWrite, a, 3);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 2 from b @30ms", "a alarm 1 @30ms", "a wrote 3 @30ms"}));
}

TEST(KernelLife, ACommandToADeadNodeDoesNothingAndIsStillAnEvent) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCrash, a);
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.run();
  EXPECT_EQ(rig.recorder.seen.back().kind, EventKind::kCommand);
  EXPECT_TRUE(rig.world.durable(a).log.empty());
}

TEST(KernelActs, ACommandOnNoNodeChangesTheRegistryThatAllRead) {
  Rig rig;
  rig.tell(10ms, Do::kSet, NodeId(), 42);
  rig.run(9ms);
  EXPECT_EQ(rig.world.registry().setting, 0);
  rig.run();
  EXPECT_EQ(rig.world.registry().setting, 42);
}

TEST(KernelActs, APostIsExecutedBeforeAnythingLater) {
  Rig rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(20ms, Do::kWrite, a, 2);
  rig.run(10ms);
  rig.world.post(Command{Do::kWrite, a, {}, 3, 0, {}});
  rig.run();
  EXPECT_EQ(rig.world.durable(a).log, (std::vector<std::int64_t>{1, 3, 2}));
}

TEST(KernelActs, APostAfterOutdatedEventsWereDroppedHappensAsEarlyAsItCan) {
  Rig rig;
  rig.arm(10ms, a, 1, 5ms);
  rig.tell(11ms, Do::kCancel, a, 1);
  rig.run(30ms);
  EXPECT_EQ(rig.world.now(), at(11ms));
  EXPECT_EQ(rig.world.earliest_act(), at(15ms)) << "the outdated timer was looked at and dropped";
  rig.world.post(Command{Do::kWrite, a, {}, 3, 0, {}});
  rig.run();
  EXPECT_EQ(rig.recorder.seen.back().time, at(15ms));
}

TEST(KernelActs, EventsOfOneMomentKeepTheOrderInWhichTheyWereAskedFor) {
  Rig rig;
  for (int i = 0; i < 100; ++i) {
    rig.tell(10ms, Do::kWrite, a, i);
  }
  rig.run();
  EXPECT_TRUE(std::is_sorted(rig.world.durable(a).log.begin(), rig.world.durable(a).log.end()));
}

TEST(KernelChoices, ComeFromTheSeedAndCanBeOverridden) {
  const auto choices = [](std::uint64_t seed, bool overrides) {
    Rig rig(std::vector<NodeSetup>(1, plain_node()), plain_network(), seed);
    if (overrides) {
      rig.world.chooser_for_setup().set_overrides({{ChoiceKind::workload, 2, 77}});
    }
    for (int i = 0; i < 5; ++i) {
      rig.command(10ms, Command{Do::kChoose, a, {}, 0, 1'000'000, {}});
    }
    rig.run();
    return rig.puppet(a).choices;
  };
  const std::vector<std::int64_t> plain = choices(5, false);
  EXPECT_EQ(choices(5, false), plain);
  EXPECT_NE(choices(6, false), plain);
  std::vector<std::int64_t> bent = plain;
  bent[2] = 77;
  EXPECT_EQ(choices(5, true), bent);
}

TEST(KernelTrace, EveryEventNamesTheEventThatCausedIt) {
  Rig rig;
  rig.ask(10ms, a, b, 1);
  rig.tell(20ms, Do::kFlush, b, 9);
  rig.run();
  const std::vector<Seen>& seen = rig.recorder.seen;
  // Three starts, the command, the delivery at b, its work timer, the answer at a, the command, the flush.
  ASSERT_EQ(seen.size(), 9u);
  const std::vector<EventKind> kinds{EventKind::kStart,    EventKind::kStart,    EventKind::kStart,
                                     EventKind::kCommand,  EventKind::kDelivery, EventKind::kTimer,
                                     EventKind::kDelivery, EventKind::kCommand,  EventKind::kDiskDone};
  const std::vector<std::uint64_t> causes{0, 0, 0, 0, 4, 5, 6, 0, 8};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].number, i + 1);
    EXPECT_EQ(seen[i].kind, kinds[i]) << i;
    EXPECT_EQ(seen[i].cause, causes[i]) << i;
  }
  EXPECT_EQ(seen[4].what, (Message{1, 1ms}.kind()));
  EXPECT_EQ(seen[4].peer, a);
  EXPECT_EQ(seen[5].what, static_cast<std::uint16_t>(TimerKind::kAnswer));
  ASSERT_EQ(seen[3].sent.size(), 1u);
  EXPECT_EQ(seen[3].sent[0].message, seen[4].message) << "the message that was sent is the one that was delivered";
  EXPECT_EQ(seen[3].sent[0].arrives_at, seen[4].time);
}

TEST(KernelTrace, ObserversChangeNothing) {
  const auto build = [] {
    auto rig = std::make_unique<Rig>();
    for (int i = 0; i < 50; ++i) {
      rig->ask(10ms + i * 300us, a, b, i);
    }
    rig->fault(12ms, FaultKind::kResetConnection, a, b);
    rig->fault(15ms, FaultKind::kPowerLoss, b);
    rig->fault(17ms, FaultKind::kRestart, b);
    return rig;
  };
  const std::unique_ptr<Rig> watched = build();
  watched->run();
  const std::unique_ptr<Rig> alone = build();
  while (alone->world.step()) {
  }
  EXPECT_EQ(alone->world.fingerprint(), watched->world.fingerprint());
  EXPECT_EQ(alone->world.event_count(), watched->recorder.seen.size());
  EXPECT_FALSE(watched->story().empty());
}

TEST(KernelTrace, TheFingerprintSeesTimeNodePayloadAndDecisions) {
  const auto fingerprint = [](Duration time, NodeId node, std::int64_t number, bool chooses) {
    Rig rig;
    rig.tell(time, Do::kSet, node, number);
    if (chooses) {
      (void)rig.world.chooser_for_setup().choose(ChoiceKind::fault, Label{}, 2);
    }
    rig.run();
    return rig.world.fingerprint();
  };
  const std::uint64_t base = fingerprint(10ms, a, 1, false);
  EXPECT_EQ(fingerprint(10ms, a, 1, false), base);
  EXPECT_NE(fingerprint(11ms, a, 1, false), base);
  EXPECT_NE(fingerprint(10ms, b, 1, false), base);
  EXPECT_NE(fingerprint(10ms, a, 2, false), base);
  EXPECT_NE(fingerprint(10ms, a, 1, true), base);
}

}  // namespace
}  // namespace kscope::puppet::kernel_step_test
