// Two nodes that are one process: what happens to one part happens to the other, and between them there is no network.
#include <gtest/gtest.h>

#include "tests/engine/run/puppet_model.h"

namespace kscope::puppet::kernel_process_test {
namespace {

// a and c are one process, b and d another; e is a process of its own.
constexpr NodeId a{0};
constexpr NodeId b{1};
constexpr NodeId c{2};
constexpr NodeId d{3};
constexpr NodeId e{4};
using Story = std::vector<std::string>;

std::vector<NodeSetup> joined() {
  std::vector<NodeSetup> nodes(5, plain_node());
  nodes[0].partner = c;
  nodes[1].partner = d;
  nodes[2].partner = a;
  nodes[3].partner = b;
  return nodes;
}

struct Joined : Rig {
  explicit Joined(NetworkSetup network = plain_network()) : Rig(joined(), network) {}
  [[nodiscard]] bool is_up(NodeId node) const { return world.process(node).is_up; }
  [[nodiscard]] FaultRefusal refusal(FaultKind kind, NodeId node, NodeId peer = {}) const {
    return world.refusal(FaultAction{kind, node, peer, 1s, 7, 0});
  }
};

TEST(KernelProcess, parts_say_things_to_each_other_in_no_time) {
  NetworkSetup network = plain_network();
  network.jitter = 5ms;
  network.bytes_per_s = 1'000;
  Joined rig(network);
  rig.send(10ms, a, c, 1, 1'000'000);
  rig.send(10ms, c, a, 2, 1'000'000);
  rig.run(1s);
  EXPECT_EQ(rig.story(), (Story{"c got 1 from a @10ms", "a got 2 from c @10ms"}));
}

TEST(KernelProcess, whoever_stops_one_part_stops_both_in_one_event) {
  for (const FaultKind kind : {FaultKind::kCrash, FaultKind::kPowerLoss}) {
    for (const NodeId hit : {a, c}) {
      Joined rig;
      rig.fault(10ms, kind, hit);
      rig.run(1s);
      EXPECT_FALSE(rig.is_up(a));
      EXPECT_FALSE(rig.is_up(c));
      EXPECT_TRUE(rig.is_up(b) && rig.is_up(d) && rig.is_up(e)) << "the others run on";
      EXPECT_EQ(rig.world.process(a).is_machine_down, kind == FaultKind::kPowerLoss);
      EXPECT_EQ(rig.world.process(c).is_machine_down, kind == FaultKind::kPowerLoss);
      EXPECT_EQ(rig.recorder.seen.back().kind, EventKind::kFault);
      EXPECT_EQ(rig.refusal(kind, a), FaultRefusal::kAlreadyDown);
      EXPECT_EQ(rig.refusal(kind, c), FaultRefusal::kAlreadyDown);
    }
  }
}

TEST(KernelProcess, a_restart_starts_the_part_with_the_smaller_number_first) {
  Joined rig;
  rig.fault(10ms, FaultKind::kCrash, c);
  rig.fault(20ms, FaultKind::kRestart, c);
  rig.run(1s);
  std::vector<NodeId> started;
  for (const Seen& seen : rig.recorder.seen) {
    if (seen.kind == EventKind::kStart && seen.time == at(20ms)) {
      started.push_back(seen.node);
    }
  }
  EXPECT_EQ(started, (std::vector<NodeId>{a, c}));
  EXPECT_EQ(rig.world.process(a).incarnation, 2u);
  EXPECT_EQ(rig.world.process(c).incarnation, 2u);
}

TEST(KernelProcess, parts_pause_and_resume_together) {
  Joined rig;
  rig.fault(10ms, FaultKind::kPause, a, {}, 30ms);
  rig.send(11ms, e, c, 1);
  rig.send(11ms, e, a, 2);
  rig.fault(50ms, FaultKind::kPause, c);
  rig.send(51ms, e, a, 3);
  rig.fault(70ms, FaultKind::kResume, a);
  rig.run(1s);
  EXPECT_EQ(rig.story(), (Story{"a got 2 from e @40ms", "c got 1 from e @40ms", "a got 3 from e @70ms"}));
}

TEST(KernelProcess, a_cut_is_between_processes) {
  Joined rig;
  rig.fault(10ms, FaultKind::kCut, a, d);
  int number = 0;
  for (const NodeId from : {a, c}) {
    for (const NodeId to : {b, d}) {
      rig.send(11ms, from, to, ++number);
      rig.send(11ms, to, from, ++number);
    }
  }
  rig.send(11ms, a, c, 20);
  rig.send(11ms, a, e, 21);
  rig.run(40ms);
  EXPECT_EQ(rig.story(), (Story{"c got 20 from a @11ms", "e got 21 from a @12ms"}));
  EXPECT_EQ(rig.refusal(FaultKind::kCut, c, b), FaultRefusal::kAlreadyCut);
  rig.fault(50ms, FaultKind::kHeal, b, c);
  rig.run(1s);
  EXPECT_EQ(rig.story(50ms).size(), 8u) << "all that waited arrives";
}

TEST(KernelProcess, every_link_fault_is_one_of_all_the_links_between_two_processes) {
  for (const FaultKind kind : {FaultKind::kCut, FaultKind::kCutOneWay, FaultKind::kLinkDelay, FaultKind::kLinkBandwidth,
                               FaultKind::kLinkLoss, FaultKind::kStall}) {
    Joined rig;
    rig.fault(10ms, kind, a, d, 10s, 50);
    rig.run(11ms);
    for (const NodeId from : {a, c}) {
      for (const NodeId to : {b, d}) {
        EXPECT_FALSE(rig.world.network().direction(from, to).is_whole(at(11ms))) << static_cast<int>(kind);
      }
    }
    EXPECT_TRUE(rig.world.network().direction(a, c).is_whole(at(11ms)));
    EXPECT_TRUE(rig.world.network().direction(a, e).is_whole(at(11ms)));
  }
}

TEST(KernelProcess, a_reset_breaks_every_connection_between_two_processes) {
  Joined rig;
  rig.send(10ms, a, b, 1);
  rig.send(10ms, c, d, 2);
  rig.send(10ms, a, e, 3);
  rig.fault(20ms, FaultKind::kResetConnection, c, b);
  rig.run(1s);
  EXPECT_EQ(rig.story(20ms), (Story{"a lost b @0ns", "b lost a @0ns", "c lost d @0ns", "d lost c @0ns"}));
}

TEST(KernelProcess, nothing_breaks_inside_a_process) {
  Joined rig;
  rig.send(10ms, a, c, 1);
  rig.run(10ms);
  for (const FaultKind kind :
       {FaultKind::kCut, FaultKind::kCutOneWay, FaultKind::kHeal, FaultKind::kLinkDelay, FaultKind::kLinkBandwidth,
        FaultKind::kLinkLoss, FaultKind::kStall, FaultKind::kStrand, FaultKind::kResetConnection}) {
    EXPECT_EQ(rig.refusal(kind, a, c), FaultRefusal::kSameNode) << static_cast<int>(kind);
    EXPECT_EQ(rig.refusal(kind, c, a), FaultRefusal::kSameNode) << static_cast<int>(kind);
  }
}

TEST(KernelProcess, the_machine_has_one_processor_one_disk_and_one_clock) {
  Joined rig;
  rig.fault(10ms, FaultKind::kCpuSlow, c, {}, {}, 5);
  rig.fault(10ms, FaultKind::kDiskSlow, a, {}, {}, 6);
  rig.fault(10ms, FaultKind::kDiskFull, c, {}, {}, 1);
  rig.fault(10ms, FaultKind::kDiskFail, a, {}, {}, 1);
  rig.fault(10ms, FaultKind::kClockStep, c, e, 3s);  // the peer means nothing to a clock
  rig.fault(10ms, FaultKind::kClockDrift, a, {}, {}, 100);
  rig.run(10ms);
  for (const NodeId part : {a, c}) {
    EXPECT_EQ(rig.world.process(part).cpu_factor, 5);
    EXPECT_EQ(rig.world.disk(part).slow_factor, 6);
    EXPECT_TRUE(rig.world.disk(part).is_full && rig.world.disk(part).is_failing);
    EXPECT_EQ(rig.world.clock(part).drift_ppm(), 100);
  }
  EXPECT_EQ(rig.world.local_time(a), rig.world.local_time(c));
  EXPECT_EQ(rig.world.local_time(a) - rig.world.local_time(e), 3s);
}

TEST(KernelProcess, the_part_that_leaves_tells_the_other_and_the_last_ends_the_process) {
  Joined rig;
  rig.send(5ms, a, e, 1);
  rig.send(5ms, a, c, 2);
  rig.tell(10ms, Do::kLeave, c);
  rig.run(1s);
  EXPECT_FALSE(rig.is_up(a) || rig.is_up(c));
  std::vector<NodeId> told;
  for (const Seen& seen : rig.recorder.seen) {
    if (seen.kind == EventKind::kCommand && seen.time == at(10ms)) {
      told.push_back(seen.node);
    }
  }
  EXPECT_EQ(told, (std::vector<NodeId>{c, a})) << "a is told when c has left";
  EXPECT_EQ(rig.story(10ms), (Story{"a lost c @0ns", "e lost a @1ms"}));
}

TEST(KernelProcess, the_end_of_one_part_without_a_word_is_the_end_of_the_process) {
  Joined rig;
  rig.tell(10ms, Do::kWrite, a, 1);
  rig.tell(20ms, Do::kExit, c);
  rig.run(1s);
  EXPECT_FALSE(rig.is_up(a) || rig.is_up(c));
  EXPECT_TRUE(rig.world.disk(a).is_dirty()) << "nobody flushed for it";
}

TEST(KernelProcess, a_process_of_which_a_part_still_runs_is_not_started_again) {
  Joined rig;
  rig.fault(10ms, FaultKind::kPause, a);
  rig.run(10ms);
  EXPECT_EQ(rig.refusal(FaultKind::kRestart, a), FaultRefusal::kAlreadyUp);
  rig.fault(20ms, FaultKind::kResume, c);
  rig.tell(30ms, Do::kLeave, c);
  rig.fault(30ms, FaultKind::kRestart, c);  // before a hears of it
  rig.run(1s);
  EXPECT_FALSE(rig.is_up(a) || rig.is_up(c));
  EXPECT_EQ(rig.refusal(FaultKind::kRestart, c), FaultRefusal::kNone);
}

TEST(KernelProcess, a_whole_process_that_leaves_exits) {
  Joined rig;
  rig.tell(10ms, Do::kLeave, e);
  rig.run(1s);
  EXPECT_FALSE(rig.is_up(e));
}

}  // namespace
}  // namespace kscope::puppet::kernel_process_test
