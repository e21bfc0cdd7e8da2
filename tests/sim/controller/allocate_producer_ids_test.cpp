#include <gtest/gtest.h>

#include "sim/controller/controller.h"
#include "tests/sim/controller/controller_bench.h"

namespace kscope::sim::allocate_producer_ids_test {
namespace {

constexpr AllocateProducerIdsRequest kAsk{BrokerId{2}, BrokerEpoch{102}};

ZkResult latest(std::int64_t first, std::int32_t version) {
  ZkResult znode = ControllerBench::result(ZkCode::kOk, version);
  znode.data.producer_ids = ProducerIdsBlock{BrokerId{3}, ProducerId{first}, 1000};
  return znode;
}

TEST(AllocateProducerIds, OnlyTheControllerAnswers) {
  ControllerBench bench;
  bench.connect();
  bench.request(kAsk);
  ASSERT_EQ(bench.sent<AllocateProducerIdsResponse>().size(), 1U);
  EXPECT_EQ(bench.sent<AllocateProducerIdsResponse>()[0].error, ErrorCode::NOT_CONTROLLER);
}

TEST(AllocateProducerIds, AnEarlierLifeOfTheBrokerIsRefused) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(AllocateProducerIdsRequest{BrokerId{2}, BrokerEpoch{99}});
  ASSERT_EQ(bench.sent<AllocateProducerIdsResponse>().size(), 1U);
  EXPECT_EQ(bench.sent<AllocateProducerIdsResponse>()[0].error, ErrorCode::STALE_BROKER_EPOCH);
  EXPECT_TRUE(bench.sent<ZkRequest>().empty());
}

TEST(AllocateProducerIds, TheFirstBlockBeginsAtZeroAndMakesTheZnode) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(kAsk);
  bench.zk_reply(ZkCode::kNoNode, {bench.result(ZkCode::kNoNode)});
  EXPECT_TRUE(bench.sent<AllocateProducerIdsResponse>().empty()) << "not before it is written";
  const ZkOperation write = bench.sent<ZkRequest>().back().operations.at(0);
  EXPECT_EQ(write.op, ZkOp::kCreate);
  EXPECT_EQ(write.path, "/latest_producer_id_block");
  bench.zk_reply(ZkCode::kOk, {bench.result(ZkCode::kOk)});
  ASSERT_EQ(bench.sent<AllocateProducerIdsResponse>().size(), 1U);
  const ProducerIdsBlock block = bench.sent<AllocateProducerIdsResponse>()[0].block;
  EXPECT_EQ(block, (ProducerIdsBlock{BrokerId{2}, ProducerId{0}, 1000}));
}

TEST(AllocateProducerIds, ABlockThatAnotherWroteMeanwhileIsNotGivenOutAgain) {
  ControllerBench bench;
  bench.make_controller();
  bench.request(kAsk);
  bench.zk_reply(ZkCode::kOk, {latest(4000, 5)});
  EXPECT_EQ(bench.sent<ZkRequest>().back().operations.at(0).version, ZnodeVersion{5});
  bench.zk_reply(ZkCode::kBadVersion, {bench.result(ZkCode::kBadVersion)});
  EXPECT_TRUE(bench.sent<AllocateProducerIdsResponse>().empty());
  bench.zk_reply(ZkCode::kOk, {latest(5000, 6)});
  EXPECT_EQ(bench.sent<ZkRequest>().back().operations.at(0).version, ZnodeVersion{6});
  bench.zk_reply(ZkCode::kOk, {bench.result(ZkCode::kOk, 7)});
  ASSERT_EQ(bench.sent<AllocateProducerIdsResponse>().size(), 1U);
  EXPECT_EQ(bench.sent<AllocateProducerIdsResponse>()[0].block.first, ProducerId{6000});
}

}  // namespace
}  // namespace kscope::sim::allocate_producer_ids_test
