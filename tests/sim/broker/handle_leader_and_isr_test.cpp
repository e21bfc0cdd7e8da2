#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::handle_leader_and_isr_test {
namespace {

LeaderAndIsrRequest request_of(PartitionState state, int controller_epoch, std::int64_t broker_epoch) {
  LeaderAndIsrRequest request;
  request.controller = kControllerBroker;
  request.controller_epoch = ControllerEpoch(controller_epoch);
  request.broker_epoch = BrokerEpoch(broker_epoch);
  request.partitions.push_back(std::move(state));
  return request;
}

ErrorCode error_of(BrokerRig& rig, const LeaderAndIsrRequest& request) {
  const auto response = rig.take<LeaderAndIsrResponse>(rig.request(1, kControllerNode, request));
  return response.has_value() ? response->error : ErrorCode::UNKNOWN_SERVER_ERROR;
}

ErrorCode stop_error(BrokerRig& rig, int leader_epoch, bool deletes) {
  StopReplicaRequest request;
  request.controller = kControllerBroker;
  request.controller_epoch = ControllerEpoch(1);
  request.broker_epoch = BrokerEpoch(100);
  request.partitions.push_back({kOrders0, LeaderEpoch(leader_epoch), deletes});
  const auto response = rig.take<StopReplicaResponse>(rig.request(1, kControllerNode, request));
  return response.has_value() ? response->partitions.front().error : ErrorCode::UNKNOWN_SERVER_ERROR;
}

TEST(LeaderAndIsr, an_older_controller_epoch_is_STALE_CONTROLLER_EPOCH) {
  BrokerRig rig(1);
  EXPECT_EQ(error_of(rig, request_of(BrokerRig::state(1, 1, {1}), 2, 100)), ErrorCode::NONE);
  EXPECT_EQ(error_of(rig, request_of(BrokerRig::state(2, 2, {2}), 1, 100)), ErrorCode::STALE_CONTROLLER_EPOCH);
  EXPECT_TRUE(rig.orders0(1).is_leader(BrokerId(1)));
}

TEST(LeaderAndIsr, a_request_to_an_earlier_life_is_STALE_BROKER_EPOCH) {
  BrokerRig rig(1);
  EXPECT_EQ(error_of(rig, request_of(BrokerRig::state(1, 1, {1}), 1, 99)), ErrorCode::STALE_BROKER_EPOCH);
  EXPECT_EQ(rig.broker(1).replicas.find(kOrders0), nullptr);
}

TEST(LeaderAndIsr, an_older_leader_epoch_is_ignored) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}));
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(2, 4, {2})), ErrorCode::STALE_CONTROLLER_EPOCH);
  EXPECT_TRUE(rig.orders0(1).is_leader(BrokerId(1)));
}

TEST(LeaderAndIsr, an_older_partition_epoch_of_the_same_leader_epoch_changes_nothing) {
  BrokerRig rig(1);
  PartitionState newer = BrokerRig::state(1, 5, {1, 2});
  newer.partition_epoch = PartitionEpoch(9);
  rig.leader_and_isr(1, newer);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2, 3}));
  EXPECT_EQ(rig.orders0(1).isr.size(), 2u);
}

TEST(LeaderAndIsr, what_is_known_already_makes_no_leader_forget_the_isr_that_it_asked_for) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1, 2}));
  rig.follow(1, 2, Offset(0));
  ASSERT_TRUE(rig.orders0(1).is_isr_pending());
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1, 2}));
  EXPECT_TRUE(rig.orders0(1).is_in_maximal_isr(BrokerId(2))) << "the controller may have taken it in by now";
}

TEST(LeaderAndIsr, a_broker_that_is_no_replica_refuses) {
  BrokerRig rig(1);
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(2, 1, {2}, {2, 3})), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

TEST(LeaderAndIsr, a_new_leader_notes_the_start_of_its_epoch_before_any_append) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}));
  ASSERT_EQ(rig.log(1).epochs().entries().size(), 1u);
  EXPECT_EQ(rig.log(1).epochs().entries()[0].epoch, LeaderEpoch(5));
  EXPECT_EQ(rig.orders0(1).leader_epoch_start_offset, Offset(0));
  EXPECT_EQ(rig.count_notes(NoteKind::kBecameLeader), 1);
}

TEST(LeaderAndIsr, a_leader_stops_fetching) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(2, 1, {1, 2}, {1, 2}));
  ASSERT_NE(rig.broker(1).fetchers.find(kOrders0), nullptr);
  rig.leader_and_isr(1, BrokerRig::state(1, 2, {1}, {1, 2}));
  EXPECT_EQ(rig.broker(1).fetchers.find(kOrders0), nullptr);
}

TEST(LeaderAndIsr, a_partition_without_leader_is_not_fetched) {
  BrokerRig rig(2);
  PartitionState offline = BrokerRig::state(2, 3, {2}, {1, 2});
  offline.leader = BrokerId{};
  rig.leader_and_isr(1, BrokerRig::state(2, 1, {1, 2}, {1, 2}));
  rig.leader_and_isr(1, offline);
  EXPECT_EQ(rig.broker(1).fetchers.find(kOrders0), nullptr);
  EXPECT_FALSE(rig.orders0(1).leader.is_valid());
}

// The old rules that no scenario shows: what they let through.
TEST(OldRules, KIP_570_an_older_StopReplica_deletes_a_replica_that_was_added_again) {
  BrokerRig rig(1);
  rig.registry.rules.choose_old(Rule::kKip570);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}));
  EXPECT_EQ(stop_error(rig, 4, true), ErrorCode::NONE);
  EXPECT_EQ(rig.broker(1).replicas.find(kOrders0), nullptr);
}

TEST(OldRules, KIP_380_a_request_to_an_earlier_life_is_obeyed) {
  BrokerRig rig(1);
  rig.registry.rules.choose_old(Rule::kKip380);
  EXPECT_EQ(error_of(rig, request_of(BrokerRig::state(1, 1, {1}), 1, 99)), ErrorCode::NONE);
  EXPECT_NE(rig.broker(1).replicas.find(kOrders0), nullptr);
}

TEST(OldRules, KAFKA_15583_the_high_watermark_advances_with_too_small_an_isr) {
  for (const bool is_old : {false, true}) {
    BrokerRig rig(1);
    rig.orders().min_insync_replicas = 2;
    if (is_old) {
      rig.registry.rules.choose_old(Rule::kKafka15583);
    }
    rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1, 2}));
    rig.produce(1, Acks::LEADER, test_batch(1));
    EXPECT_EQ(rig.orders0(1).high_watermark, Offset(is_old ? 1 : 0));
  }
}

TEST(OldRules, KAFKA_7164_a_follower_of_the_same_leader_does_not_truncate) {
  BrokerConfig asks_first;
  asks_first.inter_broker_protocol_version = {2, 6, 0};
  BrokerRig rig(2, asks_first);
  rig.registry.rules.choose_old(Rule::kKafka7164);
  rig.elect(BrokerRig::state(1, 1, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(10ms);
  rig.leader_and_isr(2, BrokerRig::state(1, 3, {1, 2}, {1, 2}));
  const PartitionFetchState* state = rig.broker(2).fetchers.find(kOrders0);
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->phase, ReplicaFetchPhase::Fetching);
  EXPECT_EQ(state->current_leader_epoch, LeaderEpoch(3));
}

TEST(StopReplica, stops_fetching_and_keeps_the_log) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(2, 1, {1, 2}, {1, 2}));
  EXPECT_EQ(stop_error(rig, 1, false), ErrorCode::NONE);
  EXPECT_EQ(rig.broker(1).fetchers.find(kOrders0), nullptr);
  EXPECT_NE(rig.at(1).durable.logs.find(kOrders0), nullptr);
}

TEST(StopReplica, deletes_the_log_when_told_so) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1}));
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(stop_error(rig, 1, true), ErrorCode::NONE);
  EXPECT_EQ(rig.broker(1).replicas.find(kOrders0), nullptr);
  EXPECT_EQ(rig.at(1).durable.logs.find(kOrders0), nullptr);
  rig.leader_and_isr(1, BrokerRig::state(1, 2, {1}, {1}));
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0)) << "a topic of the same name begins anew";
}

TEST(StopReplica, KIP_570_an_older_leader_epoch_is_FENCED_LEADER_EPOCH) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1}));
  EXPECT_EQ(stop_error(rig, 4, true), ErrorCode::FENCED_LEADER_EPOCH);
  EXPECT_NE(rig.broker(1).replicas.find(kOrders0), nullptr);
}

}  // namespace
}  // namespace kscope::sim::handle_leader_and_isr_test
