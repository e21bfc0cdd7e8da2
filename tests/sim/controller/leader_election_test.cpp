#include "sim/controller/leader_election.h"

#include <gtest/gtest.h>

namespace kscope::sim::leader_election_test {
namespace {

struct Case {
  ControllerContext context;
  PartitionState current;

  /// Replicas 1, 2, 3; leader 1 in epoch 4.
  Case(std::vector<int> live, std::vector<int> isr) {
    current.leader = BrokerId{1};
    current.leader_epoch = LeaderEpoch{4};
    current.replicas = {BrokerId{1}, BrokerId{2}, BrokerId{3}};
    for (const int id : live) {
      context.brokers[BrokerId(id)] = {NodeId(id), BrokerEpoch{1}};
    }
    for (const int id : isr) {
      current.isr.emplace_back(id);
    }
  }
  std::optional<ElectionOutcome> elect(ElectionStrategy strategy, bool allow_unclean = false) {
    return elect_leader(strategy, context, current, allow_unclean);
  }
};

TEST(LeaderElection, OfflineTakesTheFirstLiveReplicaOfTheIsr) {
  Case c({2, 3}, {3, 2, 1});
  const auto outcome = c.elect(ElectionStrategy::kOffline);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state.leader, BrokerId{2}) << "in the order of the replica list, not of the ISR";
  EXPECT_EQ(outcome->state.isr, (std::vector<BrokerId>{BrokerId{3}, BrokerId{2}})) << "dead members leave it";
  EXPECT_EQ(outcome->state.leader_epoch, LeaderEpoch{5});
  EXPECT_FALSE(outcome->is_unclean);
}

TEST(LeaderElection, OfflineWithoutALiveMemberElectsNobody) {
  Case c({2, 3}, {1});
  EXPECT_FALSE(c.elect(ElectionStrategy::kOffline));
}

TEST(LeaderElection, UncleanTakesAnyLiveReplicaAndTheIsrIsItAlone) {
  Case c({2, 3}, {1});
  for (const auto& outcome : {c.elect(ElectionStrategy::kOffline, true), c.elect(ElectionStrategy::kUnclean)}) {
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->state.leader, BrokerId{2});
    EXPECT_EQ(outcome->state.isr, std::vector<BrokerId>{BrokerId{2}});
    EXPECT_TRUE(outcome->is_unclean);
  }
}

TEST(LeaderElection, PreferredNeedsTheFirstReplicaAliveAndInSync) {
  EXPECT_TRUE(Case({1, 2, 3}, {2, 1}).elect(ElectionStrategy::kPreferred));
  EXPECT_FALSE(Case({1, 2, 3}, {2, 3}).elect(ElectionStrategy::kPreferred));
  EXPECT_FALSE(Case({2, 3}, {1, 2, 3}).elect(ElectionStrategy::kPreferred));
}

TEST(LeaderElection, ReassignmentElectsAmongTheReplicasThatAreLeftAndKeepsTheIsr) {
  Case c({1, 2, 3}, {1, 3});
  c.current.replicas = {BrokerId{2}, BrokerId{3}};
  const auto outcome = c.elect(ElectionStrategy::kReassign);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state.leader, BrokerId{3}) << "the first of the new list is not in sync";
  EXPECT_EQ(outcome->state.isr, (std::vector<BrokerId>{BrokerId{1}, BrokerId{3}})) << "who leaves is taken out later";
  EXPECT_EQ(outcome->state.leader_epoch, LeaderEpoch{5});
  c.current.isr = {BrokerId{1}};
  EXPECT_FALSE(c.elect(ElectionStrategy::kReassign));
}

TEST(LeaderElection, ControlledShutdownPassesOverTheBrokerThatLeaves) {
  Case c({1, 2, 3}, {1, 2, 3});
  c.context.shutting_down.insert(BrokerId{1});
  const auto outcome = c.elect(ElectionStrategy::kControlledShutdown);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state.leader, BrokerId{2});
  EXPECT_EQ(outcome->state.isr, (std::vector<BrokerId>{BrokerId{2}, BrokerId{3}}));
  Case alone({1, 2, 3}, {1});
  alone.context.shutting_down.insert(BrokerId{1});
  EXPECT_FALSE(alone.elect(ElectionStrategy::kControlledShutdown));
}

TEST(LeaderElection, ABrokerThatShutsDownIsNotElected) {
  Case c({2, 3}, {2, 3});
  c.context.shutting_down.insert(BrokerId{2});
  EXPECT_EQ(c.elect(ElectionStrategy::kOffline)->state.leader, BrokerId{3});
}

TEST(LeaderElection, RemovalFromTheIsrKeepsItsLastMember) {
  Case c({2, 3}, {1, 2});
  const auto removed = remove_from_isr(c.current, BrokerId{1});
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->isr, std::vector<BrokerId>{BrokerId{2}});
  EXPECT_FALSE(removed->leader.is_valid());
  EXPECT_EQ(removed->leader_epoch, LeaderEpoch{5});
  Case last({2, 3}, {1});
  EXPECT_EQ(remove_from_isr(last.current, BrokerId{1})->isr, std::vector<BrokerId>{BrokerId{1}});
  EXPECT_FALSE(remove_from_isr(last.current, BrokerId{2}));
}

}  // namespace
}  // namespace kscope::sim::leader_election_test
