#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::handle_offsets_for_leader_epoch_test {
namespace {

EpochEndOffset epoch_end(BrokerRig& rig, int epoch, LeaderEpoch current = kNoLeaderEpoch) {
  OffsetsForLeaderEpochRequest body;
  body.partitions.push_back({kOrders0, current, LeaderEpoch(epoch)});
  const auto response = rig.take<OffsetsForLeaderEpochResponse>(rig.request(1, kConsumerNode, body));
  return response.has_value() ? response->partitions.front() : EpochEndOffset{};
}

TEST(OffsetsForLeaderEpoch, the_largest_epoch_not_above_the_asked_one_and_its_end) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1}));
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.leader_and_isr(1, BrokerRig::state(1, 4, {1}, {1}));
  rig.produce(1, Acks::LEADER, test_batch(2));
  EXPECT_EQ(epoch_end(rig, 1).end_offset, Offset(3));
  EXPECT_EQ(epoch_end(rig, 2).leader_epoch, LeaderEpoch(1));
  EXPECT_EQ(epoch_end(rig, 2).end_offset, Offset(3));
  EXPECT_EQ(epoch_end(rig, 4).end_offset, Offset(5));
  EXPECT_EQ(epoch_end(rig, 5).end_offset, kUnknownOffset);
}

TEST(OffsetsForLeaderEpoch, the_lookup_itself_is_fenced) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 4, {1}, {1}));
  EXPECT_EQ(epoch_end(rig, 1, LeaderEpoch(3)).error, ErrorCode::FENCED_LEADER_EPOCH);
  EXPECT_EQ(epoch_end(rig, 1, LeaderEpoch(5)).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
}

}  // namespace
}  // namespace kscope::sim::handle_offsets_for_leader_epoch_test
