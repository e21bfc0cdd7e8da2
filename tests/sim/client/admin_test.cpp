#include "sim/client/admin.h"

#include <gtest/gtest.h>

#include "tests/sim/client/client_fixture.h"

namespace kscope::sim::admin_test {
namespace {

struct Bench : ClientBench<Admin> {
  Bench() : ClientBench(client_registry(NodeRole::kAdmin), Admin{}) {
    registry.topics[1].partitions = 6;
    registry.topics[1].replication_factor = 3;
    start();
  }
  void learn(MetadataResponse response) {
    const auto requests = sent<MetadataRequest>();
    ASSERT_FALSE(requests.empty());
    answer(requests.back().first.to, requests.back().first.message.correlation_id, std::move(response));
  }
  void created(ErrorCode error) {
    const auto requests = sent<CreateTopicsRequest>();
    ASSERT_FALSE(requests.empty());
    answer(requests.back().first.to, requests.back().first.message.correlation_id,
           CreateTopicsResponse{kOrders, error});
  }
};

MetadataResponse three_brokers(std::int32_t controller = 1) {
  MetadataResponse response = orders_metadata(0);
  response.topics.clear();
  response.controller = BrokerId(controller);
  return response;
}

TEST(Admin, creates_the_scenarios_topics_through_the_controller) {
  Bench bench;
  EXPECT_TRUE(bench.sent<CreateTopicsRequest>().empty());
  bench.learn(three_brokers(2));
  const auto sent = bench.sent<CreateTopicsRequest>();
  ASSERT_EQ(sent.size(), 1U);  // not the internal topic
  EXPECT_EQ(sent[0].first.to, NodeId(1));
  EXPECT_EQ(sent[0].second.topic, kOrders);
  EXPECT_EQ(sent[0].second.partitions, 6);
  EXPECT_EQ(sent[0].second.replication_factor, 3);
  bench.created(ErrorCode::NONE);
  EXPECT_EQ(bench.client.done_count, 1);
  EXPECT_FALSE(bench.is_armed(TimerKind::kAdmin));
}

TEST(Admin, waits_until_every_broker_is_registered_but_not_for_ever) {
  Bench bench;
  MetadataResponse two = three_brokers();
  two.brokers.pop_back();
  bench.learn(two);
  EXPECT_TRUE(bench.sent<CreateTopicsRequest>().empty());
  bench.run_until(LocalTime(59s));
  EXPECT_TRUE(bench.sent<CreateTopicsRequest>().empty());
  bench.run_until(LocalTime(62s));
  EXPECT_FALSE(bench.sent<CreateTopicsRequest>().empty());
}

TEST(Admin, waits_for_brokers_that_start_in_the_first_ten_seconds_and_no_later_ones) {
  Bench bench;
  bench.registry.nodes[1].starts_at = 3s;
  bench.registry.nodes[2].starts_at = 30s;
  MetadataResponse response = three_brokers();
  response.brokers.resize(1);
  bench.learn(response);
  EXPECT_TRUE(bench.sent<CreateTopicsRequest>().empty());
  bench.now += 1s;
  bench.run_until(bench.now + 1s);
  response = three_brokers();
  response.brokers.resize(2);
  bench.learn(response);
  EXPECT_EQ(bench.sent<CreateTopicsRequest>().size(), 1U);
}

TEST(Admin, leaves_topics_that_clients_create_to_them) {
  ClientBench<Admin> bench(client_registry(NodeRole::kAdmin), Admin{});
  bench.registry.topics[1].is_created_by_clients = true;
  bench.start();
  EXPECT_TRUE(bench.client.tasks.empty());
}

TEST(Admin, asks_the_new_controller_after_not_controller) {
  Bench bench;
  bench.learn(three_brokers(1));
  bench.created(ErrorCode::NOT_CONTROLLER);
  bench.run_until(LocalTime(90ms));
  bench.learn(three_brokers(3));
  bench.run_until(LocalTime(500ms));
  ASSERT_EQ(bench.sent<CreateTopicsRequest>().size(), 2U);
}

TEST(Admin, a_topic_of_the_scenario_that_exists_is_done) {
  Bench bench;
  bench.learn(three_brokers());
  bench.created(ErrorCode::TOPIC_ALREADY_EXISTS);
  EXPECT_EQ(bench.client.done_count, 1);
}

TEST(Admin, elections_go_to_the_controller) {
  Bench bench;
  bench.learn(three_brokers());
  Command elect;
  elect.kind = CommandKind::kElectUnclean;
  elect.partition = TopicPartition{kOrders, 2};
  bench.command(elect);
  const auto sent = bench.sent<ElectLeadersRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].second.type, ElectionType::kUnclean);
  EXPECT_EQ(sent[0].second.partitions.size(), 1U);
}

TEST(Admin, more_partitions_are_asked_of_the_controller_and_a_refusal_is_told) {
  Bench bench;
  bench.learn(three_brokers(2));
  bench.created(ErrorCode::NONE);
  Command command;
  command.kind = CommandKind::kCreatePartitions;
  command.partition = TopicPartition{kOrders, -1};
  command.count = 4;
  bench.command(command);
  const auto sent = bench.sent<CreatePartitionsRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.to, NodeId(1));
  EXPECT_EQ(sent[0].second.topic, kOrders);
  EXPECT_EQ(sent[0].second.count, 4);
  CreatePartitionsResponse refusal{kOrders, ErrorCode::INVALID_PARTITIONS};
  refusal.asked = 4;
  refusal.found = 6;
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id, refusal);
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_EQ(bench.client.last_error, ErrorCode::INVALID_PARTITIONS);
  EXPECT_TRUE(bench.client.tasks.empty()) << "asking again would not help";
}

TEST(Admin, a_deletion_is_asked_of_the_controller_and_a_refusal_is_final) {
  Bench bench;
  bench.learn(three_brokers(2));
  bench.created(ErrorCode::NONE);
  Command command;
  command.kind = CommandKind::kDeleteTopic;
  command.partition = TopicPartition{kOrders, -1};
  bench.command(command);
  const auto sent = bench.sent<DeleteTopicsRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.to, NodeId(1));
  EXPECT_EQ(sent[0].second.topic, kOrders);
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id,
               DeleteTopicsResponse{kOrders, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION});
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_TRUE(bench.client.tasks.empty()) << "the controller knows best";
}

TEST(Admin, a_move_is_asked_of_the_controller_and_a_refusal_is_final) {
  Bench bench;
  bench.learn(three_brokers(2));
  bench.created(ErrorCode::NONE);
  Command command;
  command.kind = CommandKind::kReassign;
  command.partition = TopicPartition{kOrders, 1};
  command.brokers = {BrokerId(3), BrokerId(1)};
  bench.command(command);
  command.brokers.clear();
  bench.command(command);
  const auto sent = bench.sent<AlterPartitionReassignmentsRequest>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].first.to, NodeId(1));
  EXPECT_EQ(sent[0].second.partition, (TopicPartition{kOrders, 1}));
  EXPECT_EQ(sent[0].second.replicas, (std::vector<BrokerId>{BrokerId(3), BrokerId(1)}));
  EXPECT_FALSE(sent[1].second.replicas.has_value()) << "cancel";
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id,
               AlterPartitionReassignmentsResponse{{kOrders, 1}, ErrorCode::NONE});
  bench.answer(sent[1].first.to, sent[1].first.message.correlation_id,
               AlterPartitionReassignmentsResponse{{kOrders, 1}, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS});
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_EQ(bench.client.last_error, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS);
  EXPECT_TRUE(bench.client.tasks.empty());
}

TEST(Admin, records_are_deleted_by_the_partitions_leader) {
  Bench bench;
  bench.learn(three_brokers());
  bench.created(ErrorCode::NONE);
  Command command;
  command.kind = CommandKind::kDeleteRecords;
  command.partition = TopicPartition{kOrders, 0};
  command.count = 250;
  bench.command(command);
  EXPECT_TRUE(bench.sent<DeleteRecordsRequest>().empty()) << "it does not know the leader yet";
  bench.run_until(bench.now + 1s);
  MetadataResponse told = orders_metadata(1);
  told.topics[0].partitions[0].leader = BrokerId(2);
  bench.learn(told);
  const auto sent = bench.sent<DeleteRecordsRequest>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first.to, NodeId(1));
  EXPECT_EQ(sent[0].second.partitions.front().before_offset, Offset(250));
  DeleteRecordsResponse response;
  response.partitions.push_back({TopicPartition{kOrders, 0}, Offset(250), ErrorCode::NONE});
  bench.answer(sent[0].first.to, sent[0].first.message.correlation_id, response);
  EXPECT_EQ(bench.client.done_count, 2);
  EXPECT_TRUE(bench.client.tasks.empty());
}

TEST(Admin, a_command_that_cannot_succeed_is_given_up) {
  Bench bench;
  bench.learn(three_brokers());
  bench.created(ErrorCode::NONE);
  Command create;
  create.kind = CommandKind::kCreateTopic;
  create.partition.topic = kOrders;
  create.count = 3;
  bench.command(create);
  bench.created(ErrorCode::TOPIC_ALREADY_EXISTS);
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_TRUE(bench.client.tasks.empty());
  ASSERT_EQ(bench.notes(NoteKind::kTopicRefused).size(), 1U);
}

TEST(Admin, a_refusal_that_may_pass_is_told_once) {
  Bench bench;
  bench.learn(three_brokers());
  for (int i = 0; i < 3; ++i) {
    bench.created(ErrorCode::INVALID_REPLICATION_FACTOR);
    bench.now += 2s;
    bench.run_until(bench.now);
  }
  EXPECT_EQ(bench.notes(NoteKind::kTopicRefused).size(), 1U);
  EXPECT_EQ(bench.client.failed_count, 0);
  bench.created(ErrorCode::NONE);
  EXPECT_EQ(bench.client.done_count, 1);
}

}  // namespace
}  // namespace kscope::sim::admin_test
