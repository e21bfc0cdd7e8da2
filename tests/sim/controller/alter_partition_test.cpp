#include <gtest/gtest.h>

#include "sim/controller/controller.h"
#include "tests/sim/controller/controller_bench.h"

namespace kscope::sim::alter_partition_test {
namespace {

AlterPartitionRequest expand(int leader_epoch = 7, int partition_epoch = 4, std::vector<int> isr = {1, 2, 3}) {
  AlterPartitionRequest request;
  request.broker = BrokerId{2};
  request.broker_epoch = BrokerEpoch{102};
  AlterPartitionItem item;
  item.partition = kBenchPartition;
  item.leader_epoch = LeaderEpoch(leader_epoch);
  item.partition_epoch = PartitionEpoch(partition_epoch);
  for (const int id : isr) {
    item.new_isr.emplace_back(id);
  }
  request.partitions.push_back(item);
  return request;
}

/// Error of the only partition in the only answer.
ErrorCode error_of(const ControllerBench& bench) {
  const auto answers = bench.sent<AlterPartitionResponse>();
  EXPECT_EQ(answers.size(), 1U);
  return answers.at(0).error != ErrorCode::NONE ? answers[0].error : answers[0].partitions.at(0).error;
}

TEST(AlterPartition, OnlyTheControllerAnswers) {
  ControllerBench bench;
  bench.connect();
  bench.request(expand());
  EXPECT_EQ(error_of(bench), ErrorCode::NOT_CONTROLLER);
}

TEST(AlterPartition, AnEarlierLifeOfTheBrokerIsRefused) {
  ControllerBench bench;
  bench.make_controller();
  AlterPartitionRequest request = expand();
  request.broker_epoch = BrokerEpoch{99};
  bench.request(request);
  EXPECT_EQ(error_of(bench), ErrorCode::STALE_BROKER_EPOCH);
}

TEST(AlterPartition, AnOldLeaderIsFenced) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand(6));
  EXPECT_EQ(error_of(bench), ErrorCode::FENCED_LEADER_EPOCH);
}

TEST(AlterPartition, ALeaderThatKnowsMoreThanTheControllerIsToldToLookElsewhere) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand(7, 5));
  EXPECT_EQ(error_of(bench), ErrorCode::NOT_CONTROLLER);
}

TEST(AlterPartition, AnOldPartitionEpochIsRefusedAndTheLeaderToldThePresentState) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand(7, 3));
  EXPECT_EQ(error_of(bench), ErrorCode::INVALID_UPDATE_VERSION);
  const auto told = bench.sent<LeaderAndIsrRequest>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].partitions[0].partition_epoch, PartitionEpoch{4});
}

TEST(AlterPartition, TheSameIsrAgainIsAnsweredWithoutAWrite) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand(7, 3, {2, 1}));
  EXPECT_EQ(error_of(bench), ErrorCode::NONE);
  EXPECT_TRUE(bench.sent<ZkRequest>().empty());
}

TEST(AlterPartition, ABrokerThatShutsDownMayNotEnterTheIsr) {
  ControllerBench bench;
  bench.make_controller();
  bench.broker.controller.context.shutting_down.insert(BrokerId{3});
  bench.request(expand());
  EXPECT_EQ(error_of(bench), ErrorCode::INELIGIBLE_REPLICA);
}

TEST(AlterPartition, AnUnknownPartitionIsRefused) {
  ControllerBench bench;
  bench.make_controller();
  AlterPartitionRequest request = expand();
  request.partitions[0].partition.partition = 9;
  bench.request(request);
  EXPECT_EQ(error_of(bench), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

TEST(AlterPartition, TheWriteIsGuardedByTheControllerEpochAndTheVersion) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand());
  const auto writes = bench.sent<ZkRequest>();
  ASSERT_EQ(writes.size(), 1U);
  ASSERT_EQ(writes[0].operations.size(), 2U);
  EXPECT_EQ(writes[0].operations[0].op, ZkOp::kCheck);
  EXPECT_EQ(writes[0].operations[0].path, "/controller_epoch");
  EXPECT_EQ(writes[0].operations[0].version, ZnodeVersion{5});
  EXPECT_EQ(writes[0].operations[1].path, "/brokers/topics/orders/partitions/0/state");
  EXPECT_EQ(writes[0].operations[1].version, ZnodeVersion{4});
  bench.zk_reply(ZkCode::kOk, {bench.result(ZkCode::kOk), bench.result(ZkCode::kOk, 5)});
  const auto answers = bench.sent<AlterPartitionResponse>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(answers[0].partitions[0].partition_epoch, PartitionEpoch{5});
  EXPECT_EQ(answers[0].partitions[0].leader_epoch, LeaderEpoch{7})
      << "an ISR change of the leader raises no leader epoch";
  EXPECT_EQ(bench.sent<UpdateMetadataRequest>().size(), 3U);
}

TEST(AlterPartition, AZombieControllerIsRefusedByTheGuardAndResigns) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand());
  bench.zk_reply(ZkCode::kBadVersion, {bench.result(ZkCode::kBadVersion), bench.result(ZkCode::kOk)});
  EXPECT_FALSE(bench.broker.controller.is_active());
  EXPECT_EQ(error_of(bench), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(bench.sent<ZkRequest>().back().operations.front().path, "/controller") << "it looks who is controller now";
}

TEST(AlterPartition, AWriteWhoseFirstAnswerWasLostIsFoundDone) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(expand());
  bench.zk_reply(ZkCode::kBadVersion, {bench.result(ZkCode::kOk), bench.result(ZkCode::kBadVersion)});
  ZkResult found = bench.result(ZkCode::kOk, 5);
  found.data.state = ControllerBench::state(1, {1, 2, 3}, 7, 0);
  bench.zk_reply(ZkCode::kOk, {found});
  EXPECT_EQ(error_of(bench), ErrorCode::NONE);
  EXPECT_EQ(bench.broker.controller.context.partitions.at(kBenchPartition).leadership->partition_epoch,
            PartitionEpoch{5});
}

}  // namespace
}  // namespace kscope::sim::alter_partition_test
