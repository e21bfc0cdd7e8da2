// Messages and connections as nodes see them: order, cuts, stalls, resets, refusals, with exact times.
#include <gtest/gtest.h>

#include "tests/engine/run/puppet_model.h"

namespace kscope::puppet::kernel_net_test {
namespace {

constexpr NodeId a = Rig::a;
constexpr NodeId b = Rig::b;
constexpr NodeId c = Rig::c;
using Story = std::vector<std::string>;

TEST(KernelNet, AMessageArrivesAfterTheLatencyAndAnAnswerAfterTwoAndTheWork) {
  Rig rig;
  rig.ask(10ms, a, b, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @11ms", "a got 1001 from b @13ms"}));
}

TEST(KernelNet, ANodeReachesItselfByLoopback) {
  Rig rig;
  rig.send(10ms, a, a, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 1 from a @10.02ms"}));
}

TEST(KernelNet, MessagesOfOneDirectionKeepTheirOrderWhateverTheJitter) {
  NetworkSetup network = plain_network();
  network.jitter = 5ms;
  Rig rig(2, network);
  for (int i = 0; i < 200; ++i) {
    rig.send(10ms + i * 10us, a, b, i);
  }
  rig.run();
  const std::vector<std::int64_t>& got = rig.puppet(b).got;
  ASSERT_EQ(got.size(), 200u);
  EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
}

TEST(KernelNet, BandwidthIsSharedByWhatIsSentAtOnce) {
  NetworkSetup network = plain_network();
  network.bytes_per_s = 1'000'000;
  Rig rig(2, network);
  rig.send(10ms, a, b, 1, 4'000);
  rig.send(10ms, a, b, 2, 4'000);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @15ms", "b got 2 from a @19ms"}));
}

TEST(KernelNet, ACutHoldsBothDirectionsAndHealingDeliversInOrder) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10ms, b, a, 2);
  rig.fault(10'500us, FaultKind::kCut, a, b);
  rig.send(20ms, a, b, 3);
  rig.send(21ms, a, c, 4);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.send(60ms, a, b, 5);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"c got 4 from a @22ms", "b got 1 from a @51ms", "b got 3 from a @51ms",
                                "a got 2 from b @51ms", "b got 5 from a @61ms"}));
}

TEST(KernelNet, ACutOneWayLeavesTheOtherWayOpen) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCutOneWay, a, b);
  rig.send(10ms, a, b, 1);
  rig.send(10ms, b, a, 2);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 2 from b @11ms", "b got 1 from a @51ms"}));
}

TEST(KernelNet, WhatACutHoldsShowsWhereItIs) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.fault(10'250us, FaultKind::kCut, a, b);
  rig.send(11ms, a, b, 2);
  rig.run(20ms);
  std::vector<std::int64_t> places;
  rig.world.for_each_in_flight([&](const InFlight<Message>& one) {
    EXPECT_TRUE(one.is_held);
    EXPECT_EQ(one.sent.from, a);
    EXPECT_EQ(one.sent.to, b);
    places.push_back(one.held_per_mille);
  });
  EXPECT_EQ(places, (std::vector<std::int64_t>{250, 0})) << "a quarter of the way, and still at the sender";
}

TEST(KernelNet, MessagesInFlightShowWhenTheyArrive) {
  Rig rig;
  rig.send(10ms, a, b, 7, 64);
  rig.run(10'400us);
  int count = 0;
  rig.world.for_each_in_flight([&](const InFlight<Message>& one) {
    ++count;
    EXPECT_EQ(one.message->number, 7);
    EXPECT_FALSE(one.is_held);
    EXPECT_EQ(one.sent.sent_at, at(10ms));
    EXPECT_EQ(one.sent.arrives_at, at(11ms));
    EXPECT_EQ(one.sent.size_bytes, 64);
  });
  EXPECT_EQ(count, 1);
  rig.run(11ms);
  rig.world.for_each_in_flight([](const InFlight<Message>&) { FAIL() << "it has arrived"; });
}

TEST(KernelNet, AStallHoldsOneDirectionAndThenDeliversInOrder) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.fault(10'500us, FaultKind::kStall, a, b, 20ms);
  rig.send(12ms, a, b, 2);
  rig.send(12ms, b, a, 3);
  rig.send(30ms, a, b, 4);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 3 from b @13ms", "b got 1 from a @30.5ms", "b got 2 from a @30.5ms",
                                "b got 4 from a @31ms"}));
}

TEST(KernelNet, AStallKeepsTheOrderOfWhatWouldArriveExactlyAtItsEnd) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10'500us, a, b, 2);
  rig.fault(10'700us, FaultKind::kStall, a, b, 800us);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @11.5ms", "b got 2 from a @11.5ms"}));
}

TEST(KernelNet, HealingEndsAStall) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.fault(10'500us, FaultKind::kStall, a, b, 10s);
  rig.fault(15ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @16ms"}));
}

TEST(KernelNet, WhatIsStrandedArrivesThoughItsConnectionIsClosedAndANewerOneOvertakesIt) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.fault(10'500us, FaultKind::kStrand, a, b, 20ms);
  rig.send(12ms, a, b, 2);
  rig.send(12ms, b, a, 3);
  rig.command(14ms, Command{Do::kDisconnect, a, b, 0, 0, {}});
  rig.send(15ms, a, b, 4);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 3 from b @13ms", "b lost a @15ms", "b got 4 from a @16ms",
                                "b got 1 from a @30.5ms", "b got 2 from a @30.5ms"}))
      << "2 went into the same connection, 4 into the next";
}

TEST(KernelNet, WhatIsStrandedIsLostWithTheProcessThatItGoesTo) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.fault(10'500us, FaultKind::kStrand, a, b, 20ms);
  rig.fault(15ms, FaultKind::kCrash, b);
  rig.fault(20ms, FaultKind::kRestart, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a lost b @16ms"}));
}

TEST(KernelNet, WhatIsStrandedOutlivesACutAndDropsAlone) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10ms, a, b, 2);
  rig.fault(10'500us, FaultKind::kStrand, a, b, 20ms);
  rig.run(11ms);
  std::vector<std::uint64_t> hanging;
  rig.world.for_each_in_flight([&](const InFlight<Message>& one) { hanging.push_back(one.sent.message); });
  ASSERT_EQ(hanging.size(), 2U);
  FaultAction drop;
  drop.kind = FaultKind::kDropMessage;
  drop.message = hanging.front();
  rig.world.schedule(at(12ms), drop);
  rig.fault(13ms, FaultKind::kCut, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 2 from a @30.5ms"}));
}

TEST(KernelNet, AResetLosesWhatIsInFlightBothWaysAndTellsBothEnds) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10ms, b, a, 2);
  rig.fault(10'500us, FaultKind::kResetConnection, a, b);
  rig.send(12ms, a, b, 3);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a lost b @10.5ms", "b lost a @10.5ms", "b got 3 from a @13ms"}));
  std::vector<std::uint64_t> lost;
  for (const Seen& seen : rig.recorder.seen) {
    for (const Sent& sent : seen.lost) {
      lost.push_back(sent.message);
    }
  }
  EXPECT_EQ(lost, (std::vector<std::uint64_t>{1, 2}));
}

TEST(KernelNet, DroppingAMessageBreaksTheConnectionThereAndSparesWhatIsAhead) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10'100us, a, b, 2);
  rig.send(10'200us, a, b, 3);
  rig.send(10'300us, b, a, 4);
  rig.fault(10'500us, FaultKind::kDropMessage, {}, {}, {}, 0, 2);
  rig.send(10'600us, a, b, 5);
  rig.run();
  EXPECT_EQ(rig.story(),
            (Story{"a lost b @10.5ms", "b got 1 from a @11ms", "b lost a @11.5ms", "b got 5 from a @11.6ms"}));
}

TEST(KernelNet, DroppingAHeldMessageBreaksTheConnectionWhenTheLinkHeals) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.fault(9ms, FaultKind::kCutOneWay, a, b);
  rig.send(10ms, a, b, 1);
  rig.send(11ms, a, b, 2);
  rig.fault(12ms, FaultKind::kDropMessage, {}, {}, {}, 0, 3);
  rig.fault(20ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "a lost b @12ms", "b got 1 from a @21ms", "b lost a @21ms"}));
}

TEST(KernelNet, ACrashClosesConnectionsAndWhatTheProcessHadSentStillArrives) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.send(10ms, b, a, 1);
  rig.send(10ms, a, b, 2);
  rig.fault(10'500us, FaultKind::kCrash, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "a got 1 from b @11ms", "a lost b @11.5ms"}));
}

TEST(KernelNet, AMessageToADeadProcessIsRefusedAfterARoundTrip) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCrash, b);
  rig.send(10ms, a, b, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a lost b @12ms"}));
}

TEST(KernelNet, ARefusalTravelsBehindWhatTheDeadProcessHadSent) {
  NetworkSetup network = plain_network();
  network.bytes_per_s = 1'000'000;
  Rig rig(2, network);
  rig.send(10ms, b, a, 1, 50'000);
  rig.fault(10'500us, FaultKind::kCrash, b);
  rig.send(11ms, a, b, 2);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a got 1 from b @61ms", "a lost b @61ms", "a lost b @61ms"}));
}

TEST(KernelNet, ARefusalDoesNotPassACut) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCrash, b);
  rig.fault(5ms, FaultKind::kCutOneWay, b, a);
  rig.send(10ms, a, b, 1);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a lost b @51ms"}));
}

TEST(KernelNet, APeerOfADeadMachineLearnsOfItOnlyWhenItSendsAfterwards) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.fault(10ms, FaultKind::kPowerLoss, b);
  rig.send(20ms, a, b, 1);
  rig.fault(50ms, FaultKind::kRestart, b);
  rig.send(60ms, a, b, 2);
  rig.send(70ms, a, b, 3);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "a lost b @62ms", "b got 3 from a @71ms"}))
      << "the machine that came back knows nothing of the connection, so 1 and 2 are lost and a is told";
}

TEST(KernelNet, AnAttemptToConnectToADeadMachineIsNotForgottenSilently) {
  Rig rig;
  rig.fault(5ms, FaultKind::kPowerLoss, b);
  rig.send(10ms, a, b, 1);
  rig.fault(50ms, FaultKind::kRestart, b);
  rig.send(60ms, a, b, 2);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"a lost b @62ms"}));
}

TEST(KernelNet, AMachineThatComesBackMakesItsPeersSeeThatTheOldConnectionIsGone) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.fault(10ms, FaultKind::kPowerLoss, b);
  rig.fault(50ms, FaultKind::kRestart, b);
  rig.send(60ms, b, a, 1);
  rig.send(70ms, a, b, 2);
  rig.run();
  EXPECT_EQ(rig.story(),
            (Story{"b got 0 from a @6ms", "a lost b @61ms", "a got 1 from b @61ms", "b got 2 from a @71ms"}));
}

TEST(KernelNet, WhenBothMachinesComeBackNothingIsLeftOfTheOldConnection) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.fault(10ms, FaultKind::kPowerLoss, a);
  rig.fault(10ms, FaultKind::kPowerLoss, b);
  rig.fault(50ms, FaultKind::kRestart, a);
  rig.fault(50ms, FaultKind::kRestart, b);
  rig.send(60ms, a, b, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "b got 1 from a @61ms"}));
}

TEST(KernelNet, AnOrderlyCloseLosesWhatIsInFlightAndThePeerLearnsByTheWire) {
  Rig rig;
  rig.send(10ms, a, b, 1);
  rig.send(10ms, b, a, 2);
  rig.command(10'500us, Command{Do::kDisconnect, a, b, 0, 0, {}});
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b lost a @11.5ms"}));
}

TEST(KernelNet, ClosingACutConnectionGivesUpWhatItHolds) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.fault(9ms, FaultKind::kCut, a, b);
  rig.send(10ms, a, b, 1);
  rig.command(11ms, Command{Do::kDisconnect, a, b, 0, 0, {}});
  rig.send(12ms, a, b, 2);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "b lost a @51ms", "b got 2 from a @51ms"}));
}

TEST(KernelNet, AnAttemptThatACutHoldsReachesWhoeverIsThereWhenItHeals) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCut, a, b);
  rig.send(10ms, a, b, 1);
  rig.fault(20ms, FaultKind::kCrash, b);
  rig.fault(30ms, FaultKind::kRestart, b);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @51ms"}));
}

TEST(KernelNet, AnAttemptEndsWithTheProcessThatMakesIt) {
  Rig rig;
  rig.fault(5ms, FaultKind::kCut, a, b);
  rig.send(10ms, a, b, 1);
  rig.fault(20ms, FaultKind::kCrash, a);
  rig.fault(30ms, FaultKind::kRestart, a);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.send(60ms, a, b, 2);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 2 from a @61ms"}));
}

TEST(KernelNet, WhatAProcessSentOverAConnectionBeforeItDiedSurvivesACut) {
  Rig rig;
  rig.send(5ms, a, b, 0);
  rig.send(10ms, a, b, 1);
  rig.fault(10'500us, FaultKind::kCut, a, b);
  rig.fault(20ms, FaultKind::kCrash, a);
  rig.fault(50ms, FaultKind::kHeal, a, b);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 0 from a @6ms", "b got 1 from a @51ms", "b lost a @51ms"}));
  EXPECT_FALSE(rig.world.network().connection(a, b).is_open) << "a dead process opens no connection";
}

TEST(KernelNet, LossDelaysByRetransmissionAndLosesNothing) {
  Rig rig;
  rig.fault(5ms, FaultKind::kLinkLoss, a, b, {}, 100);
  rig.send(10ms, a, b, 1);
  rig.run();
  EXPECT_EQ(rig.story(), (Story{"b got 1 from a @12.611s"}));
}

}  // namespace
}  // namespace kscope::puppet::kernel_net_test
