// A consumer that speaks the consumer protocol (KIP-848): heartbeats, reconciliation, fencing.
#include <gtest/gtest.h>

#include "tests/sim/client/consumer_bench.h"

namespace kscope::sim::consumer_membership_test {
namespace {

using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::MemberEpoch;
using consumer_group::PartitionSet;

ConsumerSetup with_consumer_protocol(const std::string& instance_id = "") {
  ConsumerSetup setup = setup_of();
  setup.config.group_protocol = GroupProtocol::CONSUMER;
  setup.config.group_instance_id = instance_id;
  return setup;
}

struct ProtocolBench : ConsumerBench {
  explicit ProtocolBench(const ConsumerSetup& setup = with_consumer_protocol()) : ConsumerBench(setup) {
    learn(3);
    find();
  }
  std::vector<ConsumerGroupHeartbeatRequest> heartbeats() const {
    std::vector<ConsumerGroupHeartbeatRequest> all;
    for (const auto& [send, request] : sent<ConsumerGroupHeartbeatRequest>()) {
      all.push_back(request);
    }
    return all;
  }
  void answer_heartbeat(std::int32_t epoch, std::optional<std::vector<std::int32_t>> partitions = std::nullopt) {
    ConsumerGroupHeartbeatResponse response;
    response.group = kBilling;
    response.member_id = kMember;
    response.member_epoch = MemberEpoch(epoch);
    response.heartbeat_interval = 5s;
    if (partitions) {
      PartitionSet assignment;
      for (const std::int32_t partition : *partitions) {
        assignment.insert({kOrders, partition});
      }
      response.assignment = assignment;
    }
    reply<ConsumerGroupHeartbeatRequest>(response);
  }
  void refuse_heartbeat(ErrorCode error) {
    ConsumerGroupHeartbeatResponse response;
    response.group = kBilling;
    response.error_code = error;
    reply<ConsumerGroupHeartbeatRequest>(response);
  }
  /// A member at epoch 1 with partition 0 at offset 5.
  void be_stable() {
    answer_heartbeat(1, std::vector{0});
    answer_heartbeat(1);
    committed(Offset(5));
    ASSERT_EQ(client.members->state, ConsumerMemberState::STABLE);
  }
  std::vector<std::int32_t> owned() const {
    std::vector<std::int32_t> partitions;
    for (const TopicPartition partition : consumer_partitions()) {
      partitions.push_back(partition.partition);
    }
    return partitions;
  }
  std::vector<TopicPartition> consumer_partitions() const {
    std::vector<TopicPartition> partitions;
    for (const TopicPartitionState& state : client.fetcher.assigned) {
      partitions.push_back(state.partition);
    }
    return partitions;
  }
};

TEST(ConsumerProtocol, joins_with_everything_that_it_has_to_tell) {
  ProtocolBench bench;
  const auto heartbeats = bench.heartbeats();
  ASSERT_EQ(heartbeats.size(), 1U);
  EXPECT_FALSE(heartbeats[0].member_id.is_set());
  EXPECT_EQ(heartbeats[0].member_epoch, consumer_group::kJoinGroupEpoch);
  EXPECT_EQ(heartbeats[0].rebalance_timeout, Duration(300s));
  EXPECT_EQ(heartbeats[0].subscribed_topics, (std::vector{kOrders}));
  EXPECT_EQ(heartbeats[0].owned, std::vector<TopicPartition>{});
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty());
}

TEST(ConsumerProtocol, takes_what_it_is_given_and_says_so_at_once) {
  ProtocolBench bench;
  bench.answer_heartbeat(1, std::vector{0, 2});
  EXPECT_EQ(bench.owned(), (std::vector{0, 2}));
  const auto heartbeats = bench.heartbeats();
  ASSERT_EQ(heartbeats.size(), 2U);
  EXPECT_EQ(heartbeats[1].member_epoch, MemberEpoch(1));
  EXPECT_EQ(heartbeats[1].owned, (std::vector{TopicPartition{kOrders, 0}, TopicPartition{kOrders, 2}}));
  EXPECT_FALSE(heartbeats[1].subscribed_topics.has_value()) << "what has not changed is not said again";
  EXPECT_EQ(bench.client.members->state, ConsumerMemberState::STABLE);
  EXPECT_EQ(bench.sent<OffsetFetchRequest>().size(), 1U);
}

TEST(ConsumerProtocol, heartbeats_come_at_the_interval_that_the_coordinator_names) {
  ProtocolBench bench;
  bench.be_stable();
  const std::size_t before = bench.heartbeats().size();
  bench.run_until(bench.now + 4900ms);
  EXPECT_EQ(bench.heartbeats().size(), before);
  bench.run_until(bench.now + 200ms);
  ASSERT_EQ(bench.heartbeats().size(), before + 1);
  EXPECT_FALSE(bench.heartbeats().back().owned.has_value());
}

TEST(ConsumerProtocol, commits_before_it_gives_something_up_and_keeps_the_rest) {
  ProtocolBench bench;
  bench.answer_heartbeat(1, std::vector{0, 1});
  bench.answer_heartbeat(1);
  bench.committed(Offset(5));
  bench.run_until(bench.now + 5s);
  bench.answer_heartbeat(1, std::vector{0});
  EXPECT_EQ(bench.owned(), (std::vector{0, 1})) << "the commit is not answered yet";
  ASSERT_FALSE(bench.sent<OffsetCommitRequest>().empty());
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().back().second.generation, GenerationId(1));
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_EQ(bench.owned(), (std::vector{0}));
  EXPECT_EQ(bench.client.fetcher.assigned[0].position, Offset(5));
  EXPECT_EQ(bench.heartbeats().back().owned, (std::vector{TopicPartition{kOrders, 0}}));
}

TEST(ConsumerProtocol, who_is_fenced_loses_everything_and_joins_again_under_its_id) {
  for (const ErrorCode error : {ErrorCode::FENCED_MEMBER_EPOCH, ErrorCode::UNKNOWN_MEMBER_ID}) {
    ProtocolBench bench;
    bench.be_stable();
    bench.run_until(bench.now + 5s);
    bench.refuse_heartbeat(error);
    EXPECT_TRUE(bench.owned().empty());
    EXPECT_EQ(bench.client.members->state, ConsumerMemberState::JOINING);
    EXPECT_EQ(bench.heartbeats().back().member_epoch, consumer_group::kJoinGroupEpoch);
    EXPECT_EQ(bench.heartbeats().back().member_id, kMember);
    EXPECT_EQ(bench.client.membership.generation, kNoGeneration);
  }
}

TEST(ConsumerProtocol, an_instance_id_that_somebody_has_ends_the_application) {
  ProtocolBench bench(with_consumer_protocol("billing-1"));
  EXPECT_EQ(bench.heartbeats()[0].instance_id, "billing-1");
  bench.refuse_heartbeat(ErrorCode::UNRELEASED_INSTANCE_ID);
  EXPECT_EQ(bench.client.members->state, ConsumerMemberState::LEAVING) << "it closes";
  EXPECT_EQ(bench.client.last_error, ErrorCode::UNRELEASED_INSTANCE_ID);
}

TEST(ConsumerProtocol, leaves_with_an_epoch_that_says_whether_it_will_be_back) {
  for (const bool is_static : {false, true}) {
    ProtocolBench bench(with_consumer_protocol(is_static ? "billing-1" : ""));
    bench.be_stable();
    Command close;
    close.kind = CommandKind::kCleanShutdown;
    bench.command(close);
    bench.commit_answer(ErrorCode::NONE);
    EXPECT_EQ(bench.heartbeats().back().member_epoch,
              is_static ? consumer_group::kLeaveGroupStaticEpoch : consumer_group::kLeaveGroupEpoch);
    EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
  }
}

TEST(ConsumerProtocol, a_commit_with_an_old_epoch_is_sent_again_with_the_new_one) {
  ConsumerSetup setup = with_consumer_protocol();
  setup.commit = ConsumerSetup::CommitMode::kAfterProcessing;
  ProtocolBench bench(setup);
  bench.be_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.fire(TimerKind::kProcessed);
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  bench.run_until(bench.now + 5s);
  bench.answer_heartbeat(2);
  bench.commit_answer(ErrorCode::STALE_MEMBER_EPOCH);
  bench.run_until(bench.now + 1s);
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().back().second.generation, GenerationId(2));
}

TEST(ConsumerProtocol, asks_for_offsets_as_a_member_and_again_when_its_epoch_is_old) {
  ProtocolBench bench;
  bench.answer_heartbeat(1, std::vector{0});
  bench.answer_heartbeat(2);
  ASSERT_EQ(bench.sent<OffsetFetchRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<OffsetFetchRequest>().back().second.member, bench.client.membership.member);
  EXPECT_EQ(bench.sent<OffsetFetchRequest>().back().second.member_epoch, GenerationId(1));
  OffsetFetchResponse stale;
  stale.group = kBilling;
  stale.error = ErrorCode::STALE_MEMBER_EPOCH;
  bench.reply<OffsetFetchRequest>(stale);
  bench.run_until(bench.now + 1s);
  ASSERT_EQ(bench.sent<OffsetFetchRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<OffsetFetchRequest>().back().second.member_epoch, GenerationId(2));
}

TEST(ConsumerProtocol, an_application_that_does_not_poll_leaves_and_joins_again_when_it_does) {
  ConsumerSetup setup = with_consumer_protocol();
  setup.config.max_poll_interval_ms = 8s;
  ProtocolBench bench(setup);
  bench.be_stable();
  Command pause;
  pause.kind = CommandKind::kConsumerPause;
  bench.command(pause);
  bench.run_until(bench.now + 17s);
  EXPECT_EQ(bench.client.members->state, ConsumerMemberState::STALE);
  EXPECT_EQ(bench.heartbeats().back().member_epoch, consumer_group::kLeaveGroupEpoch);
  const std::size_t before = bench.heartbeats().size();
  Command resume;
  resume.kind = CommandKind::kConsumerResume;
  bench.command(resume);
  ASSERT_EQ(bench.heartbeats().size(), before + 1);
  EXPECT_EQ(bench.heartbeats().back().member_epoch, consumer_group::kJoinGroupEpoch);
  EXPECT_TRUE(bench.owned().empty());
}

TEST(ConsumerProtocol, a_coordinator_that_moved_is_looked_for_and_told_everything) {
  ProtocolBench bench;
  bench.be_stable();
  bench.run_until(bench.now + 5s);
  bench.refuse_heartbeat(ErrorCode::NOT_COORDINATOR);
  ASSERT_EQ(bench.sent<FindCoordinatorRequest>().size(), 2U);
  bench.find();
  bench.run_until(bench.now + 5s);
  EXPECT_EQ(bench.heartbeats().back().member_epoch, MemberEpoch(1)) << "it is a member still";
  EXPECT_TRUE(bench.heartbeats().back().is_full());
}

TEST(ConsumerProtocol, a_group_that_is_not_found_ends_the_application) {
  ProtocolBench bench;
  bench.refuse_heartbeat(ErrorCode::GROUP_ID_NOT_FOUND);  // it is a classic one, and may not be upgraded
  EXPECT_EQ(bench.client.members->state, ConsumerMemberState::LEAVING) << "it closes";
  EXPECT_EQ(bench.client.last_error, ErrorCode::GROUP_ID_NOT_FOUND);
}

}  // namespace
}  // namespace kscope::sim::consumer_membership_test
