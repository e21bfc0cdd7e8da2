// Members that leave, fall silent or do not give up partitions in time.

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::fencing_test {
namespace {

TEST(Fencing, a_member_that_never_revokes_is_fenced_by_the_rebalance_timeout) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  ASSERT_EQ(bench.current(kAlice).state, MemberState::UNREVOKED_PARTITIONS);
  for (int i = 0; i < 11; ++i) {
    bench.advance(5s);
    EXPECT_EQ(bench.alive(kAlice, of_t0({0, 1, 2, 3})).member_epoch, MemberEpoch{1}) << "alive, but keeps everything";
    bench.alive(kBob);
  }
  bench.advance(4999ms);
  EXPECT_TRUE(bench.group.members.contains(kAlice));
  bench.advance(1ms);
  EXPECT_FALSE(bench.group.members.contains(kAlice));
  EXPECT_FALSE(bench.runs(MemberTimerKind::kSession, kAlice));
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::ASSIGNING);
  EXPECT_EQ(bench.alive(kAlice).error_code, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.alive(kBob).assignment, of_t0({0, 1, 2, 3}));
}

TEST(Fencing, a_member_that_revokes_one_epoch_after_another_has_the_timeout_for_each) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  bench.advance(40s);
  bench.alive(kBob);
  bench.join(kCarol);
  bench.join(kDave);  // four members: Alice keeps one partition only
  bench.alive(kAlice, bench.current(kAlice).assigned);
  ASSERT_EQ(bench.current(kAlice).state, MemberState::UNREVOKED_PARTITIONS);
  ASSERT_EQ(bench.epoch_of(kAlice), MemberEpoch{2});
  EXPECT_EQ(bench.timers.at({MemberTimerKind::kRebalance, kAlice}).fires_at, bench.now + 60s);
  EXPECT_EQ(bench.timers.at({MemberTimerKind::kRebalance, kAlice}).member_epoch, MemberEpoch{2});
  bench.advance(20s);
  EXPECT_TRUE(bench.group.members.contains(kAlice)) << "the timeout of epoch 1 is past";
}

TEST(Fencing, the_rebalance_timeout_of_an_epoch_that_was_left_does_nothing) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  const ConsumerGroupResult stale = on_rebalance_timeout(bench.group, kAlice, MemberEpoch{0}, bench.topics);
  EXPECT_EQ(stale, ConsumerGroupResult{});
  EXPECT_EQ(on_rebalance_timeout(bench.group, kCarol, MemberEpoch{1}, bench.topics), ConsumerGroupResult{});
  EXPECT_EQ(on_silence(bench.group, kCarol, bench.topics), ConsumerGroupResult{});
}

TEST(Fencing, a_silent_member_is_fenced_by_the_session_timeout) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  bench.advance(44s);
  bench.alive(kAlice);
  bench.advance(44s);
  EXPECT_TRUE(bench.group.members.contains(kAlice)) << "every heartbeat sets the timer anew";
  bench.advance(1s);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::EMPTY);
  EXPECT_TRUE(bench.group.subscription_metadata.empty());
  EXPECT_TRUE(bench.group.partition_epochs.empty());
  EXPECT_TRUE(bench.timers.empty());
}

TEST(Fencing, a_heartbeat_that_is_refused_does_not_keep_the_member) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  bench.advance(44s);
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.member_epoch = MemberEpoch{7};
  bench.send(request);
  bench.advance(1s);
  EXPECT_FALSE(bench.group.members.contains(kAlice));
}

TEST(Fencing, who_leaves_is_missed_at_once) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  bench.join(kBob);
  const GroupEpoch before = bench.group.group_epoch;
  EXPECT_EQ(bench.leave(kAlice).member_epoch, kLeaveGroupEpoch);
  EXPECT_EQ(bench.group.group_epoch, before + 1);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::ASSIGNING);
  EXPECT_FALSE(bench.runs(MemberTimerKind::kSession, kAlice));
  EXPECT_EQ(bench.alive(kBob).assignment, of_t0({0, 1, 2, 3}));
}

TEST(Fencing, a_coordinator_that_takes_over_gives_every_member_its_whole_timeouts) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  const LocalTime later = bench.now + 1000s;
  const std::vector<MemberTimerChange> timers = timers_after_load(bench.group, bench.config, later);
  const std::vector<MemberTimerChange> expected{
      {{MemberTimerKind::kSession, kAlice}, later + 45s, {}},
      {{MemberTimerKind::kRebalance, kAlice}, later + 60s, MemberEpoch{1}},
      {{MemberTimerKind::kSession, kBob}, later + 45s, {}},
  };
  EXPECT_EQ(timers, expected);
}

}  // namespace
}  // namespace kscope::sim::consumer_group::fencing_test
