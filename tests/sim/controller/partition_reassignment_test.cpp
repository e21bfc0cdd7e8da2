// A partition moves to other brokers, with ZooKeeper: the phases of KafkaController.onPartitionReassignment.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/zookeeper/zk_paths.h"
#include "tests/sim/controller/cluster_fixture.h"

namespace kscope::sim::partition_reassignment_test {
namespace {

constexpr TopicPartition kFirst{TopicId{1}, 0};
using Step = ReassignmentStep;

std::vector<BrokerId> ids(std::initializer_list<int> numbers) {
  std::vector<BrokerId> out;
  for (const int number : numbers) {
    out.emplace_back(number);
  }
  return out;
}

/// Brokers 1 to `brokers`; orders-0 lies on these.
SmallCluster with_topic(int brokers, const std::vector<int>& replicas) {
  SmallCluster cluster(1, brokers);
  cluster.run_for(5s);
  cluster.create_topic({replicas});
  cluster.run_for(2s);
  return cluster;
}

void move(SmallCluster& cluster, std::vector<BrokerId> target) {
  cluster.ask(cluster.controller(), AlterPartitionReassignmentsRequest{kFirst, std::move(target)});
}

void cancel(SmallCluster& cluster) {
  cluster.ask(cluster.controller(), AlterPartitionReassignmentsRequest{kFirst, std::nullopt});
}

std::vector<ErrorCode> answers(const SmallCluster& cluster) {
  std::vector<ErrorCode> found;
  for (const Message& message : cluster.answers()) {
    if (const auto* response = std::get_if<AlterPartitionReassignmentsResponse>(&message.body)) {
      found.push_back(response->error);
    }
  }
  return found;
}

std::vector<Step> steps(const SmallCluster& cluster) {
  std::vector<Step> found;
  for (const Note& note : cluster.notes.of(NoteKind::kPartitionReassigned)) {
    found.push_back(static_cast<Step>(note.a));
  }
  return found;
}

bool has_log(const SmallCluster& cluster, int broker) {
  const HostedLog* hosted = cluster.world.durable(cluster.node(broker)).logs.find(kFirst);
  return hosted != nullptr && !hosted->is_deleted;
}

std::vector<int> sorted_isr(const SmallCluster& cluster) {
  std::vector<int> isr = cluster.isr(0);
  std::sort(isr.begin(), isr.end());
  return isr;
}

ReplicaAssignment assignment(const SmallCluster& cluster) {
  return cluster.broker(cluster.controller())->controller.context.partitions.at(kFirst).assignment();
}

/// What /brokers/topics/orders says.
const ZnodeData& znode(const SmallCluster& cluster) {
  const auto& server = std::get<ZooKeeperServer>(*cluster.world.role(NodeId(0)));
  return *server.database.tree.find(zk::topic_path("orders"))->data;
}

/// A broker of the target copies nothing from now on.
void cut_off(SmallCluster& cluster, int broker, int brokers) {
  for (int id = 1; id <= brokers; ++id) {
    if (id != broker) {
      cluster.fault(FaultKind::kCut, cluster.node(broker), cluster.node(id));
    }
  }
}

void heal(SmallCluster& cluster, int broker, int brokers) {
  for (int id = 1; id <= brokers; ++id) {
    if (id != broker) {
      cluster.fault(FaultKind::kHeal, cluster.node(broker), cluster.node(id));
    }
  }
}

TEST(PartitionReassignment, moves_the_partition_and_deletes_the_old_logs) {
  SmallCluster cluster = with_topic(5, {1, 2, 3});
  const LeaderEpoch epoch = cluster.state(0).leader_epoch;
  move(cluster, ids({4, 5, 3}));
  cluster.run_for(5s);
  EXPECT_EQ(answers(cluster), std::vector<ErrorCode>{ErrorCode::NONE});
  EXPECT_EQ(steps(cluster), (std::vector<Step>{Step::kStarted, Step::kCompleted}));
  EXPECT_EQ(assignment(cluster), (ReplicaAssignment{ids({4, 5, 3}), {}, {}}));
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(cluster.state(0).leader, BrokerId(4)) << "the old leader has gone: the first of the target leads";
  EXPECT_EQ(cluster.state(0).leader_epoch.value, epoch.value + 4) << "A1, B3, and B4 for each that was removed";
  for (int id = 1; id <= 5; ++id) {
    EXPECT_EQ(has_log(cluster, id), id >= 3) << id;
    EXPECT_EQ(cluster.broker(id)->replicas.find(kFirst) != nullptr, id >= 3) << id;
    EXPECT_EQ(cluster.broker(id)->metadata.find(kFirst)->replicas, ids({4, 5, 3})) << id;
  }
  EXPECT_EQ(znode(cluster).assignment.front(), ids({4, 5, 3}));
  EXPECT_TRUE(znode(cluster).reassignments.empty());
  const Note done = cluster.notes.of(NoteKind::kPartitionReassigned).back();
  EXPECT_EQ(done.brokers.size(), 3);
  EXPECT_TRUE(done.brokers.contains(4)) << "broker 5 is the fifth";
  EXPECT_TRUE(done.before.contains(0));
}

TEST(PartitionReassignment, a_leader_that_stays_goes_on_with_a_new_epoch) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  move(cluster, ids({4, 1, 2}));
  cluster.run_for(5s);
  EXPECT_EQ(cluster.state(0).leader, BrokerId(1)) << "no election: the preferred leader is another matter";
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, 4}));
  EXPECT_FALSE(has_log(cluster, 3));
}

TEST(PartitionReassignment, until_the_target_is_in_sync_the_old_replicas_stay) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  ASSERT_NE(cluster.controller(), 4) << "choose another seed";
  cut_off(cluster, 4, 4);
  move(cluster, ids({1, 2, 4}));
  cluster.run_for(3s);
  EXPECT_EQ(answers(cluster), std::vector<ErrorCode>{ErrorCode::NONE}) << "it has begun";
  EXPECT_EQ(steps(cluster), std::vector<Step>{Step::kStarted});
  EXPECT_EQ(assignment(cluster), (ReplicaAssignment{ids({1, 2, 4, 3}), ids({4}), ids({3})}));
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(has_log(cluster, 3));
  ASSERT_EQ(znode(cluster).reassignments.size(), 1U);
  EXPECT_EQ(znode(cluster).reassignments[0].adding, ids({4}));
  EXPECT_EQ(znode(cluster).reassignments[0].removing, ids({3}));
  EXPECT_EQ(cluster.broker(1)->replicas.find(kFirst)->replicas, ids({1, 2, 4, 3})) << "the leader serves them all";
  heal(cluster, 4, 4);
  cluster.run_for(20s);
  EXPECT_EQ(steps(cluster), (std::vector<Step>{Step::kStarted, Step::kCompleted}));
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, 4}));
  EXPECT_FALSE(has_log(cluster, 3));
}

TEST(PartitionReassignment, the_next_controller_goes_on_from_the_znode) {
  SmallCluster cluster = with_topic(5, {1, 2, 3});
  const int first = cluster.controller();
  const int target = first == 5 ? 4 : 5;
  cut_off(cluster, target, 5);
  std::vector<BrokerId> replicas = ids({1, 2});
  replicas.emplace_back(target);
  move(cluster, replicas);
  cluster.run_for(2s);
  ASSERT_EQ(steps(cluster), std::vector<Step>{Step::kStarted});
  cluster.fault(FaultKind::kCrash, cluster.node(first));
  cluster.run_for(12s);
  ASSERT_NE(cluster.controller(), first);
  ASSERT_NE(cluster.controller(), -1);
  EXPECT_TRUE(assignment(cluster).is_being_reassigned()) << "read from /brokers/topics/orders";
  EXPECT_EQ(assignment(cluster).target(), replicas);
  cluster.fault(FaultKind::kRestart, cluster.node(first));
  cluster.run_for(15s);
  heal(cluster, target, 5);
  cluster.run_for(25s);
  EXPECT_EQ(steps(cluster).back(), Step::kCompleted);
  EXPECT_EQ(assignment(cluster), (ReplicaAssignment{replicas, {}, {}}));
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, target}));
  EXPECT_FALSE(has_log(cluster, 3));
  EXPECT_TRUE(znode(cluster).reassignments.empty());
}

TEST(PartitionReassignment, cancel_takes_the_new_replicas_away) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  ASSERT_NE(cluster.controller(), 4) << "choose another seed";
  cut_off(cluster, 4, 4);
  move(cluster, ids({1, 2, 4}));
  cluster.run_for(2s);
  cancel(cluster);
  cluster.run_for(2s);
  EXPECT_EQ(answers(cluster), (std::vector<ErrorCode>{ErrorCode::NONE, ErrorCode::NONE}));
  EXPECT_EQ(steps(cluster), (std::vector<Step>{Step::kStarted, Step::kCancelled}));
  EXPECT_EQ(assignment(cluster), (ReplicaAssignment{ids({1, 2, 3}), {}, {}}));
  heal(cluster, 4, 4);
  cluster.run_for(20s);
  EXPECT_FALSE(has_log(cluster, 4));
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(cluster.state(0).leader, BrokerId(1));
}

TEST(PartitionReassignment, another_target_overrides_the_first) {
  SmallCluster cluster = with_topic(5, {1, 2, 3});
  const int slow = cluster.controller() == 4 ? 5 : 4;
  const int other = slow == 4 ? 5 : 4;
  cut_off(cluster, slow, 5);
  std::vector<BrokerId> first = ids({1, 2});
  first.emplace_back(slow);
  move(cluster, first);
  cluster.run_for(2s);
  std::vector<BrokerId> second = ids({1, 2});
  second.emplace_back(other);
  move(cluster, second);
  cluster.run_for(5s);
  EXPECT_EQ(steps(cluster), (std::vector<Step>{Step::kStarted, Step::kStarted, Step::kCompleted}));
  EXPECT_EQ(assignment(cluster), (ReplicaAssignment{second, {}, {}}));
  heal(cluster, slow, 5);
  cluster.run_for(20s);
  EXPECT_FALSE(has_log(cluster, slow));
  EXPECT_FALSE(has_log(cluster, 3));
  EXPECT_TRUE(has_log(cluster, other));
}

TEST(PartitionReassignment, a_broker_of_the_target_that_is_back_is_told_again) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  const int target = 4;
  ASSERT_NE(cluster.controller(), target) << "choose another seed";
  cut_off(cluster, target, 4);
  move(cluster, ids({1, 2, 4}));
  cluster.run_for(1s);
  cluster.fault(FaultKind::kCrash, cluster.node(target));
  heal(cluster, target, 4);
  cluster.run_for(10s);
  EXPECT_EQ(steps(cluster), std::vector<Step>{Step::kStarted}) << "it waits for the broker";
  cluster.fault(FaultKind::kRestart, cluster.node(target));
  cluster.run_for(15s);
  EXPECT_EQ(steps(cluster).back(), Step::kCompleted);
  EXPECT_EQ(sorted_isr(cluster), (std::vector<int>{1, 2, 4}));
}

TEST(PartitionReassignment, refuses_what_cannot_be) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  const auto ask = [&](AlterPartitionReassignmentsRequest request) {
    cluster.ask(cluster.controller(), std::move(request));
    cluster.run_for(1s);
    return answers(cluster).back();
  };
  EXPECT_EQ(ask({kFirst, std::nullopt}), ErrorCode::NO_REASSIGNMENT_IN_PROGRESS);
  EXPECT_EQ(ask({kFirst, ids({})}), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
  EXPECT_EQ(ask({kFirst, ids({1, 2, 2})}), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
  EXPECT_EQ(ask({kFirst, ids({1, 2, 9})}), ErrorCode::INVALID_REPLICA_ASSIGNMENT) << "no such broker";
  EXPECT_EQ(ask({{TopicId{1}, 5}, ids({1, 2})}), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(ask({{TopicId{1}, 5}, std::nullopt}), ErrorCode::NO_REASSIGNMENT_IN_PROGRESS);
  cluster.ask(cluster.controller() % 4 + 1, AlterPartitionReassignmentsRequest{kFirst, ids({4, 2, 3})});
  cluster.run_for(1s);
  EXPECT_EQ(answers(cluster).back(), ErrorCode::NOT_CONTROLLER);
  EXPECT_TRUE(steps(cluster).empty());
  EXPECT_EQ(reassignment_refusal_text({kFirst, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS}),
            "NO_REASSIGNMENT_IN_PROGRESS: No partition reassignment is in progress.");
}

TEST(PartitionReassignment, a_topic_that_is_deleted_is_not_moved_and_one_that_is_moved_is_deleted_afterwards) {
  SmallCluster cluster = with_topic(4, {1, 2, 3});
  ASSERT_NE(cluster.controller(), 4) << "choose another seed";
  cut_off(cluster, 4, 4);
  move(cluster, ids({1, 2, 4}));
  cluster.run_for(1s);
  cluster.ask(cluster.controller(), CreatePartitionsRequest{TopicId{1}, 3});
  cluster.ask(cluster.controller(), DeleteTopicsRequest{TopicId{1}});
  cluster.run_for(2s);
  const auto* more = std::get_if<CreatePartitionsResponse>(&cluster.answers().back().body);
  ASSERT_NE(more, nullptr) << "the deletion is not answered while the topic is served";
  EXPECT_EQ(more->error, ErrorCode::REASSIGNMENT_IN_PROGRESS);
  EXPECT_TRUE(has_log(cluster, 1)) << "it waits for the reassignment";
  move(cluster, ids({1, 2, 3}));
  cluster.run_for(1s);
  EXPECT_EQ(answers(cluster).back(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  heal(cluster, 4, 4);
  cluster.run_for(20s);
  for (int id = 1; id <= 4; ++id) {
    EXPECT_FALSE(has_log(cluster, id)) << id;
  }
  EXPECT_FALSE(cluster.broker(cluster.controller())->controller.context.topics.contains(TopicId{1}));
}

}  // namespace
}  // namespace kscope::sim::partition_reassignment_test
