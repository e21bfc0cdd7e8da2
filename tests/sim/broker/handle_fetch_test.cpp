#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim {
namespace {

BrokerRig led_by_1(std::vector<int> isr = {1, 2, 3}) {
  BrokerRig rig(1);
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr))), ErrorCode::NONE);
  return rig;
}

FetchPartitionResult only_result(const std::optional<FetchResponse>& response) {
  EXPECT_TRUE(response.has_value());
  if (!response.has_value() || response->partitions.size() != 1) {
    ADD_FAILURE() << "expected an answer for one partition";
    return {};
  }
  return response->partitions.front();
}

TEST(Fetch, consumers_read_up_to_the_high_watermark) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.follow(1, 2, Offset(2));
  const FetchPartitionResult result = only_result(rig.take<FetchResponse>(rig.consume(1, Offset(0), 0ms)));
  EXPECT_EQ(result.error, ErrorCode::NONE);
  EXPECT_EQ(result.high_watermark, Offset(2));
  ASSERT_EQ(result.batches.size(), 1u);
  EXPECT_EQ(result.batches[0].record_count, 2);
}

TEST(Fetch, followers_read_up_to_log_end) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.produce(1, Acks::LEADER, test_batch(3));
  const FetchPartitionResult result = only_result(rig.take<FetchResponse>(rig.follow(1, 2, Offset(0))));
  EXPECT_EQ(result.batches.size(), 2u);
  EXPECT_EQ(result.high_watermark, Offset(0));
}

TEST(Fetch, a_follower_learns_of_its_own_progress_only_with_its_next_fetch) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.take<FetchResponse>(rig.follow(1, 2, Offset(0)));
  rig.produce(1, Acks::LEADER, test_batch(1));
  const FetchPartitionResult second = only_result(rig.take<FetchResponse>(rig.follow(1, 2, Offset(2))));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(2));
  EXPECT_EQ(second.high_watermark, Offset(0)) << "read before the fetch counted";
  const FetchPartitionResult third = only_result(rig.take<FetchResponse>(rig.follow(1, 2, Offset(3))));
  EXPECT_EQ(third.high_watermark, Offset(2));
}

TEST(Fetch, a_fetch_without_enough_bytes_waits_for_max_wait) {
  BrokerRig rig = led_by_1();
  const auto asked = rig.consume(1, Offset(0), 500ms);
  EXPECT_FALSE(rig.take<FetchResponse>(asked).has_value());
  rig.pass(499ms);
  EXPECT_FALSE(rig.take<FetchResponse>(asked).has_value());
  rig.pass(1ms);
  const FetchPartitionResult result = only_result(rig.take<FetchResponse>(asked));
  EXPECT_TRUE(result.batches.empty());
}

TEST(Fetch, a_waiting_consumer_is_answered_when_the_high_watermark_moves) {
  BrokerRig rig = led_by_1({1, 2});
  const auto asked = rig.consume(1, Offset(0), 500ms);
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_FALSE(rig.take<FetchResponse>(asked).has_value()) << "appended, not committed";
  rig.follow(1, 2, Offset(1));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(asked)).batches.size(), 1u);
}

TEST(Fetch, a_waiting_follower_is_answered_when_the_leader_appends) {
  BrokerRig rig = led_by_1({1, 2});
  const auto asked = rig.follow(1, 2, Offset(0), 500ms);
  EXPECT_FALSE(rig.take<FetchResponse>(asked).has_value());
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(asked)).batches.size(), 1u);
  EXPECT_EQ(rig.broker(1).replicas.delayed_fetches().size(), 0u);
}

TEST(Fetch, an_idle_follower_is_answered_without_partitions) {
  BrokerRig rig = led_by_1({1, 2});
  FetchRequest body;
  body.replica = BrokerId(2);
  body.max_wait = 500ms;
  body.max_bytes = 1000;
  body.partitions = {{kOrders0, LeaderEpoch(5), Offset(0), Offset(0), Offset(0), 1000}};
  const auto asked = rig.request(1, NodeId(1), body);
  rig.pass(500ms);
  const auto response = rig.take<FetchResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->partitions.empty());
}

TEST(Fetch, min_bytes_counts_what_the_fetch_may_read) {
  BrokerRig rig = led_by_1({1});
  FetchRequest body;
  body.max_wait = 500ms;
  body.min_bytes = 250;
  body.max_bytes = 1000;
  body.partitions = {{kOrders0, kNoLeaderEpoch, Offset(0), kUnknownOffset, kUnknownOffset, 1000}};
  const auto asked = rig.request(1, kConsumerNode, body);
  rig.produce(1, Acks::LEADER, test_batch(1, 100));
  rig.produce(1, Acks::LEADER, test_batch(1, 100));
  EXPECT_FALSE(rig.take<FetchResponse>(asked).has_value());
  rig.produce(1, Acks::LEADER, test_batch(1, 100));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(asked)).batches.size(), 3u);
}

TEST(Fetch, max_bytes_limits_but_one_batch_always_comes) {
  BrokerRig rig = led_by_1({1});
  rig.produce(1, Acks::LEADER, test_batch(1, 100));
  rig.produce(1, Acks::LEADER, test_batch(1, 100));
  FetchRequest body;
  body.max_bytes = 150;
  body.partitions = {{kOrders0, kNoLeaderEpoch, Offset(0), kUnknownOffset, kUnknownOffset, 1000}};
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.request(1, kConsumerNode, body))).batches.size(), 1u);
  body.max_bytes = 10;
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.request(1, kConsumerNode, body))).batches.size(), 1u);
}

TEST(Fetch, an_offset_beyond_log_end_or_below_log_start_is_OFFSET_OUT_OF_RANGE) {
  BrokerRig rig = led_by_1({1});
  rig.produce(1, Acks::LEADER, test_batch(2));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.consume(1, Offset(3)))).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  rig.at(1).durable.logs.find(kOrders0)->log.advance_log_start(Offset(2));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.consume(1, Offset(1)))).error, ErrorCode::OFFSET_OUT_OF_RANGE);
}

TEST(Fetch, an_offset_between_high_watermark_and_log_end_waits) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  EXPECT_FALSE(rig.take<FetchResponse>(rig.consume(1, Offset(2))).has_value());
}

TEST(Fetch, an_older_leader_epoch_is_FENCED_LEADER_EPOCH_a_newer_one_UNKNOWN_LEADER_EPOCH) {
  BrokerRig rig = led_by_1();
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.consume(1, Offset(0), 0ms, LeaderEpoch(4)))).error,
            ErrorCode::FENCED_LEADER_EPOCH);
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.consume(1, Offset(0), 0ms, LeaderEpoch(6)))).error,
            ErrorCode::UNKNOWN_LEADER_EPOCH);
}

TEST(Fetch, a_fetch_from_no_replica_does_not_count) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.follow(1, 3, Offset(0)))).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
}

TEST(Fetch, waiting_fetches_are_answered_with_an_error_when_leadership_is_lost) {
  BrokerRig rig = led_by_1();
  const auto consumer = rig.consume(1, Offset(0), 500ms, LeaderEpoch(5));
  const auto follower = rig.follow(1, 2, Offset(0), 500ms);
  rig.leader_and_isr(1, BrokerRig::state(2, 6, {2, 3}));
  EXPECT_EQ(only_result(rig.take<FetchResponse>(consumer)).error, ErrorCode::FENCED_LEADER_EPOCH);
  EXPECT_EQ(only_result(rig.take<FetchResponse>(follower)).error, ErrorCode::FENCED_LEADER_EPOCH);
}

TEST(Fetch, a_fetch_of_a_closed_connection_is_forgotten) {
  BrokerRig rig = led_by_1();
  rig.consume(1, Offset(0), 500ms);
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.on_disconnect(ctx, rig.broker(1), kConsumerNode); });
  EXPECT_EQ(rig.broker(1).replicas.delayed_fetches().size(), 0u);
  rig.pass(1s);
  EXPECT_FALSE(rig.take_any<FetchResponse>().has_value());
}

}  // namespace
}  // namespace kscope::sim
