#include "sim/coordinator/coordinator_record_bytes.h"

#include "sim/protocol/consumer_protocol.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace kscope::sim::coordinator_record_bytes_test {
namespace {

using std::chrono::milliseconds;

constexpr NodeId kBroker{0};
constexpr NodeId kConsumer{1};

/// Broker b1, the consumer billing-1 of the group billing, and two topics.
Registry small_registry() {
  Registry registry;
  registry.nodes = {{NodeRole::kBroker, "b1", 0}, {NodeRole::kConsumer, "billing-1", 0}};
  registry.topics.resize(3);
  registry.topics[0].name = "__consumer_offsets";
  registry.topics[1].name = "prices";
  registry.topics[2].name = "orders";
  registry.groups = {{"billing"}};
  registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(1);
  ConsumerSetup consumer;
  consumer.name = "billing-1";
  consumer.config.client_rack = "r1";
  registry.consumers = std::make_shared<const std::vector<ConsumerSetup>>(1, consumer);
  registry.broker_nodes = {kBroker};
  registry.transactional_ids = {"teller"};
  return registry;
}

void set_protocol(Registry& registry, InterBrokerProtocol protocol) {
  std::vector<BrokerSetup> brokers(1);
  brokers[0].config.inter_broker_protocol_version = protocol;
  registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(std::move(brokers));
}

RecordBatch batch_of(CoordinatorRecord content) {
  RecordBatch batch;
  batch.record_count = 1;
  batch.base_timestamp_ms = 5000;
  Record record;
  record.producer = kBroker;
  batch.records = std::make_shared<const std::vector<Record>>(1, record);
  batch.coordinator_records = std::make_shared<const std::vector<CoordinatorRecord>>(1, std::move(content));
  return batch;
}

CoordinatorRecord a_commit() {
  CoordinatorRecord record;
  record.group = GroupId(0);
  record.partition = {TopicId(2), 3};
  record.committed = {Offset(42), LeaderEpoch(7), 4000};
  return record;
}

CoordinatorRecord a_generation() {
  CoordinatorRecord record;
  record.kind = CoordinatorRecordKind::kGroupMetadata;
  record.group = GroupId(0);
  record.generation = GenerationId(4);
  record.assignor = "range";
  GroupMemberRecord member;
  member.member = {kConsumer, 2};
  member.client = kConsumer;
  member.session_timeout = milliseconds(45'000);
  member.rebalance_timeout = milliseconds(300'000);
  member.subscription = {TopicId(1), TopicId(2)};
  member.assignment = {{TopicId(2), 0}, {TopicId(1), 1}, {TopicId(2), 3}};
  record.leader = member.member;
  record.members = {member};
  return record;
}

TEST(CoordinatorRecordBytes, an_offset_commit_is_written_in_version_3) {
  const wire::OffsetsTopicRecord record = offsets_topic_record(small_registry(), batch_of(a_commit()), 0);
  EXPECT_EQ(record.key.version, 1);
  EXPECT_EQ(std::get<wire::OffsetCommitKey>(record.key.message), (wire::OffsetCommitKey{"billing", "orders", 3}));
  EXPECT_EQ(record.value->version, 3);
  EXPECT_EQ(std::get<wire::OffsetCommitValue>(record.value->message), (wire::OffsetCommitValue{42, 7, "", 4000, -1}));
}

TEST(CoordinatorRecordBytes, the_tombstone_of_a_commit_has_its_key_and_no_value) {
  CoordinatorRecord tombstone = a_commit();
  tombstone.kind = CoordinatorRecordKind::kTombstone;
  const Registry registry = small_registry();
  const wire::KeyValueBytes bytes = coordinator_record_bytes(registry, batch_of(tombstone), 0);
  EXPECT_EQ(bytes.key, coordinator_record_bytes(registry, batch_of(a_commit()), 0).key);
  EXPECT_FALSE(bytes.value.has_value());
}

TEST(CoordinatorRecordBytes, the_tombstone_of_a_group_has_the_key_of_its_metadata_and_no_value) {
  CoordinatorRecord tombstone;
  tombstone.kind = CoordinatorRecordKind::kGroupTombstone;
  tombstone.group = GroupId(0);
  const wire::KeyValueBytes bytes = coordinator_record_bytes(small_registry(), batch_of(tombstone), 0);
  EXPECT_EQ(bytes.key, coordinator_record_bytes(small_registry(), batch_of(a_generation()), 0).key);
  EXPECT_FALSE(bytes.value.has_value());
}

TEST(CoordinatorRecordBytes, a_generation_holds_what_members_said_and_what_they_got) {
  const wire::OffsetsTopicRecord record = offsets_topic_record(small_registry(), batch_of(a_generation()), 0);
  EXPECT_EQ(record.key.version, 2);
  EXPECT_EQ(std::get<wire::GroupMetadataKey>(record.key.message).group, "billing");
  EXPECT_EQ(record.value->version, 3);
  const auto& value = std::get<wire::GroupMetadataValue>(record.value->message);
  EXPECT_EQ(value.protocol_type, "consumer");
  EXPECT_EQ(value.generation, 4);
  EXPECT_EQ(value.protocol, "range");
  EXPECT_EQ(value.leader, "billing-1#2");
  EXPECT_EQ(value.current_state_timestamp, 5000);
  ASSERT_EQ(value.members.size(), 1U);
  EXPECT_EQ(value.members[0].member_id, "billing-1#2");
  EXPECT_EQ(value.members[0].client_id, "billing-1");
  EXPECT_EQ(value.members[0].session_timeout, 45'000);
  EXPECT_EQ(value.members[0].rebalance_timeout, 300'000);
  const auto subscription = wire::read_subscription(value.members[0].subscription);
  ASSERT_TRUE(subscription.has_value()) << subscription.error().text;
  EXPECT_EQ(subscription->version, 3);
  EXPECT_EQ(subscription->message.topics, (std::vector<std::string>{"orders", "prices"}));
  EXPECT_EQ(subscription->message.rack_id, "r1");
  const auto assignment = wire::read_assignment(value.members[0].assignment);
  ASSERT_TRUE(assignment.has_value()) << assignment.error().text;
  EXPECT_EQ(assignment->message.assigned_partitions,
            (std::vector<wire::ConsumerTopicPartitions>{{"orders", {0, 3}}, {"prices", {1}}}));
}

TEST(CoordinatorRecordBytes, an_empty_group_has_neither_protocol_nor_leader) {
  CoordinatorRecord record = a_generation();
  record.members.clear();
  const auto value = offsets_topic_record(small_registry(), batch_of(record), 0).value->message;
  EXPECT_EQ(std::get<wire::GroupMetadataValue>(value).protocol, std::nullopt);
  EXPECT_EQ(std::get<wire::GroupMetadataValue>(value).leader, std::nullopt);
}

TEST(CoordinatorRecordBytes, older_inter_broker_protocols_write_older_versions) {
  struct Case {
    InterBrokerProtocol protocol;
    std::int16_t commit;
    std::int16_t group;
  };
  for (const Case& expected : {Case{{2, 0, 1}, 1, 1}, Case{{2, 1, 0}, 2, 2}, Case{{2, 1, 1}, 3, 2},
                               Case{{2, 3, 0}, 3, 3}, Case{{3, 9, 0}, 3, 3}}) {
    Registry registry = small_registry();
    set_protocol(registry, expected.protocol);
    EXPECT_EQ(offsets_topic_record(registry, batch_of(a_commit()), 0).value->version, expected.commit);
    EXPECT_EQ(offsets_topic_record(registry, batch_of(a_generation()), 0).value->version, expected.group);
  }
}

TEST(CoordinatorRecordBytes, a_transaction_is_flexible_with_transaction_version_2_only) {
  Registry registry = small_registry();
  TransactionRecord transaction;
  transaction.transactional_id = TransactionalId(0);
  transaction.producer_id = ProducerId(9);
  transaction.producer_epoch = ProducerEpoch(1);
  transaction.timeout = milliseconds(60'000);
  transaction.state = TransactionState::PrepareCommit;
  transaction.partitions = {{TopicId(1), 0}, {TopicId(2), 1}, {TopicId(2), 2}};
  transaction.start_ms = 100;
  transaction.last_update_ms = 200;
  registry.rules.choose_new(Rule::kKip890Epochs);
  const wire::TransactionTopicRecord record = transaction_topic_record(registry, transaction);
  EXPECT_EQ(record.key.message.transactional_id, "teller");
  EXPECT_EQ(record.value->version, 1);
  const wire::TransactionLogValue& value = record.value->message;
  EXPECT_EQ(value.producer_id, 9);
  EXPECT_EQ(value.transaction_status, 2);
  EXPECT_EQ(value.transaction_timeout_ms, 60'000);
  EXPECT_EQ(value.transaction_partitions,
            (std::vector<wire::TransactionLogPartitions>{{"prices", {0}}, {"orders", {1, 2}}}));
  EXPECT_EQ(value.transaction_start_timestamp_ms, 100);
  EXPECT_EQ(value.transaction_last_update_timestamp_ms, 200);
  EXPECT_EQ(value.client_transaction_version, 2);

  registry.rules.choose_old(Rule::kKip890Epochs);
  EXPECT_EQ(transaction_topic_record(registry, transaction).value->version, 0);
  EXPECT_EQ(transaction_topic_record(registry, transaction).value->message.client_transaction_version, 0);
}

TEST(CoordinatorRecordBytes, a_transactional_id_in_state_empty_has_null_for_its_partitions) {
  TransactionRecord transaction;
  transaction.transactional_id = TransactionalId(0);
  EXPECT_EQ(transaction_topic_record(small_registry(), transaction).value->message.transaction_partitions,
            std::nullopt);
}

}  // namespace
}  // namespace kscope::sim::coordinator_record_bytes_test
