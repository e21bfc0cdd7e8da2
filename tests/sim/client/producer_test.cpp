#include "sim/client/producer.h"

#include <gtest/gtest.h>

#include "tests/sim/client/client_fixture.h"

namespace kscope::sim::producer_test {
namespace {

ProducerSetup setup_of(ProducerConfig config = {}) {
  ProducerSetup setup;
  setup.name = "shop";
  setup.topic = kOrders;
  setup.config = config;
  setup.config.enable_idempotence = false;
  setup.workload.value_size = 100;
  return setup;
}
ProducerSetup idempotent_setup(ProducerConfig config = {}) {
  ProducerSetup setup = setup_of(config);
  setup.config.enable_idempotence = true;
  return setup;
}

struct Bench : ClientBench<Producer> {
  explicit Bench(const ProducerSetup& setup) : ClientBench(client_registry(NodeRole::kProducer), Producer(setup)) {
    registry.producers = std::make_shared<std::vector<ProducerSetup>>(1, setup);
    start();
  }
  /// Answers the outstanding metadata request.
  void learn(std::int32_t partitions, std::int32_t epoch = 0) {
    const auto requests = sent<MetadataRequest>();
    ASSERT_FALSE(requests.empty());
    const auto& [effect, body] = requests.back();
    answer(effect.to, effect.message.correlation_id, orders_metadata(partitions, epoch));
  }
  /// Answers the outstanding request for a producer id.
  void get_id(std::int64_t id = 7, std::int16_t epoch = 0) {
    const auto requests = sent<InitProducerIdRequest>();
    ASSERT_FALSE(requests.empty());
    const SendEffect<Message>& request = requests.back().first;
    answer(request.to, request.message.correlation_id,
           InitProducerIdResponse{ErrorCode::NONE, ProducerId(id), ProducerEpoch(epoch)});
  }
  void produce(std::int64_t key = -1, std::int32_t partition = 0) {
    Command one;
    one.kind = CommandKind::kProduceOne;
    one.count = key;
    one.partition.partition = partition;
    command(one);
  }
  using Sent = std::pair<SendEffect<Message>, ProduceRequest>;
  void respond(const Sent& sent, ErrorCode error, std::int64_t base = 0) {
    respond(sent.first, sent.second, error, base);
  }
  void respond(const SendEffect<Message>& request, const ProduceRequest& body, ErrorCode error, std::int64_t base = 0) {
    ProduceResponse response;
    for (const ProducePartition& partition : body.partitions) {
      ProducePartitionResult result;
      result.partition = partition.partition;
      result.error = error;
      result.base_offset = error == ErrorCode::NONE ? Offset(base) : kUnknownOffset;
      response.partitions.push_back(result);
    }
    answer(request.to, request.message.correlation_id, response);
  }
};

TEST(Producer, asks_for_metadata_at_its_start_and_blocks_sends_until_it_comes) {
  Bench bench(setup_of());
  bench.produce();
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  EXPECT_TRUE(bench.client.blocked.has_value());
  bench.learn(3);
  EXPECT_FALSE(bench.client.blocked.has_value());
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
}

TEST(Producer, send_fails_after_max_block_ms_without_metadata) {
  Bench bench(setup_of());
  bench.produce();
  EXPECT_TRUE(bench.fire(TimerKind::kWorkload));
  EXPECT_EQ(bench.now, LocalTime(60s));
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_EQ(bench.notes(NoteKind::kBatchFailed).size(), 1U);
}

TEST(Producer, linger_ms_zero_sends_at_once_to_the_leader) {
  Bench bench(setup_of());
  bench.learn(3);
  bench.produce(-1, 2);
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.to, NodeId(2));
  EXPECT_EQ(sent[0].second.acks, Acks::ALL);
  ASSERT_EQ(sent[0].second.partitions.size(), 1U);
  EXPECT_EQ(sent[0].second.partitions[0].batch.record_count, 1);
}

TEST(Producer, linger_ms_collects_records_into_one_batch) {
  ProducerConfig config;
  config.linger_ms = 5ms;
  Bench bench(setup_of(config));
  bench.learn(1);
  for (int i = 0; i < 3; ++i) {
    bench.produce();
  }
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  EXPECT_TRUE(bench.fire(TimerKind::kLinger));
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].second.partitions[0].batch.record_count, 3);
}

TEST(Producer, a_full_batch_does_not_wait_for_linger_ms) {
  ProducerConfig config;
  config.linger_ms = 1000ms;
  config.batch_size = 300;
  Bench bench(setup_of(config));
  bench.learn(1);
  for (int i = 0; i < 3; ++i) {
    bench.produce();
  }
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<ProduceRequest>()[0].second.partitions[0].batch.record_count, 2);
}

TEST(Producer, one_request_per_leader_carries_one_batch_per_partition_ready_or_not) {
  ProducerConfig config;
  config.linger_ms = 5ms;
  Bench bench(setup_of(config));
  bench.learn(6);
  bench.produce(-1, 0);
  bench.now += 3ms;
  bench.produce(-1, 3);  // same leader, linger not over
  EXPECT_TRUE(bench.fire(TimerKind::kLinger));
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].second.partitions.size(), 2U);
}

TEST(Producer, equal_keys_go_to_one_partition_by_murmur2_of_their_text) {
  Bench bench(setup_of());
  bench.learn(6);
  bench.produce(7, -1);
  bench.produce(7, -1);
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].second.partitions[0].partition, sent[1].second.partitions[0].partition);
}

TEST(Producer, max_in_flight_requests_per_connection_holds_further_batches_back) {
  ProducerConfig config;
  config.max_in_flight_requests_per_connection = 2;
  Bench bench(setup_of(config));
  bench.learn(1);
  for (int i = 0; i < 5; ++i) {
    bench.produce();
  }
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 2U);
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NONE);
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<ProduceRequest>()[0].second.partitions[0].batch.record_count, 3);
}

TEST(Producer, an_ack_ends_the_batch_and_frees_its_memory) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  EXPECT_EQ(bench.client.memory_used, 16384);
  const auto sent = bench.sent<ProduceRequest>();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NONE, 17);
  EXPECT_EQ(bench.client.memory_used, 0);
  EXPECT_EQ(bench.client.acked_count, 1);
  ASSERT_EQ(bench.notes(NoteKind::kBatchAcked).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kBatchAcked)[0].a, 17);
}

TEST(Producer, a_retriable_error_sends_the_batch_again_after_retry_backoff_ms) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  EXPECT_EQ(bench.notes(NoteKind::kBatchRetried).size(), 1U);
  EXPECT_TRUE(bench.sent<MetadataRequest>().empty());
  EXPECT_TRUE(bench.fire(TimerKind::kClientRetry));
  EXPECT_EQ(bench.now, LocalTime(80ms));  // 100 ms less 20 % jitter: the earliest
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<ProduceRequest>()[0].second.partitions[0].batch.records,
            sent[0].second.partitions[0].batch.records);
}

TEST(Producer, KIP_951_a_new_leader_ends_the_backoff_of_a_retry) {
  Bench bench(setup_of());
  bench.learn(1, 4);
  bench.now += 1s;
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_LEADER_OR_FOLLOWER);
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.learn(1, 5);
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U) << "before retry.backoff.ms is over";
  const auto again = bench.sent<ProduceRequest>();
  bench.clear();
  bench.respond(again[0].first, again[0].second, ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty()) << "the leader is the same: this retry waits";
}

TEST(Producer, an_error_that_proves_metadata_stale_asks_for_it_again) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.now += 1s;
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_LEADER_OR_FOLLOWER);
  EXPECT_EQ(bench.sent<MetadataRequest>().size(), 1U);
}

TEST(Producer, a_fatal_error_fails_the_batch) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::INVALID_REQUIRED_ACKS);
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_EQ(bench.client.retry_count, 0);
}

TEST(Producer, retries_is_the_limit_of_attempts) {
  ProducerConfig config;
  config.retries = 0;
  Bench bench(setup_of(config));
  bench.learn(1);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(bench.client.failed_count, 1);
}

TEST(Producer, retry_with_two_in_flight_reorders_without_idempotence) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 2U);
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.respond(sent[1].first, sent[1].second, ErrorCode::NONE);
  EXPECT_TRUE(bench.fire(TimerKind::kClientRetry));
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
  EXPECT_EQ((*bench.sent<ProduceRequest>()[0].second.partitions[0].batch.records)[0].sequence, 0);
}

TEST(Producer, max_in_flight_one_keeps_the_order) {
  ProducerConfig config;
  config.max_in_flight_requests_per_connection = 1;
  Bench bench(setup_of(config));
  bench.learn(1);
  bench.produce();
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  bench.clear();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  EXPECT_TRUE(bench.fire(TimerKind::kClientRetry));
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U);
  EXPECT_EQ((*bench.sent<ProduceRequest>()[0].second.partitions[0].batch.records)[0].sequence, 0);
}

TEST(Producer, request_timeout_ms_closes_the_connection_and_retries) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  bench.clear();
  EXPECT_TRUE(bench.fire(TimerKind::kClientRequestTimeout));
  if (bench.count<DisconnectEffect>() == 0) {
    EXPECT_TRUE(bench.fire(TimerKind::kClientRequestTimeout));
  }
  EXPECT_EQ(bench.count<DisconnectEffect>(), 1U);
  EXPECT_EQ(bench.client.retry_count, 1);
  EXPECT_EQ(bench.client.last_error, ErrorCode::REQUEST_TIMED_OUT);
}

TEST(Producer, a_closed_connection_retries_with_network_exception) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  bench.disconnect(NodeId(0));
  EXPECT_EQ(bench.client.retry_count, 1);
  EXPECT_EQ(bench.client.last_error, ErrorCode::NETWORK_EXCEPTION);
}

TEST(Producer, an_answer_of_a_closed_connection_is_ignored) {
  Bench bench(setup_of());
  bench.learn(1);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  bench.disconnect(NodeId(0));
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NONE);
  EXPECT_EQ(bench.client.acked_count, 0);
}

TEST(Producer, delivery_timeout_ms_fails_a_batch_that_waits_or_is_on_its_way) {
  ProducerConfig config;
  config.delivery_timeout_ms = 2000ms;
  Bench bench(setup_of(config));
  bench.learn(1);
  bench.produce();
  EXPECT_TRUE(bench.fire(TimerKind::kDeliveryTimeout));
  EXPECT_EQ(bench.now, LocalTime(2s));
  EXPECT_EQ(bench.client.failed_count, 1);
}

TEST(Producer, acks_zero_counts_as_done_when_it_is_sent) {
  ProducerConfig config;
  config.acks = Acks::NONE;
  Bench bench(setup_of(config));
  bench.learn(1);
  bench.produce();
  EXPECT_EQ(bench.client.acked_count, 1);
  ASSERT_EQ(bench.notes(NoteKind::kBatchAcked).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kBatchAcked)[0].a, -1);
}

TEST(Producer, buffer_memory_blocks_the_application_until_an_ack_frees_some) {
  ProducerConfig config;
  config.buffer_memory = 16384;
  Bench bench(setup_of(config));
  bench.learn(2);
  bench.produce(-1, 0);
  bench.produce(-1, 1);
  EXPECT_TRUE(bench.client.blocked.has_value());
  const auto sent = bench.sent<ProduceRequest>();
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NONE);
  EXPECT_FALSE(bench.client.blocked.has_value());
  EXPECT_EQ(bench.sent<ProduceRequest>().size(), 2U);
}

TEST(Producer, a_record_above_max_request_size_is_refused) {
  ProducerSetup setup = setup_of();
  setup.workload.value_size = 2'000'000;
  Bench bench(setup);
  bench.learn(1);
  bench.produce();
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_EQ(bench.client.last_error, ErrorCode::MESSAGE_TOO_LARGE);
}

TEST(Producer, workload_makes_records_at_its_rate_up_to_its_limit) {
  ProducerSetup setup = setup_of();
  setup.workload.records_per_1000_s = 100'000;  // 100/s
  setup.workload.limit = 5;
  Bench bench(setup);
  bench.learn(1);
  bench.run_until(LocalTime(1s));
  EXPECT_EQ(bench.client.sent_count, 5);
  const auto created = bench.notes(NoteKind::kRecordCreated);
  ASSERT_EQ(created.size(), 5U);
  EXPECT_EQ(created[4].c, 4);
}

TEST(Producer, rate_can_be_changed) {
  Bench bench(setup_of());
  bench.learn(1);
  Command rate;
  rate.kind = CommandKind::kProducerRate;
  rate.count = 10'000;  // 10/s
  bench.command(rate);
  bench.run_until(LocalTime(1s));
  EXPECT_EQ(bench.client.sent_count, 10);
}

TEST(Producer, close_sends_what_is_buffered_and_ends_the_process) {
  ProducerConfig config;
  config.linger_ms = 1000ms;
  Bench bench(setup_of(config));
  bench.learn(1);
  bench.produce();
  Command close;
  close.kind = CommandKind::kCleanShutdown;
  bench.command(close);
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(bench.count<ExitEffect>(), 0U);
  bench.respond(sent[0].first, sent[0].second, ErrorCode::NONE);
  EXPECT_EQ(bench.count<ExitEffect>(), 1U);
}

// ---- idempotence

using Sent = Bench::Sent;
const RecordBatch& batch_of(const Sent& sent) { return sent.second.partitions[0].batch; }
std::int32_t sequence_of(const Sent& sent) { return batch_of(sent).base_sequence.value; }

/// An idempotent producer with an id and one partition, and `count` batches of one record on their way.
struct IdempotentBench : Bench {
  explicit IdempotentBench(int count, ProducerConfig config = {}) : Bench(idempotent_setup(config)) {
    learn(1);
    get_id();
    for (int i = 0; i < count; ++i) {
      produce();
    }
    first = sent<ProduceRequest>();
    clear();
  }
  /// The only request that was sent since the last look.
  Sent next() {
    const auto requests = sent<ProduceRequest>();
    EXPECT_EQ(requests.size(), 1U);
    clear();
    return requests.empty() ? Sent{} : requests.front();
  }
  std::vector<Sent> first;
};

TEST(IdempotentProducer, nothing_is_sent_before_it_has_its_id) {
  Bench bench(idempotent_setup());
  bench.learn(1);
  bench.produce();
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.get_id(41);
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(batch_of(sent[0]).producer_id, ProducerId(41));
  EXPECT_EQ(batch_of(sent[0]).producer_epoch, ProducerEpoch(0));
  EXPECT_EQ(sequence_of(sent[0]), 0);
}

TEST(IdempotentProducer, a_broker_without_ids_is_asked_again_after_retry_backoff_ms) {
  Bench bench(idempotent_setup());
  bench.learn(1);
  const auto asked = bench.sent<InitProducerIdRequest>();
  ASSERT_EQ(asked.size(), 1U);
  bench.clear();
  bench.answer(asked[0].first.to, asked[0].first.message.correlation_id,
               InitProducerIdResponse{ErrorCode::COORDINATOR_LOAD_IN_PROGRESS, ProducerId{}, kNoProducerEpoch});
  EXPECT_TRUE(bench.sent<InitProducerIdRequest>().empty());
  EXPECT_TRUE(bench.fire(TimerKind::kClientRetry));
  EXPECT_EQ(bench.now, LocalTime(100ms));
  EXPECT_EQ(bench.sent<InitProducerIdRequest>().size(), 1U);
}

TEST(IdempotentProducer, sequences_count_the_records_of_a_partition) {
  ProducerConfig config;
  config.linger_ms = 5ms;
  Bench bench(idempotent_setup(config));
  bench.learn(2);
  bench.get_id();
  bench.produce(-1, 0);
  bench.produce(-1, 0);
  bench.fire(TimerKind::kLinger);
  bench.produce(-1, 0);
  bench.fire(TimerKind::kLinger);
  bench.produce(-1, 1);
  bench.fire(TimerKind::kLinger);
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sequence_of(sent[0]), 0);
  EXPECT_EQ(sequence_of(sent[1]), 2);
  EXPECT_EQ(sequence_of(sent[2]), 0) << "another partition";
}

TEST(IdempotentProducer, retried_batches_are_sent_again_in_order_one_at_a_time_with_their_sequences) {
  IdempotentBench bench(3);
  ASSERT_EQ(bench.first.size(), 3U);
  bench.respond(bench.first[0], ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.respond(bench.first[1], ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.respond(bench.first[2], ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.run_until(LocalTime(2s));
  const Sent again = bench.next();
  EXPECT_EQ(sequence_of(again), 0);
  EXPECT_EQ(batch_of(again).producer_epoch, ProducerEpoch(0)) << "a gap that can still be closed costs no epoch";
  bench.respond(again, ErrorCode::NONE, 0);
  const Sent second = bench.next();
  EXPECT_EQ(sequence_of(second), 1);
  bench.respond(second, ErrorCode::NONE, 1);
  EXPECT_EQ(sequence_of(bench.next()), 2);
}

TEST(IdempotentProducer, a_retry_waits_for_those_with_lower_sequences_that_are_on_their_way) {
  IdempotentBench bench(2);
  bench.respond(bench.first[1], ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.run_until(LocalTime(2s));
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.respond(bench.first[0], ErrorCode::NONE, 0);
  EXPECT_EQ(sequence_of(bench.next()), 1);
}

TEST(IdempotentProducer, KIP_360_the_next_batch_out_of_order_raises_the_epoch_and_begins_at_zero) {
  IdempotentBench bench(2);
  bench.respond(bench.first[0], ErrorCode::NONE, 0);
  bench.respond(bench.first[1], ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.run_until(LocalTime(2s));
  const Sent again = bench.next();
  EXPECT_EQ(batch_of(again).producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(sequence_of(again), 0);
}

TEST(IdempotentProducer, KIP_360_a_forgotten_producer_begins_at_zero_with_a_higher_epoch) {
  IdempotentBench bench(2);
  bench.respond(bench.first[0], ErrorCode::NONE, 0);
  ProducePartitionResult result;
  result.partition = bench.first[1].second.partitions[0].partition;
  result.error = ErrorCode::UNKNOWN_PRODUCER_ID;
  result.log_start_offset = Offset(1);
  bench.answer(bench.first[1].first.to, bench.first[1].first.message.correlation_id, ProduceResponse{{result}});
  bench.run_until(LocalTime(2s));
  const Sent again = bench.next();
  EXPECT_EQ(batch_of(again).producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(sequence_of(again), 0);
}

TEST(IdempotentProducer, a_duplicate_is_an_ack_with_the_first_offset) {
  IdempotentBench bench(1);
  ProducePartitionResult result;
  result.partition = bench.first[0].second.partitions[0].partition;
  result.error = ErrorCode::DUPLICATE_SEQUENCE_NUMBER;
  bench.answer(bench.first[0].first.to, bench.first[0].first.message.correlation_id, ProduceResponse{{result}});
  EXPECT_EQ(bench.client.acked_count, 1);
  EXPECT_EQ(bench.client.failed_count, 0);
}

TEST(IdempotentProducer, a_batch_refused_for_good_leaves_a_gap_so_the_epoch_is_raised) {
  IdempotentBench bench(2);
  bench.respond(bench.first[0], ErrorCode::INVALID_REQUIRED_ACKS);
  EXPECT_EQ(bench.client.failed_count, 1);
  bench.respond(bench.first[1], ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.run_until(LocalTime(2s));
  const Sent again = bench.next();
  EXPECT_EQ(batch_of(again).producer_epoch, ProducerEpoch(1));
  EXPECT_EQ(sequence_of(again), 0);
}

TEST(IdempotentProducer, a_batch_given_up_after_it_was_sent_raises_the_epoch_when_nothing_behind_it_was_stored) {
  ProducerConfig config;
  config.delivery_timeout_ms = 2000ms;
  config.request_timeout_ms = 1000ms;
  IdempotentBench bench(1, config);
  bench.respond(bench.first[0], ErrorCode::NETWORK_EXCEPTION);
  const Sent retry = [&] {
    bench.run_until(LocalTime(500ms));
    return bench.next();
  }();
  EXPECT_EQ(sequence_of(retry), 0);
  bench.run_until(LocalTime(2500ms));
  EXPECT_EQ(bench.client.failed_count, 1);
  bench.clear();
  bench.produce();
  const Sent next = bench.next();
  EXPECT_EQ(batch_of(next).producer_epoch, ProducerEpoch(1)) << "whether sequence 0 is stored is unknown";
  EXPECT_EQ(sequence_of(next), 0);
}

TEST(IdempotentProducer, another_id_follows_the_largest_epoch) {
  Bench bench(idempotent_setup());
  bench.learn(1);
  bench.get_id(7, INT16_MAX);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  bench.clear();
  bench.respond(sent[0], ErrorCode::INVALID_REQUIRED_ACKS);
  bench.produce();
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.get_id(1007);
  const auto next = bench.sent<ProduceRequest>();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(batch_of(next[0]).producer_id, ProducerId(1007));
  EXPECT_EQ(sequence_of(next[0]), 0);
}

}  // namespace
}  // namespace kscope::sim::producer_test
