#include "sim/coordinator/txn/transaction_coordinator.h"

#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::transaction_coordinator_test {
namespace {

using S = TransactionState;
constexpr TransactionalId kShop{0};
constexpr TopicId kTransactionTopic{2};
constexpr NodeId kLeaderNode{1};  ///< broker 2: leads orders-0 and is played by the test

/// Broker 1 coordinates "shop"; the test plays producers, the leader of orders-0 and the controller.
struct Bench : BrokerRig {
  Bench() : BrokerRig(1) {
    registry.topics.resize(3);
    registry.topics[2].name = "__transaction_state";
    registry.topics[2].partitions = 1;
    registry.topics[2].is_internal = true;
    registry.transaction_topic = kTransactionTopic;
    registry.transactional_ids = {"shop"};
    PartitionState orders = state(2, 0, {2}, {2});
    broker(1).metadata.partitions.write().insert_or_assign(kOrders0, orders);
    broker(1).metadata.alive_brokers.insert_or_assign(BrokerId{2}, kLeaderNode);
    lead(3);
    // The controller's block of producer ids.
    init();
    const auto asked = take_any<AllocateProducerIdsRequest>();
    deliver(1, kControllerNode,
            Message{asked->message.correlation_id,
                    AllocateProducerIdsResponse{ErrorCode::NONE, ProducerIdsBlock{BrokerId{1}, ProducerId{50}, 1000}}});
    pass(2ms);
  }
  void lead(int epoch) {
    PartitionState own = state(1, epoch, {1}, {1});
    own.partition = TopicPartition{kTransactionTopic, 0};
    EXPECT_EQ(leader_and_isr(1, own), ErrorCode::NONE);
    pass(50ms);
  }
  InitProducerIdResponse init(ProducerId id = {}, ProducerEpoch epoch = kNoProducerEpoch, Duration timeout = 60s) {
    return ask<InitProducerIdResponse>(InitProducerIdRequest{kShop, timeout, id, epoch});
  }
  ErrorCode add(const InitProducerIdResponse& self) {
    return ask<AddPartitionsToTxnResponse>(
               AddPartitionsToTxnRequest{kShop, self.producer_id, self.producer_epoch, {kOrders0}})
        .error;
  }
  ErrorCode end(const InitProducerIdResponse& self, ControlType result) {
    return ask<EndTxnResponse>(EndTxnRequest{kShop, self.producer_id, self.producer_epoch, result}).error;
  }
  template <class Response>
  Response ask(MessageBody body) {
    const auto answer = take<Response>(request(1, kProducerNode, std::move(body)));
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(Response{});
  }
  /// The leader of orders-0 answers the markers that are out.
  WriteTxnMarkersRequest answer_markers(ErrorCode error = ErrorCode::NONE) {
    const auto asked = take_any<WriteTxnMarkersRequest>();
    EXPECT_TRUE(asked.has_value());
    if (!asked.has_value()) {
      return {};
    }
    const auto body = std::get<WriteTxnMarkersRequest>(asked->message.body);
    WriteTxnMarkersResponse response{body.producer_id, {{kOrders0, error}}};
    deliver(1, kLeaderNode, Message{asked->message.correlation_id, response});
    return body;
  }
  S shop() { return broker(1).transactions.transactions().at(kShop).state(); }
};

TEST(TransactionCoordinator, a_producer_gets_id_and_epoch_and_the_next_one_a_higher_epoch) {
  Bench bench;
  const InitProducerIdResponse first = bench.init();
  EXPECT_EQ(first.error, ErrorCode::NONE);
  EXPECT_EQ(first.producer_id, ProducerId{50});
  EXPECT_EQ(first.producer_epoch, ProducerEpoch{0});
  const InitProducerIdResponse second = bench.init();
  EXPECT_EQ(second.producer_id, ProducerId{50});
  EXPECT_EQ(second.producer_epoch, ProducerEpoch{1});
  EXPECT_EQ(bench.add(first), ErrorCode::PRODUCER_FENCED);
  EXPECT_EQ(bench.add(second), ErrorCode::NONE);
}

TEST(TransactionCoordinator, a_timeout_above_transaction_max_timeout_ms_is_refused) {
  Bench bench;
  EXPECT_EQ(bench.init({}, kNoProducerEpoch, 900001ms).error, ErrorCode::INVALID_TRANSACTION_TIMEOUT);
  EXPECT_EQ(bench.init({}, kNoProducerEpoch, 900000ms).error, ErrorCode::NONE);
}

TEST(TransactionCoordinator, commit_is_answered_when_it_is_decided_and_complete_when_every_marker_is_written) {
  Bench bench;
  const InitProducerIdResponse self = bench.init();
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  EXPECT_EQ(bench.shop(), S::Ongoing);
  EXPECT_EQ(bench.end(self, ControlType::COMMIT), ErrorCode::NONE);
  EXPECT_EQ(bench.shop(), S::PrepareCommit);
  EXPECT_EQ(bench.add(self), ErrorCode::CONCURRENT_TRANSACTIONS) << "the markers are not written yet";
  const WriteTxnMarkersRequest markers = bench.answer_markers();
  EXPECT_EQ(markers.result, ControlType::COMMIT);
  EXPECT_EQ(markers.coordinator_epoch, CoordinatorEpoch{3});
  EXPECT_EQ(markers.producer_id, self.producer_id);
  EXPECT_EQ(bench.shop(), S::CompleteCommit);
  EXPECT_EQ(bench.end(self, ControlType::COMMIT), ErrorCode::NONE) << "a retry";
  EXPECT_EQ(bench.end(self, ControlType::ABORT), ErrorCode::INVALID_TXN_STATE);
}

TEST(TransactionCoordinator, offsets_of_a_group_add_its_partition_of_consumer_offsets) {
  Bench bench;
  bench.registry.groups = {GroupSetup{"billing"}};
  bench.registry.topics[0].partitions = 50;
  const InitProducerIdResponse self = bench.init();
  const auto add = [&](ProducerEpoch epoch) {
    return bench.ask<AddOffsetsToTxnResponse>(AddOffsetsToTxnRequest{kShop, self.producer_id, epoch, GroupId{0}}).error;
  };
  EXPECT_EQ(add(self.producer_epoch), ErrorCode::NONE);
  const TransactionRecord& known = bench.broker(1).transactions.transactions().at(kShop).current;
  EXPECT_EQ(known.state, S::Ongoing);
  ASSERT_EQ(known.partitions.size(), 1U);
  EXPECT_EQ(known.partitions.front().topic, kOffsetsTopic);
  bench.init();
  bench.pass(1ms);
  EXPECT_EQ(add(self.producer_epoch), ErrorCode::PRODUCER_FENCED) << "it is being aborted for the next one";
}

TEST(TransactionCoordinator, ending_nothing_is_an_invalid_state) {
  Bench bench;
  const InitProducerIdResponse self = bench.init();
  EXPECT_EQ(bench.end(self, ControlType::COMMIT), ErrorCode::INVALID_TXN_STATE);
  EXPECT_EQ(bench.end({ErrorCode::NONE, ProducerId{1}, ProducerEpoch{0}}, ControlType::COMMIT),
            ErrorCode::INVALID_PRODUCER_ID_MAPPING);
}

TEST(TransactionCoordinator, another_producer_aborts_what_is_open_and_has_to_ask_again) {
  Bench bench;
  const InitProducerIdResponse zombie = bench.init();
  ASSERT_EQ(bench.add(zombie), ErrorCode::NONE);
  EXPECT_EQ(bench.init().error, ErrorCode::CONCURRENT_TRANSACTIONS);
  EXPECT_EQ(bench.shop(), S::PrepareAbort);
  EXPECT_EQ(bench.end(zombie, ControlType::COMMIT), ErrorCode::PRODUCER_FENCED);
  const WriteTxnMarkersRequest markers = bench.answer_markers();
  EXPECT_EQ(markers.result, ControlType::ABORT);
  EXPECT_EQ(markers.producer_epoch, ProducerEpoch{1}) << "an epoch that no producer ever has";
  const InitProducerIdResponse next = bench.init();
  EXPECT_EQ(next.error, ErrorCode::NONE);
  EXPECT_EQ(next.producer_epoch, ProducerEpoch{2});
}

TEST(TransactionCoordinator, a_transaction_that_takes_too_long_is_aborted) {
  Bench bench;
  const InitProducerIdResponse self = bench.init({}, kNoProducerEpoch, 15s);
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  bench.pass(10s);
  EXPECT_EQ(bench.shop(), S::Ongoing);
  bench.pass(20s);
  EXPECT_EQ(bench.shop(), S::PrepareAbort);
  bench.answer_markers();
  EXPECT_EQ(bench.shop(), S::CompleteAbort);
  EXPECT_EQ(bench.add(self), ErrorCode::PRODUCER_FENCED);
}

TEST(TransactionCoordinator, a_producer_whose_transaction_timed_out_is_fenced_even_if_it_names_its_epoch) {
  Bench bench;
  const InitProducerIdResponse self = bench.init({}, kNoProducerEpoch, 15s);
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  bench.pass(30s);
  bench.answer_markers();
  EXPECT_EQ(bench.init(self.producer_id, self.producer_epoch).error, ErrorCode::PRODUCER_FENCED)
      << "it names an epoch that is neither the present one nor the one before";
}

TEST(TransactionCoordinator, a_marker_that_could_not_be_written_is_sent_again) {
  Bench bench;
  const InitProducerIdResponse self = bench.init();
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  ASSERT_EQ(bench.end(self, ControlType::COMMIT), ErrorCode::NONE);
  bench.answer_markers(ErrorCode::NOT_LEADER_OR_FOLLOWER);
  EXPECT_EQ(bench.shop(), S::PrepareCommit);
  bench.pass(200ms);
  bench.answer_markers();
  EXPECT_EQ(bench.shop(), S::CompleteCommit);
}

TEST(TransactionCoordinator, a_leader_is_told_whether_its_partition_is_in_the_open_transaction) {
  Bench bench;
  const InitProducerIdResponse self = bench.init();
  const auto verify = [&](const InitProducerIdResponse& who, TopicPartition partition) {
    return bench.ask<AddPartitionsToTxnResponse>(
        AddPartitionsToTxnRequest{kShop, who.producer_id, who.producer_epoch, {partition}, true});
  };
  EXPECT_EQ(verify(self, kOrders0).not_in_txn, (std::vector<TopicPartition>{kOrders0}));
  EXPECT_EQ(bench.shop(), S::Empty) << "a question adds nothing";
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  EXPECT_TRUE(verify(self, kOrders0).not_in_txn.empty());
  EXPECT_EQ(verify(self, kOrders0).error, ErrorCode::NONE);
  EXPECT_EQ(verify(self, kOrders1).not_in_txn, (std::vector<TopicPartition>{kOrders1}));
  EXPECT_EQ(verify({ErrorCode::NONE, self.producer_id, ProducerEpoch{9}}, kOrders0).error, ErrorCode::PRODUCER_FENCED);
  EXPECT_EQ(verify({ErrorCode::NONE, ProducerId{1}, ProducerEpoch{0}}, kOrders0).error,
            ErrorCode::INVALID_PRODUCER_ID_MAPPING);
  ASSERT_EQ(bench.end(self, ControlType::ABORT), ErrorCode::NONE);
  EXPECT_EQ(verify(self, kOrders0).error, ErrorCode::CONCURRENT_TRANSACTIONS) << "the markers are not written yet";
}

TEST(TransactionCoordinator, KIP_890_every_end_raises_the_epoch_and_tells_it) {
  Bench bench;
  bench.registry.rules.choose_new(Rule::kKip890Epochs);
  const InitProducerIdResponse first = bench.init();
  ASSERT_EQ(bench.add(first), ErrorCode::NONE);
  const EndTxnRequest commit{kShop, first.producer_id, first.producer_epoch, ControlType::COMMIT};
  const EndTxnResponse ended = bench.ask<EndTxnResponse>(commit);
  EXPECT_EQ(ended.error, ErrorCode::NONE);
  EXPECT_EQ(ended.producer_id, first.producer_id);
  EXPECT_EQ(ended.producer_epoch, ProducerEpoch{1});
  EXPECT_EQ(bench.answer_markers().producer_epoch, ProducerEpoch{1}) << "the marker fences what is late";
  EXPECT_EQ(bench.ask<EndTxnResponse>(commit).producer_epoch, ProducerEpoch{1}) << "a retry is told the same";
  InitProducerIdResponse second = first;
  second.producer_epoch = ended.producer_epoch;
  ASSERT_EQ(bench.add(second), ErrorCode::NONE);
  EXPECT_EQ(bench.ask<EndTxnResponse>(commit).error, ErrorCode::PRODUCER_FENCED)
      << "KAFKA-17754: a late copy does not end the transaction after its own";
  EXPECT_EQ(bench.shop(), S::Ongoing);
}

TEST(TransactionCoordinator, the_next_coordinator_finishes_what_was_decided) {
  Bench bench;
  const InitProducerIdResponse self = bench.init();
  ASSERT_EQ(bench.add(self), ErrorCode::NONE);
  ASSERT_EQ(bench.end(self, ControlType::COMMIT), ErrorCode::NONE);
  ASSERT_TRUE(bench.take_any<WriteTxnMarkersRequest>().has_value());
  PartitionState moved = BrokerRig::state(2, 4, {1, 2}, {1, 2});
  moved.partition = TopicPartition{kTransactionTopic, 0};
  ASSERT_EQ(bench.leader_and_isr(1, moved), ErrorCode::NONE);
  EXPECT_EQ(bench.add(self), ErrorCode::NOT_COORDINATOR);
  bench.lead(5);
  EXPECT_EQ(bench.shop(), S::PrepareCommit);
  EXPECT_EQ(bench.answer_markers().coordinator_epoch, CoordinatorEpoch{5});
  EXPECT_EQ(bench.shop(), S::CompleteCommit);
}

}  // namespace
}  // namespace kscope::sim::transaction_coordinator_test
