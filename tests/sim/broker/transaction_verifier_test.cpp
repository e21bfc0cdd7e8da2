#include "sim/broker/transaction_verifier.h"

#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::transaction_verifier_test {
namespace {

constexpr TopicId kTransactionTopic{2};
constexpr NodeId kCoordinatorNode{1};  ///< broker 2 coordinates "shop" and is played by the test

RecordBatch transactional(std::int32_t first_sequence, std::int16_t epoch = 0) {
  RecordBatch batch = test_batch(1, 100, first_sequence);
  batch.producer_id = ProducerId(7);
  batch.producer_epoch = ProducerEpoch(epoch);
  batch.base_sequence = Sequence{first_sequence};
  batch.is_transactional = true;
  return batch;
}

/// Broker 1 leads orders-0.
struct Bench : BrokerRig {
  explicit Bench(const BrokerConfig& config = {}) : BrokerRig(1, config) {
    registry.topics.resize(3);
    registry.topics[2].name = "__transaction_state";
    registry.topics[2].partitions = 1;
    registry.topics[2].is_internal = true;
    registry.transaction_topic = kTransactionTopic;
    registry.transactional_ids = {"shop"};
    PartitionState coordinator = state(2, 0, {2}, {2});
    coordinator.partition = TopicPartition{kTransactionTopic, 0};
    broker(1).metadata.partitions.write().insert_or_assign(coordinator.partition, coordinator);
    broker(1).metadata.alive_brokers.insert_or_assign(BrokerId{2}, kCoordinatorNode);
    EXPECT_EQ(leader_and_isr(1, state(1, 0, {1}, {1})), ErrorCode::NONE);
  }
  std::int64_t send(RecordBatch batch) {
    ProduceRequest body;
    body.transactional_id = TransactionalId{0};
    body.acks = Acks::ALL;
    body.timeout = 30s;
    body.partitions.push_back({kOrders0, std::move(batch)});
    return request(1, kProducerNode, std::move(body));
  }
  /// The question that is out, and its answer.
  AddPartitionsToTxnRequest answer(AddPartitionsToTxnResponse response) {
    const auto asked = take_any<AddPartitionsToTxnRequest>();
    EXPECT_TRUE(asked.has_value());
    if (!asked.has_value()) {
      return {};
    }
    deliver(1, kCoordinatorNode, Message{asked->message.correlation_id, std::move(response)});
    return std::get<AddPartitionsToTxnRequest>(asked->message.body);
  }
  void mark(ControlType result, std::int16_t epoch = 0) {
    WriteTxnMarkersRequest markers;
    markers.transactional_id = TransactionalId{0};
    markers.producer_id = ProducerId(7);
    markers.producer_epoch = ProducerEpoch(epoch);
    markers.result = result;
    markers.coordinator_epoch = CoordinatorEpoch(0);
    markers.partitions = {kOrders0};
    const auto response = take<WriteTxnMarkersResponse>(request(1, kCoordinatorNode, markers));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->partitions.front().error, ErrorCode::NONE);
  }
  std::int64_t end() { return log(1).log_end_offset().value; }
};

TEST(TransactionVerifier, the_first_batch_of_a_transaction_waits_for_the_coordinators_word) {
  Bench bench;
  const auto asked = bench.send(transactional(0));
  EXPECT_EQ(bench.produce_error(asked), std::nullopt);
  EXPECT_EQ(bench.end(), 0);
  const AddPartitionsToTxnRequest question = bench.answer({});
  EXPECT_TRUE(question.is_verify_only);
  EXPECT_EQ(question.producer_id, ProducerId(7));
  EXPECT_EQ(question.partitions, (std::vector<TopicPartition>{kOrders0}));
  EXPECT_EQ(bench.produce_error(asked), ErrorCode::NONE);
  EXPECT_EQ(bench.end(), 1);
}

TEST(TransactionVerifier, later_batches_of_the_open_transaction_ask_nobody) {
  Bench bench;
  bench.send(transactional(0));
  bench.answer({});
  EXPECT_EQ(bench.produce_error(bench.send(transactional(1))), ErrorCode::NONE);
  EXPECT_FALSE(bench.take_any<AddPartitionsToTxnRequest>().has_value());
  bench.mark(ControlType::COMMIT);
  const auto next = bench.send(transactional(2));
  EXPECT_EQ(bench.produce_error(next), std::nullopt) << "another transaction: asked again";
}

TEST(TransactionVerifier, a_partition_in_no_open_transaction_is_TRANSACTION_ABORTABLE) {
  Bench bench;
  const auto asked = bench.send(transactional(0));
  bench.answer({ErrorCode::NONE, {kOrders0}});
  EXPECT_EQ(bench.produce_error(asked), ErrorCode::TRANSACTION_ABORTABLE);
  EXPECT_EQ(bench.end(), 0);
}

TEST(TransactionVerifier, what_the_coordinator_says_is_told_in_words_that_producers_understand) {
  const std::pair<ErrorCode, ErrorCode> cases[] = {
      {ErrorCode::PRODUCER_FENCED, ErrorCode::INVALID_PRODUCER_EPOCH},
      {ErrorCode::INVALID_PRODUCER_ID_MAPPING, ErrorCode::INVALID_PRODUCER_ID_MAPPING},
      {ErrorCode::CONCURRENT_TRANSACTIONS, ErrorCode::NOT_ENOUGH_REPLICAS},
      {ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, ErrorCode::NOT_ENOUGH_REPLICAS},
      {ErrorCode::NOT_COORDINATOR, ErrorCode::NOT_ENOUGH_REPLICAS},
  };
  for (const auto& [said, told] : cases) {
    Bench bench;
    const auto asked = bench.send(transactional(0));
    bench.answer({said, {}});
    EXPECT_EQ(bench.produce_error(asked), told) << static_cast<int>(said);
    EXPECT_EQ(bench.end(), 0);
  }
}

TEST(TransactionVerifier, a_coordinator_that_is_unknown_silent_or_gone_makes_the_producer_try_again) {
  Bench unknown;
  unknown.broker(1).metadata.partitions.write().erase(TopicPartition{kTransactionTopic, 0});
  EXPECT_EQ(unknown.produce_error(unknown.send(transactional(0))), ErrorCode::NOT_ENOUGH_REPLICAS);

  Bench silent;
  const auto asked = silent.send(transactional(0));
  silent.pass(29s);
  EXPECT_EQ(silent.produce_error(asked), std::nullopt);
  silent.pass(2s);
  EXPECT_EQ(silent.produce_error(asked), ErrorCode::NOT_ENOUGH_REPLICAS) << "request.timeout.ms is over";
  silent.answer({});
  EXPECT_EQ(silent.end(), 0) << "its word comes too late";

  Bench gone;
  const auto lost = gone.send(transactional(0));
  gone.run(1, [&](Ctx& ctx) { gone.broker(1).verifier.on_disconnect(ctx, gone.broker(1), kCoordinatorNode); });
  EXPECT_EQ(gone.produce_error(lost), ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_TRUE(gone.broker(1).verifier.waiting().empty());
}

TEST(TransactionVerifier, KAFKA_14884_a_marker_between_question_and_append_refuses_the_batch) {
  Bench bench;
  const auto asked = bench.send(transactional(0));
  bench.mark(ControlType::ABORT);
  bench.answer({});
  EXPECT_EQ(bench.produce_error(asked), ErrorCode::INVALID_TXN_STATE);
  EXPECT_EQ(bench.end(), 1) << "the marker";
}

TEST(TransactionVerifier, of_batches_that_are_asked_about_the_one_with_the_lowest_sequence_comes_first) {
  Bench bench;
  const auto first = bench.send(transactional(0));
  const auto second = bench.send(transactional(1));
  const auto question_of_first = bench.take_any<AddPartitionsToTxnRequest>();
  ASSERT_TRUE(question_of_first.has_value());
  bench.answer({});
  EXPECT_EQ(bench.produce_error(second), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.deliver(1, kCoordinatorNode, Message{question_of_first->message.correlation_id, AddPartitionsToTxnResponse{}});
  EXPECT_EQ(bench.produce_error(first), ErrorCode::NONE);
}

TEST(TransactionVerifier, transaction_partition_verification_enable_and_the_old_rule_ask_nobody) {
  BrokerConfig config;
  config.transaction_partition_verification_enable = false;
  Bench off(config);
  EXPECT_EQ(off.produce_error(off.send(transactional(0))), ErrorCode::NONE);

  Bench old;
  old.registry.rules.choose_old(Rule::kKip890Verification);
  EXPECT_EQ(old.produce_error(old.send(transactional(0))), ErrorCode::NONE);
  EXPECT_FALSE(old.take_any<AddPartitionsToTxnRequest>().has_value());
}

TEST(TransactionVerifier, transaction_version_2_adds_the_partition_and_asks_again_while_markers_are_written) {
  Bench bench;
  bench.registry.rules.choose_new(Rule::kKip890Epochs);
  const auto asked = bench.send(transactional(0));
  EXPECT_FALSE(bench.answer({ErrorCode::CONCURRENT_TRANSACTIONS, {}}).is_verify_only);
  EXPECT_EQ(bench.produce_error(asked), std::nullopt);
  bench.pass(25ms);
  bench.answer({});
  EXPECT_EQ(bench.produce_error(asked), ErrorCode::NONE);
  EXPECT_EQ(bench.end(), 1);
}

TEST(TransactionVerifier, transaction_version_2_gives_up_after_100_ms_and_needs_the_first_sequence) {
  Bench bench;
  bench.registry.rules.choose_new(Rule::kKip890Epochs);
  const auto asked = bench.send(transactional(0));
  for (int i = 0; i < 5; ++i) {
    bench.answer({ErrorCode::CONCURRENT_TRANSACTIONS, {}});
    bench.pass(25ms);
  }
  EXPECT_EQ(bench.produce_error(asked), ErrorCode::CONCURRENT_TRANSACTIONS);

  const auto late = bench.send(transactional(3));
  bench.answer({});
  EXPECT_EQ(bench.produce_error(late), ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)
      << "with nothing known of the producer, its first batch has sequence 0";
}

/// Broker 1 coordinates the group "billing", too.
struct OffsetsBench : Bench {
  static constexpr TopicPartition kOffsets0{kOffsetsTopic, 0};
  OffsetsBench() {
    registry.groups = {GroupSetup{"billing"}};
    registry.topics[0].partitions = 1;
    PartitionState offsets = state(1, 0, {1}, {1});
    offsets.partition = kOffsets0;
    EXPECT_EQ(leader_and_isr(1, offsets), ErrorCode::NONE);
    PartitionState orders = state(1, 0, {1}, {1});
    broker(1).metadata.partitions.write().insert_or_assign(kOrders0, orders);
    pass(50ms);
  }
  std::int64_t commit(Offset offset, std::int16_t epoch = 0) {
    TxnOffsetCommitRequest body;
    body.transactional_id = TransactionalId{0};
    body.group = GroupId{0};
    body.producer_id = ProducerId(7);
    body.producer_epoch = ProducerEpoch(epoch);
    body.partitions.push_back({kOrders0, CommittedOffset{offset, LeaderEpoch(0), 0}});
    return request(1, kProducerNode, std::move(body));
  }
  std::optional<ErrorCode> commit_error(std::int64_t asked) {
    const auto response = take<TxnOffsetCommitResponse>(asked);
    return response ? std::optional(response->partitions.front().error) : std::nullopt;
  }
  void mark_offsets(ControlType result) {
    WriteTxnMarkersRequest markers;
    markers.transactional_id = TransactionalId{0};
    markers.producer_id = ProducerId(7);
    markers.producer_epoch = ProducerEpoch(0);
    markers.result = result;
    markers.coordinator_epoch = CoordinatorEpoch(0);
    markers.partitions = {kOffsets0};
    const auto response = take<WriteTxnMarkersResponse>(request(1, kCoordinatorNode, markers));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->partitions.front().error, ErrorCode::NONE);
  }
  std::optional<Offset> committed() {
    const Group* group = broker(1).groups.find(GroupId{0});
    const GroupOffset* offset = group == nullptr ? nullptr : group->offsets.get(kOrders0);
    return offset == nullptr ? std::nullopt : std::optional(offset->committed.offset);
  }
};

TEST(TransactionVerifier, offsets_wait_for_the_coordinators_word_and_then_for_the_marker) {
  OffsetsBench bench;
  const auto asked = bench.commit(Offset(5));
  EXPECT_EQ(bench.commit_error(asked), std::nullopt);
  const AddPartitionsToTxnRequest question = bench.answer({});
  EXPECT_TRUE(question.is_verify_only);
  EXPECT_EQ(question.partitions, (std::vector<TopicPartition>{OffsetsBench::kOffsets0}));
  EXPECT_EQ(bench.commit_error(asked), ErrorCode::NONE);
  EXPECT_EQ(bench.committed(), std::nullopt);
  EXPECT_EQ(bench.commit_error(bench.commit(Offset(6))), ErrorCode::NONE) << "the same transaction: nobody is asked";
  bench.mark_offsets(ControlType::COMMIT);
  EXPECT_EQ(bench.committed(), Offset(6));
}

TEST(TransactionVerifier, offsets_in_no_open_transaction_are_TRANSACTION_ABORTABLE) {
  OffsetsBench bench;
  const auto asked = bench.commit(Offset(5));
  bench.answer({ErrorCode::NONE, {OffsetsBench::kOffsets0}});
  EXPECT_EQ(bench.commit_error(asked), ErrorCode::TRANSACTION_ABORTABLE);
  const auto unknown = bench.commit(Offset(5));
  bench.answer({ErrorCode::NOT_COORDINATOR, {}});
  EXPECT_EQ(bench.commit_error(unknown), ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(bench.count_notes(NoteKind::kCommitRefused), 2);
}

TEST(TransactionVerifier, offsets_of_an_earlier_epoch_are_INVALID_PRODUCER_EPOCH) {
  OffsetsBench bench;
  const auto first = bench.commit(Offset(5), 3);
  bench.answer({});
  EXPECT_EQ(bench.commit_error(first), ErrorCode::NONE);
  const auto zombie = bench.commit(Offset(9), 2);
  bench.answer({});
  EXPECT_EQ(bench.commit_error(zombie), ErrorCode::INVALID_PRODUCER_EPOCH);
  EXPECT_EQ(bench.broker(1).groups.find(GroupId{0})->pending_transactional.get(ProducerId(7)), nullptr)
      << "as in Kafka, a failed append leaves nothing pending of that partition";
}

TEST(TransactionVerifier, with_transaction_version_2_offsets_add_their_partition_themselves) {
  OffsetsBench bench;
  bench.registry.rules.choose_new(Rule::kKip890Epochs);
  const auto asked = bench.commit(Offset(5));
  EXPECT_FALSE(bench.answer({}).is_verify_only);
  EXPECT_EQ(bench.commit_error(asked), ErrorCode::NONE);
}

}  // namespace
}  // namespace kscope::sim::transaction_verifier_test
