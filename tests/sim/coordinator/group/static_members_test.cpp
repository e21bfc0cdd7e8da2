// Static members (KIP-345): who is back with its group.instance.id takes its own place.
#include <gtest/gtest.h>

#include "sim/coordinator/group/group_coordinator.h"
#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::static_members_test {
namespace {

constexpr GenerationId kFirst{1};
const std::string kBobsPlace = "billing-2";

/// Alice, a dynamic member, leads; Bob is static. Stable in generation 1.
struct StaticBench : GroupBench {
  StaticBench() {
    lead();
    alice = ask_id(kAlice);
    join(kAlice, alice);
    join_static(kBob);
    bob = group().static_members.at(kBobsPlace);
    fire(TimerKind::kInitialRebalanceDelay);
    fire(TimerKind::kInitialRebalanceDelay);
    sync_static(kBob, bob);
    sync(kAlice, alice, kFirst, {{alice, {TopicPartition{kOrders, 0}}}, {bob, {TopicPartition{kOrders, 1}}}});
    replicate();
  }
  std::int64_t join_static(NodeId client, MemberId member = {}, const std::string& protocol_name = "range") {
    JoinGroupRequest request;
    request.group = kBilling;
    request.member = member;
    request.group_instance_id = kBobsPlace;
    request.session_timeout = 45s;
    request.rebalance_timeout = 300s;
    request.protocols = {protocol(protocol_name)};
    if (protocol_name != "range") {
      request.protocols.push_back(protocol("range"));
    }
    Ctx c = ctx();
    coordinator.join_group(c, client, ++correlation, request);
    remember();
    return correlation;
  }
  std::int64_t sync_static(NodeId client, MemberId member) {
    Ctx c = ctx();
    coordinator.sync_group(c, client, ++correlation, SyncGroupRequest{kBilling, kFirst, member, {}, kBobsPlace});
    remember();
    return correlation;
  }
  ErrorCode heartbeat_static(NodeId client, MemberId member) {
    Ctx c = ctx();
    coordinator.heartbeat(c, client, ++correlation, HeartbeatRequest{kBilling, kFirst, member, kBobsPlace});
    remember();
    return answer<HeartbeatResponse>(correlation)->error;
  }
};

TEST(StaticMembers, need_no_member_id_before_they_join) {
  StaticBench bench;
  EXPECT_TRUE(bench.group().has(bench.bob));
  EXPECT_TRUE(bench.group().pending.empty());
  EXPECT_EQ(bench.group().state, GroupState::Stable);
}

TEST(StaticMembers, who_is_back_has_its_partitions_and_nobody_rebalances) {
  StaticBench bench;
  const std::int64_t join = bench.join_static(kBob);
  EXPECT_FALSE(bench.answer<JoinGroupResponse>(join).has_value()) << "its new id is not stored yet";
  bench.replicate();
  const auto joined = bench.answer<JoinGroupResponse>(join);
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(joined->error, ErrorCode::NONE);
  EXPECT_EQ(joined->generation, kFirst);
  EXPECT_NE(joined->member, bench.bob);
  EXPECT_FALSE(joined->skip_assignment) << "it does not lead";
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  const std::int64_t sync = bench.sync_static(kBob, joined->member);
  EXPECT_EQ(bench.answer<SyncGroupResponse>(sync)->assignment, (std::vector{TopicPartition{kOrders, 1}}));
  EXPECT_EQ(bench.notes(NoteKind::kStaticMemberReplaced).size(), 1U);
}

TEST(StaticMembers, a_leader_that_is_back_need_not_assign_again) {
  StaticBench bench;
  bench.leave(kAlice, bench.alice);
  const std::int64_t rejoin = bench.join_static(kBob, bench.bob);
  ASSERT_EQ(bench.answer<JoinGroupResponse>(rejoin)->leader, bench.bob);
  Ctx ctx = bench.ctx();
  bench.coordinator.sync_group(ctx, kBob, ++bench.correlation,
                               SyncGroupRequest{kBilling, GenerationId(2), bench.bob, {}, kBobsPlace});
  bench.replicate();
  ASSERT_EQ(bench.group().state, GroupState::Stable);
  const std::int64_t join = bench.join_static(kBob);
  bench.replicate();
  const auto joined = bench.answer<JoinGroupResponse>(join);
  EXPECT_TRUE(joined->skip_assignment);
  EXPECT_EQ(joined->leader, joined->member);
  EXPECT_EQ(joined->members.size(), 1U) << "a leader is told of all members all the same (KIP-814)";
}

/// Alice has joined again, so generation 2 waits for her assignment; Bob has joined it, and is restarted now.
struct AssigningBench : StaticBench {
  explicit AssigningBench(Rule old_rule = Rule::kKip101) {
    registry.rules.choose_old(old_rule);
    join(kAlice, alice, {"range", "roundrobin"});
    join_static(kBob, bob);
    back = join_static(kBob);
  }
  std::int64_t back = 0;
};

TEST(StaticMembers, who_is_back_while_the_leader_assigns_makes_the_group_begin_anew) {
  AssigningBench bench;
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  EXPECT_FALSE(bench.answer<JoinGroupResponse>(bench.back).has_value()) << "it waits for Alice";
}

TEST(StaticMembers, KAFKA_9801_who_was_back_while_the_leader_assigned_got_nothing) {
  AssigningBench bench(Rule::kKafka9801);
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance);
  const auto joined = bench.answer<JoinGroupResponse>(bench.back);
  ASSERT_TRUE(joined.has_value()) << "it is answered at once";
  EXPECT_EQ(joined->generation, GenerationId(2));
  EXPECT_EQ(joined->leader, bench.alice);
  EXPECT_NE(joined->member, bench.bob);
  Ctx ctx = bench.ctx();
  bench.coordinator.sync_group(ctx, kBob, ++bench.correlation,
                               SyncGroupRequest{kBilling, GenerationId(2), joined->member, {}, kBobsPlace});
  const std::int64_t sync = bench.correlation;
  bench.sync(kAlice, bench.alice, GenerationId(2),
             {{bench.alice, {TopicPartition{kOrders, 0}}}, {bench.bob, {TopicPartition{kOrders, 1}}}});
  bench.replicate();
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  const auto synced = bench.answer<SyncGroupResponse>(sync);
  ASSERT_TRUE(synced.has_value());
  EXPECT_EQ(synced->error, ErrorCode::NONE);
  EXPECT_TRUE(synced->assignment.empty()) << "Alice has assigned to the member id of before";
}

TEST(StaticMembers, the_old_id_is_fenced) {
  StaticBench bench;
  bench.join_static(kCarol);
  bench.replicate();
  EXPECT_EQ(bench.heartbeat_static(kBob, bench.bob), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(bench.answer<SyncGroupResponse>(bench.sync_static(kBob, bench.bob))->error, ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(bench.join_static(kBob, bench.bob))->error, ErrorCode::FENCED_INSTANCE_ID);
}

TEST(StaticMembers, who_waits_under_the_old_id_is_told_so) {
  StaticBench bench;
  bench.leave(kAlice, bench.alice);  // a rebalance that waits for Bob, and for a member that never comes
  bench.ask_id(kAlice);
  const std::int64_t waiting = bench.join_static(kBob, bench.bob);
  ASSERT_FALSE(bench.answer<JoinGroupResponse>(waiting).has_value());
  bench.join_static(kCarol);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(waiting)->error, ErrorCode::FENCED_INSTANCE_ID);
}

TEST(StaticMembers, an_id_that_cannot_be_stored_is_taken_back) {
  StaticBench bench;
  const std::int64_t join = bench.join_static(kBob);
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->error, ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(bench.group().static_members.at(kBobsPlace), bench.bob);
  EXPECT_EQ(bench.heartbeat_static(kBob, bench.bob), ErrorCode::NONE);
}

TEST(StaticMembers, other_protocols_than_before_rebalance_the_group) {
  StaticBench bench;
  bench.leave(kAlice, bench.alice);
  bench.join_static(kBob, bench.bob);
  Ctx ctx = bench.ctx();
  bench.coordinator.sync_group(ctx, kBob, ++bench.correlation,
                               SyncGroupRequest{kBilling, GenerationId(2), bench.bob, {}, kBobsPlace});
  bench.replicate();
  bench.join_static(kBob, {}, "roundrobin");
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance) << "alone, it has joined and the next begins at once";
  EXPECT_EQ(bench.group().generation, GenerationId(3));
}

TEST(StaticMembers, a_rebalance_does_not_remove_one_that_is_away) {
  StaticBench bench;
  const MemberId carol = bench.ask_id(kCarol);
  bench.join(kCarol, carol);
  bench.join(kAlice, bench.alice);
  bench.now += 10s;
  bench.heartbeat_static(kBob, bench.bob);  // alive, but it does not rejoin
  ASSERT_TRUE(bench.fire(TimerKind::kRebalanceTimeout));
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance);
  EXPECT_TRUE(bench.group().has(bench.bob)) << "its session is not over";
}

TEST(StaticMembers, its_session_ends_it_all_the_same) {
  StaticBench bench;
  bench.now += 30s;
  bench.heartbeat(kAlice, bench.alice, kFirst);
  while (bench.group().members.size() == 2 && bench.fire(TimerKind::kSessionExpired)) {
  }
  EXPECT_FALSE(bench.group().has(bench.bob));
  EXPECT_TRUE(bench.group().static_members.empty());
}

TEST(StaticMembers, an_administrator_removes_one_by_its_instance_id) {
  StaticBench bench;
  Ctx ctx = bench.ctx();
  LeaveGroupRequest request{kBilling, {{MemberId{}, kBobsPlace}, {MemberId{}, "billing-9"}}};
  bench.coordinator.leave_group(ctx, kCarol, ++bench.correlation, request);
  const auto response = bench.answer<LeaveGroupResponse>(bench.correlation);
  ASSERT_EQ(response->members.size(), 2U);
  EXPECT_EQ(response->members[0].error, ErrorCode::NONE);
  EXPECT_EQ(response->members[1].error, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_FALSE(bench.group().has(bench.bob));
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
}

TEST(StaticMembers, the_next_coordinator_knows_them) {
  StaticBench bench;
  bench.fail_over();
  EXPECT_EQ(bench.group().static_members.at(kBobsPlace), bench.bob);
  const std::int64_t join = bench.join_static(kBob);
  bench.replicate();
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->generation, kFirst);
  EXPECT_EQ(bench.group().state, GroupState::Stable);
}

}  // namespace
}  // namespace kscope::sim::static_members_test
