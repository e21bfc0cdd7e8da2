#include "sim/controller/topic_deletion.h"

#include <gtest/gtest.h>

#include "tests/sim/controller/cluster_fixture.h"

namespace kscope::sim::topic_deletion_test {
namespace {

constexpr TopicId kOrders{1};
constexpr TopicPartition kFirst{kOrders, 0};

/// Brokers 1, 2, 3 live; orders-0 and orders-1 on all of them.
ControllerContext three_brokers() {
  ControllerContext context;
  for (int id = 1; id <= 3; ++id) {
    context.brokers[BrokerId(id)] = {NodeId(id), BrokerEpoch(id)};
  }
  context.topics.insert(kOrders);
  for (int p = 0; p < 2; ++p) {
    context.partitions[{kOrders, p}].replicas = {BrokerId(1), BrokerId(2), BrokerId(3)};
  }
  return context;
}

std::vector<PartitionAndReplica> replicas_on(int broker) {
  return {{{kOrders, 0}, BrokerId(broker)}, {{kOrders, 1}, BrokerId(broker)}};
}

TEST(TopicDeletion, a_topic_is_complete_when_every_replica_is_deleted) {
  ControllerContext context = three_brokers();
  TopicDeletion& deletion = context.deletion;
  deletion.enqueue(context, kOrders);
  const DeletionWork first = deletion.next_work(context);
  EXPECT_EQ(first.begun, std::vector<TopicId>{kOrders});
  EXPECT_EQ(first.replicas.size(), 6U);
  EXPECT_TRUE(first.dead.empty());
  EXPECT_TRUE(deletion.is_any_in(kOrders, ReplicaState::ReplicaDeletionStarted));
  EXPECT_TRUE(deletion.next_work(context).begun.empty()) << "while one is being deleted nothing begins again";
  deletion.complete_replica_deletion(replicas_on(1));
  deletion.complete_replica_deletion(replicas_on(2));
  EXPECT_TRUE(deletion.next_work(context).complete.empty());
  deletion.complete_replica_deletion(replicas_on(3));
  EXPECT_EQ(deletion.next_work(context).complete, std::vector<TopicId>{kOrders});
  context.remove_topic(kOrders);
  EXPECT_FALSE(deletion.is_queued(kOrders));
  EXPECT_TRUE(deletion.states.empty());
  EXPECT_TRUE(context.partitions.empty());
}

TEST(TopicDeletion, a_dead_brokers_replicas_make_the_topic_wait_until_it_is_back) {
  ControllerContext context = three_brokers();
  context.brokers.erase(BrokerId(3));
  TopicDeletion& deletion = context.deletion;
  deletion.enqueue(context, kOrders);
  const DeletionWork first = deletion.next_work(context);
  EXPECT_EQ(first.replicas.size(), 4U);
  EXPECT_EQ(first.dead, replicas_on(3));
  deletion.complete_replica_deletion(replicas_on(1));
  deletion.complete_replica_deletion(replicas_on(2));
  EXPECT_TRUE(deletion.next_work(context).begun.empty()) << "the topic is ineligible";
  context.brokers[BrokerId(3)] = {NodeId(3), BrokerEpoch(9)};
  deletion.resume({kOrders});
  const DeletionWork again = deletion.next_work(context);
  EXPECT_EQ(again.replicas, replicas_on(3)) << "what is deleted already is not asked for again";
  deletion.complete_replica_deletion(replicas_on(3));
  EXPECT_EQ(deletion.next_work(context).complete, std::vector<TopicId>{kOrders});
}

TEST(TopicDeletion, a_refused_replica_is_tried_again_only_after_a_broker_came) {
  ControllerContext context = three_brokers();
  TopicDeletion& deletion = context.deletion;
  deletion.enqueue(context, kOrders);
  (void)deletion.next_work(context);
  deletion.fail_replica_deletion(replicas_on(2));
  EXPECT_TRUE(deletion.is_any_in(kOrders, ReplicaState::ReplicaDeletionIneligible));
  deletion.complete_replica_deletion(replicas_on(1));
  deletion.complete_replica_deletion(replicas_on(3));
  EXPECT_TRUE(deletion.next_work(context).begun.empty());
  EXPECT_FALSE(deletion.is_any_in(kOrders, ReplicaState::ReplicaDeletionIneligible)) << "offline again, to be retried";
  deletion.resume({kOrders});
  EXPECT_EQ(deletion.next_work(context).replicas, replicas_on(2));
}

TEST(TopicDeletion, what_is_deleted_stays_deleted_when_its_broker_goes) {
  ControllerContext context = three_brokers();
  TopicDeletion& deletion = context.deletion;
  deletion.enqueue(context, kOrders);
  (void)deletion.next_work(context);
  for (int id = 1; id <= 3; ++id) {
    deletion.complete_replica_deletion(replicas_on(id));
  }
  deletion.fail_replica_deletion(replicas_on(1));
  EXPECT_EQ(deletion.next_work(context).complete, std::vector<TopicId>{kOrders});
}

TEST(TopicDeletion, answers_and_failures_of_other_topics_change_nothing) {
  ControllerContext context = three_brokers();
  TopicDeletion& deletion = context.deletion;
  deletion.fail_replica_deletion(replicas_on(1));
  deletion.complete_replica_deletion(replicas_on(1));
  EXPECT_TRUE(deletion.states.empty());
  EXPECT_TRUE(deletion.ineligible.empty());
}

TEST(TopicDeletion, a_new_controller_waits_for_brokers_that_are_gone) {
  ControllerContext context = three_brokers();
  context.brokers.erase(BrokerId(2));
  context.deletion.init(context, {kOrders});
  EXPECT_TRUE(context.deletion.is_queued(kOrders));
  const DeletionWork work = context.deletion.next_work(context);
  EXPECT_TRUE(work.begun.empty());
  EXPECT_TRUE(work.complete.empty());
}

TEST(TopicDeletion, a_mark_without_a_topic_is_taken_away) {
  ControllerContext context;
  context.deletion.init(context, {kOrders});
  EXPECT_EQ(context.deletion.next_work(context).complete, std::vector<TopicId>{kOrders});
}

TEST(TopicDeletion, partitions_that_go_are_nobodys_business) {
  ControllerContext context = three_brokers();
  context.partitions.at(kFirst).phase = PartitionPhase::kOffline;
  context.partitions.at(kFirst).leadership = PartitionState{};
  EXPECT_EQ(context.partitions_with_offline_leader().size(), 1U);
  EXPECT_EQ(context.partitions_in(PartitionPhase::kOffline).size(), 1U);
  context.deletion.enqueue(context, kOrders);
  EXPECT_TRUE(context.partitions_with_offline_leader().empty());
  EXPECT_TRUE(context.partitions_in(PartitionPhase::kOffline).empty());
}

// ---- the whole of it, with ZooKeeper

std::vector<TopicDeletionStep> steps_of(const SmallCluster& cluster) {
  std::vector<TopicDeletionStep> steps;
  for (const Note& note : cluster.notes.of(NoteKind::kTopicDeleted)) {
    steps.push_back(static_cast<TopicDeletionStep>(note.a));
  }
  return steps;
}

template <class Response>
std::vector<Response> answers_of(const SmallCluster& cluster) {
  std::vector<Response> found;
  for (const Message& message : cluster.answers()) {
    if (const auto* response = std::get_if<Response>(&message.body)) {
      found.push_back(*response);
    }
  }
  return found;
}

bool has_log(const SmallCluster& cluster, int broker) {
  return cluster.world.durable(cluster.node(broker)).logs.find(kFirst) != nullptr;
}

TEST(DeleteTopics, takes_away_logs_znodes_and_metadata) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}});
  cluster.run_for(2s);
  const Uuid first_id = cluster.broker(1)->metadata.find(kFirst)->topic_id;
  EXPECT_TRUE(has_log(cluster, 1));
  cluster.ask(cluster.controller(), DeleteTopicsRequest{kOrders});
  cluster.run_for(2s);
  const auto answers = answers_of<DeleteTopicsResponse>(cluster);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error, ErrorCode::NONE);
  using Step = TopicDeletionStep;
  EXPECT_EQ(steps_of(cluster), (std::vector<Step>{Step::kMarked, Step::kDone}));
  for (int id = 1; id <= 3; ++id) {
    EXPECT_FALSE(has_log(cluster, id));
    EXPECT_FALSE(cluster.broker(id)->metadata.contains(kOrders));
    EXPECT_EQ(cluster.broker(id)->replicas.find(kFirst), nullptr);
  }
  EXPECT_FALSE(cluster.broker(cluster.controller())->controller.context.topics.contains(kOrders));

  cluster.create_topic({{3, 1, 2}});
  cluster.run_for(2s);
  EXPECT_EQ(answers_of<CreateTopicsResponse>(cluster).back().error, ErrorCode::NONE) << "the name is free";
  EXPECT_EQ(cluster.state(0).leader, BrokerId(3));
  EXPECT_EQ(cluster.state(0).leader_epoch, LeaderEpoch(0));
  EXPECT_TRUE(has_log(cluster, 1));
  EXPECT_NE(cluster.broker(1)->metadata.find(kFirst)->topic_id, first_id);
  EXPECT_EQ(cluster.broker(1)->metadata.partition_count(kOrders), 1);
}

TEST(DeleteTopics, waits_for_a_broker_that_is_down) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}});
  cluster.run_for(2s);
  const int dead = cluster.controller() % 3 + 1;
  cluster.fault(FaultKind::kCrash, cluster.node(dead));
  cluster.run_for(15s);
  cluster.ask(cluster.controller(), DeleteTopicsRequest{kOrders});
  cluster.run_for(2s);
  ASSERT_EQ(answers_of<DeleteTopicsResponse>(cluster).size(), 1U);
  EXPECT_EQ(answers_of<DeleteTopicsResponse>(cluster)[0].error, ErrorCode::NONE) << "brokers serve it no more";
  const auto waiting = cluster.notes.of(NoteKind::kTopicDeleted);
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(static_cast<TopicDeletionStep>(waiting[1].a), TopicDeletionStep::kWaits);
  EXPECT_EQ(waiting[1].brokers, BrokerSet::of(static_cast<std::size_t>(dead - 1)));
  EXPECT_TRUE(has_log(cluster, dead));
  for (int id = 1; id <= 3; ++id) {
    EXPECT_TRUE(id == dead || !has_log(cluster, id));
  }
  cluster.create_topic({{1}});
  cluster.run_for(1s);
  const CreateTopicsResponse refused = answers_of<CreateTopicsResponse>(cluster).back();
  EXPECT_EQ(topic_refusal_text(refused, cluster.world.registry()),
            "TOPIC_ALREADY_EXISTS: Topic 'orders' is marked for deletion.");
  cluster.fault(FaultKind::kRestart, cluster.node(dead));
  cluster.run_for(15s);
  EXPECT_FALSE(has_log(cluster, dead));
  EXPECT_EQ(steps_of(cluster).back(), TopicDeletionStep::kDone);
  cluster.create_topic({{dead}});
  cluster.run_for(2s);
  EXPECT_EQ(cluster.state(0).leader, BrokerId(dead));
}

TEST(DeleteTopics, the_next_controller_goes_on) {
  SmallCluster cluster(1, 4);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3, 4}});
  cluster.run_for(2s);
  const int first = cluster.controller();
  const int dead = first % 4 + 1;
  cluster.fault(FaultKind::kCrash, cluster.node(dead));
  cluster.run_for(15s);
  cluster.ask(first, DeleteTopicsRequest{kOrders});
  cluster.run_for(2s);
  cluster.fault(FaultKind::kCrash, cluster.node(first));
  cluster.run_for(15s);
  EXPECT_NE(cluster.controller(), first);
  EXPECT_TRUE(cluster.broker(cluster.controller())->controller.context.deletion.is_queued(kOrders));
  cluster.fault(FaultKind::kRestart, cluster.node(dead));
  cluster.fault(FaultKind::kRestart, cluster.node(first));
  cluster.run_for(20s);
  EXPECT_FALSE(has_log(cluster, dead));
  EXPECT_FALSE(has_log(cluster, first));
  EXPECT_EQ(steps_of(cluster).back(), TopicDeletionStep::kDone);
  EXPECT_FALSE(cluster.broker(cluster.controller())->controller.context.topics.contains(kOrders));
}

TEST(DeleteTopics, refuses_what_is_unknown_disabled_or_not_its_business) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.ask(cluster.controller(), DeleteTopicsRequest{kOrders});
  cluster.ask(cluster.controller() % 3 + 1, DeleteTopicsRequest{kOrders});
  cluster.run_for(1s);
  BrokerConfig config = SmallCluster::quick();
  config.delete_topic_enable = false;
  SmallCluster other(1, 3, 1, config);
  other.run_for(5s);
  other.create_topic({{1, 2, 3}});
  other.run_for(1s);
  other.ask(other.controller(), DeleteTopicsRequest{kOrders});
  other.run_for(1s);
  std::vector<ErrorCode> errors;
  for (const DeleteTopicsResponse& answer : answers_of<DeleteTopicsResponse>(cluster)) {
    errors.push_back(answer.error);
  }
  std::sort(errors.begin(), errors.end());
  EXPECT_EQ(errors, (std::vector<ErrorCode>{ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::NOT_CONTROLLER}));
  const auto disabled = answers_of<DeleteTopicsResponse>(other);
  ASSERT_EQ(disabled.size(), 1U);
  EXPECT_EQ(deletion_refusal_text(disabled[0]), "TOPIC_DELETION_DISABLED: Topic deletion is disabled.");
  EXPECT_TRUE(has_log(other, 1));
  EXPECT_TRUE(other.notes.of(NoteKind::kTopicDeleted).empty());
}

}  // namespace
}  // namespace kscope::sim::topic_deletion_test
