#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::handle_list_offsets_test {
namespace {

ListOffsetsResult list(BrokerRig& rig, std::int64_t timestamp, BrokerId replica = {},
                       LeaderEpoch epoch = kNoLeaderEpoch) {
  ListOffsetsRequest body;
  body.replica = replica;
  body.partitions.push_back({kOrders0, epoch, timestamp});
  const auto response = rig.take<ListOffsetsResponse>(rig.request(1, kConsumerNode, body));
  return response.has_value() ? response->partitions.front() : ListOffsetsResult{};
}

TEST(ListOffsets, latest_is_the_high_watermark_for_consumers_and_log_end_for_followers) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(3));
  EXPECT_EQ(list(rig, -1).offset, Offset(0));
  EXPECT_EQ(list(rig, -1).leader_epoch, LeaderEpoch(5));
  EXPECT_EQ(list(rig, -1, BrokerId(2)).offset, Offset(3));
}

TEST(ListOffsets, earliest_is_log_start) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1}));
  rig.produce(1, Acks::LEADER, test_batch(3));
  EXPECT_EQ(list(rig, -2).offset, Offset(0));
}

TEST(ListOffsets, a_timestamp_finds_the_first_record_not_older_below_the_high_watermark) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  RecordBatch batch = test_batch(1);
  batch.base_timestamp_ms = batch.max_timestamp_ms = 100;
  rig.produce(1, Acks::LEADER, batch);
  EXPECT_EQ(list(rig, 50).offset, kUnknownOffset) << "not committed yet";
  rig.follow(1, 2, Offset(1));
  EXPECT_EQ(list(rig, 50).offset, Offset(0));
  EXPECT_EQ(list(rig, 101).offset, kUnknownOffset);
  EXPECT_EQ(list(rig, 101).error, ErrorCode::NONE);
}

TEST(ListOffsets, KIP_207_a_new_leader_that_is_behind_answers_OFFSET_NOT_AVAILABLE) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.leader_and_isr(1, BrokerRig::state(1, 6, {1, 2}, {1, 2}));
  EXPECT_EQ(list(rig, -1).error, ErrorCode::OFFSET_NOT_AVAILABLE);
  EXPECT_EQ(list(rig, -2).error, ErrorCode::NONE);
  rig.follow(1, 2, Offset(3));
  EXPECT_EQ(list(rig, -1).offset, Offset(3));
}

TEST(ListOffsets, leader_epochs_are_fenced) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1}));
  EXPECT_EQ(list(rig, -1, {}, LeaderEpoch(4)).error, ErrorCode::FENCED_LEADER_EPOCH);
  EXPECT_EQ(list(rig, -1, {}, LeaderEpoch(6)).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
}

}  // namespace
}  // namespace kscope::sim::handle_list_offsets_test
