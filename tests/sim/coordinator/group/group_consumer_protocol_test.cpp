// Groups of the consumer protocol (KIP-848) at their coordinator: what is stored, when it is told, what a failover leaves.
#include <gtest/gtest.h>

#include "sim/coordinator/group/group_parts.h"
#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::group_consumer_protocol_test {
namespace {

using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::MemberEpoch;

struct ConsumerProtocolBench : GroupBench {
  ConsumerProtocolBench() {
    auto brokers = std::make_shared<std::vector<BrokerSetup>>(*registry.brokers);
    brokers->front().config.group_coordinator_rebalance_protocols.has_consumer = true;
    registry.brokers = brokers;
    registry.controllers = {NodeId(0)};
    lead();
  }
  std::int64_t heartbeat(NodeId client, const ConsumerGroupHeartbeatRequest& request) {
    Ctx c = ctx();
    coordinator.consumer_group_heartbeat(c, client, ++correlation, request, {{kOrders, 4}});
    remember();
    return correlation;
  }
  std::int64_t join(NodeId client) {
    ConsumerGroupHeartbeatRequest request;
    request.group = kBilling;
    request.rebalance_timeout = 300s;
    request.subscribed_topics = std::vector{kOrders};
    request.owned = std::vector<TopicPartition>{};
    return heartbeat(client, request);
  }
  std::int64_t stay(NodeId client, MemberId member, std::int32_t epoch,
                    std::optional<std::vector<TopicPartition>> owned = std::nullopt) {
    ConsumerGroupHeartbeatRequest request;
    request.group = kBilling;
    request.member_id = member;
    request.member_epoch = MemberEpoch(epoch);
    request.owned = std::move(owned);
    return heartbeat(client, request);
  }
  std::optional<ConsumerGroupHeartbeatResponse> told(std::int64_t request) const {
    return answer<ConsumerGroupHeartbeatResponse>(request);
  }
  MemberId join_alone() {
    const std::int64_t request = join(kAlice);
    replicate();
    return told(request)->member_id;
  }
  const consumer_group::ConsumerGroup& consumers() const { return *coordinator.find_consumer_group(kBilling); }
};

TEST(GroupConsumerProtocol, who_joins_is_told_its_assignment_when_it_is_replicated) {
  ConsumerProtocolBench bench;
  const std::int64_t join = bench.join(kAlice);
  EXPECT_FALSE(bench.told(join).has_value());
  EXPECT_TRUE(bench.notes(NoteKind::kMemberJoined).empty()) << "observers hear no sooner than the member";
  bench.replicate();
  ASSERT_TRUE(bench.told(join).has_value());
  EXPECT_EQ(bench.told(join)->error_code, ErrorCode::NONE);
  EXPECT_TRUE(bench.told(join)->member_id.is_set());
  EXPECT_EQ(bench.told(join)->member_epoch, MemberEpoch(1));
  EXPECT_EQ(bench.told(join)->assignment->size(), 4U);
  EXPECT_EQ(bench.notes(NoteKind::kMemberJoined).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kGenerationAssigned).size(), 1U);
}

TEST(GroupConsumerProtocol, who_changes_nothing_waits_for_what_was_stored_before) {
  ConsumerProtocolBench bench;
  const MemberId alice = bench.join_alone();
  const std::int64_t calm = bench.stay(kAlice, alice, 1);
  EXPECT_TRUE(bench.told(calm).has_value()) << "everything is replicated";
  bench.join(kBob);
  const std::int64_t waiting = bench.stay(kCarol, MemberId{kCarol, 9}, 1);
  EXPECT_TRUE(bench.told(waiting).has_value()) << "an error tells nothing that could be taken back";
  const std::int64_t later = bench.stay(kAlice, alice, 1);
  EXPECT_FALSE(bench.told(later).has_value());
  bench.replicate();
  EXPECT_TRUE(bench.told(later).has_value());
}

TEST(GroupConsumerProtocol, a_partition_is_given_on_when_its_owner_has_said_that_it_gave_it_up) {
  ConsumerProtocolBench bench;
  const MemberId alice = bench.join_alone();
  const std::int64_t join = bench.join(kBob);
  bench.replicate();
  const MemberId bob = bench.told(join)->member_id;
  EXPECT_TRUE(bench.told(join)->assignment->empty()) << "Alice has everything still";
  const std::int64_t hears = bench.stay(kAlice, alice, 1);
  bench.replicate();
  const consumer_group::PartitionSet kept = *bench.told(hears)->assignment;
  EXPECT_EQ(kept.size(), 2U);
  const std::int64_t early = bench.stay(kBob, bob, 2);
  bench.replicate();
  EXPECT_FALSE(bench.told(early)->assignment.has_value());
  bench.stay(kAlice, alice, 1, std::vector<TopicPartition>(kept.begin(), kept.end()));
  bench.replicate();
  const std::int64_t late = bench.stay(kBob, bob, 2);
  bench.replicate();
  ASSERT_TRUE(bench.told(late)->assignment.has_value());
  EXPECT_EQ(bench.told(late)->assignment->size(), 2U);
  EXPECT_EQ(state_of(bench.consumers()), GroupState::Stable);
}

TEST(GroupConsumerProtocol, the_next_coordinator_has_read_everything_and_waits_for_members_once_more) {
  ConsumerProtocolBench bench;
  const MemberId alice = bench.join_alone();
  bench.fail_over();
  const std::int64_t calm = bench.stay(kAlice, alice, 1);
  EXPECT_EQ(bench.told(calm)->error_code, ErrorCode::NONE);
  EXPECT_EQ(bench.consumers().members.at(alice).current.assigned.size(), 4U);
  EXPECT_TRUE(bench.fire(TimerKind::kConsumerSessionExpired));
  EXPECT_TRUE(bench.consumers().members.empty());
  bench.replicate();
  EXPECT_EQ(bench.notes(NoteKind::kMemberLeft).back().c, static_cast<std::int64_t>(LeaveReason::kSessionExpired));
}

/// Bob has come and gone, and compaction has left nothing of him but the tombstones.
struct CompactedBench : ConsumerProtocolBench {
  CompactedBench() {
    alice = join_alone();
    const std::int64_t join = this->join(kBob);
    replicate();
    stay(kBob, told(join)->member_id, consumer_group::kLeaveGroupEpoch.value);
    replicate();
    EXPECT_EQ(log.size(), 3U);
    log.erase(log.begin() + 1);
  }
  MemberId alice;
};

TEST(GroupConsumerProtocol, tombstones_of_an_unknown_member_are_passed_over) {
  CompactedBench bench;
  bench.fail_over();
  EXPECT_GT(bench.notes(NoteKind::kCoordinatorLoaded).back().a, 0);
  EXPECT_EQ(bench.consumers().members.size(), 1U);
}

TEST(GroupConsumerProtocol, KAFKA_17306_they_kept_the_coordinator_from_loading_its_groups) {
  CompactedBench bench;
  bench.registry.rules.choose_old(Rule::kKafka17306);
  bench.fail_over();
  EXPECT_EQ(bench.notes(NoteKind::kCoordinatorLoaded).back().a, -1);
  EXPECT_EQ(bench.coordinator.find_consumer_group(kBilling), nullptr);
  EXPECT_EQ(bench.told(bench.stay(kAlice, bench.alice, 1))->error_code, ErrorCode::NOT_COORDINATOR);
}

TEST(GroupConsumerProtocol, what_could_not_be_stored_did_not_happen) {
  ConsumerProtocolBench bench;
  const std::int64_t join = bench.join(kAlice);
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.told(join)->error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(bench.coordinator.find_consumer_group(kBilling), nullptr);
  EXPECT_TRUE(bench.notes(NoteKind::kMemberJoined).empty());
}

TEST(GroupConsumerProtocol, commits_are_checked_against_the_member_epoch) {
  ConsumerProtocolBench bench;
  const MemberId alice = bench.join_alone();
  const auto error = [&](std::int64_t commit) {
    bench.replicate();
    return bench.answer<OffsetCommitResponse>(commit)->partitions.front().error;
  };
  EXPECT_EQ(error(bench.commit(kAlice, alice, GenerationId(1), Offset(5))), ErrorCode::NONE);
  EXPECT_EQ(error(bench.commit(kAlice, alice, GenerationId(0), Offset(6))), ErrorCode::STALE_MEMBER_EPOCH);
  EXPECT_EQ(error(bench.commit(kBob, MemberId{kBob, 7}, GenerationId(1), Offset(6))), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.offsets(kAlice).partitions.front().offset, Offset(5));
}

TEST(GroupConsumerProtocol, who_asks_for_offsets_as_a_member_must_be_one_with_its_epoch) {
  ConsumerProtocolBench bench;
  const MemberId alice = bench.join_alone();
  bench.commit(kAlice, alice, GenerationId(1), Offset(5));
  bench.replicate();
  const OffsetFetchResponse right = bench.offsets(kAlice, true, alice, GenerationId(1));
  EXPECT_EQ(right.error, ErrorCode::NONE);
  EXPECT_EQ(right.partitions.front().offset, Offset(5));
  EXPECT_EQ(bench.offsets(kAlice, true, alice, GenerationId(0)).error, ErrorCode::STALE_MEMBER_EPOCH);
  EXPECT_EQ(bench.offsets(kBob, true, MemberId{kBob, 7}, GenerationId(1)).error, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.offsets(kBob).error, ErrorCode::NONE) << "who names no member may always ask";
}

TEST(GroupConsumerProtocol, a_classic_group_with_members_stays_one_unless_the_policy_says_otherwise) {
  ConsumerProtocolBench bench;
  bench.make_stable();
  EXPECT_EQ(bench.told(bench.join(kCarol))->error_code, ErrorCode::GROUP_ID_NOT_FOUND);
}

TEST(GroupConsumerProtocol, a_broker_that_is_not_told_to_does_not_speak_it) {
  GroupBench bench;
  bench.lead();
  ConsumerGroupHeartbeatRequest request;
  request.group = kBilling;
  Ctx ctx = bench.ctx();
  bench.coordinator.consumer_group_heartbeat(ctx, kAlice, ++bench.correlation, request, {{kOrders, 4}});
  EXPECT_EQ(bench.answer<ConsumerGroupHeartbeatResponse>(bench.correlation)->error_code,
            ErrorCode::UNSUPPORTED_VERSION);
}

}  // namespace
}  // namespace kscope::sim::group_consumer_protocol_test
