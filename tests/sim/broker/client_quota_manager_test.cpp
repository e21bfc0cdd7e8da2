#include "sim/broker/client_quota_manager.h"

#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::client_quota_manager_test {
namespace {

constexpr std::int64_t kQuota = 1000;  // bytes a second: 10000 at once for who was silent

/// Broker 1 leads orders-0; "shop" is a producer on kProducerNode, "billing-1" a consumer on kConsumerNode.
BrokerRig quota_rig(const std::string& client_id = std::string(kDefaultClientId), std::vector<int> isr = {1}) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr), {1, 2}));
  while (rig.registry.nodes.size() <= 11) {
    rig.registry.nodes.push_back({NodeRole::kAdmin, "n", 0, Duration(0)});
  }
  rig.registry.nodes[10] = {NodeRole::kProducer, "shop", 0, Duration(0)};
  rig.registry.nodes[11] = {NodeRole::kConsumer, "billing-1", 0, Duration(0)};
  rig.registry.producers = std::make_shared<const std::vector<ProducerSetup>>(1);
  rig.registry.consumers = std::make_shared<const std::vector<ConsumerSetup>>(1);
  rig.registry.client_quotas = {{client_id, kQuota, kQuota}};
  return rig;
}

Message produce_message(std::int64_t correlation_id, std::int32_t bytes, Acks acks = Acks::LEADER) {
  ProduceRequest body;
  body.acks = acks;
  body.timeout = 30s;
  body.partitions.push_back({kOrders0, test_batch(1, bytes)});
  return Message{correlation_id, body};
}

Message fetch_message(std::int64_t correlation_id, Offset offset, std::int32_t min_bytes = 1, BrokerId replica = {}) {
  FetchRequest body;
  body.replica = replica;
  body.max_wait = 500ms;
  body.min_bytes = min_bytes;
  body.max_bytes = 1'000'000;
  body.partitions = {{kOrders0, kNoLeaderEpoch, 1'000'000, offset, Offset(0)}};
  return Message{correlation_id, body};
}

TEST(ClientQuota, who_stays_within_it_is_not_throttled) {
  BrokerRig rig = quota_rig();
  rig.deliver(1, kProducerNode, produce_message(1, 9'000));
  rig.pass(10ms);
  const auto response = rig.take<ProduceResponse>(1);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->throttle_time_ms, 0);
}

TEST(ClientQuota, KIP_219_the_answer_comes_at_once_and_the_connection_is_muted_for_the_throttle_time) {
  BrokerRig rig = quota_rig();
  rig.deliver(1, kProducerNode, produce_message(1, 12'000));
  rig.deliver(1, kProducerNode, produce_message(2, 10));
  rig.pass(100ms);
  const auto response = rig.take<ProduceResponse>(1);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->partitions[0].error, ErrorCode::NONE) << "the records are stored";
  // 12096 bytes with their frame are granted 12.096 s, and ten windows have passed.
  EXPECT_EQ(response->throttle_time_ms, 2'096);
  EXPECT_EQ(rig.count_notes(NoteKind::kClientThrottled), 1);
  rig.pass(1'900ms);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1)) << "the next request is not read yet";
  rig.pass(200ms);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(2));
}

TEST(ClientQuota, a_produce_request_counts_when_it_is_answered) {
  BrokerRig rig = quota_rig(std::string(kDefaultClientId), {1, 2});
  rig.deliver(1, kProducerNode, produce_message(1, 12'000, Acks::ALL));
  rig.pass(100ms);
  EXPECT_EQ(rig.count_notes(NoteKind::kClientThrottled), 0);
  rig.follow(1, 2, Offset(1));
  const auto response = rig.take<ProduceResponse>(1);
  ASSERT_TRUE(response.has_value());
  EXPECT_GT(response->throttle_time_ms, 0);
}

TEST(ClientQuota, acks_0_is_throttled_without_being_told) {
  BrokerRig rig = quota_rig();
  rig.deliver(1, kProducerNode, produce_message(1, 12'000, Acks::NONE));
  rig.deliver(1, kProducerNode, produce_message(2, 10, Acks::NONE));
  rig.pass(1s);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1));
  rig.pass(2s);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(2));
}

TEST(ClientQuota, a_new_connection_is_not_muted_but_what_was_sent_still_counts) {
  BrokerRig rig = quota_rig();
  rig.deliver(1, kProducerNode, produce_message(1, 12'000));
  rig.pass(100ms);
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).on_disconnect(ctx, kProducerNode); });
  rig.deliver(1, kProducerNode, produce_message(2, 10));
  rig.pass(100ms);
  const auto response = rig.take<ProduceResponse>(2);
  ASSERT_TRUE(response.has_value());
  EXPECT_GT(response->throttle_time_ms, 0);
}

TEST(ClientQuota, other_client_ids_are_not_counted_in) {
  BrokerRig rig = quota_rig("sensor");
  rig.deliver(1, kProducerNode, produce_message(1, 50'000));
  rig.pass(100ms);
  EXPECT_EQ(rig.take<ProduceResponse>(1)->throttle_time_ms, 0);
}

TEST(ClientQuota, clients_with_one_client_id_share_its_quota) {
  BrokerRig rig = quota_rig("together");
  std::vector<ProducerSetup> producers(2);
  producers[0].config.client_id = "together";
  producers[1].config.client_id = "together";
  rig.registry.producers = std::make_shared<const std::vector<ProducerSetup>>(producers);
  rig.registry.nodes[9] = {NodeRole::kProducer, "other", 1, Duration(0)};
  rig.deliver(1, kProducerNode, produce_message(1, 6'000));
  rig.pass(10ms);
  EXPECT_EQ(rig.take<ProduceResponse>(1)->throttle_time_ms, 0);
  rig.deliver(1, NodeId(9), produce_message(2, 6'000));
  rig.pass(10ms);
  EXPECT_GT(rig.take<ProduceResponse>(2)->throttle_time_ms, 0);
}

TEST(ClientQuota, a_throttled_fetch_is_answered_with_nothing_and_not_counted) {
  BrokerRig rig = quota_rig();
  rig.registry.client_quotas[0].producer_byte_rate.reset();
  for (int i = 0; i < 3; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 6'000, i));
  }
  rig.deliver(1, kConsumerNode, fetch_message(1, Offset(0)));
  rig.pass(10ms);
  const auto first = rig.take<FetchResponse>(1);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->throttle_time_ms, 0);
  ASSERT_EQ(first->partitions.size(), 1U);
  ASSERT_EQ(first->partitions[0].batches.size(), 1U) << "no more than ten windows of the quota come at once";
  rig.deliver(1, kConsumerNode, fetch_message(2, Offset(1)));
  rig.pass(10ms);
  const auto second = rig.take<FetchResponse>(2);
  ASSERT_TRUE(second.has_value());
  EXPECT_GT(second->throttle_time_ms, 0);
  EXPECT_TRUE(second->partitions.empty());
  EXPECT_EQ(rig.count_notes(NoteKind::kClientThrottled), 1);
  rig.pass(11s);  // the first answer has left all windows; the second was never counted
  rig.deliver(1, kConsumerNode, fetch_message(3, Offset(1)));
  rig.pass(10ms);
  const auto third = rig.take<FetchResponse>(3);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->throttle_time_ms, 0);
  ASSERT_EQ(third->partitions.size(), 1U);
}

TEST(ClientQuota, a_fetch_does_not_wait_for_more_than_it_may_get) {
  BrokerRig rig = quota_rig();
  rig.registry.client_quotas[0] = {std::string(kDefaultClientId), {}, 100};
  rig.produce(1, Acks::LEADER, test_batch(1, 1000));
  rig.produce(1, Acks::LEADER, test_batch(1, 1000));
  rig.deliver(1, kConsumerNode, fetch_message(1, Offset(0), 50'000));
  rig.pass(10ms);
  ASSERT_TRUE(rig.take<FetchResponse>(1).has_value()) << "fetch.min.bytes counts as 1000, ten windows of the quota";
}

TEST(ClientQuota, followers_are_not_clients) {
  BrokerRig rig = quota_rig(std::string(kDefaultClientId), {1, 2});
  rig.registry.client_quotas[0] = {std::string(kDefaultClientId), {}, 1};
  rig.produce(1, Acks::LEADER, test_batch(1, 50'000));
  rig.deliver(1, NodeId(1), fetch_message(7, Offset(0), 1, BrokerId(2)));
  rig.pass(10ms);
  const auto response = rig.take<FetchResponse>(7);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->throttle_time_ms, 0);
  EXPECT_EQ(response->partitions.size(), 1U);
}

TEST(ClientQuota, the_story_begins_anew_when_a_client_kept_within_it_for_all_windows) {
  BrokerRig rig = quota_rig();
  rig.deliver(1, kProducerNode, produce_message(1, 12'000));
  rig.pass(3s);
  rig.deliver(1, kProducerNode, produce_message(2, 1'000));
  rig.pass(100ms);
  EXPECT_EQ(rig.count_notes(NoteKind::kClientThrottled), 1) << "one story line for the same excess";
  rig.pass(30s);
  rig.deliver(1, kProducerNode, produce_message(3, 12'000));
  rig.pass(100ms);
  EXPECT_EQ(rig.count_notes(NoteKind::kClientThrottled), 2);
}

}  // namespace
}  // namespace kscope::sim::client_quota_manager_test
