// Each planted bug of the log and of replication does its harm: else it would prove nothing about the invariants.
#include <gtest/gtest.h>

#include "sim/broker/replica_manager.h"
#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::planted_bug_test {
namespace {

BrokerRig buggy(PlantedBug bug, int count, std::vector<int> isr = {1, 2}) {
  BrokerRig rig(count);
  rig.registry.planted_bug = bug;
  rig.elect(BrokerRig::state(1, 5, std::move(isr), {1, 2}));
  rig.pass(10ms);
  return rig;
}

TEST(PlantedBug, append_overlaps) {
  BrokerRig rig = buggy(PlantedBug::kAppendOverlaps, 1, {1});
  rig.produce(1, Acks::LEADER, test_batch(2));
  rig.produce(1, Acks::LEADER, test_batch(2));
  EXPECT_EQ(rig.log(1).batches()[1].base_offset, Offset(1));
}

TEST(PlantedBug, append_with_old_epoch) {
  BrokerRig rig = buggy(PlantedBug::kAppendWithOldEpoch, 1, {1});
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(rig.log(1).batches()[0].leader_epoch, LeaderEpoch(4));
}

TEST(PlantedBug, follower_trusts_leader_hw) {
  BrokerRig rig = buggy(PlantedBug::kFollowerTrustsLeaderHw, 2);
  rig.run(2, [&](Ctx& ctx) { rig.broker(2).replicas.follow_high_watermark(ctx, rig.orders0(2), Offset(9)); });
  EXPECT_EQ(rig.orders0(2).high_watermark, Offset(9));
}

TEST(PlantedBug, follower_alters_batch) {
  BrokerRig rig = buggy(PlantedBug::kFollowerAltersBatch, 2);
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(100ms);
  EXPECT_NE((*rig.log(2).batches()[0].records)[0].id, (*rig.log(1).batches()[0].records)[0].id);
}

TEST(PlantedBug, follower_keeps_leading) {
  BrokerRig rig = buggy(PlantedBug::kFollowerKeepsLeading, 2);
  rig.elect(BrokerRig::state(2, 6, {1, 2}, {1, 2}));
  EXPECT_TRUE(rig.orders0(1).is_leader(BrokerId(1)));
  EXPECT_TRUE(rig.orders0(2).is_leader(BrokerId(2)));
  EXPECT_EQ(rig.orders0(1).leader_epoch, rig.orders0(2).leader_epoch);
}

/// Two partitions: a fetcher that loses one of them has the other, and goes on with its request.
BrokerRig buggy_with_two_partitions(PlantedBug bug) {
  BrokerRig rig = buggy(bug, 2);
  PartitionState other = BrokerRig::state(1, 5, {1, 2}, {1, 2});
  other.partition = kOrders1;
  rig.elect(other);
  rig.pass(600ms);
  return rig;
}

// How long it takes until broker 2 has what its leader got after the change of an ISR was told, in the same epoch.
std::int64_t time_to_follow(PlantedBug bug) {
  BrokerRig rig = buggy_with_two_partitions(bug);
  PartitionState state = BrokerRig::state(1, 5, {1}, {1, 2});
  state.partition_epoch = rig.orders0(2).partition_epoch + 1;
  EXPECT_EQ(rig.leader_and_isr(2, state), ErrorCode::NONE);
  rig.produce(1, Acks::LEADER, test_batch(1));
  const std::int64_t begin = rig.time;
  while (rig.log(2).log_end_offset() < Offset(1) && rig.time < begin + 1'000'000'000) {
    rig.pass(100us);
  }
  return rig.time - begin;
}

TEST(PlantedBug, fetcher_starts_again_and_so_throws_an_answer_away) {
  const std::int64_t right = time_to_follow(PlantedBug::kNone);
  const std::int64_t wrong = time_to_follow(PlantedBug::kFetcherStartsAgain);
  EXPECT_GE(wrong, right + 2'000'000) << "it has to ask again: there and back";
  EXPECT_LT(wrong, 1'000'000'000) << "and then it has the same";
}

// What broker 2 holds once an answer is there that it asked for in the epoch before.
Offset end_with_late_answer(PlantedBug bug) {
  BrokerRig rig = buggy_with_two_partitions(bug);
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(600ms);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
  rig.produce(1, Acks::LEADER, test_batch(1));  // the fetch that waits is answered: the answer is on its way
  EXPECT_EQ(rig.leader_and_isr(2, BrokerRig::state(1, 6, {1, 2}, {1, 2})), ErrorCode::NONE);
  rig.pass(1500us);
  return rig.log(2).log_end_offset();
}

TEST(PlantedBug, take_answer_of_any_epoch) {
  EXPECT_EQ(end_with_late_answer(PlantedBug::kNone), Offset(1));
  EXPECT_EQ(end_with_late_answer(PlantedBug::kTakeAnswerOfAnyEpoch), Offset(2));
}

TEST(PlantedBug, hw_ignores_followers) {
  BrokerRig rig = buggy(PlantedBug::kHwIgnoresFollowers, 1);
  rig.produce(1, Acks::LEADER, test_batch(3));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(3));
}

TEST(PlantedBug, hw_may_fall) {
  BrokerRig rig = buggy(PlantedBug::kHwMayFall, 1);
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.follow(1, 2, Offset(3));
  rig.follow(1, 2, Offset(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1));
}

TEST(PlantedBug, no_truncation) {
  BrokerRig rig = buggy(PlantedBug::kNoTruncation, 2);
  rig.cuts = {{1, 2}, {2, 1}};
  rig.produce(1, Acks::LEADER, test_batch(3));
  rig.leader_and_isr(2, BrokerRig::state(2, 6, {2}, {1, 2}));
  rig.cuts.clear();
  rig.leader_and_isr(1, BrokerRig::state(2, 6, {2}, {1, 2}));
  rig.pass(5s);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(3));
}

TEST(PlantedBug, ack_before_replication) {
  BrokerRig rig = buggy(PlantedBug::kAckBeforeReplication, 1);
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NONE);
}

TEST(PlantedBug, append_despite_min_isr) {
  BrokerRig rig = buggy(PlantedBug::kAppendDespiteMinIsr, 1, {1});
  rig.orders().min_insync_replicas = 2;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1));
}

}  // namespace
}  // namespace kscope::sim::planted_bug_test
