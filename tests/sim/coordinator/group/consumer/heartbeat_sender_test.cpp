// Whose heartbeat it is when members have a group.instance.id: they may leave for a while, and whoever comes back with
// the id goes on.

#include "sim/coordinator/group/consumer/heartbeat_sender.h"

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::heartbeat_sender_test {
namespace {

constexpr MemberId kAliceAgain{NodeId(1), 1};

ConsumerGroupBench two_static_members() {
  ConsumerGroupBench bench;
  bench.send(ConsumerGroupBench::static_join_request(kAlice, "a"));
  bench.send(ConsumerGroupBench::static_join_request(kBob, "b"));
  bench.alive(kAlice);
  bench.alive(kAlice, bench.current(kAlice).assigned);
  bench.alive(kBob);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::STABLE);
  return bench;
}

TEST(StaticMember, comes_back_with_the_same_instance_id_and_nobody_rebalances) {
  ConsumerGroupBench bench = two_static_members();
  const PartitionSet had = bench.current(kAlice).assigned;
  const GroupEpoch epoch = bench.group.group_epoch;

  const ConsumerGroupHeartbeatResponse left = bench.leave_for_a_while(kAlice, "a");
  EXPECT_EQ(left.error_code, ErrorCode::NONE);
  EXPECT_EQ(left.member_epoch, kLeaveGroupStaticEpoch);
  EXPECT_EQ(bench.current(kAlice).member_epoch, kLeaveGroupStaticEpoch);
  EXPECT_TRUE(bench.runs(MemberTimerKind::kSession, kAlice));
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::RECONCILING);

  const ConsumerGroupHeartbeatResponse back = bench.send(ConsumerGroupBench::static_join_request(kAliceAgain, "a"));
  EXPECT_EQ(back.error_code, ErrorCode::NONE);
  EXPECT_EQ(back.member_id, kAliceAgain);
  EXPECT_EQ(back.member_epoch, epoch);
  EXPECT_EQ(back.assignment, had);
  EXPECT_FALSE(bench.group.members.contains(kAlice));
  EXPECT_EQ(bench.group.group_epoch, epoch);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::STABLE);
  EXPECT_EQ(bench.group.static_member("a")->member_id, kAliceAgain);
}

TEST(StaticMember, the_session_timer_of_the_one_that_was_replaced_does_nothing) {
  ConsumerGroupBench bench = two_static_members();
  bench.leave_for_a_while(kAlice, "a");
  bench.advance(1s);
  bench.send(ConsumerGroupBench::static_join_request(kAliceAgain, "a"));
  bench.alive(kBob);
  ASSERT_TRUE(bench.runs(MemberTimerKind::kSession, kAlice));
  bench.advance(44s);
  EXPECT_FALSE(bench.runs(MemberTimerKind::kSession, kAlice));
  EXPECT_EQ(bench.group.members.size(), 2U);
}

TEST(StaticMember, comes_back_with_the_same_member_id) {
  ConsumerGroupBench bench = two_static_members();
  const PartitionSet had = bench.current(kAlice).assigned;
  const GroupEpoch epoch = bench.group.group_epoch;
  bench.leave_for_a_while(kAlice, "a");
  EXPECT_EQ(bench.send(ConsumerGroupBench::static_join_request(kAlice, "a")).assignment, had);
  EXPECT_EQ(bench.group.group_epoch, epoch);
  EXPECT_EQ(bench.group.members.size(), 2U);
}

TEST(StaticMember, comes_back_in_the_middle_of_a_revocation) {
  ConsumerGroupBench bench;
  bench.send(ConsumerGroupBench::static_join_request(kAlice, "a"));
  bench.join(kBob);
  bench.alive(kAlice);
  ASSERT_EQ(bench.current(kAlice).state, MemberState::UNREVOKED_PARTITIONS);
  bench.leave_for_a_while(kAlice, "a");
  EXPECT_TRUE(bench.current(kAlice).pending_revocation.empty()) << "who has left consumes nothing";
  EXPECT_EQ(bench.alive(kBob).assignment->size(), 2U);
  bench.send(ConsumerGroupBench::static_join_request(kAliceAgain, "a"));
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::STABLE);
  EXPECT_EQ(bench.current(kAliceAgain).assigned, bench.group.target_of(kAliceAgain));
  bench.alive(kBob);
  bench.advance(44s);
  bench.alive(kAliceAgain);
  bench.alive(kBob);
  bench.advance(30s);  // past the rebalance timer of the one that left
  EXPECT_EQ(bench.group.members.size(), 2U);
}

TEST(StaticMember, comes_back_with_other_topics) {
  ConsumerGroupBench bench = two_static_members();
  const GroupEpoch epoch = bench.group.group_epoch;
  bench.leave_for_a_while(kAlice, "a");
  ConsumerGroupHeartbeatRequest request = ConsumerGroupBench::static_join_request(kAliceAgain, "a");
  request.subscribed_topics = {kT1};
  EXPECT_EQ(bench.send(request).assignment, (PartitionSet{{kT1, 0}, {kT1, 1}}));
  EXPECT_EQ(bench.group.group_epoch, epoch + 1);
  EXPECT_FALSE(bench.group.target_assignment.contains(kAlice));
}

TEST(StaticMember, does_not_come_back_within_the_session) {
  ConsumerGroupBench bench = two_static_members();
  bench.leave_for_a_while(kAlice, "a");
  bench.advance(44s);
  bench.alive(kBob);
  bench.advance(1s);
  EXPECT_FALSE(bench.group.members.contains(kAlice));
  EXPECT_EQ(bench.group.static_member("a"), nullptr);
  EXPECT_EQ(bench.alive(kBob).assignment, of_t0({0, 1, 2, 3}));
}

TEST(StaticMember, an_instance_id_in_use_cannot_be_joined_with) {
  ConsumerGroupBench bench = two_static_members();
  EXPECT_EQ(bench.send(ConsumerGroupBench::static_join_request(kCarol, "a")).error_code,
            ErrorCode::UNRELEASED_INSTANCE_ID);
  EXPECT_EQ(bench.send(ConsumerGroupBench::static_join_request(kAlice, "a")).error_code,
            ErrorCode::UNRELEASED_INSTANCE_ID)
      << "not even by the member that has it";
}

TEST(StaticMember, is_fenced_when_another_has_its_instance_id) {
  ConsumerGroupBench bench = two_static_members();
  bench.leave_for_a_while(kAlice, "a");
  bench.send(ConsumerGroupBench::static_join_request(kAliceAgain, "a"));
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.instance_id = "a";
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::FENCED_INSTANCE_ID);
  request.member_epoch = kLeaveGroupEpoch;
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(bench.leave_for_a_while(kAlice, "a").error_code, ErrorCode::FENCED_INSTANCE_ID);
}

TEST(StaticMember, an_instance_id_that_nobody_has_is_unknown) {
  ConsumerGroupBench bench = two_static_members();
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.instance_id = "c";
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.leave_for_a_while(kAlice, "c").error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(StaticMember, leaves_for_good_with_minus_one) {
  ConsumerGroupBench bench = two_static_members();
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.instance_id = "a";
  request.member_epoch = kLeaveGroupEpoch;
  EXPECT_EQ(bench.send(request).member_epoch, kLeaveGroupEpoch);
  EXPECT_FALSE(bench.group.members.contains(kAlice));
  EXPECT_FALSE(bench.runs(MemberTimerKind::kSession, kAlice));
}

TEST(StaticMember, who_has_left_for_a_while_is_fenced_until_it_joins) {
  ConsumerGroupBench bench = two_static_members();
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  bench.leave_for_a_while(kAlice, "a");
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::FENCED_MEMBER_EPOCH);
}

TEST(StaticMember, a_full_group_does_not_take_it_back_under_another_member_id) {
  ConsumerGroupBench bench = two_static_members();
  bench.config.max_size = 2;
  bench.leave_for_a_while(kAlice, "a");
  EXPECT_EQ(bench.send(ConsumerGroupBench::static_join_request(kAliceAgain, "a")).error_code,
            ErrorCode::GROUP_MAX_SIZE_REACHED);
}

}  // namespace
}  // namespace kscope::sim::consumer_group::heartbeat_sender_test
