#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::replica_fetcher_test {
namespace {

bool have_equal_logs(BrokerRig& rig, int a, int b) {
  const PartitionLog& x = rig.log(a);
  const PartitionLog& y = rig.log(b);
  return x.log_end_offset() == y.log_end_offset() &&
         x.prefix_digest(x.log_end_offset()) == y.prefix_digest(y.log_end_offset());
}

TEST(Replication, followers_copy_the_leaders_log_and_the_high_watermark_follows) {
  BrokerRig rig(3);
  rig.elect(BrokerRig::state(1, 1, {1, 2, 3}));
  rig.pass(10ms);
  const auto asked = rig.produce(1, Acks::ALL, test_batch(5));
  rig.pass(20ms);
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NONE);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  EXPECT_TRUE(have_equal_logs(rig, 1, 3));
  rig.pass(1s);
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(5)) << "at the latest after replica.fetch.wait.max.ms";
  EXPECT_EQ(rig.orders0(3).high_watermark, Offset(5));
}

TEST(Replication, a_followers_high_watermark_never_exceeds_its_log_end) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(2, 1, {2}, {1, 2}));
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.follow_high_watermark(ctx, rig.orders0(1), Offset(100)); });
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(0));
}

TEST(Replication, an_unreplicated_suffix_of_the_old_leader_is_truncated) {
  BrokerRig rig(3);
  rig.elect(BrokerRig::state(1, 1, {1, 2, 3}));
  rig.produce(1, Acks::ALL, test_batch(2, 100, 0));
  rig.pass(1s);
  rig.crash(2);
  rig.crash(3);
  rig.produce(1, Acks::LEADER, test_batch(3, 100, 50));  // nobody copies these
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(5));
  rig.restart(2);
  rig.restart(3);
  rig.elect(BrokerRig::state(2, 2, {2, 3}));
  rig.produce(2, Acks::ALL, test_batch(1, 100, 90));
  rig.pass(2s);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  EXPECT_TRUE(have_equal_logs(rig, 3, 2));
  EXPECT_EQ(rig.log(1).find(Offset(2))->leader_epoch, LeaderEpoch(2));
  EXPECT_GE(rig.count_notes(NoteKind::kLogTruncated), 1);
}

TEST(Replication, KIP_101_a_follower_keeps_what_is_above_its_high_watermark_when_the_leader_has_it) {
  BrokerRig rig(2);
  const std::vector<int> both = {1, 2};
  rig.elect(BrokerRig::state(1, 1, both, both));
  rig.pass(10ms);
  const auto asked = rig.produce(1, Acks::ALL, test_batch(2));
  rig.pass(10ms);
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NONE);
  EXPECT_LT(rig.orders0(2).high_watermark, Offset(2)) << "it has the record, but does not know that it is committed";
  rig.restart(2);
  rig.leader_and_isr(2, BrokerRig::state(1, 1, both, both));
  rig.pass(10ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(2)) << "truncation to the high watermark would lose it";
}

TEST(Replication, KIP_279_the_follower_asks_again_when_it_never_saw_the_epoch_that_the_leader_names) {
  BrokerRig rig(2);
  const std::vector<int> both = {1, 2};
  rig.elect(BrokerRig::state(1, 0, both, both));
  rig.produce(1, Acks::ALL, test_batch(1, 100, 0));
  rig.pass(1s);
  // Both go separate ways: 2 leads epoch 1, 1 leads epoch 2, neither copies the other.
  rig.cuts = {{1, 2}, {2, 1}};
  rig.leader_and_isr(2, BrokerRig::state(2, 1, {2}, both));
  rig.produce(2, Acks::LEADER, test_batch(2, 100, 10));
  rig.leader_and_isr(1, BrokerRig::state(1, 2, {1}, both));
  rig.produce(1, Acks::LEADER, test_batch(1, 100, 20));
  rig.cuts.clear();
  rig.elect(BrokerRig::state(1, 3, {1}, both));
  rig.pass(2s);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  EXPECT_EQ(rig.log(2).find(Offset(0))->leader_epoch, LeaderEpoch(0)) << "the common record is kept";
  EXPECT_EQ(rig.log(2).find(Offset(1))->leader_epoch, LeaderEpoch(2));
}

/// Brokers that ask where an epoch ends before they fetch.
BrokerConfig asks_first() {
  BrokerConfig config;
  config.inter_broker_protocol_version = {2, 6, 0};
  return config;
}

FetchPartitionResult fetch_as_follower(BrokerRig& rig, Offset offset, LeaderEpoch last_fetched) {
  FetchPartition item;
  item.partition = kOrders0;
  item.current_leader_epoch = rig.orders0(1).leader_epoch;
  item.fetch_offset = offset;
  item.log_start_offset = Offset(0);
  item.last_fetched_epoch = last_fetched;
  item.max_bytes = 1'000'000;
  FetchRequest request;
  request.replica = BrokerId(2);
  request.max_bytes = 1'000'000;
  request.partitions = std::vector<FetchPartition>{item};
  const auto response = rig.take<FetchResponse>(rig.request(1, BrokerRig::node(2), request));
  return response.has_value() && response->partitions.size() == 1 ? response->partitions[0] : FetchPartitionResult{};
}

TEST(Replication, KIP_595_the_fetch_response_tells_where_the_logs_part_and_the_position_does_not_count) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.leader_and_isr(1, BrokerRig::state(1, 4, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(2, 100, 10));
  const FetchPartitionResult result = fetch_as_follower(rig, Offset(5), LeaderEpoch(2));
  EXPECT_EQ(result.error, ErrorCode::NONE);
  EXPECT_TRUE(result.batches.empty());
  EXPECT_EQ(result.diverging_epoch, LeaderEpoch(1)) << "the largest epoch that is not above 2";
  EXPECT_EQ(result.diverging_end_offset, Offset(3));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(0)) << "KAFKA-13141: it holds other records up to there";
  EXPECT_EQ(rig.orders0(1).follower(BrokerId(2))->log_end_offset, kUnknownOffset);
  const FetchPartitionResult agreed = fetch_as_follower(rig, Offset(3), LeaderEpoch(1));
  EXPECT_EQ(agreed.diverging_epoch, kNoLeaderEpoch);
  EXPECT_EQ(agreed.batches.size(), 1U);
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(3));
}

TEST(Replication, KIP_320_an_answer_from_an_earlier_epoch_does_not_stop_a_follower) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  // The leader is told first, so it refuses the fetch of epoch 1; the answer comes after the follower has been told too.
  rig.leader_and_isr(1, BrokerRig::state(1, 2, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.leader_and_isr(2, BrokerRig::state(1, 2, {1, 2}, {1, 2}));
  rig.pass(3s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, KAFKA_7164_every_new_epoch_truncates_even_when_the_leader_stays) {
  BrokerRig rig(2, asks_first());
  const std::vector<int> both = {1, 2};
  rig.elect(BrokerRig::state(1, 1, both, both));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(10ms);
  ASSERT_EQ(rig.broker(2).fetchers.find(kOrders0)->phase, ReplicaFetchPhase::Fetching);
  rig.leader_and_isr(2, BrokerRig::state(1, 3, both, both));
  EXPECT_EQ(rig.broker(2).fetchers.find(kOrders0)->phase, ReplicaFetchPhase::Truncating);
}

TEST(Replication, the_same_epoch_again_leaves_the_fetcher_alone) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.leader_and_isr(2, BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  EXPECT_EQ(rig.broker(2).fetchers.find(kOrders0)->phase, ReplicaFetchPhase::Fetching);
}

TEST(Replication, after_a_power_loss_the_unflushed_suffix_is_fetched_again) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.produce(1, Acks::ALL, test_batch(4));
  rig.pass(1s);
  rig.restart(2, true);
  rig.leader_and_isr(2, BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(0));
  rig.pass(1s);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
}

TEST(Replication, a_follower_below_the_leaders_log_start_starts_anew) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1, 2}));
  rig.orders().segment_bytes = 100;
  for (int i = 0; i < 5; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 100, i));
  }
  rig.at(1).durable.logs.find(kOrders0)->log.advance_log_start(Offset(3));
  rig.leader_and_isr(2, BrokerRig::state(1, 1, {1}, {1, 2}));
  rig.pass(1s);
  EXPECT_EQ(rig.log(2).log_start_offset(), Offset(3));
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(5));
  EXPECT_EQ(rig.log(2).range_digest(Offset(3), Offset(5)), rig.log(1).range_digest(Offset(3), Offset(5)));
  EXPECT_GE(rig.orders0(2).high_watermark, Offset(3)) << "KAFKA-9491";
}

TEST(Replication, a_followers_log_start_follows_the_leaders) {
  BrokerRig rig(2);
  rig.orders().segment_bytes = 100;
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  for (int i = 0; i < 5; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 100, i));
  }
  rig.pass(1s);
  rig.orders().retention_bytes = 200;
  rig.pass(31s);
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(3));
  EXPECT_EQ(rig.log(2).log_start_offset(), Offset(3));
}

TEST(Replication, an_error_delays_the_partition_by_the_backoff) {
  BrokerRig rig(2);
  rig.leader_and_isr(2, BrokerRig::state(1, 1, {1}, {1, 2}));  // broker 1 has not heard of it yet
  rig.pass(100ms);
  ASSERT_TRUE(rig.broker(2).fetchers.find(kOrders0)->delayed_until.has_value());
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(800ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(0));
  rig.pass(400ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, a_fenced_fetcher_stops_until_LeaderAndIsr_tells_the_new_epoch) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(1, 3, {1}, {1, 2}));
  rig.leader_and_isr(2, BrokerRig::state(1, 2, {1}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.at(2).durable.logs.find(kOrders0)->log.assign_epoch_start(LeaderEpoch(1));
  rig.pass(3s);
  EXPECT_EQ(rig.broker(2).fetchers.find(kOrders0), nullptr);
  EXPECT_TRUE(rig.broker(2).fetchers.all().empty()) << "an idle fetcher ends";
  rig.leader_and_isr(2, BrokerRig::state(1, 3, {1}, {1, 2}));
  rig.pass(100ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, a_silent_leader_is_asked_again_after_replica_socket_timeout) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.cuts = {{1, 2}, {2, 1}};
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(10s);
  rig.cuts.clear();
  rig.pass(15s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(0)) << "still waits for the lost answer";
  rig.pass(10s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, a_disconnect_is_tried_again_after_the_backoff) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.run(2, [&](Ctx& ctx) { rig.broker(2).on_disconnect(ctx, NodeId(0)); });
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(900ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(0));
  rig.pass(700ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, a_slow_disk_delays_the_follower) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.at(2).disk.slow_factor = 1'000'000;
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1, 100'000));
  rig.pass(100s);
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::REQUEST_TIMED_OUT);
  rig.pass(200s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, a_full_disk_stops_the_partition_until_there_is_room) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(10ms);
  rig.at(2).disk.is_full = true;
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(100ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(0));
  rig.at(2).disk.is_full = false;
  rig.pass(2s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

TEST(Replication, KIP_227_an_idle_follower_fetches_without_naming_partitions) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(600ms);
  const FetchSessionHandler& session = rig.broker(2).fetchers.find(BrokerId(1))->session;
  EXPECT_GT(session.session_id(), kInvalidSessionId);
  EXPECT_EQ(rig.broker(1).fetch_manager.cache().partition_count(), 1);
  rig.holds_replication = true;
  rig.pass(500ms);
  const auto answer = rig.take_any<FetchResponse>();
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(std::get<FetchResponse>(answer->message.body).partitions.empty());
  rig.deliver(2, BrokerRig::node(1), answer->message);
  const auto asked = rig.take_any<FetchRequest>();
  ASSERT_TRUE(asked.has_value());
  const auto& request = std::get<FetchRequest>(asked->message.body);
  EXPECT_FALSE(request.metadata.is_full());
  EXPECT_TRUE(request.partitions.empty());
}

TEST(Replication, KIP_227_a_follower_whose_session_is_gone_opens_another_and_goes_on_copying) {
  BrokerRig rig(2);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(600ms);
  const FetchSessionId before = rig.broker(2).fetchers.find(BrokerId(1))->session.session_id();
  FetchRequest last;
  last.metadata = {before, kFinalFetchEpoch};
  rig.request(1, kConsumerNode, last);
  EXPECT_EQ(rig.broker(1).fetch_manager.cache().size(), 0);
  rig.produce(1, Acks::LEADER, test_batch(1));  // answers the fetch that waits
  rig.pass(20ms);
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.pass(20ms);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  rig.pass(1s);
  const FetchSessionId after = rig.broker(2).fetchers.find(BrokerId(1))->session.session_id();
  EXPECT_GT(after, kInvalidSessionId);
  EXPECT_NE(after, before);
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(3));
}

TEST(Replication, KIP_227_a_leader_that_restarted_is_asked_in_full) {
  BrokerRig rig(2);
  const std::vector<int> both = {1, 2};
  rig.elect(BrokerRig::state(1, 1, both, both));
  rig.pass(600ms);
  rig.restart(1);
  rig.elect(BrokerRig::state(1, 2, both, both));
  rig.run(2, [&](Ctx& ctx) { rig.broker(2).on_disconnect(ctx, BrokerRig::node(1)); });
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.pass(2s);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  const FetchSessionId id = rig.broker(2).fetchers.find(BrokerId(1))->session.session_id();
  FetchSessionCache cache = rig.broker(1).fetch_manager.cache();
  EXPECT_NE(cache.shard_of(id).find(id), nullptr) << "one of the new process";
}

TEST(Replication, KIP_227_without_a_session_every_fetch_is_full_and_so_is_every_answer) {
  BrokerConfig config;
  config.max_incremental_fetch_session_cache_slots = 0;
  BrokerRig rig(2, config);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(600ms);
  EXPECT_EQ(rig.broker(2).fetchers.find(BrokerId(1))->session.next_metadata(), kInitialFetchMetadata);
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.pass(1s);
  EXPECT_TRUE(have_equal_logs(rig, 1, 2));
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(3));
}

TEST(Replication, KIP_227_a_high_watermark_that_came_with_an_answer_to_an_earlier_epoch_is_told_again) {
  BrokerRig rig(2);
  PartitionState other = BrokerRig::state(1, 1, {1, 2}, {1, 2});
  other.partition = kOrders1;
  rig.elect(other);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.pass(600ms);
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(20ms);
  ASSERT_EQ(rig.orders0(1).high_watermark, Offset(1));
  ASSERT_EQ(rig.orders0(2).high_watermark, Offset(0)) << "told when the fetch that waits is answered";
  while (rig.broker(1).replicas.delayed_fetches().size() > 0) {
    rig.pass(500us);
  }
  rig.leader_and_isr(1, BrokerRig::state(1, 2, {1, 2}, {1, 2}));
  rig.leader_and_isr(2, BrokerRig::state(1, 2, {1, 2}, {1, 2}));
  rig.pass(700ms);
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(1));
}

}  // namespace
}  // namespace kscope::sim::replica_fetcher_test
