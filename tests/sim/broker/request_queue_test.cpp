#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::request_queue_test {
namespace {

Message produce_message(std::int64_t correlation_id, Acks acks = Acks::LEADER) {
  ProduceRequest body;
  body.acks = acks;
  body.timeout = 30s;
  body.partitions.push_back({kOrders0, test_batch(1)});
  return Message{correlation_id, body};
}

Message fetch_message(std::int64_t correlation_id, BrokerId replica = {}) {
  FetchRequest body;
  body.replica = replica;
  body.max_wait = 500ms;
  body.max_bytes = 1000;
  body.partitions = {{kOrders0, kNoLeaderEpoch, 1000, Offset(0), Offset(0)}};
  return Message{correlation_id, body};
}

BrokerRig led_by_1(BrokerConfig config = {}, std::vector<int> isr = {1}) {
  BrokerRig rig(1, config);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr), {1, 2}));
  return rig;
}

TEST(RequestQueue, a_request_takes_time) {
  BrokerRig rig = led_by_1();
  rig.deliver(1, kProducerNode, produce_message(1));
  EXPECT_EQ(rig.produce_error(1), std::nullopt);
  EXPECT_EQ(rig.broker(1).request_queue.in_service_count(), 1);
  rig.pass(1ms);
  EXPECT_EQ(rig.produce_error(1), ErrorCode::NONE);
  EXPECT_EQ(rig.broker(1).request_queue.in_service_count(), 0);
}

TEST(RequestQueue, num_io_threads_requests_are_served_at_a_time) {
  BrokerConfig config;
  config.num_io_threads = 2;
  BrokerRig rig = led_by_1(config);
  for (int i = 0; i < 7; ++i) {
    rig.deliver(1, NodeId(20 + i), produce_message(i + 1));
  }
  const RequestQueue& queue = rig.broker(1).request_queue;
  EXPECT_EQ(queue.in_service_count(), 2);
  EXPECT_EQ(queue.queued_count(), 5);
  rig.pass(10ms);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(rig.produce_error(i + 1), ErrorCode::NONE);
  }
}

TEST(RequestQueue, a_connection_is_muted_until_its_request_is_answered) {
  BrokerRig rig = led_by_1({}, {1, 2});
  rig.deliver(1, kProducerNode, produce_message(1, Acks::ALL));
  rig.deliver(1, kProducerNode, produce_message(2, Acks::LEADER));
  rig.pass(10ms);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1)) << "the second request is not even read";
  EXPECT_EQ(rig.broker(1).request_queue.unread_count(), 1);
  rig.follow(1, 2, Offset(1));
  EXPECT_EQ(rig.produce_error(1), ErrorCode::NONE);
  rig.pass(10ms);
  EXPECT_EQ(rig.produce_error(2), ErrorCode::NONE);
}

TEST(RequestQueue, requests_of_one_connection_are_handled_in_order) {
  BrokerRig rig = led_by_1();
  for (int i = 0; i < 5; ++i) {
    rig.deliver(1, kProducerNode, produce_message(i + 1));
  }
  rig.pass(10ms);
  for (int i = 0; i < 5; ++i) {
    const auto response = rig.take<ProduceResponse>(i + 1);
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->partitions[0].base_offset, Offset(i));
  }
}

TEST(RequestQueue, a_parked_fetch_does_not_hold_up_the_controller) {
  BrokerRig rig = led_by_1();
  rig.deliver(1, NodeId(1), fetch_message(1, BrokerId(2)));
  rig.pass(10ms);
  EXPECT_EQ(rig.broker(1).replicas.delayed_fetches().size(), 1u);
  LeaderAndIsrRequest body;
  body.controller_epoch = ControllerEpoch(1);
  body.broker_epoch = BrokerEpoch(100);
  body.partitions.push_back(BrokerRig::state(1, 6, {1}, {1, 2}));
  rig.deliver(1, NodeId(1), Message{2, body});
  rig.pass(10ms);
  EXPECT_EQ(rig.orders0(1).leader_epoch, LeaderEpoch(6));
}

TEST(RequestQueue, a_new_fetcher_does_not_wait_for_the_parked_fetch_of_the_old_one) {
  BrokerRig rig = led_by_1();
  rig.deliver(1, NodeId(1), fetch_message(1, BrokerId(2)));
  rig.pass(10ms);
  rig.deliver(1, NodeId(1), fetch_message(2, BrokerId(2)));
  rig.pass(10ms);
  EXPECT_EQ(rig.broker(1).replicas.delayed_fetches().size(), 1u);
  rig.broker(1).replicas.delayed_fetches().for_each(
      [](DelayedId, const DelayedFetch& fetch) { EXPECT_EQ(fetch.correlation_id, 2); });
}

TEST(RequestQueue, unread_requests_are_lost_with_their_connection) {
  BrokerRig rig = led_by_1({}, {1, 2});
  rig.deliver(1, kProducerNode, produce_message(1, Acks::ALL));
  rig.pass(10ms);
  rig.deliver(1, kProducerNode, produce_message(2, Acks::LEADER));
  rig.run(1, [&](Ctx& ctx) {
    rig.broker(1).request_queue.on_disconnect(ctx, kProducerNode);
    rig.broker(1).replicas.on_disconnect(ctx, rig.broker(1), kProducerNode);
  });
  rig.deliver(1, kProducerNode, produce_message(3, Acks::LEADER));
  rig.pass(10ms);
  EXPECT_EQ(rig.produce_error(2), std::nullopt);
  EXPECT_EQ(rig.produce_error(3), ErrorCode::NONE);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(2));
}

TEST(RequestQueue, a_slow_disk_slows_produce_requests) {
  BrokerRig rig = led_by_1();
  rig.at(1).disk.slow_factor = 100'000;  // 100 bytes: 25 ms
  rig.deliver(1, kProducerNode, produce_message(1));
  rig.pass(20ms);
  EXPECT_EQ(rig.produce_error(1), std::nullopt);
  rig.pass(10ms);
  EXPECT_EQ(rig.produce_error(1), ErrorCode::NONE);
}

TEST(RequestQueue, flush_messages_costs_the_producer_a_flush) {
  BrokerRig rig = led_by_1();
  rig.orders().flush_messages = 1;
  rig.deliver(1, kProducerNode, produce_message(1));
  rig.pass(2ms);
  EXPECT_EQ(rig.produce_error(1), std::nullopt);
  rig.pass(1ms);
  EXPECT_EQ(rig.produce_error(1), ErrorCode::NONE);
}

TEST(RequestQueue, larger_requests_take_longer) {
  ProduceRequest small;
  small.partitions.push_back({kOrders0, test_batch(1, 100)});
  ProduceRequest large;
  large.partitions.push_back({kOrders0, test_batch(1, 1'000'000)});
  EXPECT_GT(base_service_time(large), base_service_time(small));
}

}  // namespace
}  // namespace kscope::sim::request_queue_test
