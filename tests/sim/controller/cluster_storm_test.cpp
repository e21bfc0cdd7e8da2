#include <gtest/gtest.h>

#include <map>

#include "sim/controller/controller.h"
#include "sim/zookeeper/zk_paths.h"
#include "tests/sim/controller/cluster_fixture.h"

namespace kscope::sim::cluster_storm_test {
namespace {

constexpr int kServers = 3;
constexpr int kBrokers = 4;
constexpr std::uint64_t kSeeds = 25;

void one_fault(SmallCluster& cluster, Rng& rng) {
  const NodeId a(static_cast<std::int32_t>(rng.below(kServers + kBrokers)));
  const NodeId b(static_cast<std::int32_t>(rng.below(kServers + kBrokers)));
  switch (rng.below(14)) {
    case 0: cluster.fault(FaultKind::kCrash, a); break;
    case 1: cluster.fault(FaultKind::kPowerLoss, a); break;
    case 2: cluster.fault(FaultKind::kCut, a, b); break;
    case 3:
      cluster.fault(FaultKind::kPause, a, NodeId{}, Duration(static_cast<std::int64_t>(rng.below(15'000'000'000))));
      break;
    case 4: cluster.fault(FaultKind::kResetConnection, a, b); break;
    case 5: cluster.fault(FaultKind::kCutOneWay, a, b); break;
    case 6:
      if (a.value >= kServers) {
        cluster.command(CommandKind::kExpireSession, a);
      }
      break;
    case 7: cluster.command(CommandKind::kCleanShutdown, a); break;
    case 8:
      cluster.fault(FaultKind::kClockStep, a, NodeId{}, static_cast<std::int64_t>(rng.below(120)) * 1s - 60s);
      break;
    case 9: cluster.fault(FaultKind::kDiskSlow, a, NodeId{}, {}, 100); break;
    case 10:
      if (a.value < kServers) {
        cluster.fault(FaultKind::kDiskFull, a, NodeId{}, {}, 1);
      }
      break;
    default:
      cluster.fault(FaultKind::kRestart, a);
      cluster.fault(FaultKind::kRestart, b);
      cluster.fault(FaultKind::kHealAll, a);
      break;
  }
}

void mend(SmallCluster& cluster) {
  cluster.fault(FaultKind::kHealAll, NodeId{0});
  for (int node = 0; node < kServers + kBrokers; ++node) {
    cluster.fault(FaultKind::kResume, NodeId{node});
    cluster.fault(FaultKind::kDiskSlow, NodeId{node}, NodeId{}, {}, 1);
    cluster.fault(FaultKind::kDiskFull, NodeId{node}, NodeId{}, {}, 0);
    cluster.fault(FaultKind::kRestart, NodeId{node});
  }
}

/// C1, C5: one controller per epoch, leader epochs and partition epochs only go up.
void expect_epochs_go_up(const SmallCluster& cluster, std::uint64_t seed) {
  std::map<std::int64_t, BrokerId> controllers;
  std::map<TopicPartition, std::int64_t> leader_epochs;
  std::map<TopicPartition, std::int64_t> partition_epochs;
  for (const NoteKeeper::Kept& kept : cluster.notes.notes) {
    const Note& note = kept.note;
    if (note.kind == NoteKind::kControllerElected) {
      EXPECT_TRUE(controllers.emplace(note.a, note.broker).second) << "seed " << seed << " epoch " << note.a;
    } else if (note.kind == NoteKind::kLeaderElected) {
      EXPECT_GE(note.a, leader_epochs[note.partition]) << "seed " << seed;
      leader_epochs[note.partition] = note.a;
    } else if (note.kind == NoteKind::kIsrChanged) {
      EXPECT_GE(note.b, partition_epochs[note.partition]) << "seed " << seed;
      partition_epochs[note.partition] = note.b;
    }
  }
}

void expect_peace(const SmallCluster& cluster, std::uint64_t seed) {
  const int id = cluster.controller();
  ASSERT_NE(id, -1) << "seed " << seed;
  int active = 0;
  for (int broker = 1; broker <= kBrokers; ++broker) {
    const Broker* b = cluster.broker(broker);
    ASSERT_NE(b, nullptr) << "seed " << seed << " broker " << broker;
    EXPECT_EQ(b->lifecycle.state, BrokerState::RUNNING) << "seed " << seed << " broker " << broker;
    EXPECT_TRUE(b->lifecycle.is_registered) << "seed " << seed << " broker " << broker;
    EXPECT_EQ(b->metadata.controller.value, id) << "seed " << seed << " broker " << broker;
    EXPECT_EQ(b->metadata.alive_brokers.size(), static_cast<std::size_t>(kBrokers)) << "seed " << seed;
    active += b->controller.is_active() ? 1 : 0;
  }
  EXPECT_EQ(active, 1) << "seed " << seed;
  const Controller& controller = cluster.broker(id)->controller;
  EXPECT_TRUE(controller.events.empty()) << "seed " << seed;
  EXPECT_EQ(controller.awaiting, 0) << "seed " << seed;
  for (const auto& [broker, channel] : controller.channels.channels) {
    EXPECT_TRUE(channel.queue.empty()) << "seed " << seed << " broker " << broker.value;
  }
  EXPECT_EQ(controller.context.partitions.size(), 5U) << "seed " << seed;
  for (const auto& [partition, entry] : controller.context.partitions) {
    ASSERT_TRUE(entry.leadership.has_value()) << "seed " << seed;
    EXPECT_TRUE(entry.leadership->leader.is_valid()) << "seed " << seed << " partition " << partition.partition;
    EXPECT_EQ(entry.leadership->isr.size(), entry.replicas.size())
        << "seed " << seed << " partition " << partition.partition;
    for (int broker = 1; broker <= kBrokers; ++broker) {
      const PartitionState* known = cluster.broker(broker)->metadata.find(partition);
      ASSERT_NE(known, nullptr) << "seed " << seed;
      EXPECT_EQ(known->leader, entry.leadership->leader) << "seed " << seed << " broker " << broker;
      EXPECT_EQ(known->leader_epoch, entry.leadership->leader_epoch) << "seed " << seed << " broker " << broker;
    }
  }
}

/// C11: what ZooKeeper holds is what the controller believes, and ephemeral znodes belong to sessions that are open.
void expect_znodes_agree(const SmallCluster& cluster, std::uint64_t seed) {
  const ControllerContext& context = cluster.broker(cluster.controller())->controller.context;
  for (int server = 0; server < kServers; ++server) {
    const ZkDatabase& database = std::get<ZooKeeperServer>(*cluster.world.role(NodeId{server})).database;
    for (const auto& [path, znode] : database.tree.all()) {
      if (znode.ephemeral_owner.is_valid()) {
        EXPECT_TRUE(database.sessions.contains(znode.ephemeral_owner)) << "seed " << seed << " " << path;
      }
    }
    EXPECT_EQ(database.tree.children(zk::kBrokerIdsPath).size(), static_cast<std::size_t>(kBrokers)) << "seed " << seed;
    for (const auto& [partition, entry] : context.partitions) {
      const Znode* znode = database.tree.find(zk::partition_state_path("orders", partition.partition));
      ASSERT_NE(znode, nullptr) << "seed " << seed;
      EXPECT_EQ(znode->version.value, entry.leadership->partition_epoch.value) << "seed " << seed;
      EXPECT_EQ(znode->data->state.leader, entry.leadership->leader) << "seed " << seed;
      EXPECT_EQ(znode->data->state.isr, entry.leadership->isr) << "seed " << seed;
    }
  }
}

/// Random faults on servers and brokers, then peace: whatever happened, the cluster must come back to order by itself.
TEST(Controller, EveryStormOfTheWholeClusterEndsInOrder) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SmallCluster cluster(kServers, kBrokers, seed);
    Rng rng(seed, 99);
    cluster.run_for(5s);
    ASSERT_NE(cluster.controller(), -1) << "seed " << seed;
    cluster.create_topic({{1, 2, 3}, {2, 3, 4}, {3, 4, 1}, {4, 1, 2}, {1, 3, 2}});
    cluster.run_for(1s);
    for (int round = 0; round < 20; ++round) {
      one_fault(cluster, rng);
      cluster.run_for(Duration(static_cast<std::int64_t>(rng.below(6'000'000'000))));
    }
    mend(cluster);
    cluster.run_for(150s);
    mend(cluster);  // what was shutting down in good order has ended by now
    cluster.run_for(60s);
    expect_peace(cluster, seed);
    expect_znodes_agree(cluster, seed);
    expect_epochs_go_up(cluster, seed);
    if (HasFailure()) {
      return;
    }
  }
}

}  // namespace
}  // namespace kscope::sim::cluster_storm_test
