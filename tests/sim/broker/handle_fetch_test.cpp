#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::handle_fetch_test {
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
  body.metadata = kInitialFetchMetadata;
  body.max_wait = 500ms;
  body.max_bytes = 1000;
  body.partitions = {{kOrders0, LeaderEpoch(5), 1000, Offset(0), Offset(0)}};
  auto asked = rig.request(1, NodeId(1), body);
  rig.pass(500ms);
  auto response = rig.take<FetchResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->partitions.size(), 1U) << "the first time it is told all";
  body.metadata = first_incremental(response->session_id);
  body.partitions = {};
  asked = rig.request(1, NodeId(1), body);
  rig.pass(500ms);
  response = rig.take<FetchResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->partitions.empty());
}

TEST(Fetch, min_bytes_counts_what_the_fetch_may_read) {
  BrokerRig rig = led_by_1({1});
  FetchRequest body;
  body.max_wait = 500ms;
  body.min_bytes = 250;
  body.max_bytes = 1000;
  body.partitions = {{kOrders0, kNoLeaderEpoch, 1000, Offset(0)}};
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
  body.partitions = {{kOrders0, kNoLeaderEpoch, 1000, Offset(0)}};
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

/// Brokers 1, 2, 3 in racks a, b, c; 1 leads.
BrokerRig in_racks(int count, std::vector<int> isr, const std::string& selector = "RackAwareReplicaSelector") {
  BrokerConfig config;
  config.replica_selector_class = selector;
  BrokerRig rig(count, config);
  auto brokers = std::make_shared<std::vector<BrokerSetup>>(*rig.registry.brokers);
  for (std::size_t i = 0; i < brokers->size(); ++i) {
    (*brokers)[i].config.broker_rack = std::string(1, static_cast<char>('a' + i));
  }
  rig.registry.brokers = brokers;
  for (std::size_t i = 0; i < rig.machines.size(); ++i) {
    rig.machines[i].broker.setup = (*brokers)[i];
  }
  rig.elect(BrokerRig::state(1, 5, std::move(isr)));
  return rig;
}

std::int64_t consume_in_rack(BrokerRig& rig, int id, const std::string& rack, Offset offset = Offset(0),
                             Duration max_wait = 0ms) {
  FetchRequest body;
  body.rack_id = rack;
  body.max_wait = max_wait;
  body.max_bytes = 1 << 20;
  FetchPartition item;
  item.partition = kOrders0;
  item.current_leader_epoch = LeaderEpoch(5);
  item.fetch_offset = offset;
  item.max_bytes = 1 << 20;
  body.partitions = {item};
  return rig.request(id, kConsumerNode, std::move(body));
}

BrokerId preferred_for(BrokerRig& rig, const std::string& rack, Offset offset = Offset(0)) {
  return only_result(rig.take<FetchResponse>(consume_in_rack(rig, 1, rack, offset))).preferred_read_replica;
}

TEST(Fetch, a_leader_sends_a_consumer_to_the_in_sync_replica_in_its_rack) {
  BrokerRig rig = in_racks(1, {1, 2, 3});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.follow(1, 2, Offset(2));
  rig.follow(1, 3, Offset(2));
  const auto asked = consume_in_rack(rig, 1, "c", Offset(0), 500ms);
  const FetchPartitionResult result = only_result(rig.take<FetchResponse>(asked));
  EXPECT_EQ(result.preferred_read_replica, BrokerId(3)) << "told at once, without waiting for max_wait";
  EXPECT_EQ(result.error, ErrorCode::NONE);
  EXPECT_TRUE(result.batches.empty());
  EXPECT_EQ(result.high_watermark, Offset(2));
}

TEST(Fetch, a_leader_keeps_a_consumer_of_its_own_rack_of_no_rack_and_of_an_unknown_one) {
  BrokerRig rig = in_racks(1, {1, 2, 3});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.follow(1, 2, Offset(2));
  rig.follow(1, 3, Offset(2));
  for (const char* rack : {"a", "", "z"}) {
    const FetchPartitionResult result = only_result(rig.take<FetchResponse>(consume_in_rack(rig, 1, rack)));
    EXPECT_FALSE(result.preferred_read_replica.is_valid()) << rack;
    EXPECT_EQ(result.batches.size(), 1u) << rack;
  }
}

TEST(Fetch, without_replica_selector_class_everybody_reads_from_the_leader) {
  BrokerRig rig = in_racks(1, {1, 2, 3}, "");
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.follow(1, 3, Offset(2));
  EXPECT_FALSE(preferred_for(rig, "c").is_valid());
}

TEST(Fetch, a_replica_out_of_sync_behind_the_offset_or_not_alive_is_not_preferred) {
  BrokerRig rig = in_racks(1, {1, 3});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.follow(1, 3, Offset(0));
  EXPECT_EQ(preferred_for(rig, "c"), BrokerId(3));
  EXPECT_FALSE(preferred_for(rig, "c", Offset(1)).is_valid()) << "it has not got that far";
  EXPECT_FALSE(preferred_for(rig, "b").is_valid()) << "not in the ISR";
  rig.broker(1).metadata.alive_brokers.erase(BrokerId(3));
  EXPECT_FALSE(preferred_for(rig, "c").is_valid());
}

TEST(Fetch, a_follower_gives_consumers_what_is_below_its_own_high_watermark) {
  BrokerRig rig = in_racks(2, {1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  const auto waiting = consume_in_rack(rig, 2, "b", Offset(0), 2s);
  EXPECT_FALSE(rig.take<FetchResponse>(waiting).has_value());
  rig.pass(100ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(2)) << "copied";
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(0)) << "the next fetch tells that it is committed";
  EXPECT_FALSE(rig.take<FetchResponse>(waiting).has_value());
  rig.pass(600ms);
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(2));
  const FetchPartitionResult result = only_result(rig.take<FetchResponse>(waiting));
  EXPECT_EQ(result.batches.size(), 1u) << "answered when the follower heard of the high watermark";
  EXPECT_EQ(result.high_watermark, Offset(2));
  EXPECT_FALSE(result.preferred_read_replica.is_valid()) << "only a leader sends consumers elsewhere";
}

TEST(Fetch, a_follower_refuses_an_offset_beyond_its_own_log_end) {
  BrokerRig rig = in_racks(2, {1, 2});
  EXPECT_EQ(only_result(rig.take<FetchResponse>(consume_in_rack(rig, 2, "b", Offset(1)))).error,
            ErrorCode::OFFSET_OUT_OF_RANGE);
}

TEST(Fetch, followers_fetch_from_leaders_only) {
  BrokerRig rig = in_racks(2, {1, 2});
  EXPECT_EQ(only_result(rig.take<FetchResponse>(rig.follow(2, 3, Offset(0)))).error, ErrorCode::NOT_LEADER_OR_FOLLOWER);
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
}  // namespace kscope::sim::handle_fetch_test
