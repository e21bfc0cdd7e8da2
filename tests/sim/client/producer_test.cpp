#include "sim/client/producer.h"

#include <gtest/gtest.h>

#include "tests/sim/client/client_fixture.h"

namespace kscope::sim {
namespace {

ProducerSetup setup_of(ProducerConfig config = {}) {
  ProducerSetup setup;
  setup.name = "shop";
  setup.topic = kOrders;
  setup.config = config;
  setup.workload.value_size = 100;
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
  void produce(std::int64_t key = -1, std::int32_t partition = 0) {
    Command one;
    one.kind = CommandKind::kProduceOne;
    one.count = key;
    one.partition.partition = partition;
    command(one);
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

}  // namespace
}  // namespace kscope::sim
