#include "sim/broker/lifecycle.h"

#include <gtest/gtest.h>

#include "tests/sim/controller/controller_bench.h"

namespace kscope::sim::lifecycle_test {
namespace {

ErrorCode fence(ControllerBench& bench, int controller_epoch, int broker_epoch) {
  ErrorCode error = ErrorCode::NONE;
  bench.run([&](Ctx& ctx) {
    error = bench.broker.lifecycle.fence_controller_request(ctx, bench.broker, ControllerEpoch(controller_epoch),
                                                            BrokerEpoch(broker_epoch));
  });
  return error;
}

TEST(BrokerLifecycle, ARequestForAnEarlierLifeIsRefused) {
  ControllerBench bench;
  EXPECT_EQ(fence(bench, 1, 100), ErrorCode::STALE_BROKER_EPOCH);
  EXPECT_EQ(bench.broker.replicas.controller_epoch, ControllerEpoch{0}) << "and changes nothing";
}

TEST(BrokerLifecycle, ARequestForALifeNotYetKnownIsAccepted) {
  ControllerBench bench;
  EXPECT_EQ(fence(bench, 1, 102), ErrorCode::NONE);
}

TEST(BrokerLifecycle, AZombieControllerIsRefused) {
  ControllerBench bench;
  EXPECT_EQ(fence(bench, 3, 101), ErrorCode::NONE);
  EXPECT_EQ(fence(bench, 2, 101), ErrorCode::STALE_CONTROLLER_EPOCH);
  ASSERT_EQ(bench.notes.size(), 1U);
  EXPECT_EQ(bench.notes[0].kind, NoteKind::kZombieRefused);
  EXPECT_EQ(bench.notes[0].a, 2);
  EXPECT_EQ(bench.notes[0].b, 3);
}

TEST(BrokerLifecycle, UpdateMetadataOfAZombieLeavesTheCacheAlone) {
  ControllerBench bench;
  bench.broker.replicas.controller_epoch = ControllerEpoch{3};
  UpdateMetadataRequest request;
  request.controller_epoch = ControllerEpoch{2};
  request.controller = BrokerId{2};
  bench.request(request);
  EXPECT_EQ(bench.sent<UpdateMetadataResponse>().at(0).error, ErrorCode::STALE_CONTROLLER_EPOCH);
  EXPECT_FALSE(bench.broker.metadata.controller.is_valid());
}

/// A broker whose registration was refused because the znode exists; the next answer says who owns it.
struct Registration : ControllerBench {
  explicit Registration(std::int64_t owner) {
    connect();
    broker.lifecycle.state = BrokerState::STARTING;
    broker.zk.previous_session = SessionId{66};
    run([&](Ctx& ctx) { zk_session_opened(ctx, broker); });
    for (int path = 0; path < 3; ++path) {
      zk_reply(ZkCode::kNodeExists, {result(ZkCode::kNodeExists)});
    }
    zk_reply(ZkCode::kNodeExists, {result(ZkCode::kNodeExists)});
    effects.clear();
    ZkResult found = result(ZkCode::kOk);
    found.ephemeral_owner = SessionId(owner);
    found.czxid = Zxid{500};
    zk_reply(ZkCode::kOk, {found});
  }
};

TEST(BrokerLifecycle, AZnodeOfThisSessionMeansTheBrokerIsRegistered) {
  Registration bench(77);
  EXPECT_TRUE(bench.broker.lifecycle.is_registered);
  EXPECT_EQ(bench.broker.lifecycle.broker_epoch, BrokerEpoch{500}) << "the broker epoch is the czxid";
  EXPECT_EQ(bench.broker.lifecycle.state, BrokerState::RUNNING);
}

TEST(BrokerLifecycle, AZnodeOfItsOwnLostSessionIsReplaced) {
  Registration bench(66);
  EXPECT_FALSE(bench.broker.lifecycle.is_registered);
  const auto requests = bench.sent<ZkRequest>();
  ASSERT_EQ(requests.size(), 1U);
  ASSERT_EQ(requests[0].operations.size(), 2U);
  EXPECT_EQ(requests[0].operations[0].op, ZkOp::kDelete);
  EXPECT_EQ(requests[0].operations[1].op, ZkOp::kCreate);
}

TEST(BrokerLifecycle, AZnodeOfAnotherProcessIsWaitedFor) {
  Registration bench(55);
  EXPECT_FALSE(bench.broker.lifecycle.is_registered);
  EXPECT_TRUE(bench.sent<ZkRequest>().empty());
  EXPECT_EQ(bench.armed(TimerKind::kBrokerZkRetry).size(), 1U);
}

TEST(BrokerLifecycle, ControlledShutdownGivesUpAfterItsRetries) {
  ControllerBench bench;
  bench.connect();
  bench.broker.controller.active_controller = BrokerId{2};
  bench.run([&](Ctx& ctx) { bench.broker.lifecycle.begin_shutdown(ctx, bench.broker); });
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(bench.broker.lifecycle.state, BrokerState::PENDING_CONTROLLED_SHUTDOWN);
    ASSERT_EQ(bench.sent<ControlledShutdownRequest>().size(), static_cast<std::size_t>(attempt));
    EXPECT_EQ(bench.sent<ControlledShutdownRequest>().back().broker_epoch, BrokerEpoch{101});
    bench.run([&](Ctx& ctx) {
      bench.broker.lifecycle.on_controlled_shutdown_response(
          ctx, bench.broker, bench.broker.lifecycle.shutdown_correlation, {ErrorCode::NONE, {kBenchPartition}});
    });
    bench.run([&](Ctx& ctx) {
      bench.broker.lifecycle.on_timer(ctx, bench.broker, Timer{TimerKind::kControlledShutdownRetry, 0, 0});
    });
  }
  EXPECT_EQ(bench.broker.lifecycle.state, BrokerState::SHUTTING_DOWN);
  EXPECT_EQ(bench.sent<ZkCloseSession>().size(), 1U);
}

}  // namespace
}  // namespace kscope::sim::lifecycle_test
