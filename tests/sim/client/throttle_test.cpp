// What clients do with a throttle_time_ms. Kafka: NetworkClient.maybeThrottle, KIP-219.
#include <gtest/gtest.h>

#include "sim/client/producer.h"
#include "tests/sim/client/client_fixture.h"

namespace kscope::sim::throttle_test {
namespace {

ProducerSetup setup_of() {
  ProducerSetup setup;
  setup.name = "shop";
  setup.topic = kOrders;
  setup.config.enable_idempotence = false;
  setup.workload.value_size = 100;
  return setup;
}

/// A producer that knows the partitions of its topic.
struct Bench : ClientBench<Producer> {
  explicit Bench(std::int32_t partitions) : ClientBench(client_registry(NodeRole::kProducer), Producer(setup_of())) {
    registry.producers = std::make_shared<std::vector<ProducerSetup>>(1, client.setup);
    start();
    const auto asked = sent<MetadataRequest>().back().first;
    answer(asked.to, asked.message.correlation_id, orders_metadata(partitions));
  }
  void produce(std::int64_t key = -1, std::int32_t partition = 0) {
    Command one;
    one.kind = CommandKind::kProduceOne;
    one.count = key;
    one.partition.partition = partition;
    command(one);
  }
};

TEST(Throttle, KIP_219_a_producer_sends_nothing_is_sent_to_a_broker_for_the_throttle_time_that_it_told) {
  Bench bench(2);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  ASSERT_EQ(sent.size(), 1U);
  bench.clear();
  ProduceResponse response;
  response.partitions.push_back({TopicPartition{kOrders, 0}, ErrorCode::NONE, Offset(0), Offset(0)});
  response.throttle_time_ms = 700;
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id, response);
  EXPECT_EQ(bench.client.acked_count, 1) << "what was sent is stored";
  bench.produce();
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.produce(-1, 1);
  ASSERT_EQ(bench.sent<ProduceRequest>().size(), 1U) << "other brokers are not meant";
  bench.clear();
  bench.run_until(LocalTime(699ms));
  EXPECT_TRUE(bench.sent<ProduceRequest>().empty());
  bench.run_until(LocalTime(700ms));
  EXPECT_EQ(bench.sent<ProduceRequest>().size(), 1U);
}

TEST(Throttle, a_connection_that_closes_ends_the_throttle_time) {
  Bench bench(1);
  bench.produce();
  const auto sent = bench.sent<ProduceRequest>();
  ProduceResponse response;
  response.partitions.push_back({TopicPartition{kOrders, 0}, ErrorCode::NONE, Offset(0), Offset(0)});
  response.throttle_time_ms = 60'000;
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id, response);
  bench.clear();
  bench.produce();
  bench.disconnect(NodeId(0));
  bench.run_until(LocalTime(2s));
  EXPECT_EQ(bench.sent<ProduceRequest>().size(), 1U) << "after reconnect.backoff.ms";
}

TEST(Throttle, a_group_coordinator_has_a_connection_of_its_own) {
  Bench bench(1);
  Ctx ctx = bench.ctx();
  NetworkClient& network = bench.client.network;
  network.throttle(ctx, NodeId(0), 500ms);
  EXPECT_FALSE(network.is_ready(NodeId(0), ctx.now()));
  EXPECT_EQ(network.ready_at(NodeId(0)), ctx.now() + 500ms);
  EXPECT_TRUE(network.is_connectable(NodeId(0), ctx.now()));
  EXPECT_EQ(network.least_loaded(ctx, {NodeId(0)}), NodeId{});
  network.throttle(ctx, NodeId(0), 100ms);
  EXPECT_EQ(network.ready_at(NodeId(0)), ctx.now() + 500ms) << "a shorter time does not end a longer one";
}

}  // namespace
}  // namespace kscope::sim::throttle_test
