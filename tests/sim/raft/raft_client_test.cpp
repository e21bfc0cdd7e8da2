// Stories of one quorum, and a thousand seconds of random faults.

#include "sim/raft/raft_client.h"

#include <gtest/gtest.h>

#include "tests/sim/raft/raft_cluster.h"

namespace kscope::sim::raft::raft_client_test {
namespace {

constexpr int kVoters = 3;

TEST(RaftClient, OneOfThreeIsElectedAndCommits) {
  RaftCluster cluster(kVoters, 1, 1);
  cluster.run_for(5s);
  ASSERT_GE(cluster.leader(), 0);
  ASSERT_TRUE(cluster.append());
  cluster.run_for(1s);
  for (int i = 0; i < cluster.size(); ++i) {
    EXPECT_EQ(cluster.node(i).high_watermark(), Offset(2)) << "the leader change and one record, replica " << i;
    EXPECT_EQ(cluster.node(i).leader(), ReplicaId(cluster.leader()));
  }
}

TEST(RaftClient, ASingleVoterLeadsWithoutAsking) {
  RaftCluster cluster(1, 2, 2);
  cluster.run_for(3s);
  EXPECT_EQ(cluster.leader(), 0);
  ASSERT_TRUE(cluster.append());
  cluster.run_for(1s);
  EXPECT_EQ(cluster.node(2).high_watermark(), Offset(2));
}

TEST(RaftClient, ALeaderThatNobodyFetchesFromResigns) {
  RaftCluster cluster(kVoters, 0, 3);
  cluster.run_for(5s);
  const int old_leader = cluster.leader();
  const LeaderEpoch old_epoch = cluster.node(old_leader).epoch();
  cluster.isolate(old_leader);
  cluster.run_for(10s);
  EXPECT_FALSE(cluster.node(old_leader).is_leader()) << "check quorum, after 1.5 fetch timeouts";
  ASSERT_NE(cluster.leader(), old_leader);
  ASSERT_GE(cluster.leader(), 0);
  EXPECT_GT(cluster.node(cluster.leader()).epoch(), old_epoch);
  ASSERT_TRUE(cluster.append());
  cluster.heal();
  cluster.run_for(10s);
  EXPECT_EQ(cluster.node(old_leader).high_watermark(), cluster.committed()) << "it follows the new leader";
}

TEST(RaftClient, AFollowerThatWasCutOffDoesNotDisturbTheLeader) {
  RaftCluster cluster(kVoters, 0, 4);
  cluster.run_for(5s);
  const int leader = cluster.leader();
  const LeaderEpoch epoch = cluster.node(leader).epoch();
  cluster.isolate((leader + 1) % kVoters);
  cluster.run_for(30s);
  cluster.heal();
  cluster.run_for(10s);
  EXPECT_EQ(cluster.leader(), leader);
  EXPECT_EQ(cluster.node(leader).epoch(), epoch) << "pre-votes (KIP-996) raise no epoch";
}

TEST(RaftClient, AnUncommittedTailIsCutAfterAFailover) {
  RaftCluster cluster(kVoters, 0, 5);
  cluster.run_for(5s);
  const int old_leader = cluster.leader();
  cluster.isolate(old_leader);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(cluster.append());
  }
  const Offset lonely_end = cluster.disk(old_leader).log.end_offset();
  cluster.run_for(10s);
  ASSERT_NE(cluster.leader(), old_leader);
  ASSERT_TRUE(cluster.append());
  cluster.heal();
  cluster.run_for(10s);
  const int leader = cluster.leader();
  EXPECT_LT(cluster.committed(), lonely_end);
  EXPECT_EQ(cluster.disk(old_leader).log, cluster.disk(leader).log);
}

TEST(RaftClient, AnOrderlyEndHandsLeadershipOverFasterThanAnyTimeout) {
  RaftCluster cluster(kVoters, 0, 6);
  cluster.run_for(5s);
  const int old_leader = cluster.leader();
  cluster.resign(old_leader);
  cluster.run_for(900ms);
  EXPECT_NE(cluster.leader(), -1);
  EXPECT_NE(cluster.leader(), old_leader);
}

TEST(RaftClient, WhoIsTooFarBehindGetsASnapshot) {
  RaftCluster cluster(kVoters, 1, 7);
  cluster.run_for(5s);
  const int leader = cluster.leader();
  const int behind = (leader + 1) % kVoters;
  cluster.kill(behind, false);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(cluster.append());
    cluster.run_for(100ms);
  }
  cluster.run_for(1s);
  cluster.take_snapshot(leader);
  EXPECT_GT(cluster.disk(leader).log.start_offset(), cluster.disk(behind).log.end_offset());
  cluster.start(behind);
  cluster.run_for(5s);
  ASSERT_NE(cluster.disk(behind).log.snapshot(), nullptr);
  EXPECT_EQ(cluster.disk(behind).log.end(), cluster.disk(cluster.leader()).log.end());
  EXPECT_EQ(cluster.node(behind).high_watermark(), cluster.committed());
}

TEST(RaftClient, NothingIsCommittedWithoutAMajority) {
  RaftCluster cluster(kVoters, 0, 8);
  cluster.run_for(5s);
  const int leader = cluster.leader();
  cluster.kill((leader + 1) % kVoters, true);
  cluster.kill((leader + 2) % kVoters, true);
  const Offset before = cluster.committed();
  ASSERT_TRUE(cluster.append());
  cluster.run_for(20s);
  EXPECT_EQ(cluster.committed(), before);
  EXPECT_EQ(cluster.leader(), -1) << "it resigned, and nobody can be elected";
}

TEST(RaftClient, AVoteBindsOverARestart) {
  RaftDurable disk;
  const DrawBelow draw = [](std::int32_t) { return 0; };
  QuorumConfig config;
  config.voters = {ReplicaId(0), ReplicaId(1), ReplicaId(2)};
  const auto ask = [&](RaftClient& client, int candidate) {
    RaftIo io{LocalTime(1ms), disk, draw, {}, {}, false};
    client.on_message(io, ReplicaId(candidate), 1, VoteRequest{ReplicaId(candidate), LeaderEpoch(5), {}, false});
    return std::get<VoteResponse>(io.sends.at(0).message);
  };
  for (int life = 0; life < 2; ++life) {
    RaftClient client(ReplicaId(0), config);
    RaftIo io{LocalTime{}, disk, draw, {}, {}, false};
    client.start(io, Offset(0));
    EXPECT_EQ(ask(client, 1).is_granted, true) << "life " << life;
    EXPECT_EQ(ask(client, 2).is_granted, false) << "one vote an epoch, life " << life;
  }
}

// Random faults for a while, then calm: in the end there is one leader, and it commits.
void storm(std::uint64_t seed, int voters, int observers) {
  RaftCluster cluster(voters, observers, seed);
  cluster.set_flush_ms(1 + cluster.below(80));
  for (int step = 0; step < 200 && !testing::Test::HasFailure(); ++step) {
    const int victim = static_cast<int>(cluster.below(static_cast<std::uint64_t>(cluster.size())));
    switch (cluster.below(12)) {
      case 0: cluster.kill(victim, cluster.below(2) == 0); break;
      case 8:
      case 9:  // A machine that is back at once, and remembers only what it has flushed.
        cluster.kill(victim, true);
        cluster.run_for(std::chrono::milliseconds(cluster.below(5)));
        cluster.start(victim);
        break;
      case 1:
      case 2:
        if (!cluster.is_up(victim)) {
          cluster.start(victim);
        }
        break;
      case 3: cluster.isolate(victim); break;
      case 4: cluster.cut(victim, (victim + 1) % cluster.size()); break;
      case 5: cluster.heal(); break;
      case 6:
        if (cluster.is_up(victim)) {
          cluster.take_snapshot(victim);
        }
        break;
      case 7:
        if (cluster.is_up(victim)) {
          cluster.resign(victim);
        }
        break;
      default: break;
    }
    for (int i = 0; i < 3; ++i) {
      (void)cluster.append();
      cluster.run_for(std::chrono::milliseconds(1 + cluster.below(cluster.below(3) == 0 ? 900 : 40)));
    }
  }
  cluster.heal();
  for (int i = 0; i < cluster.size(); ++i) {
    if (!cluster.is_up(i)) {
      cluster.start(i);
    }
  }
  cluster.run_for(60s);
  ASSERT_GE(cluster.leader(), 0) << "no leader after a minute of calm";
  const Offset before = cluster.committed();
  ASSERT_TRUE(cluster.append());
  cluster.run_for(10s);
  EXPECT_GT(cluster.committed(), before);
  for (int i = 0; i < cluster.size(); ++i) {
    EXPECT_EQ(cluster.node(i).high_watermark(), cluster.committed()) << "replica " << i;
  }
}

TEST(RaftClient, KeepsItsPromisesThroughRandomFaults) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    storm(seed, seed % 3 == 0 ? 5 : 3, static_cast<int>(seed % 3));
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace kscope::sim::raft::raft_client_test
