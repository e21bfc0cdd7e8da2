#include "sim/controller/controller.h"

#include <gtest/gtest.h>

#include "tests/sim/controller/cluster_fixture.h"

namespace kscope::sim::controller_test {
namespace {

template <class Body>
std::vector<Body> answers_of(const SmallCluster& cluster) {
  std::vector<Body> found;
  for (const Message& message : cluster.answers()) {
    if (const auto* body = std::get_if<Body>(&message.body)) {
      found.push_back(*body);
    }
  }
  return found;
}

TEST(Controller, OneBrokerBecomesControllerInEpochOne) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  ASSERT_NE(cluster.controller(), -1);
  EXPECT_EQ(cluster.notes.of(NoteKind::kControllerElected).size(), 1U);
  EXPECT_EQ(cluster.broker(cluster.controller())->controller.context.epoch, ControllerEpoch{1});
  for (int id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster.broker(id)->lifecycle.state, BrokerState::RUNNING);
    EXPECT_EQ(cluster.broker(id)->metadata.alive_brokers.size(), 3U);
    EXPECT_EQ(cluster.broker(id)->metadata.controller.value, cluster.controller());
  }
}

TEST(Controller, ANewTopicIsLedByItsFirstLiveReplica) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}});
  cluster.run_for(1s);
  ASSERT_EQ(answers_of<CreateTopicsResponse>(cluster).size(), 1U);
  EXPECT_EQ(answers_of<CreateTopicsResponse>(cluster)[0].error, ErrorCode::NONE);
  EXPECT_EQ(cluster.state(0).leader, BrokerId{1});
  EXPECT_EQ(cluster.state(1).leader, BrokerId{2});
  EXPECT_EQ(cluster.isr(0), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(cluster.state(0).leader_epoch, LeaderEpoch{0});
  for (int id = 1; id <= 3; ++id) {
    EXPECT_EQ(cluster.broker(id)->metadata.leader_of({TopicId{1}, 1}), BrokerId{2});
  }
  cluster.create_topic({{1, 2, 3}});
  cluster.run_for(1s);
  EXPECT_EQ(answers_of<CreateTopicsResponse>(cluster)[1].error, ErrorCode::TOPIC_ALREADY_EXISTS);
}

TEST(Controller, CreateTopicsRefusesWhatCannotBe) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  CreateTopicsRequest request;
  request.topic = TopicId{1};
  request.partitions = 1;
  request.replication_factor = 4;
  cluster.ask(cluster.controller(), request);
  request.replication_factor = 1;
  request.partitions = 0;
  cluster.ask(cluster.controller(), request);
  request.partitions = 1;
  cluster.ask(cluster.controller() % 3 + 1, request);
  cluster.run_for(1s);
  const auto answers = answers_of<CreateTopicsResponse>(cluster);
  ASSERT_EQ(answers.size(), 3U);
  std::multiset<ErrorCode> errors;
  for (const CreateTopicsResponse& answer : answers) {
    errors.insert(answer.error);
  }
  EXPECT_TRUE(errors.contains(ErrorCode::INVALID_REPLICATION_FACTOR));
  EXPECT_TRUE(errors.contains(ErrorCode::INVALID_PARTITIONS));
  EXPECT_TRUE(errors.contains(ErrorCode::NOT_CONTROLLER));
  for (const CreateTopicsResponse& answer : answers) {
    if (answer.error == ErrorCode::INVALID_REPLICATION_FACTOR) {
      EXPECT_EQ(answer.asked, 4);
      EXPECT_EQ(answer.found, 3);
      EXPECT_EQ(topic_refusal_text(answer, cluster.world.registry()),
                "INVALID_REPLICATION_FACTOR: Replication factor: 4 larger than available brokers: 3.");
    } else if (answer.error == ErrorCode::INVALID_PARTITIONS) {
      EXPECT_EQ(topic_refusal_text(answer, cluster.world.registry()),
                "INVALID_PARTITIONS: Number of partitions must be larger than 0.");
    }
  }
}

TEST(Controller, MorePartitionsGoOnWithTheRoundOfTheTopic) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{2, 3, 1}});
  cluster.run_for(1s);
  cluster.ask(cluster.controller(), CreatePartitionsRequest{TopicId{1}, 4});
  cluster.run_for(2s);
  const auto answers = answers_of<CreatePartitionsResponse>(cluster);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].error, ErrorCode::NONE);
  // Dealing starts with the first replica of partition 0, as AdminUtils does: partition p begins (p + 1) brokers after b1.
  EXPECT_EQ(cluster.state(0).leader, BrokerId{2}) << "what was there stays";
  EXPECT_EQ(cluster.state(1).leader, BrokerId{3});
  EXPECT_EQ(cluster.state(2).leader, BrokerId{1});
  EXPECT_EQ(cluster.state(3).leader, BrokerId{2});
  for (int p = 1; p < 4; ++p) {
    EXPECT_EQ(cluster.isr(p).size(), 3U);
    EXPECT_EQ(cluster.state(p).leader_epoch, LeaderEpoch{0});
    EXPECT_EQ(cluster.broker(1)->metadata.leader_of({TopicId{1}, p}), cluster.state(p).leader);
  }
  const auto notes = cluster.notes.of(NoteKind::kPartitionsCreated);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].a, 4);
  EXPECT_EQ(notes[0].b, 1);
}

TEST(Controller, CreatePartitionsRefusesWhatIsNoIncrease) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.ask(cluster.controller(), CreatePartitionsRequest{TopicId{1}, 4});
  cluster.run_for(1s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(1s);
  for (const std::int32_t count : {3, 2}) {
    cluster.ask(cluster.controller(), CreatePartitionsRequest{TopicId{1}, count});
    cluster.run_for(1s);
  }
  cluster.ask(cluster.controller() % 3 + 1, CreatePartitionsRequest{TopicId{1}, 4});
  cluster.run_for(1s);
  const auto answers = answers_of<CreatePartitionsResponse>(cluster);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0].error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  const Registry& registry = cluster.world.registry();
  EXPECT_EQ(partitions_refusal_text(answers[1], registry), "INVALID_PARTITIONS: Topic already has 3 partitions.");
  EXPECT_EQ(partitions_refusal_text(answers[2], registry),
            "INVALID_PARTITIONS: Topic currently has 3 partitions, which is higher than the requested 2.");
  EXPECT_EQ(answers[3].error, ErrorCode::NOT_CONTROLLER);
  EXPECT_TRUE(cluster.notes.of(NoteKind::kPartitionsCreated).empty());
}

TEST(Controller, TheNextControllerKnowsPartitionsThatWereAdded) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}});
  cluster.run_for(1s);
  const int first = cluster.controller();
  cluster.ask(first, CreatePartitionsRequest{TopicId{1}, 3});
  cluster.run_for(1s);
  cluster.fault(FaultKind::kCrash, cluster.node(first));
  cluster.run_for(20s);
  EXPECT_NE(cluster.controller(), first);
  for (int p = 0; p < 3; ++p) {
    EXPECT_TRUE(cluster.state(p).leader.is_valid());
    EXPECT_NE(cluster.state(p).leader.value, first);
    EXPECT_EQ(cluster.isr(p).size(), 2U);
  }
}

TEST(Controller, TheNextInSyncReplicaLeadsWhenTheLeaderDies) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(2s);
  const int dead = cluster.controller() % 3 + 1;  // not the controller
  cluster.fault(FaultKind::kCrash, cluster.node(dead));
  cluster.run_for(15s);
  for (int p = 0; p < 3; ++p) {
    const PartitionState state = cluster.state(p);
    EXPECT_TRUE(state.leader.is_valid());
    EXPECT_NE(state.leader.value, dead);
    EXPECT_EQ(state.isr.size(), 2U);
  }
  EXPECT_EQ(cluster.state(dead - 1).leader.value, dead % 3 + 1);
  EXPECT_EQ(cluster.notes.of(NoteKind::kBrokerGone).size(), 1U);
  cluster.fault(FaultKind::kRestart, cluster.node(dead));
  cluster.run_for(30s);
  for (int p = 0; p < 3; ++p) {
    EXPECT_EQ(cluster.state(p).isr.size(), 3U) << "it catches up and enters the ISR again";
  }
}

TEST(Controller, FailoverToAnotherBrokerRaisesTheEpoch) {
  SmallCluster cluster(3, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(2s);
  const int first = cluster.controller();
  cluster.fault(FaultKind::kPowerLoss, cluster.node(first));
  cluster.run_for(20s);
  const int second = cluster.controller();
  ASSERT_NE(second, -1);
  EXPECT_NE(second, first);
  EXPECT_EQ(cluster.broker(second)->controller.context.epoch, ControllerEpoch{2});
  for (int p = 0; p < 3; ++p) {
    EXPECT_TRUE(cluster.state(p).leader.is_valid());
    EXPECT_EQ(cluster.state(p).isr.size(), 2U);
  }
}

TEST(Controller, AZombieResignsAndItsRequestsAreRefused) {
  SmallCluster cluster(3, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(2s);
  const int first = cluster.controller();
  cluster.fault(FaultKind::kPause, cluster.node(first), NodeId{}, 20s);
  cluster.run_for(1s);
  // Asked for while it sleeps: it will think that it is still the controller when it wakes up.
  cluster.ask(first, ElectLeadersRequest{ElectionType::kPreferred, {}});
  cluster.run_for(25s);
  const int second = cluster.controller();
  EXPECT_NE(second, first);
  EXPECT_FALSE(cluster.broker(first)->controller.is_active());
  EXPECT_EQ(cluster.notes.of(NoteKind::kControllerResigned).size(), 1U);
  EXPECT_EQ(cluster.broker(first)->lifecycle.state, BrokerState::RUNNING);
  EXPECT_TRUE(cluster.broker(first)->lifecycle.is_registered) << "it registers again with a new session";
  cluster.run_for(30s);
  for (int p = 0; p < 3; ++p) {
    EXPECT_EQ(cluster.state(p).isr.size(), 3U);
  }
}

TEST(Controller, ControlledShutdownMovesLeadershipBeforeTheBrokerStops) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(2s);
  const int leaving = cluster.controller() % 3 + 1;
  cluster.command(CommandKind::kCleanShutdown, cluster.node(leaving));
  cluster.run_for(3s);
  EXPECT_EQ(cluster.broker(leaving), nullptr);
  EXPECT_EQ(cluster.notes.of(NoteKind::kShutdownDone).size(), 1U);
  int moved = 0;
  for (const Note& note : cluster.notes.of(NoteKind::kLeaderElected)) {
    moved += note.b == 3 ? 1 : 0;
    EXPECT_TRUE(note.broker.is_valid()) << "no partition is without a leader at any time";
  }
  EXPECT_EQ(moved, 1);
  for (int p = 0; p < 3; ++p) {
    EXPECT_EQ(cluster.state(p).isr.size(), 2U);
  }
}

TEST(Controller, TheControllerItselfCanShutDown) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  cluster.create_topic({{1, 2, 3}, {2, 3, 1}, {3, 1, 2}});
  cluster.run_for(2s);
  const int first = cluster.controller();
  cluster.command(CommandKind::kCleanShutdown, cluster.node(first));
  cluster.run_for(3s);
  EXPECT_EQ(cluster.broker(first), nullptr);
  ASSERT_NE(cluster.controller(), -1);
  for (int p = 0; p < 3; ++p) {
    EXPECT_TRUE(cluster.state(p).leader.is_valid());
    EXPECT_NE(cluster.state(p).leader.value, first);
  }
}

TEST(Controller, WithoutALiveInSyncReplicaThePartitionStaysOffline) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  const int a = cluster.controller() % 3 + 1;
  const int b = a % 3 + 1;
  cluster.create_topic({{a, b}});
  cluster.run_for(2s);
  cluster.fault(FaultKind::kCrash, cluster.node(b));
  cluster.run_for(15s);
  EXPECT_EQ(cluster.isr(0), std::vector<int>{a});
  cluster.fault(FaultKind::kCrash, cluster.node(a));
  cluster.run_for(15s);
  EXPECT_FALSE(cluster.state(0).leader.is_valid());
  EXPECT_EQ(cluster.isr(0), std::vector<int>{a}) << "the last member stays in the ISR";
  cluster.fault(FaultKind::kRestart, cluster.node(b));
  cluster.run_for(15s);
  EXPECT_FALSE(cluster.state(0).leader.is_valid()) << "unclean.leader.election.enable is false";
  cluster.ask(cluster.controller(), ElectLeadersRequest{ElectionType::kUnclean, {{TopicId{1}, 0}}});
  cluster.run_for(1s);
  EXPECT_EQ(cluster.state(0).leader.value, b);
  EXPECT_EQ(cluster.isr(0), std::vector<int>{b});
}

TEST(Controller, PreferredLeadersComeBackOnRequest) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  const int a = cluster.controller() % 3 + 1;
  const int b = a % 3 + 1;
  cluster.create_topic({{a, b}});
  cluster.run_for(2s);
  cluster.command(CommandKind::kCleanShutdown, cluster.node(a));
  cluster.run_for(5s);
  EXPECT_EQ(cluster.state(0).leader.value, b);
  cluster.ask(cluster.controller(), ElectLeadersRequest{ElectionType::kPreferred, {{TopicId{1}, 0}}});
  cluster.fault(FaultKind::kRestart, cluster.node(a));
  cluster.run_for(30s);
  EXPECT_EQ(cluster.isr(0).size(), 2U);
  cluster.ask(cluster.controller(), ElectLeadersRequest{ElectionType::kPreferred, {{TopicId{1}, 0}}});
  cluster.run_for(1s);
  EXPECT_EQ(cluster.state(0).leader.value, a);
  cluster.ask(cluster.controller(), ElectLeadersRequest{ElectionType::kPreferred, {{TopicId{1}, 0}}});
  cluster.run_for(1s);
  const auto answers = answers_of<ElectLeadersResponse>(cluster);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].partitions[0].error, ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE);
  EXPECT_EQ(answers[1].partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(answers[2].partitions[0].error, ErrorCode::ELECTION_NOT_NEEDED);
}

TEST(Controller, ImbalanceBringsPreferredLeadersBackByItself) {
  BrokerConfig config = SmallCluster::quick();
  config.auto_leader_rebalance_enable = true;
  config.leader_imbalance_check_interval_seconds = 20s;
  SmallCluster cluster(1, 3, 1, config);
  cluster.run_for(5s);
  const int a = cluster.controller() % 3 + 1;
  const int b = a % 3 + 1;
  cluster.create_topic({{a, b}, {a, b}});
  cluster.run_for(2s);
  cluster.command(CommandKind::kCleanShutdown, cluster.node(a));
  cluster.run_for(5s);
  cluster.fault(FaultKind::kRestart, cluster.node(a));
  EXPECT_EQ(cluster.state(0).leader.value, b);
  cluster.run_for(40s);
  EXPECT_EQ(cluster.state(0).leader.value, a);
  EXPECT_EQ(cluster.state(1).leader.value, a);
}

TEST(Controller, UncleanElectionFollowsTheTopicsConfig) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  const int a = cluster.controller() % 3 + 1;
  const int b = a % 3 + 1;
  cluster.create_topic({{a, b}});
  cluster.run_for(2s);
  cluster.fault(FaultKind::kCrash, cluster.node(b));
  cluster.run_for(15s);
  cluster.fault(FaultKind::kCrash, cluster.node(a));
  cluster.fault(FaultKind::kRestart, cluster.node(b));
  cluster.run_for(20s);
  EXPECT_FALSE(cluster.state(0).leader.is_valid());
  cluster.fault(FaultKind::kRestart, cluster.node(a));
  cluster.run_for(20s);
  EXPECT_EQ(cluster.state(0).leader.value, a) << "the last member of the ISR leads when it is back";
  EXPECT_EQ(cluster.isr(0).size(), 2U);
}

TEST(Controller, FindCoordinatorCreatesTheOffsetsTopic) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  for (int id = 1; id <= 3; ++id) {
    cluster.ask(id, MetadataRequest{{kOffsetsTopic}, true});
  }
  cluster.run_for(2s);
  EXPECT_TRUE(cluster.broker(1)->metadata.contains(kOffsetsTopic));
  EXPECT_EQ(cluster.broker(1)->metadata.partition_count(kOffsetsTopic), 3);
  EXPECT_EQ(cluster.state(0, kOffsetsTopic).replicas.size(), 3U);
}

TEST(Controller, AnExpiredSessionMakesTheBrokerRegisterAgainWithANewEpoch) {
  SmallCluster cluster(3, 3);
  cluster.run_for(5s);
  const int id = cluster.controller() % 3 + 1;
  const BrokerEpoch before = cluster.broker(id)->lifecycle.broker_epoch;
  cluster.command(CommandKind::kExpireSession, cluster.node(id));
  cluster.run_for(5s);
  EXPECT_GT(cluster.broker(id)->lifecycle.broker_epoch, before);
  EXPECT_TRUE(cluster.broker(id)->lifecycle.is_registered);
  EXPECT_EQ(cluster.broker(cluster.controller())->controller.context.brokers.size(), 3U);
}

TEST(Controller, AQuickRestartWaitsForTheOldSession) {
  SmallCluster cluster(1, 3);
  cluster.run_for(5s);
  const int id = cluster.controller() % 3 + 1;
  cluster.fault(FaultKind::kCrash, cluster.node(id));
  cluster.run_for(1s);
  cluster.fault(FaultKind::kRestart, cluster.node(id));
  cluster.run_for(2s);
  EXPECT_FALSE(cluster.broker(id)->lifecycle.is_registered);
  cluster.run_for(10s);
  EXPECT_TRUE(cluster.broker(id)->lifecycle.is_registered);
}

}  // namespace
}  // namespace kscope::sim::controller_test
