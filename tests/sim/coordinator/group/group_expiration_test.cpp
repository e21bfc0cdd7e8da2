// Committed offsets and groups expire at their coordinator (KIP-211): what is deleted when, with which tombstones, and what a
// coordinator that takes over makes of them.
#include <gtest/gtest.h>

#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::group_expiration_test {
namespace {

constexpr GenerationId kFirst{1};
constexpr TopicPartition kOrders0{kOrders, 0};
constexpr TopicPartition kOrders1{kOrders, 1};
constexpr TopicPartition kPrices0{TopicId(2), 0};
constexpr Duration kRetention = 1min;

struct ExpirationBench : GroupBench {
  ExpirationBench() {
    auto brokers = std::make_shared<std::vector<BrokerSetup>>(*registry.brokers);
    brokers->front().config.offsets_retention_minutes = kRetention;
    brokers->front().config.offsets_retention_check_interval_ms = 10s;
    brokers->front().config.group_coordinator_rebalance_protocols.has_consumer = true;
    registry.brokers = brokers;
    registry.controllers = {NodeId(0)};
    registry.topics.resize(3);
    registry.topics[2].name = "prices";
  }
  /// The coordinator looks, as soon as its timer lets it.
  void look() { ASSERT_TRUE(fire(TimerKind::kOffsetsRetentionCheck)); }
  /// Its last member leaves, a commit of orders-0 at 7 remains.
  void make_empty() {
    make_stable();
    commit(kAlice, alice, kFirst, Offset(7));
    replicate();
    leave(kBob, bob);
    leave(kAlice, alice);
    replicate();
    ASSERT_EQ(group().state, GroupState::Empty);
  }
  /// A commit of somebody who is no member.
  void commit_alone(TopicPartition partition, Offset offset) {
    OffsetCommitRequest request;
    request.group = kBilling;
    request.partitions.push_back({partition, CommittedOffset{offset, LeaderEpoch(0), 0}});
    Ctx c = ctx();
    coordinator.offset_commit(c, kCarol, ++correlation, request);
    remember();
    replicate();
  }
  std::vector<CoordinatorRecordKind> wanted_kinds() const {
    std::vector<CoordinatorRecordKind> kinds;
    for (const WantedAppend& append : coordinator.wanted_appends) {
      for (const CoordinatorRecord& record : append.records) {
        kinds.push_back(record.kind);
      }
    }
    return kinds;
  }
  std::int64_t heartbeat_848(NodeId client, MemberId member, std::int32_t epoch) {
    consumer_group::ConsumerGroupHeartbeatRequest request;
    request.group = kBilling;
    request.member_id = member;
    request.member_epoch = consumer_group::MemberEpoch(epoch);
    if (epoch == 0) {
      request.rebalance_timeout = 300s;
      request.subscribed_topics = std::vector{kOrders};
      request.owned = std::vector<TopicPartition>{};
    }
    Ctx c = ctx();
    coordinator.consumer_group_heartbeat(c, client, ++correlation, request, {{kOrders, 2}});
    remember();
    return correlation;
  }
  MemberId join_848() {
    const std::int64_t id = heartbeat_848(kAlice, MemberId{}, 0);
    replicate();
    return answer<consumer_group::ConsumerGroupHeartbeatResponse>(id)->member_id;
  }
};

using Kinds = std::vector<CoordinatorRecordKind>;

TEST(OffsetsExpire, the_retention_of_an_empty_group_counts_from_when_it_became_empty) {
  ExpirationBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.now += kRetention;  // with members
  bench.leave(kBob, bench.bob);
  bench.leave(kAlice, bench.alice);
  bench.replicate();
  const LocalTime empty_since = bench.now;
  bench.now = empty_since + kRetention - 1ms;
  bench.look();
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0)) << "committed long ago, but the group is not empty for so long";
  bench.now = empty_since + kRetention;
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  const std::vector<Note> notes = bench.notes(NoteKind::kOffsetExpired);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].partition, kOrders0);
  EXPECT_EQ(notes[0].a, 7);
  EXPECT_EQ(notes[0].b, static_cast<std::int64_t>(OffsetExpiry::kGroupEmpty));
  EXPECT_GE(notes[0].c, 60'000);
}

TEST(OffsetsExpire, with_the_last_offset_the_group_is_dead_and_gone) {
  ExpirationBench bench;
  bench.make_empty();
  bench.now += kRetention;
  bench.look();
  EXPECT_EQ(bench.wanted_kinds(), (Kinds{CoordinatorRecordKind::kTombstone, CoordinatorRecordKind::kGroupTombstone}));
  ASSERT_EQ(bench.coordinator.wanted_appends.size(), 1U) << "one batch";
  EXPECT_FALSE(bench.coordinator.wanted_appends.front().waits_for_replicas);
  EXPECT_EQ(bench.notes(NoteKind::kGroupState).back().a, static_cast<std::int64_t>(GroupState::Dead));
  ASSERT_EQ(bench.notes(NoteKind::kGroupDeleted).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kGroupDeleted).front().a, 2) << "the generation in which it became empty";
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, kUnknownOffset) << "auto.offset.reset decides now";
}

TEST(OffsetsExpire, a_group_that_keeps_an_offset_stays) {
  ExpirationBench bench;
  bench.make_empty();
  bench.now += kRetention;
  Ctx ctx = bench.ctx();
  bench.txn_commit(kCarol, MemberId{}, kNoGeneration, Offset(9));
  bench.coordinator.clean_up_group_metadata(ctx, 0);
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty()) << "a transactional offset of it is on its way";
  bench.replicate();
  bench.look();
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty()) << "its transaction is open";
  EXPECT_EQ(bench.group().offsets.at(kOrders0).committed.offset, Offset(7));
  bench.mark(ControlType::ABORT);
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
}

TEST(OffsetsExpire, an_open_transaction_keeps_the_group_but_no_other_offset) {
  ExpirationBench bench;
  bench.make_stable();
  bench.commit(kBob, bench.bob, kFirst, Offset(5), 1);
  bench.replicate();
  bench.leave(kBob, bench.bob);
  bench.leave(kAlice, bench.alice);
  bench.replicate();
  bench.txn_commit(kCarol, MemberId{}, kNoGeneration, Offset(9));
  bench.replicate();
  bench.now += kRetention;
  bench.look();
  EXPECT_FALSE(bench.group().offsets.contains(kOrders1));
  EXPECT_EQ(bench.wanted_kinds(), (Kinds{CoordinatorRecordKind::kTombstone}));
  bench.replicate();
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, Offset(9));
}

TEST(OffsetsExpire, a_commit_on_its_way_keeps_the_offset) {
  ExpirationBench bench;
  bench.make_empty();
  bench.now += kRetention;
  OffsetCommitRequest request;
  request.group = kBilling;
  request.partitions.push_back({kOrders0, CommittedOffset{Offset(8), LeaderEpoch(0), 0}});
  Ctx ctx = bench.ctx();
  bench.coordinator.offset_commit(ctx, kCarol, 99, request);
  bench.remember();
  bench.look();
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty());
  bench.replicate();
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, Offset(8));
}

TEST(OffsetsExpire, of_who_never_joins_a_retention_after_the_commit) {
  ExpirationBench bench;
  bench.lead();
  bench.commit_alone(kOrders0, Offset(3));
  bench.now += kRetention / 2;
  bench.commit_alone(kOrders1, Offset(4));
  bench.now += kRetention / 2;
  bench.look();
  EXPECT_FALSE(bench.group().offsets.contains(kOrders0));
  EXPECT_TRUE(bench.group().offsets.contains(kOrders1)) << "each offset by its own commit";
  EXPECT_EQ(bench.notes(NoteKind::kOffsetExpired).front().b, static_cast<std::int64_t>(OffsetExpiry::kNoMembers));
  bench.replicate();
  bench.now += kRetention / 2;
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
}

TEST(OffsetsExpire, not_while_a_member_subscribes_to_the_topic) {
  ExpirationBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.now += 100 * kRetention;
  bench.look();
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0));
  EXPECT_TRUE(bench.coordinator.wanted_appends.empty());
}

TEST(OffsetsExpire, of_topics_that_no_member_subscribes_to_any_more) {
  ExpirationBench bench;
  bench.make_stable();
  Group& group = bench.coordinator.groups.at(kBilling);
  group.offsets.insert_or_assign(kPrices0, GroupOffset{CommittedOffset{Offset(3), LeaderEpoch(0), 0}, Offset(0)});
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.now += 100 * kRetention;
  bench.look();
  EXPECT_FALSE(bench.group().offsets.contains(kPrices0));
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0));
  EXPECT_EQ(bench.group().state, GroupState::Stable);
  EXPECT_EQ(bench.notes(NoteKind::kOffsetExpired).front().b, static_cast<std::int64_t>(OffsetExpiry::kNotSubscribed));
  EXPECT_EQ(bench.wanted_kinds(), (Kinds{CoordinatorRecordKind::kTombstone}));
}

TEST(OffsetsExpire, not_while_the_group_rebalances) {
  ExpirationBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.leave(kBob, bench.bob);
  ASSERT_EQ(bench.group().state, GroupState::PreparingRebalance);
  bench.now += 100 * kRetention;
  bench.look();
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0));
}

TEST(OffsetsExpire, only_of_the_partition_that_is_looked_at) {
  ExpirationBench bench;
  bench.make_empty();
  bench.now += kRetention;
  Ctx ctx = bench.ctx();
  bench.coordinator.clean_up_group_metadata(ctx, 1);
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0));
}

TEST(OffsetsExpire, the_coordinator_looks_again_and_again_until_it_loses_the_partition) {
  ExpirationBench bench;
  bench.lead();
  const LocalTime loaded = bench.now;
  bench.look();
  EXPECT_EQ(bench.now, loaded + 10s);
  bench.look();
  EXPECT_EQ(bench.now, loaded + 20s);
  Ctx ctx = bench.ctx();
  bench.coordinator.lose(ctx, 0);
  EXPECT_FALSE(bench.fire(TimerKind::kOffsetsRetentionCheck));
}

TEST(OffsetsExpire, a_new_coordinator_reads_that_the_group_is_gone) {
  ExpirationBench bench;
  bench.make_empty();
  bench.now += kRetention;
  bench.look();
  bench.replicate();
  bench.fail_over();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, kUnknownOffset);
}

TEST(OffsetsExpire, a_new_coordinator_that_did_not_get_the_tombstones_deletes_them_itself) {
  ExpirationBench bench;
  bench.make_empty();
  const LocalTime empty_since = bench.now;
  bench.now += kRetention;
  bench.look();
  bench.fail_over();  // nothing was replicated
  ASSERT_NE(bench.coordinator.find(kBilling), nullptr);
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, Offset(7));
  EXPECT_EQ(bench.group().current_state_timestamp_ms, millis(empty_since.time_since_epoch())) << "as the record says";
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
}

TEST(OffsetsExpire, below_inter_broker_protocol_2_1_a_new_coordinator_counts_from_the_commit) {
  ExpirationBench bench;
  auto brokers = std::make_shared<std::vector<BrokerSetup>>(*bench.registry.brokers);
  brokers->front().config.inter_broker_protocol_version = InterBrokerProtocol{2, 0, 0};
  bench.registry.brokers = brokers;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.now += kRetention;
  bench.leave(kBob, bench.bob);
  bench.leave(kAlice, bench.alice);
  bench.replicate();
  bench.fail_over();
  EXPECT_FALSE(bench.group().current_state_timestamp_ms.has_value());
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  EXPECT_EQ(bench.notes(NoteKind::kOffsetExpired).front().b, static_cast<std::int64_t>(OffsetExpiry::kNoMembers));
}

TEST(OffsetsExpire, a_group_of_the_same_name_begins_anew_with_other_member_ids) {
  ExpirationBench bench;
  bench.make_empty();
  const MemberId before = bench.alice;
  bench.now += kRetention;
  bench.look();
  bench.replicate();
  const MemberId after = bench.ask_id(kAlice);
  EXPECT_NE(after, before);
  EXPECT_EQ(bench.group().generation, GenerationId(0));
}

TEST(OffsetsExpire, an_id_that_was_issued_and_not_used_does_not_keep_an_empty_group) {
  ExpirationBench bench;
  bench.lead();
  const MemberId alice = bench.ask_id(kAlice);
  bench.replicate();
  bench.look();
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  const std::int64_t join = bench.join(kAlice, alice);
  EXPECT_EQ(bench.answer<JoinGroupResponse>(join)->error, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_FALSE(bench.fire(TimerKind::kPendingMemberExpired));
}

TEST(OffsetsExpire, with_the_deletion_of_its_last_topic_an_empty_group_is_deleted) {
  ExpirationBench bench;
  bench.make_empty();
  bench.forget({kOrders0});
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  EXPECT_EQ(bench.wanted_kinds(), (Kinds{CoordinatorRecordKind::kTombstone, CoordinatorRecordKind::kGroupTombstone}));
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty()) << "it did not expire";
}

TEST(OffsetsExpire, of_a_group_of_kip_848_not_while_a_member_subscribes) {
  ExpirationBench bench;
  bench.lead();
  const MemberId alice = bench.join_848();
  bench.commit(kAlice, alice, GenerationId(1), Offset(7));
  bench.replicate();
  bench.coordinator.groups.at(kBilling).offsets.insert_or_assign(
      kPrices0, GroupOffset{CommittedOffset{Offset(3), LeaderEpoch(0), 0}, Offset(0)});
  bench.now += 100 * kRetention;
  bench.look();
  EXPECT_TRUE(bench.group().offsets.contains(kOrders0));
  EXPECT_FALSE(bench.group().offsets.contains(kPrices0));
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty()) << "nobody is told before it is replicated";
  bench.replicate();
  ASSERT_EQ(bench.notes(NoteKind::kOffsetExpired).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kOffsetExpired).front().b, static_cast<std::int64_t>(OffsetExpiry::kNotSubscribed));
  EXPECT_NE(bench.coordinator.find_consumer_group(kBilling), nullptr);
}

TEST(OffsetsExpire, an_empty_group_of_kip_848_goes_a_retention_after_its_last_commit) {
  ExpirationBench bench;
  bench.lead();
  const MemberId alice = bench.join_848();
  bench.commit(kAlice, alice, GenerationId(1), Offset(7));
  bench.replicate();
  bench.now += kRetention;
  bench.heartbeat_848(kAlice, alice, -1);
  bench.replicate();
  bench.look();  // empty since now, committed a retention ago
  EXPECT_EQ(bench.coordinator.find_consumer_group(kBilling), nullptr);
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
  std::vector<std::string_view> types;
  for (const CoordinatorRecord& record : bench.coordinator.wanted_appends.at(0).records) {
    const bool is_of_group = record.kind == CoordinatorRecordKind::kConsumerGroup;
    types.push_back(is_of_group ? consumer_group::type_name(*record.consumer_group) : "tombstone of an offset");
    EXPECT_TRUE(!is_of_group || consumer_group::is_tombstone(*record.consumer_group));
  }
  EXPECT_EQ(types, (std::vector<std::string_view>{"tombstone of an offset", "ConsumerGroupTargetAssignmentMetadata",
                                                  "ConsumerGroupPartitionMetadata", "ConsumerGroupMetadata"}));
  EXPECT_TRUE(bench.notes(NoteKind::kGroupDeleted).empty());
  bench.replicate();
  ASSERT_EQ(bench.notes(NoteKind::kGroupDeleted).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kGroupState).back().a, static_cast<std::int64_t>(GroupState::Dead));
  bench.fail_over();
  EXPECT_EQ(bench.coordinator.find_consumer_group(kBilling), nullptr);
  EXPECT_EQ(bench.coordinator.find(kBilling), nullptr);
}

TEST(OffsetsExpire, what_of_kip_848_cannot_be_stored_is_read_again) {
  ExpirationBench bench;
  bench.lead();
  const MemberId alice = bench.join_848();
  bench.commit(kAlice, alice, GenerationId(1), Offset(7));
  bench.replicate();
  bench.heartbeat_848(kAlice, alice, -1);
  bench.replicate();
  HostedLog& hosted = bench.durable.logs.find_or_create(TopicPartition{kOffsetsTopic, 0});
  for (RecordBatch batch : bench.log) {
    hosted.log.append_as_leader(std::move(batch), LeaderEpoch(0), RollLimits{});
  }
  bench.now += kRetention;
  bench.look();
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  ASSERT_TRUE(bench.fire(TimerKind::kCoordinatorLoad));
  EXPECT_NE(bench.coordinator.find_consumer_group(kBilling), nullptr);
  EXPECT_EQ(bench.offsets(kCarol).partitions[0].offset, Offset(7));
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetExpired).empty());
  bench.look();
  bench.replicate();
  EXPECT_EQ(bench.notes(NoteKind::kOffsetExpired).size(), 1U) << "the next look does it";
}

}  // namespace
}  // namespace kscope::sim::group_expiration_test
