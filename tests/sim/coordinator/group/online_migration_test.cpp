// A group with members moves between the classic and the consumer protocol (KIP-848, group.consumer.migration.policy), and its
// members come along one by one.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/coordinator/consumer_group_record_bytes.h"
#include "sim/coordinator/group/group_parts.h"
#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::online_migration_test {
namespace {

using consumer_group::ConsumerGroup;
using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::MemberEpoch;
using Policy = ConsumerGroupMigrationPolicy;

constexpr GenerationId kFirst{1};

/// A broker that speaks both protocols. Alice and Bob are the members of make_stable().
struct MigrationBench : GroupBench {
  explicit MigrationBench(Policy policy = Policy::BIDIRECTIONAL) {
    config([&](BrokerConfig& broker) {
      broker.group_coordinator_rebalance_protocols.has_consumer = true;
      broker.group_consumer_migration_policy = policy;
    });
    registry.controllers = {NodeId(0)};
  }
  template <class Change>
  void config(Change change) {
    auto brokers = std::make_shared<std::vector<BrokerSetup>>(*registry.brokers);
    change(brokers->front().config);
    registry.brokers = brokers;
  }
  std::int64_t send(NodeId client, const ConsumerGroupHeartbeatRequest& request) {
    Ctx c = ctx();
    coordinator.consumer_group_heartbeat(c, client, ++correlation, request, {{kOrders, 4}});
    remember();
    return correlation;
  }
  /// Joins with the consumer protocol.
  std::int64_t enter(NodeId client, std::optional<std::string> instance_id = std::nullopt) {
    ConsumerGroupHeartbeatRequest request;
    request.group = kBilling;
    request.rebalance_timeout = 300s;
    request.subscribed_topics = std::vector{kOrders};
    request.owned = std::vector<TopicPartition>{};
    request.instance_id = std::move(instance_id);
    return send(client, request);
  }
  std::int64_t stay(NodeId client, MemberId member, std::int32_t epoch) {
    ConsumerGroupHeartbeatRequest request;
    request.group = kBilling;
    request.member_id = member;
    request.member_epoch = MemberEpoch(epoch);
    return send(client, request);
  }
  std::optional<ConsumerGroupHeartbeatResponse> told(std::int64_t request) const {
    return answer<ConsumerGroupHeartbeatResponse>(request);
  }
  MemberId enter_and_store(NodeId client) {
    const std::int64_t request = enter(client);
    replicate();
    return told(request)->member_id;
  }
  JoinGroupResponse joined(std::int64_t request) {
    replicate();
    return answer<JoinGroupResponse>(request).value_or(JoinGroupResponse{});
  }
  SyncGroupResponse synced(std::int64_t request) {
    replicate();
    return answer<SyncGroupResponse>(request).value_or(SyncGroupResponse{});
  }
  /// A classic member with a group.instance.id joins.
  std::int64_t join_static(NodeId client, MemberId member = {}) {
    JoinGroupRequest request;
    request.group = kBilling;
    request.member = member;
    request.group_instance_id = "place";
    request.session_timeout = 45s;
    request.rebalance_timeout = 300s;
    request.protocols = {protocol("range")};
    Ctx c = ctx();
    coordinator.join_group(c, client, ++correlation, request, {{kOrders, 4}});
    remember();
    return correlation;
  }
  const ConsumerGroup* consumers() const { return coordinator.find_consumer_group(kBilling); }
  const consumer_group::ConsumerGroupMember& member(MemberId id) const { return consumers()->members.at(id); }
  /// Kinds of the records of the last append, in order.
  std::vector<std::string> last_records() const {
    std::vector<std::string> kinds;
    for (const CoordinatorRecord& record : appended.back().records) {
      if (record.kind == CoordinatorRecordKind::kConsumerGroup) {
        const std::string end = consumer_group::is_tombstone(*record.consumer_group) ? "-" : "";
        kinds.push_back(std::string(consumer_group::type_name(*record.consumer_group)) + end);
      } else {
        kinds.emplace_back(record.kind == CoordinatorRecordKind::kGroupTombstone ? "GroupMetadata-" : "GroupMetadata");
      }
    }
    return kinds;
  }
  /// Carol upgrades the group of Alice and Bob, and both have joined it again.
  MemberId make_mixed() {
    make_stable();
    const MemberId carol = enter_and_store(kCarol);
    for (const auto& [client, id] : {std::pair{kAlice, alice}, std::pair{kBob, bob}}) {
      const JoinGroupResponse answer = joined(join(client, id));
      synced(sync(client, id, answer.generation));
    }
    return carol;
  }
};

TEST(OnlineMigration, an_upgrade_keeps_members_generation_and_what_they_have) {
  MigrationBench bench;
  bench.make_stable();
  const std::int64_t enter = bench.enter(kCarol);
  EXPECT_FALSE(bench.told(enter).has_value());
  EXPECT_TRUE(bench.notes(NoteKind::kGroupMigrated).empty()) << "observers hear no sooner than the member";
  bench.replicate();
  std::vector<std::string> records = bench.last_records();
  ASSERT_GT(records.size(), 9U);
  EXPECT_EQ(std::vector<std::string>(records.begin() + 9, records.begin() + 12),
            (std::vector<std::string>{"ConsumerGroupMemberMetadata", "ConsumerGroupPartitionMetadata",
                                      "ConsumerGroupMetadata"}))
      << "then Carol joins";
  EXPECT_EQ(records.back(), "ConsumerGroupCurrentMemberAssignment");
  records.resize(9);
  EXPECT_EQ(records,
            (std::vector<std::string>{"GroupMetadata-", "ConsumerGroupMemberMetadata", "ConsumerGroupMemberMetadata",
                                      "ConsumerGroupMetadata", "ConsumerGroupTargetAssignmentMember",
                                      "ConsumerGroupTargetAssignmentMember", "ConsumerGroupTargetAssignmentMetadata",
                                      "ConsumerGroupCurrentMemberAssignment", "ConsumerGroupCurrentMemberAssignment"}))
      << "the group as it was";
  ASSERT_NE(bench.consumers(), nullptr);
  EXPECT_EQ(bench.consumers()->group_epoch, MemberEpoch(2));
  EXPECT_EQ(bench.consumers()->classic_member_count(), 2U);
  EXPECT_EQ(bench.member(bench.alice).current.member_epoch, MemberEpoch(1));
  EXPECT_EQ(bench.member(bench.alice).current.assigned, (consumer_group::PartitionSet{TopicPartition{kOrders, 0}}));
  EXPECT_EQ(bench.member(bench.alice).metadata.classic->session_timeout, 45s);
  EXPECT_TRUE(bench.group().members.empty());
  const std::vector<Note> moves = bench.notes(NoteKind::kGroupMigrated);
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves.front().a, 1);
  EXPECT_EQ(moves.front().b, kCarol.value);
  EXPECT_EQ(moves.front().c, 1) << "the generation that it goes on from";
  EXPECT_FALSE(bench.fire(TimerKind::kSessionExpired)) << "the classic timers are gone";
}

TEST(OnlineMigration, a_policy_without_upgrades_refuses_who_joins) {
  for (const Policy policy : {Policy::DISABLED, Policy::DOWNGRADE}) {
    MigrationBench bench(policy);
    bench.make_stable();
    EXPECT_EQ(bench.told(bench.enter(kCarol))->error_code, ErrorCode::GROUP_ID_NOT_FOUND);
    EXPECT_EQ(bench.group().state, GroupState::Stable);
    EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, kFirst), ErrorCode::NONE);
    EXPECT_EQ(bench.consumers(), nullptr);
  }
}

TEST(OnlineMigration, a_group_that_is_too_large_is_not_upgraded) {
  MigrationBench bench;
  bench.config([](BrokerConfig& broker) { broker.group_consumer_max_size = 1; });
  bench.make_stable();
  EXPECT_EQ(bench.told(bench.enter(kCarol))->error_code, ErrorCode::GROUP_ID_NOT_FOUND);
  bench.config([](BrokerConfig& broker) { broker.group_consumer_max_size = 2; });
  EXPECT_EQ(bench.told(bench.enter(kCarol))->error_code, ErrorCode::GROUP_MAX_SIZE_REACHED) << "but it has no room";
  EXPECT_EQ(bench.group().state, GroupState::Stable);
}

TEST(OnlineMigration, who_waits_for_a_rebalance_is_told_of_another_one) {
  MigrationBench bench(Policy::UPGRADE);
  bench.make_stable();
  const std::int64_t waiting = bench.join(kAlice, bench.alice);  // the leader forces a rebalance, Bob has not joined
  ASSERT_EQ(bench.group().state, GroupState::PreparingRebalance);
  bench.enter_and_store(kCarol);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(waiting)->error, ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(bench.member(bench.alice).current.assigned.size(), 1U) << "what it was assigned last";
  EXPECT_EQ(bench.joined(bench.join(kAlice, bench.alice)).generation, GenerationId(2));
}

TEST(OnlineMigration, before_its_first_generation_a_group_cannot_be_upgraded) {
  MigrationBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  const std::int64_t waiting = bench.join(kAlice, alice);
  EXPECT_EQ(bench.told(bench.enter(kCarol))->error_code, ErrorCode::UNKNOWN_SERVER_ERROR);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(waiting)->error, ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(bench.consumers(), nullptr);
}

TEST(OnlineMigration, a_classic_member_hears_of_the_new_epoch_and_joins_without_a_barrier) {
  MigrationBench bench;
  bench.make_stable();
  bench.enter_and_store(kCarol);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, kFirst), ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, GenerationId(2)), ErrorCode::ILLEGAL_GENERATION);
  const std::int64_t join = bench.join(kAlice, bench.alice);
  EXPECT_FALSE(bench.answer<JoinGroupResponse>(join).has_value()) << "it is not stored yet";
  const JoinGroupResponse answer = bench.joined(join);
  EXPECT_EQ(answer.error, ErrorCode::NONE);
  EXPECT_EQ(answer.generation, GenerationId(2)) << "its member epoch";
  EXPECT_EQ(answer.protocol, "range");
  EXPECT_FALSE(answer.leader.is_set()) << "the coordinator assigns";
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, GenerationId(2)), ErrorCode::NONE);
  const SyncGroupResponse given = bench.synced(bench.sync(kAlice, bench.alice, GenerationId(2)));
  EXPECT_EQ(given.error, ErrorCode::NONE);
  EXPECT_EQ(given.assignment.size(), bench.member(bench.alice).current.assigned.size());
  EXPECT_EQ(bench.synced(bench.sync(kBob, bench.bob, kFirst)).error, ErrorCode::REBALANCE_IN_PROGRESS)
      << "the group has moved on";
}

TEST(OnlineMigration, a_cooperative_member_gives_up_what_it_owns_before_the_epoch_moves) {
  MigrationBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  const auto join = [&](std::vector<TopicPartition> owned) {
    JoinGroupRequest request;
    request.group = kBilling;
    request.member = alice;
    request.session_timeout = 45s;
    request.rebalance_timeout = 300s;
    request.protocols = {JoinProtocol{"cooperative-sticky", {kOrders}, std::move(owned)}};
    Ctx c = bench.ctx();
    bench.coordinator.join_group(c, kAlice, ++bench.correlation, request, {{kOrders, 4}});
    bench.remember();
    return bench.correlation;
  };
  const std::vector<TopicPartition> all{{kOrders, 0}, {kOrders, 1}, {kOrders, 2}, {kOrders, 3}};
  join({});
  bench.fire(TimerKind::kInitialRebalanceDelay);
  bench.sync(kAlice, alice, kFirst, {{alice, all}});
  bench.replicate();
  ASSERT_EQ(bench.group().state, GroupState::Stable);

  const MemberId carol = bench.enter_and_store(kCarol);
  EXPECT_TRUE(bench.member(carol).current.assigned.empty()) << "Alice owns everything";
  EXPECT_EQ(bench.joined(join(all)).generation, kFirst) << "the epoch waits for the revocation";
  const std::vector<TopicPartition> kept = bench.synced(bench.sync(kAlice, alice, kFirst)).assignment;
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(bench.heartbeat(kAlice, alice, kFirst), ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(bench.joined(join(kept)).generation, GenerationId(2));
  EXPECT_EQ(bench.heartbeat(kAlice, alice, GenerationId(2)), ErrorCode::NONE);
  bench.stay(kCarol, carol, 2);
  bench.replicate();
  EXPECT_EQ(bench.member(carol).current.assigned.size(), 2U);
  EXPECT_EQ(state_of(*bench.consumers()), GroupState::Stable);
}

TEST(OnlineMigration, a_classic_member_may_join_a_group_of_the_consumer_protocol_under_any_policy) {
  MigrationBench bench(Policy::DISABLED);
  bench.lead();
  bench.enter_and_store(kCarol);
  const std::int64_t asked = bench.join(kAlice, MemberId{});
  const auto id_given = bench.answer<JoinGroupResponse>(asked);
  ASSERT_TRUE(id_given.has_value());
  EXPECT_EQ(id_given->error, ErrorCode::MEMBER_ID_REQUIRED);
  EXPECT_EQ(bench.consumers()->members.size(), 1U) << "who got an id is no member yet";
  const MemberId alice = id_given->member;
  const JoinGroupResponse answer = bench.joined(bench.join(kAlice, alice));
  EXPECT_EQ(answer.error, ErrorCode::NONE);
  EXPECT_EQ(answer.generation, GenerationId(2));
  EXPECT_EQ(bench.consumers()->classic_member_count(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kMemberJoined).back().c, 2);
}

TEST(OnlineMigration, classic_members_need_a_protocol_in_common) {
  MigrationBench bench;
  bench.make_mixed();
  EXPECT_EQ(bench.joined(bench.join(kAlice, bench.alice, {"sticky"})).error, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  EXPECT_EQ(bench.joined(bench.join(kAlice, bench.alice, {"sticky", "range"})).error, ErrorCode::NONE);
}

TEST(OnlineMigration, the_last_member_of_the_consumer_protocol_takes_it_along) {
  MigrationBench bench;
  const MemberId carol = bench.make_mixed();
  const std::int32_t epoch = bench.consumers()->group_epoch.value;
  const std::int64_t leave = bench.stay(kCarol, carol, -1);
  EXPECT_EQ(bench.consumers(), nullptr);
  bench.replicate();
  EXPECT_EQ(bench.told(leave)->error_code, ErrorCode::NONE);
  const std::vector<std::string> records = bench.last_records();
  EXPECT_EQ(records.size(), 3U * 3U + 3U + 1U);
  EXPECT_EQ(records.front(), "ConsumerGroupCurrentMemberAssignment-");
  EXPECT_EQ(records[records.size() - 2], "ConsumerGroupMetadata-");
  EXPECT_EQ(records.back(), "GroupMetadata");
  EXPECT_EQ(bench.group().state, GroupState::PreparingRebalance);
  EXPECT_EQ(bench.group().generation, GenerationId(epoch));
  EXPECT_EQ(bench.group().protocol, "range");
  EXPECT_EQ(bench.group().members.size(), 2U);
  EXPECT_EQ(bench.notes(NoteKind::kGroupMigrated).back().a, 0);
  EXPECT_EQ(bench.notes(NoteKind::kGroupMigrated).back().c, epoch);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, GenerationId(epoch)), ErrorCode::REBALANCE_IN_PROGRESS);
  bench.join(kAlice, bench.alice);
  EXPECT_EQ(bench.joined(bench.join(kBob, bench.bob)).generation, GenerationId(epoch + 1));
  EXPECT_FALSE(bench.fire(TimerKind::kConsumerSessionExpired)) << "its timers are gone";
}

TEST(OnlineMigration, a_policy_without_downgrades_leaves_the_group_as_it_is) {
  MigrationBench bench(Policy::UPGRADE);
  const MemberId carol = bench.make_mixed();
  bench.stay(kCarol, carol, -1);
  bench.replicate();
  ASSERT_NE(bench.consumers(), nullptr);
  EXPECT_EQ(bench.consumers()->members.size(), 2U);
  EXPECT_EQ(bench.consumers()->classic_member_count(), 2U);
}

TEST(OnlineMigration, a_silent_last_member_is_as_good_as_gone) {
  MigrationBench bench;
  bench.make_mixed();
  while (bench.consumers() != nullptr && bench.consumers()->members.size() == 3) {
    bench.heartbeat(kAlice, bench.alice, GenerationId(2));
    bench.heartbeat(kBob, bench.bob, GenerationId(2));
    ASSERT_TRUE(bench.fire(TimerKind::kConsumerSessionExpired));
  }
  EXPECT_EQ(bench.consumers(), nullptr);
  EXPECT_EQ(bench.group().members.size(), 2U);
  EXPECT_EQ(bench.notes(NoteKind::kMemberLeft).back().c, static_cast<std::int64_t>(LeaveReason::kSessionExpired));
}

TEST(OnlineMigration, a_classic_member_that_does_not_rejoin_in_time_is_removed) {
  MigrationBench bench;
  bench.make_stable();
  bench.enter_and_store(kCarol);
  EXPECT_FALSE(bench.fire(TimerKind::kConsumerJoinTimeout)) << "nobody was told to rejoin";
  bench.heartbeat(kAlice, bench.alice, kFirst);
  bench.now += 1s;
  bench.heartbeat(kAlice, bench.alice, kFirst);  // has had its time since the first
  const LocalTime told = bench.now - 1s;
  EXPECT_TRUE(bench.fire(TimerKind::kConsumerJoinTimeout));
  EXPECT_EQ(bench.now, told + 300s);
  EXPECT_FALSE(bench.consumers()->members.contains(bench.alice));
  bench.replicate();
  EXPECT_EQ(bench.notes(NoteKind::kMemberLeft).back().c, static_cast<std::int64_t>(LeaveReason::kRebalanceTimeout));
}

TEST(OnlineMigration, a_classic_member_that_does_not_sync_in_time_is_removed) {
  MigrationBench bench;
  bench.make_stable();
  bench.enter_and_store(kCarol);
  bench.join(kAlice, bench.alice);
  EXPECT_FALSE(bench.fire(TimerKind::kConsumerSyncTimeout)) << "it is not answered yet";
  bench.replicate();
  const LocalTime answered = bench.now;
  EXPECT_TRUE(bench.fire(TimerKind::kConsumerSyncTimeout));
  EXPECT_EQ(bench.now, answered + 300s);
  EXPECT_FALSE(bench.consumers()->members.contains(bench.alice));
}

TEST(OnlineMigration, a_classic_member_leaves_and_the_group_stays) {
  MigrationBench bench;
  bench.make_mixed();
  const std::int32_t epoch = bench.consumers()->group_epoch.value;
  Ctx c = bench.ctx();
  bench.coordinator.leave_group(c, kAlice, ++bench.correlation,
                                LeaveGroupRequest{kBilling, {{bench.alice, {}}, {MemberId{kCarol, 77}, {}}}});
  bench.remember();
  EXPECT_FALSE(bench.answer<LeaveGroupResponse>(bench.correlation).has_value());
  bench.replicate();
  const auto left = bench.answer<LeaveGroupResponse>(bench.correlation);
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(left->members[0].error, ErrorCode::NONE);
  EXPECT_EQ(left->members[1].error, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.consumers()->group_epoch, MemberEpoch(epoch + 1));
  EXPECT_EQ(bench.consumers()->members.size(), 2U);
}

TEST(OnlineMigration, commits_of_classic_members_are_refused_in_their_own_words) {
  MigrationBench bench;
  bench.make_mixed();
  const auto error = [&](std::int64_t commit) {
    bench.replicate();
    return bench.answer<OffsetCommitResponse>(commit)->partitions.front().error;
  };
  EXPECT_EQ(error(bench.commit(kAlice, bench.alice, GenerationId(2), Offset(5))), ErrorCode::NONE);
  EXPECT_EQ(error(bench.commit(kAlice, bench.alice, kFirst, Offset(6))), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(bench.offsets(kAlice).partitions.front().offset, Offset(5));
}

TEST(OnlineMigration, offsets_stay_in_every_move) {
  MigrationBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(5));
  bench.replicate();
  const MemberId carol = bench.enter_and_store(kCarol);
  EXPECT_EQ(bench.offsets(kCarol).partitions.front().offset, Offset(5));
  bench.stay(kCarol, carol, -1);
  bench.replicate();
  EXPECT_EQ(bench.offsets(kAlice).partitions.front().offset, Offset(5));
}

TEST(OnlineMigration, the_next_coordinator_reads_a_mixed_group) {
  MigrationBench bench;
  const MemberId carol = bench.make_mixed();
  const ConsumerGroup before = *bench.consumers();
  bench.fail_over();
  ASSERT_NE(bench.consumers(), nullptr);
  EXPECT_EQ(bench.consumers()->members, before.members);
  EXPECT_EQ(bench.consumers()->target_assignment, before.target_assignment);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, GenerationId(2)), ErrorCode::NONE);
  bench.stay(kCarol, carol, -1);
  bench.replicate();
  EXPECT_EQ(bench.group().members.size(), 2U) << "what was read is enough to go back";
}

TEST(OnlineMigration, the_next_coordinator_reads_a_group_that_went_back) {
  MigrationBench bench;
  const MemberId carol = bench.make_mixed();
  bench.stay(kCarol, carol, -1);
  bench.replicate();
  const GenerationId generation = bench.group().generation;
  bench.fail_over();
  EXPECT_EQ(bench.consumers(), nullptr);
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  EXPECT_EQ(bench.group().generation, generation);
  EXPECT_EQ(bench.group().members.size(), 2U);
}

TEST(OnlineMigration, what_could_not_be_stored_did_not_happen) {
  MigrationBench bench;
  bench.make_stable();
  HostedLog& hosted = bench.durable.logs.find_or_create(TopicPartition{kOffsetsTopic, 0});
  for (RecordBatch batch : bench.log) {
    hosted.log.append_as_leader(std::move(batch), LeaderEpoch(0), RollLimits{});
  }
  const std::int64_t enter = bench.enter(kCarol);
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.told(enter)->error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_TRUE(bench.fire(TimerKind::kCoordinatorLoad)) << "the partition is read again";
  EXPECT_EQ(bench.consumers(), nullptr);
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  EXPECT_EQ(bench.group().members.size(), 2U);
}

TEST(OnlineMigration, an_empty_classic_group_begins_anew_under_any_policy) {
  MigrationBench bench(Policy::DISABLED);
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(5));
  bench.replicate();
  bench.leave(kAlice, bench.alice);
  bench.leave(kBob, bench.bob);
  bench.fire(TimerKind::kRebalanceTimeout);
  bench.replicate();
  ASSERT_EQ(bench.group().state, GroupState::Empty);
  const std::int64_t enter = bench.enter(kCarol);
  bench.replicate();
  EXPECT_EQ(bench.told(enter)->member_epoch, MemberEpoch(1));
  EXPECT_EQ(bench.last_records().front(), "GroupMetadata-");
  EXPECT_EQ(bench.notes(NoteKind::kGroupMigrated).back().c, 0);
  EXPECT_EQ(bench.offsets(kCarol).partitions.front().offset, Offset(5));
}

TEST(OnlineMigration, an_empty_group_of_the_consumer_protocol_becomes_a_classic_one_under_any_policy) {
  MigrationBench bench(Policy::DISABLED);
  bench.lead();
  const MemberId carol = bench.enter_and_store(kCarol);
  bench.stay(kCarol, carol, -1);
  bench.replicate();
  ASSERT_EQ(state_of(*bench.consumers()), GroupState::Empty);
  EXPECT_EQ(bench.joined(bench.join(kAlice, MemberId{kAlice, 3})).error, ErrorCode::UNKNOWN_MEMBER_ID);
  const MemberId alice = bench.ask_id(kAlice);
  EXPECT_EQ(bench.consumers(), nullptr);
  bench.replicate();
  EXPECT_EQ(bench.last_records(),
            (std::vector<std::string>{"ConsumerGroupTargetAssignmentMetadata-", "ConsumerGroupPartitionMetadata-",
                                      "ConsumerGroupMetadata-", "GroupMetadata"}));
  bench.join(kAlice, alice);
  bench.fire(TimerKind::kInitialRebalanceDelay);
  EXPECT_EQ(bench.group().generation, kFirst);
  EXPECT_EQ(bench.notes(NoteKind::kGroupMigrated).back().a, 0);
}

TEST(OnlineMigration, a_group_that_was_never_classic_writes_no_tombstone) {
  MigrationBench bench;
  bench.lead();
  bench.enter_and_store(kCarol);
  EXPECT_EQ(bench.last_records().front(), "ConsumerGroupMemberMetadata");
  EXPECT_TRUE(bench.notes(NoteKind::kGroupMigrated).empty());
}

/// Alice is dynamic and leads; Bob is a static member of the classic protocol.
struct StaticMigrationBench : MigrationBench {
  StaticMigrationBench() {
    lead();
    alice = ask_id(kAlice);
    join(kAlice, alice);
    join_static(kBob);
    bob = group().static_members.at("place");
    fire(TimerKind::kInitialRebalanceDelay);
    fire(TimerKind::kInitialRebalanceDelay);
    sync(kAlice, alice, kFirst, {{alice, {TopicPartition{kOrders, 0}}}, {bob, {TopicPartition{kOrders, 1}}}});
    replicate();
  }
};

TEST(OnlineMigration, a_static_member_changes_its_protocol_in_its_own_place) {
  StaticMigrationBench bench;
  const std::int64_t enter = bench.enter(kBob, "place");
  bench.replicate();
  ASSERT_EQ(bench.told(enter)->error_code, ErrorCode::NONE) << "a classic member need not have left";
  const MemberId bob = bench.told(enter)->member_id;
  EXPECT_EQ(bench.told(enter)->member_epoch, MemberEpoch(2)) << "the group looks at its topics for the first time";
  EXPECT_TRUE(bench.told(enter)->assignment->contains(TopicPartition{kOrders, 1})) << "what it had";
  EXPECT_EQ(bench.consumers()->members.size(), 2U);
  EXPECT_EQ(bench.notes(NoteKind::kStaticMemberReplaced).size(), 1U);

  const JoinGroupResponse back = bench.joined(bench.join_static(kBob));
  EXPECT_EQ(back.error, ErrorCode::NONE);
  EXPECT_NE(back.member, bob);
  EXPECT_EQ(bench.consumers(), nullptr) << "it was the only one with the consumer protocol";
  EXPECT_EQ(bench.group().state, GroupState::Stable) << "and nobody has to rebalance";
  EXPECT_EQ(bench.group().generation, back.generation);
  EXPECT_EQ(bench.group().leader, bench.alice);
  Ctx c = bench.ctx();
  bench.coordinator.sync_group(c, kBob, ++bench.correlation,
                               SyncGroupRequest{kBilling, back.generation, back.member, {}, "place"});
  const std::vector<TopicPartition> given = bench.answer<SyncGroupResponse>(bench.correlation)->assignment;
  EXPECT_EQ(std::count(given.begin(), given.end(), TopicPartition{kOrders, 1}), 1);
  EXPECT_EQ(bench.heartbeat(kAlice, bench.alice, back.generation), ErrorCode::NONE);
  bench.fail_over();
  EXPECT_EQ(bench.group().members.size(), 2U);
}

TEST(OnlineMigration, the_former_self_of_a_static_member_is_fenced) {
  StaticMigrationBench bench;
  bench.enter(kBob, "place");
  bench.replicate();
  Ctx c = bench.ctx();
  bench.coordinator.heartbeat(c, kBob, ++bench.correlation, HeartbeatRequest{kBilling, kFirst, bench.bob, "place"});
  EXPECT_EQ(bench.answer<HeartbeatResponse>(bench.correlation)->error, ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(bench.joined(bench.join_static(kBob, bench.bob)).error, ErrorCode::FENCED_INSTANCE_ID);
}

TEST(OnlineMigration, the_record_of_a_classic_member_has_its_session_and_subscriptions) {
  MigrationBench bench;
  bench.make_stable();
  bench.enter_and_store(kCarol);
  const CoordinatorRecord& record = bench.appended.back().records[1];
  const wire::OffsetsTopicRecord written = consumer_group_wire_record(bench.registry, *record.consumer_group);
  const auto bytes = wire::encode(written);
  const auto read = wire::decode_offsets_topic_record(bytes.key, *bytes.value);
  ASSERT_TRUE(read);
  const auto& value = std::get<wire::ConsumerGroupMemberMetadataValue>(read->value->message);
  ASSERT_TRUE(value.classic_member_metadata.has_value());
  EXPECT_EQ(value.classic_member_metadata->session_timeout_ms, 45'000);
  ASSERT_EQ(value.classic_member_metadata->supported_protocols.size(), 1U);
  const wire::ClassicProtocol& protocol = value.classic_member_metadata->supported_protocols.front();
  EXPECT_EQ(protocol.name, "range");
  // version 3, one topic "orders", no user data, no owned partitions, generation -1, no rack: ConsumerProtocolSubscription.json
  EXPECT_EQ(protocol.metadata,
            (std::vector<std::uint8_t>{0,    3,    0,    0,    0, 1, 0, 6, 'o',  'r',  'd',  'e',  'r',  's',
                                       0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

}  // namespace
}  // namespace kscope::sim::online_migration_test
