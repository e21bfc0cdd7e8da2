#include "sim/zookeeper/zk_client.h"

#include <gtest/gtest.h>

#include "sim/zookeeper/zk_paths.h"
#include "tests/sim/controller/controller_bench.h"

namespace kscope::sim::zk_client_test {
namespace {

/// A client that was just started; servers are nodes 3 and 4.
struct Rig : ControllerBench {
  Rig() {
    run([&](Ctx& ctx) { zk().start(ctx, broker.setup.config.zookeeper_session_timeout_ms); });
  }
  ZkClient& zk() { return broker.zk; }
  void connected(std::int64_t session, ZkCode code = ZkCode::kOk) {
    const ZkConnectResponse response{code, SessionId(session), 6s};
    run([&](Ctx& ctx) { zk().on_message(ctx, broker, zk().servers[zk().server], Message{0, response}); });
  }
  /// Fires the last armed timer of this kind.
  void fire(TimerKind kind) {
    const auto timers_armed = armed(kind);
    ASSERT_FALSE(timers_armed.empty());
    timers.release(timers_armed.back().id);
    run([&](Ctx& ctx) { zk().on_timer(ctx, broker, timers_armed.back().timer); });
  }
  void ask() {
    run([&](Ctx& ctx) { zk().request(ctx, {ZkPurpose::Kind::kNone, 0, 0}, {zk::get_data("/a")}); });
  }
};

TEST(ZkClient, PingsAtAThirdAndGivesUpAtTwoThirdsOfTheTimeout) {
  Rig rig;
  rig.connected(7);
  EXPECT_EQ(rig.armed(TimerKind::kZkPing).back().delay, 2s);
  EXPECT_EQ(rig.armed(TimerKind::kZkSessionTimeout).back().delay, 4s);
  rig.fire(TimerKind::kZkPing);
  EXPECT_EQ(rig.sent<ZkPing>().size(), 1U);
}

TEST(ZkClient, SilenceMeansTheNextServerWithTheSameSession) {
  Rig rig;
  rig.connected(7);
  const std::size_t before = rig.zk().server;
  rig.fire(TimerKind::kZkSessionTimeout);
  EXPECT_NE(rig.zk().server, before);
  rig.fire(TimerKind::kZkReconnect);
  EXPECT_EQ(rig.sent<ZkConnectRequest>().back().session, SessionId{7});
}

TEST(ZkClient, RequestsWaitForAConnection) {
  Rig rig;
  rig.ask();
  EXPECT_TRUE(rig.sent<ZkRequest>().empty());
  rig.connected(7);
  EXPECT_EQ(rig.sent<ZkRequest>().front().session, SessionId{7});
}

TEST(ZkClient, WhatWasUnansweredIsAskedAgainUnderANewNumber) {
  Rig rig;
  rig.connected(7);
  while (!rig.zk().pending.empty()) {
    rig.zk().pending.pop_front();
  }
  rig.effects.clear();
  rig.ask();
  rig.run([&](Ctx& ctx) { rig.zk().on_disconnect(ctx, rig.broker, rig.zk().servers[rig.zk().server]); });
  rig.fire(TimerKind::kZkReconnect);
  rig.connected(7);
  const auto requests = rig.sent<ZkRequest>();
  ASSERT_GE(requests.size(), 2U);
  EXPECT_EQ(requests[0].operations, requests[1].operations);
  EXPECT_NE(requests[0].xid, requests[1].xid);
}

TEST(ZkClient, OnlyTheEnsembleEndsASession) {
  Rig rig;
  rig.connected(7);
  rig.fire(TimerKind::kZkSessionTimeout);
  EXPECT_EQ(rig.zk().session, SessionId{7}) << "cut off, the client does not know";
  rig.fire(TimerKind::kZkReconnect);
  rig.connected(-1, ZkCode::kSessionExpired);
  EXPECT_FALSE(rig.zk().has_session());
  EXPECT_EQ(rig.zk().previous_session, SessionId{7});
  EXPECT_FALSE(rig.sent<ZkConnectRequest>().back().session.is_valid()) << "it asks for a new one at once";
  EXPECT_TRUE(rig.zk().pending.empty());
}

TEST(ZkClient, AnswersOverAnAbandonedConnectionAreIgnored) {
  Rig rig;
  rig.connected(7);
  rig.ask();
  const std::size_t waiting = rig.zk().pending.size();
  ZkResponse late;
  late.xid = rig.zk().pending.back().xid;
  rig.run([&](Ctx& ctx) { rig.zk().on_message(ctx, rig.broker, NodeId{4}, Message{0, late}); });
  EXPECT_EQ(rig.zk().pending.size(), waiting);
}

}  // namespace
}  // namespace kscope::sim::zk_client_test
