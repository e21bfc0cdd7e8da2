#include "sim/coordinator/group/group_coordinator.h"

#include <gtest/gtest.h>

#include "sim/coordinator/group/group_parts.h"
#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::group_coordinator_test {
namespace {

constexpr GenerationId kFirst{1};

TEST(GroupCoordinator, refuses_groups_whose_offsets_partition_it_does_not_lead) {
  GroupBench bench;
  EXPECT_EQ(bench.answer<JoinGroupResponse>(bench.join(kAlice, {}))->error, ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(bench.heartbeat(kAlice, MemberId{kAlice, 0}, kFirst), ErrorCode::NOT_COORDINATOR);
}

TEST(GroupCoordinator, answers_load_in_progress_until_the_log_is_read) {
  GroupBench bench;
  Ctx ctx = bench.ctx();
  bench.coordinator.gain(ctx, 0);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(bench.join(kAlice, {}))->error, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
}

TEST(GroupCoordinator, first_join_is_told_a_member_id_and_to_come_again) {
  GroupBench bench;
  bench.lead();
  const auto answer = bench.answer<JoinGroupResponse>(bench.join(kAlice, {}));
  EXPECT_EQ(answer->error, ErrorCode::MEMBER_ID_REQUIRED);
  EXPECT_TRUE(answer->member.is_set());
  EXPECT_EQ(bench.group().state, GroupState::Empty);
}

TEST(GroupCoordinator, an_issued_id_that_is_not_used_expires_with_the_session_timeout) {
  GroupBench bench;
  bench.lead();
  bench.ask_id(kAlice);
  EXPECT_TRUE(bench.fire(TimerKind::kPendingMemberExpired));
  EXPECT_TRUE(bench.group().pending.empty());
}

TEST(GroupCoordinator, an_empty_group_waits_for_more_members_during_the_initial_delay) {
  GroupBench bench;
  bench.lead();
  const LocalTime start = bench.now;
  const MemberId alice = bench.ask_id(kAlice);
  const std::int64_t join = bench.join(kAlice, alice);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  EXPECT_FALSE(bench.answer<JoinGroupResponse>(join).has_value());
  const MemberId bob = bench.ask_id(kBob);
  bench.join(kBob, bob);
  EXPECT_TRUE(bench.fire(TimerKind::kInitialRebalanceDelay));
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);  // Bob came: once more
  EXPECT_TRUE(bench.fire(TimerKind::kInitialRebalanceDelay));
  EXPECT_EQ(bench.now, start + 6s);
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance);
  const auto answer = bench.answer<JoinGroupResponse>(join);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->generation, kFirst);
  EXPECT_EQ(answer->leader, alice);
  EXPECT_EQ(answer->members.size(), 2U);
}

TEST(GroupCoordinator, sync_waits_until_the_leaders_assignment_is_replicated) {
  GroupBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  bench.join(kAlice, alice);
  bench.fire(TimerKind::kInitialRebalanceDelay);
  const std::int64_t sync = bench.sync(kAlice, alice, kFirst, {{alice, {TopicPartition{kOrders, 0}}}});
  EXPECT_FALSE(bench.answer<SyncGroupResponse>(sync).has_value());
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance);
  bench.replicate();
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  ASSERT_TRUE(bench.answer<SyncGroupResponse>(sync).has_value());
  EXPECT_EQ(bench.answer<SyncGroupResponse>(sync)->assignment.size(), 1U);
}

TEST(GroupCoordinator, a_failed_append_of_the_assignment_rebalances_again) {
  GroupBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  bench.join(kAlice, alice);
  bench.fire(TimerKind::kInitialRebalanceDelay);
  const std::int64_t sync = bench.sync(kAlice, alice, kFirst, {});
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.answer<SyncGroupResponse>(sync)->error, ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
}

TEST(GroupCoordinator, heartbeats_tell_of_a_rebalance_and_fence_old_generations) {
  GroupBench bench;
  bench.make_stable();
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, kFirst), ErrorCode::NONE);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, GenerationId(0)), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(bench.heartbeat(kCarol, MemberId{kCarol, 0}, kFirst), ErrorCode::UNKNOWN_MEMBER_ID);
  const MemberId carol = bench.ask_id(kCarol);
  bench.join(kCarol, carol);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, kFirst), ErrorCode::REBALANCE_IN_PROGRESS);
}

TEST(GroupCoordinator, a_member_that_is_not_heard_for_the_session_timeout_is_removed) {
  GroupBench bench;
  bench.make_stable();
  bench.now += 30s;
  bench.heartbeat(kAlice, bench.alice, kFirst);
  while (bench.group().members.size() == 2 && bench.fire(TimerKind::kSessionExpired)) {
  }
  EXPECT_FALSE(bench.group().has(bench.bob));
  EXPECT_TRUE(bench.group().has(bench.alice));
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  ASSERT_EQ(bench.notes(NoteKind::kMemberLeft).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kMemberLeft)[0].c, 1);
}

TEST(GroupCoordinator, who_does_not_rejoin_within_the_rebalance_timeout_is_removed) {
  GroupBench bench;
  bench.make_stable();
  const MemberId carol = bench.ask_id(kCarol);
  const std::int64_t join = bench.join(kCarol, carol);
  bench.join(kAlice, bench.alice);
  EXPECT_TRUE(bench.fire(TimerKind::kRebalanceTimeout));
  EXPECT_FALSE(bench.group().has(bench.bob));
  EXPECT_EQ(bench.group().generation, GenerationId(2));
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->generation, GenerationId(2));
}

TEST(GroupCoordinator, the_join_completes_as_soon_as_every_member_has_rejoined) {
  GroupBench bench;
  bench.make_stable();
  const MemberId carol = bench.ask_id(kCarol);
  bench.join(kCarol, carol);
  bench.join(kAlice, bench.alice);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  bench.join(kBob, bench.bob);
  EXPECT_EQ(bench.group().state, GroupState::CompletingRebalance);
  EXPECT_EQ(bench.group().members.size(), 3U);
}

TEST(GroupCoordinator, who_sends_no_sync_group_within_the_rebalance_timeout_is_removed) {
  GroupBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  bench.join(kAlice, alice);
  bench.fire(TimerKind::kInitialRebalanceDelay);
  EXPECT_TRUE(bench.fire(TimerKind::kSyncTimeout));
  EXPECT_TRUE(bench.group().members.empty());
  EXPECT_EQ(bench.group().state, GroupState::Empty);
  EXPECT_EQ(bench.group().generation, GenerationId(2));
}

TEST(GroupCoordinator, leaving_rebalances_and_the_last_one_to_leave_empties_the_group) {
  GroupBench bench;
  bench.make_stable();
  EXPECT_EQ(bench.leave(kBob, bench.bob), ErrorCode::NONE);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  EXPECT_EQ(bench.leave(kBob, bench.bob), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.leave(kAlice, bench.alice), ErrorCode::NONE);
  EXPECT_EQ(bench.group().state, GroupState::Empty);
  EXPECT_FALSE(bench.coordinator.wanted_appends.empty());
}

TEST(GroupCoordinator, a_new_leader_is_chosen_when_the_leader_leaves) {
  GroupBench bench;
  bench.make_stable();
  bench.leave(kAlice, bench.alice);
  EXPECT_EQ(bench.group().leader, bench.bob);
}

TEST(GroupCoordinator, the_leader_that_rejoins_forces_a_rebalance_another_member_does_not) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t join = bench.join(kBob, bench.bob);
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->generation, kFirst);
  bench.join(kAlice, bench.alice);
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
}

TEST(GroupCoordinator, the_protocol_is_one_that_all_support_and_most_prefer) {
  GroupBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  const MemberId bob = bench.ask_id(kBob);
  const std::int64_t join = bench.join(kAlice, alice, {"range", "roundrobin"});
  bench.join(kBob, bob, {"roundrobin"});
  while (bench.fire(TimerKind::kInitialRebalanceDelay)) {
  }
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->protocol, "roundrobin");
}

TEST(GroupCoordinator, a_member_without_a_common_protocol_is_refused) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t join = bench.join(kCarol, {}, {"sticky"});
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->error, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
}

TEST(GroupCoordinator, a_session_timeout_out_of_bounds_is_refused) {
  GroupBench bench;
  auto brokers = std::make_shared<std::vector<BrokerSetup>>(*bench.registry.brokers);
  (*brokers)[0].config.group_min_session_timeout_ms = 60s;
  bench.registry.brokers = brokers;
  bench.lead();
  EXPECT_EQ(bench.answer<JoinGroupResponse>(bench.join(kAlice, {}))->error, ErrorCode::INVALID_SESSION_TIMEOUT);
}

TEST(GroupCoordinator, a_commit_is_answered_and_visible_when_it_is_replicated) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  EXPECT_FALSE(bench.answer<OffsetCommitResponse>(commit).has_value());
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, kUnknownOffset);
  bench.replicate();
  EXPECT_EQ(bench.answer<OffsetCommitResponse>(commit)->partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, Offset(7));
}

TEST(GroupCoordinator, zombie_commits_are_refused) {
  GroupBench bench;
  bench.make_stable();
  const auto error = [&](std::int64_t id) { return bench.answer<OffsetCommitResponse>(id)->partitions[0].error; };
  EXPECT_EQ(error(bench.commit(kAlice, bench.alice, GenerationId(0), Offset(7))), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(error(bench.commit(kCarol, MemberId{kCarol, 0}, kFirst, Offset(7))), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(error(bench.commit(kCarol, MemberId{}, kNoGeneration, Offset(7))), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.notes(NoteKind::kCommitRefused).size(), 3U);
}

TEST(GroupCoordinator, a_commit_between_join_and_sync_is_told_that_a_rebalance_is_in_progress) {
  GroupBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  bench.join(kAlice, alice);
  bench.fire(TimerKind::kInitialRebalanceDelay);
  const std::int64_t commit = bench.commit(kAlice, alice, kFirst, Offset(7));
  EXPECT_EQ(bench.answer<OffsetCommitResponse>(commit)->partitions[0].error, ErrorCode::REBALANCE_IN_PROGRESS);
}

TEST(GroupCoordinator, a_commit_while_members_rejoin_is_accepted) {
  GroupBench bench;
  bench.make_stable();
  bench.leave(kBob, bench.bob);
  bench.commit(kAlice, bench.alice, kFirst, Offset(9));
  bench.replicate();
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, Offset(9));
}

TEST(GroupCoordinator, a_commit_that_too_few_replicas_have_is_not_available) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.answer<OffsetCommitResponse>(commit)->partitions[0].error, ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, kUnknownOffset);
}

TEST(GroupCoordinator, losing_the_partition_forgets_its_groups_and_tells_who_waits) {
  GroupBench bench;
  bench.make_stable();
  const MemberId carol = bench.ask_id(kCarol);
  const std::int64_t join = bench.join(kCarol, carol);
  Ctx ctx = bench.ctx();
  bench.coordinator.lose(ctx, 0);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->error, ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, kFirst), ErrorCode::NOT_COORDINATOR);
}

TEST(GroupCoordinator, offsets_of_deleted_partitions_are_forgotten_with_a_tombstone) {
  GroupBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.commit(kBob, bench.bob, kFirst, Offset(5), 1);
  bench.replicate();
  bench.forget({TopicPartition{kOrders, 0}, TopicPartition{TopicId(2), 0}});
  ASSERT_EQ(bench.coordinator.wanted_appends.size(), 1U);
  const std::vector<CoordinatorRecord>& records = bench.coordinator.wanted_appends.front().records;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].kind, CoordinatorRecordKind::kTombstone);
  EXPECT_EQ(records[0].partition, (TopicPartition{kOrders, 0}));
  EXPECT_FALSE(bench.group().offsets.contains({kOrders, 0}));
  EXPECT_TRUE(bench.group().offsets.contains({kOrders, 1}));
  bench.replicate();  // nobody waits for it
}

TEST(GroupCoordinator, a_commit_under_way_does_not_outlive_its_partition) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.forget({TopicPartition{kOrders, 0}});
  bench.replicate();
  EXPECT_FALSE(bench.group().offsets.contains({kOrders, 0}));
  ASSERT_TRUE(bench.answer<OffsetCommitResponse>(commit).has_value());
  EXPECT_EQ(bench.answer<OffsetCommitResponse>(commit)->partitions.front().error,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(bench.appended.back().records.front().kind, CoordinatorRecordKind::kTombstone)
      << "after the commit's record";
}

TEST(GroupState, only_the_moves_of_the_table_are_legal) {
  const auto all = {GroupState::Empty, GroupState::PreparingRebalance, GroupState::CompletingRebalance,
                    GroupState::Stable, GroupState::Dead};
  int legal = 0;
  for (const GroupState from : all) {
    for (const GroupState to : all) {
      legal += is_legal_transition(from, to) ? 1 : 0;
    }
  }
  EXPECT_EQ(legal, 5 + 1 + 1 + 1 + 3);
  EXPECT_TRUE(is_legal_transition(GroupState::CompletingRebalance, GroupState::Stable));
  EXPECT_FALSE(is_legal_transition(GroupState::PreparingRebalance, GroupState::Stable));
  EXPECT_FALSE(is_legal_transition(GroupState::Stable, GroupState::CompletingRebalance));
  EXPECT_FALSE(is_legal_transition(GroupState::Dead, GroupState::Stable));
}

}  // namespace
}  // namespace kscope::sim::group_coordinator_test
