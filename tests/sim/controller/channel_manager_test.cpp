#include "sim/controller/channel_manager.h"

#include <gtest/gtest.h>

#include "tests/sim/controller/controller_bench.h"

namespace kscope::sim::channel_manager_test {
namespace {

constexpr BrokerId kTo{2};

struct Rig : ControllerBench {
  Rig() { make_controller(); }
  ControllerChannelManager& channels() { return broker.controller.channels; }
  ControllerChannel& channel() { return channels().channels.at(kTo); }
  void send(int controller_epoch) {
    UpdateMetadataRequest request;
    request.controller_epoch = ControllerEpoch(controller_epoch);
    run([&](Ctx& ctx) { channels().send(ctx, broker, kTo, request); });
  }
};

TEST(ControllerChannelManager, OneRequestIsInFlightAndTheOthersFollowInOrder) {
  Rig rig;
  rig.send(1);
  rig.send(2);
  ASSERT_EQ(rig.sent<UpdateMetadataRequest>().size(), 1U);
  rig.run([&](Ctx& ctx) { rig.channels().on_response(ctx, rig.broker, rig.channel().correlation_id); });
  const auto sent = rig.sent<UpdateMetadataRequest>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].controller_epoch, ControllerEpoch{2});
}

TEST(ControllerChannelManager, RequestsNameTheLifeTheyAreMeantFor) {
  Rig rig;
  rig.send(1);
  EXPECT_EQ(rig.sent<UpdateMetadataRequest>().at(0).broker_epoch, BrokerEpoch{102});
}

TEST(ControllerChannelManager, ABrokenConnectionMeansTheSameRequestAgain) {
  Rig rig;
  rig.send(1);
  rig.send(2);
  rig.run([&](Ctx& ctx) { rig.channels().on_disconnect(ctx, NodeId{1}); });
  const auto retries = rig.armed(TimerKind::kControllerRetry);
  ASSERT_EQ(retries.size(), 1U);
  EXPECT_EQ(retries[0].delay, 100ms);
  rig.timers.release(retries[0].id);
  rig.run([&](Ctx& ctx) { rig.channels().on_timer(ctx, rig.broker, retries[0].timer); });
  const auto sent = rig.sent<UpdateMetadataRequest>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].controller_epoch, ControllerEpoch{1});
}

TEST(ControllerChannelManager, SilenceMeansTheSameRequestAgain) {
  Rig rig;
  rig.send(1);
  const auto timeouts = rig.armed(TimerKind::kControllerRequestTimeout);
  ASSERT_EQ(timeouts.size(), 1U);
  EXPECT_EQ(timeouts[0].delay, rig.broker.setup.config.controller_socket_timeout_ms);
  rig.timers.release(timeouts[0].id);
  rig.run([&](Ctx& ctx) { rig.channels().on_timer(ctx, rig.broker, timeouts[0].timer); });
  EXPECT_EQ(rig.armed(TimerKind::kControllerRetry).size(), 1U);
}

TEST(ControllerChannelManager, ANewLifeStartsWithAnEmptyQueue) {
  Rig rig;
  rig.send(1);
  rig.send(2);
  rig.run([&](Ctx& ctx) { rig.channels().add_broker(ctx, kTo, NodeId{1}, BrokerEpoch{200}); });
  EXPECT_TRUE(rig.channel().queue.empty());
  rig.send(3);
  EXPECT_EQ(rig.sent<UpdateMetadataRequest>().back().broker_epoch, BrokerEpoch{200});
}

TEST(ControllerChannelManager, NothingIsSentToABrokerWithoutAChannel) {
  Rig rig;
  rig.run([&](Ctx& ctx) { rig.channels().remove_broker(ctx, kTo); });
  rig.send(1);
  EXPECT_TRUE(rig.sent<UpdateMetadataRequest>().empty());
}

}  // namespace
}  // namespace kscope::sim::channel_manager_test
