// What a heartbeat does to a group and what it is answered, and the errors it is refused with.

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::heartbeat_test {
namespace {

constexpr auto kNone = ErrorCode::NONE;

TEST(ConsumerGroupHeartbeat, the_first_member_gets_everything) {
  ConsumerGroupBench bench;
  EXPECT_FALSE(bench.group.exists());
  const ConsumerGroupHeartbeatResponse response = bench.join(kAlice);
  EXPECT_EQ(response.error_code, kNone);
  EXPECT_EQ(response.member_epoch, MemberEpoch{1});
  EXPECT_EQ(response.assignment, of_t0({0, 1, 2, 3}));
  EXPECT_EQ(response.heartbeat_interval, 5s);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::STABLE);
  EXPECT_TRUE(bench.runs(MemberTimerKind::kSession, kAlice));
}

TEST(ConsumerGroupHeartbeat, a_partition_moves_in_three_heartbeats) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  EXPECT_EQ(bench.join(kBob).assignment, PartitionSet{}) << "Alice has all that Bob should have";
  EXPECT_EQ(bench.current(kBob).state, MemberState::UNRELEASED_PARTITIONS);

  const ConsumerGroupHeartbeatResponse told = bench.alive(kAlice);
  ASSERT_TRUE(told.assignment.has_value());
  EXPECT_EQ(told.assignment->size(), 2U);
  EXPECT_EQ(told.member_epoch, MemberEpoch{1}) << "the epoch waits for the revocation";
  EXPECT_EQ(bench.current(kAlice).state, MemberState::UNREVOKED_PARTITIONS);
  EXPECT_TRUE(bench.runs(MemberTimerKind::kRebalance, kAlice));
  bench.alive(kBob);
  EXPECT_TRUE(bench.current(kBob).assigned.empty());

  EXPECT_EQ(bench.alive(kAlice, bench.current(kAlice).assigned).member_epoch, MemberEpoch{2});
  EXPECT_FALSE(bench.runs(MemberTimerKind::kRebalance, kAlice));
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::RECONCILING);
  EXPECT_EQ(bench.alive(kBob).assignment->size(), 2U);
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::STABLE);
}

TEST(ConsumerGroupHeartbeat, a_heartbeat_with_nothing_new_writes_nothing) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  const ConsumerGroupHeartbeatResponse response = bench.alive(kAlice);
  EXPECT_FALSE(response.assignment.has_value());
  EXPECT_TRUE(bench.last_records.empty());
}

TEST(ConsumerGroupHeartbeat, a_full_request_is_told_the_assignment) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  ConsumerGroupHeartbeatRequest request = ConsumerGroupBench::join_request(kAlice);
  request.member_epoch = MemberEpoch{1};
  EXPECT_EQ(bench.send(request).assignment, of_t0({0, 1, 2, 3}));
  EXPECT_TRUE(bench.last_records.empty());
}

TEST(ConsumerGroupHeartbeat, an_epoch_ahead_of_the_members_is_fenced) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.member_epoch = MemberEpoch{2};
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::FENCED_MEMBER_EPOCH);
  EXPECT_TRUE(bench.last_records.empty());
}

TEST(ConsumerGroupHeartbeat, an_old_epoch_is_fenced) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  bench.join(kBob);
  bench.leave(kBob);
  bench.alive(kAlice);
  bench.join(kBob);
  bench.leave(kBob);
  bench.alive(kAlice);
  ASSERT_GT(bench.current(kAlice).previous_member_epoch, MemberEpoch{1});
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice, bench.current(kAlice).assigned);
  request.member_epoch = MemberEpoch{1};
  EXPECT_EQ(bench.send(request).error_code, ErrorCode::FENCED_MEMBER_EPOCH);
}

TEST(ConsumerGroupHeartbeat, the_previous_epoch_is_let_through_for_a_lost_answer) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  const PartitionSet kept = bench.current(kAlice).assigned;
  bench.alive(kAlice, kept);  // the answer with epoch 2 is lost
  ASSERT_EQ(bench.epoch_of(kAlice), MemberEpoch{2});

  ConsumerGroupHeartbeatRequest again = bench.alive_request(kAlice, kept);
  again.member_epoch = MemberEpoch{1};
  const ConsumerGroupHeartbeatResponse response = bench.send(again);
  EXPECT_EQ(response.error_code, kNone);
  EXPECT_EQ(response.member_epoch, MemberEpoch{2});

  again.owned = list_of(of_t0({0, 1, 2, 3}));
  EXPECT_EQ(bench.send(again).error_code, ErrorCode::FENCED_MEMBER_EPOCH) << "owns more than it is assigned";
  again.owned.reset();
  EXPECT_EQ(bench.send(again).error_code, ErrorCode::FENCED_MEMBER_EPOCH) << "may own anything";
}

TEST(ConsumerGroupHeartbeat, who_is_not_a_member_is_unknown) {
  ConsumerGroupBench bench;
  EXPECT_EQ(bench.alive(kAlice).error_code, ErrorCode::GROUP_ID_NOT_FOUND);
  EXPECT_EQ(bench.leave(kAlice).error_code, ErrorCode::GROUP_ID_NOT_FOUND);
  bench.join(kAlice);
  EXPECT_EQ(bench.alive(kBob).error_code, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.leave(kBob).error_code, ErrorCode::UNKNOWN_MEMBER_ID);
  bench.leave(kAlice);
  EXPECT_TRUE(bench.group.exists());
  EXPECT_EQ(bench.group.state(), ConsumerGroupState::EMPTY);
  EXPECT_EQ(bench.alive(kAlice).error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(ConsumerGroupHeartbeat, a_full_group_takes_nobody_else) {
  ConsumerGroupBench bench;
  bench.config.max_size = 1;
  bench.join(kAlice);
  EXPECT_EQ(bench.join(kBob).error_code, ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(bench.alive(kAlice).error_code, kNone);
}

TEST(ConsumerGroupHeartbeat, a_subscription_that_changes_moves_the_group_epoch) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.subscribed_topics = {kT1, kT0, kT1};
  const ConsumerGroupHeartbeatResponse response = bench.send(request);
  EXPECT_EQ(response.member_epoch, MemberEpoch{2});
  EXPECT_EQ(response.assignment->size(), 6U);
  request.member_epoch = MemberEpoch{2};
  request.subscribed_topics = {kT0, kT1};
  bench.send(request);
  EXPECT_TRUE(bench.last_records.empty()) << "the same topics in another order";
}

TEST(ConsumerGroupHeartbeat, other_facts_of_the_member_are_stored_without_a_rebalance) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  ConsumerGroupHeartbeatRequest request = bench.alive_request(kAlice);
  request.rebalance_timeout = 10s;
  request.rack_id = "r1";
  request.server_assignor = "range";
  bench.send(request);
  ASSERT_EQ(bench.last_records.size(), 1U);
  EXPECT_EQ(type_name(bench.last_records.front()), "ConsumerGroupMemberMetadata");
  const MemberMetadata& metadata = bench.group.members.at(kAlice).metadata;
  EXPECT_EQ(metadata.rebalance_timeout, Duration(10s));
  EXPECT_EQ(metadata.rack_id, "r1");
  EXPECT_EQ(metadata.server_assignor, ServerAssignor::kRange);
}

TEST(ConsumerGroupHeartbeat, a_topic_that_grows_or_appears_is_assigned_with_the_next_heartbeat) {
  ConsumerGroupBench bench;
  bench.send(ConsumerGroupBench::join_request(kAlice, {kT0, kMissing}));
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 4U);
  bench.topics.insert_or_assign(kT0, 5);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 4U) << "nobody said that the topic changed";
  bench.group.on_topic_changed(kT0);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 5U);
  bench.topics.insert_or_assign(kMissing, 1);
  bench.group.on_topic_changed(kMissing);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 6U);
  const GroupEpoch before = bench.group.group_epoch;
  bench.topics.insert_or_assign(kT1, 7);
  bench.group.on_topic_changed(kT1);
  bench.alive(kAlice);
  EXPECT_EQ(bench.group.group_epoch, before) << "nobody subscribes to it";
}

TEST(ConsumerGroupHeartbeat, topics_are_looked_at_again_after_the_refresh_interval) {
  ConsumerGroupBench bench;
  bench.config.metadata_refresh_interval = 10s;
  bench.join(kAlice);
  bench.topics.insert_or_assign(kT0, 5);
  bench.advance(9999ms);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 4U);
  bench.advance(1ms);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 5U);
}

TEST(ConsumerGroupHeartbeat, a_new_coordinator_looks_at_the_topics_at_once) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  bench.topics.insert_or_assign(kT0, 5);
  bench.group = ConsumerGroupBench::rebuilt_from(bench.records);
  bench.alive(kAlice);
  EXPECT_EQ(bench.current(kAlice).assigned.size(), 5U);
}

TEST(ConsumerGroupHeartbeat, the_assignor_that_most_members_ask_for_is_taken) {
  ConsumerGroupBench bench;
  ConsumerGroupHeartbeatRequest request = ConsumerGroupBench::join_request(kAlice, {kT0, kT1});
  request.server_assignor = "range";
  bench.send(request);
  // Range gives Bob the second half of every topic, uniform would leave Alice with her first partitions of all.
  bench.send(ConsumerGroupBench::join_request(kBob, {kT0, kT1}));
  EXPECT_EQ(bench.group.target_of(kBob), (PartitionSet{{kT0, 2}, {kT0, 3}, {kT1, 1}}));
}

TEST(ConsumerGroupHeartbeat, an_assignor_that_fails_changes_nothing_and_is_tried_again) {
  // A group of which Kafka's uniform assignor cannot make anything: it makes a move that it refuses to end.
  ConsumerGroupBench bench;
  bench.topics = {{TopicId(0), 6}, {TopicId(1), 11}, {TopicId(2), 1},
                  {TopicId(3), 5}, {TopicId(4), 5},  {TopicId(5), 6}};
  const std::vector<std::vector<std::int32_t>> subscriptions{
      {1, 2, 3, 5}, {1, 3}, {0, 1, 2, 3, 4, 5}, {0, 2, 3, 4, 5}, {2, 4}};
  const std::vector<PartitionSet> targets{
      {{TopicId(1), 2}, {TopicId(1), 3}, {TopicId(1), 8}, {TopicId(3), 2}},
      {{TopicId(1), 5}, {TopicId(1), 6}},
      {{TopicId(1), 7}, {TopicId(2), 0}, {TopicId(3), 3}, {TopicId(4), 0}, {TopicId(4), 2}, {TopicId(5), 3}},
      {{TopicId(0), 3}, {TopicId(3), 0}, {TopicId(3), 4}, {TopicId(5), 0}, {TopicId(5), 1}, {TopicId(5), 4}},
      {{TopicId(1), 9}, {TopicId(4), 4}}};
  for (std::int32_t i = 0; i < 5; ++i) {
    MemberMetadata metadata;
    for (const std::int32_t topic : subscriptions[static_cast<std::size_t>(i)]) {
      metadata.subscribed_topics.insert(TopicId(topic));
    }
    CurrentAssignment current;
    current.member_epoch = MemberEpoch{1};
    const MemberId id{NodeId(i), 0};
    replay(bench.group, {bench.group.id, ConsumerGroupMemberMetadata{id, metadata}});
    replay(bench.group,
           {bench.group.id, ConsumerGroupTargetAssignmentMember{id, targets[static_cast<std::size_t>(i)]}});
    replay(bench.group, {bench.group.id, ConsumerGroupCurrentMemberAssignment{id, current}});
  }
  replay(bench.group, {bench.group.id, ConsumerGroupTargetAssignmentMetadata{GroupEpoch{1}}});
  replay(bench.group, {bench.group.id, ConsumerGroupMetadata{GroupEpoch{1}}});
  const ConsumerGroup before = bench.stored();
  for (int i = 0; i < 2; ++i) {
    const ConsumerGroupHeartbeatResponse response = bench.alive({NodeId(0), 0});
    EXPECT_EQ(response.error_code, ErrorCode::UNKNOWN_SERVER_ERROR);
    EXPECT_TRUE(bench.last_records.empty());
    EXPECT_TRUE(bench.timers.empty());
    EXPECT_EQ(bench.stored(), before);
    EXPECT_TRUE(bench.group.has_metadata_expired(bench.now)) << "the epoch that failed is still to come";
  }
}

}  // namespace
}  // namespace kscope::sim::consumer_group::heartbeat_test
