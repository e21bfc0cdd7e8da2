#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::isr_manager_test {
namespace {

BrokerRig led_by_1(std::vector<int> isr) {
  BrokerRig rig(1);
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr))), ErrorCode::NONE);
  return rig;
}

/// The controller answers the AlterPartition request that is out.
void answer(BrokerRig& rig, ErrorCode error, ErrorCode partition_error = ErrorCode::NONE) {
  const auto asked = rig.take_any<AlterPartitionRequest>();
  ASSERT_TRUE(asked.has_value());
  const auto& request = std::get<AlterPartitionRequest>(asked->message.body);
  AlterPartitionResponse response;
  response.error = error;
  for (const AlterPartitionItem& item : request.partitions) {
    AlterPartitionResult result;
    result.partition = item.partition;
    result.error = partition_error;
    result.leader = BrokerId(1);
    result.leader_epoch = item.leader_epoch;
    result.partition_epoch = item.partition_epoch + 1;
    result.isr = item.new_isr;
    response.partitions.push_back(result);
  }
  rig.deliver(1, kControllerNode, Message{asked->message.correlation_id, response});
}

std::vector<BrokerId> ids(std::vector<int> numbers) {
  std::vector<BrokerId> result;
  for (const int number : numbers) {
    result.push_back(BrokerId(number));
  }
  return result;
}

/// Both followers fetch all the time but broker 3 never gets the last record.
void lag_with_3(BrokerRig& rig, Duration duration) {
  rig.produce(1, Acks::LEADER, test_batch(1));
  for (Duration passed{0}; passed < duration; passed += 1s) {
    rig.follow(1, 2, rig.log(1).log_end_offset());
    rig.follow(1, 3, Offset(0));
    rig.pass(1s);
  }
}

TEST(Isr, a_follower_that_lags_longer_than_replica_lag_time_max_is_proposed_to_leave) {
  BrokerRig rig = led_by_1({1, 2, 3});
  lag_with_3(rig, 29s);
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
  lag_with_3(rig, 17s);  // the check comes every half of replica.lag.time.max.ms
  const auto asked = rig.take_any<AlterPartitionRequest>();
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->to, kControllerNode);
  const auto& request = std::get<AlterPartitionRequest>(asked->message.body);
  ASSERT_EQ(request.partitions.size(), 1u);
  EXPECT_EQ(request.partitions[0].new_isr, ids({1, 2}));
  EXPECT_EQ(request.broker_epoch, BrokerEpoch(100));
  EXPECT_TRUE(std::holds_alternative<PendingShrinkIsr>(rig.orders0(1).isr_state));
}

TEST(Isr, a_follower_at_log_end_stays_however_long_it_is_silent) {
  BrokerRig rig = led_by_1({1, 2, 3});
  rig.follow(1, 2, Offset(0));
  rig.follow(1, 3, Offset(0));
  rig.pass(120s);
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, the_high_watermark_waits_for_a_leaving_follower_until_the_controller_agrees) {
  BrokerRig rig = led_by_1({1, 2, 3});
  lag_with_3(rig, 46s);
  ASSERT_TRUE(std::holds_alternative<PendingShrinkIsr>(rig.orders0(1).isr_state));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(0));
  answer(rig, ErrorCode::NONE);
  EXPECT_EQ(rig.orders0(1).isr, ids({1, 2}));
  EXPECT_EQ(rig.orders0(1).partition_epoch, PartitionEpoch(6));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1));
}

TEST(Isr, a_caught_up_follower_is_proposed_and_the_high_watermark_waits_for_it_at_once) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.follow(1, 2, Offset(1));
  rig.follow(1, 3, Offset(1));
  ASSERT_TRUE(std::holds_alternative<PendingExpandIsr>(rig.orders0(1).isr_state));
  EXPECT_EQ(rig.orders0(1).isr, ids({1, 2}));
  EXPECT_TRUE(rig.orders0(1).is_in_maximal_isr(BrokerId(3)));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.follow(1, 2, Offset(2));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1)) << "maximal ISR (KIP-497)";
  answer(rig, ErrorCode::NONE);
  EXPECT_EQ(rig.orders0(1).isr, ids({1, 2, 3}));
  EXPECT_EQ(rig.count_notes(NoteKind::kIsrExpandProposed), 1);
}

TEST(Isr, a_follower_below_the_high_watermark_does_not_enter) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.follow(1, 2, Offset(1));
  rig.time += Duration(31s).count();
  rig.follow(1, 3, Offset(0));
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, a_follower_below_the_start_of_the_leader_epoch_does_not_enter) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(3));  // the high watermark stays at 0
  rig.leader_and_isr(1, BrokerRig::state(1, 6, {1, 2}));
  rig.follow(1, 3, Offset(0));
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value()) << "KAFKA-7128";
  rig.follow(1, 3, Offset(3));
  EXPECT_TRUE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, a_broker_that_is_not_alive_does_not_enter) {
  BrokerRig rig(3);
  rig.holds_replication = true;
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}));
  rig.broker(1).metadata.alive_brokers.erase(BrokerId(3));
  rig.follow(1, 3, Offset(0));
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, only_one_proposal_per_partition_is_pending) {
  BrokerRig rig = led_by_1({1});
  rig.follow(1, 2, Offset(0));
  rig.follow(1, 3, Offset(0));
  EXPECT_TRUE(rig.take_any<AlterPartitionRequest>().has_value());
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, an_ineligible_replica_makes_the_proposal_void) {
  BrokerRig rig = led_by_1({1, 2});
  rig.follow(1, 3, Offset(0));
  answer(rig, ErrorCode::NONE, ErrorCode::INELIGIBLE_REPLICA);
  EXPECT_FALSE(rig.orders0(1).is_isr_pending());
  EXPECT_EQ(rig.orders0(1).isr, ids({1, 2}));
}

TEST(Isr, a_stale_proposal_stays_pending_until_LeaderAndIsr_tells) {
  BrokerRig rig = led_by_1({1, 2});
  rig.follow(1, 3, Offset(0));
  answer(rig, ErrorCode::NONE, ErrorCode::INVALID_UPDATE_VERSION);
  EXPECT_TRUE(rig.orders0(1).is_isr_pending());
  PartitionState newer = BrokerRig::state(1, 5, {1});
  newer.partition_epoch = PartitionEpoch(7);
  rig.leader_and_isr(1, newer);
  EXPECT_FALSE(rig.orders0(1).is_isr_pending());
  EXPECT_EQ(rig.orders0(1).isr, ids({1}));
}

TEST(Isr, a_late_answer_after_LeaderAndIsr_changes_nothing) {
  BrokerRig rig = led_by_1({1, 2});
  rig.follow(1, 3, Offset(0));
  PartitionState newer = BrokerRig::state(1, 5, {1});
  newer.partition_epoch = PartitionEpoch(7);
  rig.leader_and_isr(1, newer);
  answer(rig, ErrorCode::NONE);
  EXPECT_EQ(rig.orders0(1).isr, ids({1}));
  EXPECT_EQ(rig.orders0(1).partition_epoch, PartitionEpoch(7));
}

TEST(Isr, NOT_CONTROLLER_is_tried_again_after_a_while) {
  BrokerRig rig = led_by_1({1, 2});
  rig.follow(1, 3, Offset(0));
  answer(rig, ErrorCode::NOT_CONTROLLER);
  EXPECT_TRUE(rig.orders0(1).is_isr_pending());
  rig.pass(50ms);
  answer(rig, ErrorCode::NONE);
  EXPECT_EQ(rig.orders0(1).isr, ids({1, 2, 3}));
}

TEST(Isr, a_lost_connection_to_the_controller_is_tried_again) {
  BrokerRig rig = led_by_1({1, 2});
  rig.follow(1, 3, Offset(0));
  EXPECT_TRUE(rig.take_any<AlterPartitionRequest>().has_value());
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.on_disconnect(ctx, rig.broker(1), kControllerNode); });
  rig.pass(50ms);
  EXPECT_TRUE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, without_a_known_controller_the_proposal_waits) {
  BrokerRig rig = led_by_1({1, 2});
  rig.broker(1).metadata.controller = BrokerId{};
  rig.follow(1, 3, Offset(0));
  EXPECT_FALSE(rig.take_any<AlterPartitionRequest>().has_value());
  rig.broker(1).metadata.controller = kControllerBroker;
  rig.pass(100ms);
  EXPECT_TRUE(rig.take_any<AlterPartitionRequest>().has_value());
}

TEST(Isr, a_new_leader_counts_no_follower_outside_the_isr_until_it_fetches) {
  BrokerRig rig = led_by_1({1});
  const FollowerState* follower = rig.orders0(1).follower(BrokerId(2));
  ASSERT_NE(follower, nullptr);
  EXPECT_EQ(follower->log_end_offset, kUnknownOffset);
  EXPECT_EQ(follower->last_caught_up_time, LocalTime::min());
}

TEST(HighWatermark, it_waits_for_a_caught_up_follower_that_is_about_to_join) {
  BrokerRig rig = led_by_1({1});
  rig.broker(1).metadata.alive_brokers.erase(BrokerId(3));
  rig.broker(1).metadata.alive_brokers.insert_or_assign(BrokerId(2), NodeId(1));
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1));
  rig.follow(1, 2, Offset(1));  // caught up now, not in the ISR
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1)) << "else broker 2 could stay behind for ever";
}

TEST(HighWatermark, it_never_falls_within_an_epoch) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.follow(1, 2, Offset(2));
  ASSERT_EQ(rig.orders0(1).high_watermark, Offset(2));
  rig.follow(1, 2, Offset(0));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(2));
}

TEST(HighWatermark, a_restarted_leader_begins_with_the_checkpoint) {
  BrokerRig rig = led_by_1({1});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.pass(5s);  // replica.high.watermark.checkpoint.interval.ms
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.restart(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 6, {1, 2}));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(2));
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(4)) << "a crash of the process alone loses nothing";
}

}  // namespace
}  // namespace kscope::sim::isr_manager_test
