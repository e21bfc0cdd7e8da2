#include "sim/zookeeper/zk_server.h"

#include <gtest/gtest.h>

#include "tests/sim/zookeeper/ensemble_fixture.h"

namespace kscope::sim::zk_server_test {
namespace {

ZnodeData number(std::int32_t n) {
  ZnodeData data;
  data.number = n;
  return data;
}

/// Number stored at the path on a server's database; -1 = no such znode.
std::int64_t number_at(const Ensemble& ensemble, int server, const std::string& path) {
  const Znode* node = ensemble.server(server).database.tree.find(path);
  return node == nullptr ? -1 : node->data->number;
}

TEST(Ensemble, OneServerServesAlone) {
  Ensemble ensemble(1);
  ensemble.run_for(1s);
  EXPECT_EQ(ensemble.leader(), 0);
  ensemble.connect(0, 0);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/a", number(1))});
  ensemble.ask(0, {zk::create("/a", number(1))});
  ensemble.run_for(100ms);
  ASSERT_EQ(ensemble.plain(0).responses.size(), 2U);
  EXPECT_EQ(ensemble.plain(0).responses[0].code, ZkCode::kOk);
  EXPECT_EQ(ensemble.plain(0).responses[1].code, ZkCode::kNodeExists);
}

TEST(Ensemble, ARequestWithoutASessionBreaksTheConnection) {
  Ensemble ensemble(1);
  ensemble.run_for(1s);
  ensemble.connect(0, 0);
  ensemble.ask(0, {zk::create("/a", number(1))});
  ensemble.run_for(1s);
  EXPECT_EQ(ensemble.plain(0).disconnects, 1);
  EXPECT_EQ(number_at(ensemble, 0, "/a"), -1);
}

TEST(Ensemble, TheServerWithTheLargestIdLeadsWhenAllAreNew) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  EXPECT_EQ(ensemble.leader(), 2);
  EXPECT_TRUE(ensemble.server(0).is_serving());
  EXPECT_TRUE(ensemble.server(1).is_serving());
  EXPECT_EQ(ensemble.server(0).epoch(), 1);
}

TEST(Ensemble, WritesForwardedByAFollowerReachEveryServer) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 0);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/a", number(4))});
  ensemble.ask(0, {zk::get_data("/a")});
  ensemble.run_for(100ms);
  ASSERT_EQ(ensemble.plain(0).responses.size(), 2U);
  EXPECT_EQ(ensemble.plain(0).responses[0].code, ZkCode::kOk);
  EXPECT_EQ(ensemble.plain(0).responses[1].results[0].data.number, 4) << "a read waits for the client's own writes";
  for (int server = 0; server < 3; ++server) {
    EXPECT_EQ(number_at(ensemble, server, "/a"), 4);
  }
}

TEST(Ensemble, AMinorityCannotCommit) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 2);
  ensemble.run_for(100ms);
  ensemble.fault(FaultKind::kCrash, 0);
  ensemble.fault(FaultKind::kCrash, 1);
  ensemble.ask(0, {zk::create("/a", number(4))});
  ensemble.run_for(20s);
  EXPECT_TRUE(ensemble.plain(0).responses.empty());
  EXPECT_EQ(ensemble.leader(), -1) << "a leader without a quorum steps down";
  EXPECT_GE(ensemble.plain(0).disconnects, 1);
}

TEST(Ensemble, FailoverKeepsWhatWasCommitted) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 0);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/a", number(4))});
  ensemble.run_for(100ms);
  ensemble.fault(FaultKind::kPowerLoss, 2);
  ensemble.run_for(30s);
  EXPECT_EQ(ensemble.leader(), 1);
  EXPECT_EQ(ensemble.server(1).epoch(), 2);
  EXPECT_EQ(number_at(ensemble, 1, "/a"), 4);
  ensemble.fault(FaultKind::kRestart, 2);
  ensemble.run_for(5s);
  EXPECT_EQ(ensemble.leader(), 1) << "a server that comes back follows";
  EXPECT_TRUE(ensemble.server(2).is_serving());
  EXPECT_EQ(number_at(ensemble, 2, "/a"), 4);
}

TEST(Ensemble, AWholeRestartReplaysTheLog) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 1);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/a", number(4))});
  ensemble.run_for(100ms);
  for (int server = 0; server < 3; ++server) {
    ensemble.fault(FaultKind::kPowerLoss, server);
  }
  ensemble.run_for(1s);
  for (int server = 0; server < 3; ++server) {
    ensemble.fault(FaultKind::kRestart, server);
  }
  ensemble.run_for(3s);
  EXPECT_NE(ensemble.leader(), -1);
  for (int server = 0; server < 3; ++server) {
    EXPECT_EQ(number_at(ensemble, server, "/a"), 4);
    EXPECT_TRUE(ensemble.server(server).is_serving());
  }
}

TEST(Ensemble, AnIsolatedLeadersUncommittedWriteIsCutAway) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 2);
  ensemble.run_for(100ms);
  ensemble.fault(FaultKind::kCut, 2, 0);
  ensemble.fault(FaultKind::kCut, 2, 1);
  ensemble.ask(0, {zk::create("/lost", number(4))});
  ensemble.run_for(30s);
  EXPECT_EQ(ensemble.leader(), 1) << "the majority side elects a new leader";
  EXPECT_EQ(number_at(ensemble, 1, "/lost"), -1);
  EXPECT_FALSE(ensemble.server(2).is_serving());
  ensemble.fault(FaultKind::kHealAll, 0);
  ensemble.run_for(20s);
  EXPECT_TRUE(ensemble.server(2).is_serving());
  EXPECT_EQ(number_at(ensemble, 2, "/lost"), -1);
  EXPECT_EQ(ensemble.server(2).database.last_applied, ensemble.server(1).database.last_applied);
}

TEST(Ensemble, EphemeralZnodesGoWhenTheSessionExpires) {
  Ensemble ensemble(3, 2);
  ensemble.run_for(2s);
  ensemble.connect(0, 0);
  ensemble.connect(1, 1);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/mine", number(4), ZkCreateMode::kEphemeral)});
  ensemble.run_for(100ms);
  ensemble.ask(1, {zk::exists("/mine", true)});
  ensemble.run_for(30s);
  EXPECT_EQ(number_at(ensemble, 2, "/mine"), 4) << "pings keep a session alive through a follower";
  ensemble.tell(0, "silent");
  ensemble.run_for(5s);
  EXPECT_EQ(number_at(ensemble, 2, "/mine"), 4);
  ensemble.run_for(10s);
  EXPECT_EQ(number_at(ensemble, 2, "/mine"), -1);
  ASSERT_EQ(ensemble.plain(1).events.size(), 1U);
  EXPECT_EQ(ensemble.plain(1).events[0].kind, ZkWatchKind::kDeleted);
  EXPECT_EQ(ensemble.plain(0).disconnects, 1);
}

TEST(Ensemble, ASessionMovesToAnotherServer) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 0);
  ensemble.run_for(100ms);
  ensemble.ask(0, {zk::create("/mine", number(4), ZkCreateMode::kEphemeral)});
  ensemble.run_for(100ms);
  const SessionId session = ensemble.plain(0).session;
  ensemble.fault(FaultKind::kCrash, 0);
  ensemble.connect(0, 1);
  ensemble.run_for(30s);
  EXPECT_EQ(ensemble.plain(0).session, session);
  EXPECT_EQ(ensemble.plain(0).connects.back().code, ZkCode::kOk);
  EXPECT_EQ(number_at(ensemble, 2, "/mine"), 4);
}

TEST(Ensemble, AnExpiredSessionIsToldWhenItConnectsAgain) {
  Ensemble ensemble(3);
  ensemble.run_for(2s);
  ensemble.connect(0, 0);
  ensemble.run_for(100ms);
  Command expire;
  expire.kind = CommandKind::kExpireSession;
  expire.count = ensemble.client(0).value;
  for (int server = 0; server < 3; ++server) {
    expire.node = NodeId(server);
    ensemble.kernel.post(expire);
  }
  ensemble.run_for(100ms);
  EXPECT_EQ(ensemble.plain(0).disconnects, 1);
  ensemble.connect(0, 1);
  ensemble.run_for(100ms);
  EXPECT_EQ(ensemble.plain(0).connects.back().code, ZkCode::kSessionExpired);
}

TEST(Ensemble, FiveServersSurviveTwo) {
  Ensemble ensemble(5);
  ensemble.run_for(2s);
  EXPECT_EQ(ensemble.leader(), 4);
  ensemble.fault(FaultKind::kCrash, 4);
  ensemble.fault(FaultKind::kCrash, 0);
  ensemble.run_for(5s);
  EXPECT_EQ(ensemble.leader(), 3);
}

/// Random crashes, power losses, cuts and pauses, then peace: the ensemble must agree again, and nothing acknowledged is lost.
TEST(Ensemble, EveryStormEndsInAgreement) {
  int acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Ensemble ensemble(seed % 4 == 0 ? 5 : 3, 2, seed);
    const int servers = seed % 4 == 0 ? 5 : 3;
    Rng rng(seed, 77);
    ensemble.run_for(2s);
    ensemble.connect(0, 0, 20s);
    ensemble.run_for(100ms);
    int next = 0;
    for (int round = 0; round < 25; ++round) {
      const int node = static_cast<int>(rng.below(static_cast<std::uint64_t>(servers)));
      const int peer = static_cast<int>(rng.below(static_cast<std::uint64_t>(servers)));
      switch (rng.below(7)) {
        case 0: ensemble.fault(FaultKind::kCrash, node); break;
        case 1: ensemble.fault(FaultKind::kPowerLoss, node); break;
        case 2: ensemble.fault(FaultKind::kCut, node, peer); break;
        case 3: ensemble.fault(FaultKind::kPause, node, -1, 5s); break;
        case 4: ensemble.fault(FaultKind::kResetConnection, node, peer); break;
        case 5: ensemble.fault(FaultKind::kCutOneWay, node, peer); break;
        default:
          ensemble.fault(FaultKind::kRestart, node);
          ensemble.fault(FaultKind::kHealAll, 0);
          break;
      }
      ensemble.connect(0, static_cast<int>(rng.below(static_cast<std::uint64_t>(servers))), 20s);
      ensemble.run_for(Duration(static_cast<std::int64_t>(rng.below(4'000'000'000))));
      ensemble.ask(0, {zk::create("/n" + std::to_string(next++), number(1))});
      ensemble.run_for(50ms);
    }
    ensemble.fault(FaultKind::kHealAll, 0);
    for (int server = 0; server < servers; ++server) {
      ensemble.fault(FaultKind::kRestart, server);
      ensemble.fault(FaultKind::kResume, server);
    }
    ensemble.run_for(60s);
    const int leader = ensemble.leader();
    ASSERT_NE(leader, -1) << "seed " << seed;
    for (int server = 0; server < servers; ++server) {
      ASSERT_TRUE(ensemble.is_up(server)) << "seed " << seed;
      EXPECT_TRUE(ensemble.server(server).is_serving()) << "seed " << seed << " server " << server;
      EXPECT_EQ(ensemble.server(server).database.last_applied, ensemble.server(leader).database.last_applied)
          << "seed " << seed << " server " << server;
      EXPECT_EQ(ensemble.server(server).database.tree.all().size(), ensemble.server(leader).database.tree.all().size());
    }
    std::set<Zxid> there;
    for (const auto& [path, node] : ensemble.server(leader).database.tree.all()) {
      there.insert(node.czxid);
    }
    for (const ZkResponse& response : ensemble.plain(0).responses) {
      if (response.code == ZkCode::kOk) {
        ++acknowledged;
        EXPECT_TRUE(there.contains(response.results.at(0).czxid)) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(acknowledged, 100) << "the storm was so hard that nothing was tested";
}

}  // namespace
}  // namespace kscope::sim::zk_server_test
