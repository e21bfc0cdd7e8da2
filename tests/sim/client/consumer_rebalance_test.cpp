// How a consumer goes through rebalances: cooperative members keep what they have (KIP-429), static ones do not leave
// (KIP-345), the sticky assignor is told what there was.
#include <gtest/gtest.h>

#include "tests/sim/client/consumer_bench.h"

namespace kscope::sim::consumer_rebalance_test {
namespace {

ConsumerSetup with_assignor(AssignorName name) {
  ConsumerSetup setup = setup_of();
  setup.config.partition_assignment_strategy = {name};
  return setup;
}

struct RebalanceBench : ConsumerBench {
  using ConsumerBench::ConsumerBench;

  void join_with(std::string_view protocol, std::int32_t generation) {
    JoinGroupResponse response;
    response.group = kBilling;
    response.generation = GenerationId(generation);
    response.protocol = protocol;
    response.leader = MemberId{NodeId(77), 0};
    response.member = kMember;
    reply<JoinGroupRequest>(response);
  }
  void assign(std::vector<std::int32_t> partitions) {
    SyncGroupResponse response;
    response.group = kBilling;
    for (const std::int32_t partition : partitions) {
      response.assignment.push_back({kOrders, partition});
    }
    reply<SyncGroupRequest>(response);
  }
  /// A heartbeat is told that the group rebalances.
  void be_told_to_rejoin() {
    fire(TimerKind::kHeartbeat);
    reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  }
  std::vector<std::int32_t> owned() const {
    std::vector<std::int32_t> partitions;
    for (const TopicPartitionState& state : client.fetcher.assigned) {
      partitions.push_back(state.partition.partition);
    }
    return partitions;
  }
};

TEST(ConsumerRebalance, a_cooperative_member_goes_on_with_what_it_keeps) {
  RebalanceBench bench(with_assignor(AssignorName::COOPERATIVE_STICKY));
  bench.learn(3);
  bench.find();
  bench.join_with("cooperative-sticky", 1);
  bench.assign({0, 1});
  bench.committed(Offset(5));
  bench.be_told_to_rejoin();
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_EQ(bench.owned(), (std::vector{0, 1})) << "nothing is given up before the new assignment is known";
  const auto joins = bench.sent<JoinGroupRequest>();
  ASSERT_EQ(joins.size(), 2U);
  ASSERT_EQ(joins[1].second.protocols.size(), 1U);
  EXPECT_EQ(joins[1].second.protocols[0].owned.size(), 2U);
  EXPECT_EQ(joins[1].second.protocols[0].generation, GenerationId(1));
  bench.join_with("cooperative-sticky", 2);
  bench.assign({0});
  bench.commit_answer(ErrorCode::NONE);  // before it joins again
  EXPECT_EQ(bench.owned(), (std::vector{0}));
  EXPECT_EQ(bench.client.fetcher.assigned[0].position, Offset(5)) << "it did not begin anew";
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 3U) << "who gave something up joins again, so that others get it";
  bench.join_with("cooperative-sticky", 3);
  bench.assign({0});
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 3U) << "nothing more to give up";
}

TEST(ConsumerRebalance, a_cooperative_member_that_was_put_out_loses_everything) {
  RebalanceBench bench(with_assignor(AssignorName::COOPERATIVE_STICKY));
  bench.learn(3);
  bench.find();
  bench.join_with("cooperative-sticky", 1);
  bench.assign({0, 1});
  bench.committed(Offset(5));
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::UNKNOWN_MEMBER_ID, kBilling});
  EXPECT_TRUE(bench.owned().empty());
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.protocols[0].owned.size(), 0U);
}

TEST(ConsumerRebalance, an_eager_member_gives_everything_up_first) {
  RebalanceBench bench(with_assignor(AssignorName::RANGE));
  bench.learn(3);
  bench.find();
  bench.join_with("range", 1);
  bench.assign({0, 1});
  bench.committed(Offset(5));
  bench.be_told_to_rejoin();
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_TRUE(bench.owned().empty());
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 2U);
}

TEST(ConsumerRebalance, KIP_394_before_it_a_member_id_came_with_the_answer) {
  RebalanceBench bench(with_assignor(AssignorName::RANGE));
  bench.registry.rules.choose_old(Rule::kKip394);
  bench.learn();
  bench.find();
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_LT(bench.sent<JoinGroupRequest>().front().second.version, kJoinRequiresMemberId);
}

/// The group rebalances, the last commit is on its way, and records come.
std::size_t handed_out_meanwhile(RebalanceBench& bench) {
  bench.make_stable();
  bench.be_told_to_rejoin();
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  bench.deliver({ConsumerBench::batch(5, 2)});
  return bench.notes(NoteKind::kRecordDelivered).size();
}

TEST(ConsumerRebalance, no_record_is_handed_out_while_the_last_commit_is_awaited) {
  RebalanceBench bench(with_assignor(AssignorName::RANGE));
  EXPECT_EQ(handed_out_meanwhile(bench), 0U);
}

TEST(ConsumerRebalance, KAFKA_14196_poll_went_on_while_the_last_commit_was_awaited) {
  RebalanceBench bench(with_assignor(AssignorName::RANGE));
  bench.registry.rules.choose_old(Rule::kKafka14196);
  EXPECT_EQ(handed_out_meanwhile(bench), 2U) << "their next owner gets them again";
}

TEST(ConsumerRebalance, the_sticky_assignor_is_told_what_the_member_had) {
  RebalanceBench bench(with_assignor(AssignorName::STICKY));
  bench.learn(3);
  bench.find();
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].second.protocols[0].generation, kNoGeneration);
  bench.join_with("sticky", 4);
  bench.assign({0, 2});
  bench.committed(Offset(5));
  bench.be_told_to_rejoin();
  bench.commit_answer(ErrorCode::NONE);
  const JoinProtocol offered = bench.sent<JoinGroupRequest>()[1].second.protocols[0];
  EXPECT_EQ(offered.owned, (std::vector{TopicPartition{kOrders, 0}, TopicPartition{kOrders, 2}}));
  EXPECT_EQ(offered.generation, GenerationId(4));
  EXPECT_TRUE(bench.owned().empty()) << "it is eager all the same";
}

TEST(ConsumerRebalance, a_static_member_does_not_leave_when_it_closes) {
  ConsumerSetup setup = setup_of();
  setup.config.group_instance_id = "billing-1";
  ConsumerBench bench(setup);
  bench.make_stable();
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].second.group_instance_id, "billing-1");
  EXPECT_EQ(bench.sent<SyncGroupRequest>()[0].second.group_instance_id, "billing-1");
  Command close;
  close.kind = CommandKind::kCleanShutdown;
  bench.command(close);
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
}

TEST(ConsumerRebalance, a_fenced_static_member_ends) {
  ConsumerSetup setup = setup_of();
  setup.config.group_instance_id = "billing-1";
  ConsumerBench bench(setup);
  bench.make_stable();
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::FENCED_INSTANCE_ID, kBilling});
  EXPECT_EQ(bench.client.application, ApplicationState::kClosing);
  EXPECT_EQ(bench.client.last_error, ErrorCode::FENCED_INSTANCE_ID);
}

TEST(ConsumerRebalance, a_leader_that_need_not_assign_sends_no_assignment) {
  ConsumerSetup setup = setup_of();
  setup.config.group_instance_id = "billing-1";
  ConsumerBench bench(setup);
  bench.learn();
  bench.find();
  JoinGroupResponse response;
  response.group = kBilling;
  response.generation = GenerationId(1);
  response.protocol = "range";
  response.leader = kMember;
  response.member = kMember;
  response.skip_assignment = true;
  response.members.push_back(JoinGroupMember{kMember, "billing-1", JoinProtocol{"range", {kOrders}, {}}});
  bench.reply<JoinGroupRequest>(response);
  const auto syncs = bench.sent<SyncGroupRequest>();
  ASSERT_EQ(syncs.size(), 1U);
  EXPECT_TRUE(syncs[0].second.assignments.empty());
  EXPECT_TRUE(bench.client.membership.is_leader) << "it looks after the numbers of partitions";
}

}  // namespace
}  // namespace kscope::sim::consumer_rebalance_test
