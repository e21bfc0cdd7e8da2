#include "sim/cli/describe_tables.h"

#include <gtest/gtest.h>

#include "sim/session/session.h"
#include "sim/view/described.h"
#include "source_dir_generated.h"

#include "sim/scenario/scenario.h"

namespace kscope::cli::describe_tables_test {
namespace {

struct Act {
  SimTime time;
  const char* script;
};

/// The lesson hello at a time, after some acts.
view::Described hello(const std::vector<Act>& acts, SimTime at) {
  const auto loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/lessons/hello.toml");
  EXPECT_TRUE(loaded.has_value());
  auto opened = session::Session::open(*loaded);
  EXPECT_TRUE(opened.has_value());
  session::RunLimits limits;
  for (const Act& act : acts) {
    limits.until = act.time;
    (*opened)->run(limits);
    EXPECT_TRUE((*opened)->post_script(act.script).has_value()) << act.script;
  }
  limits.until = at;
  (*opened)->run(limits);
  return view::build_described((*opened)->world(), true);
}

TEST(DescribeTables, topics_are_printed_as_kafka_topics_does) {
  view::Described described;
  described.topics = {{"orders",
                       "id",
                       {{"min.insync.replicas", "2"}},
                       {{0, 1, {2, 3, 1}, {3, 1}, false, {}, {}, {}, {}}, {1, -1, {3}, {3}, false, {}, {}, {}, {}}}}};
  EXPECT_EQ(topics_table(described),
            "Topic: orders\tTopicId: id\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n"
            "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 2,3,1\tIsr: 3,1\tElr: N/A\tLastKnownElr: N/A\n"
            "\tTopic: orders\tPartition: 1\tLeader: none\tReplicas: 3\tIsr: 3\tElr: N/A\tLastKnownElr: N/A\n");
}

TEST(DescribeTables, eligible_leader_replicas_are_printed_where_there_are_any) {
  view::Described described;
  described.topics = {{"orders",
                       "id",
                       {},
                       {{0, -1, {1, 2, 3}, {}, true, {2, 3}, {1}, {}, {}}, {1, 2, {2}, {2}, true, {}, {}, {}, {}}}}};
  EXPECT_EQ(topics_table(described),
            "Topic: orders\tTopicId: id\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: \n"
            "\tTopic: orders\tPartition: 0\tLeader: none\tReplicas: 1,2,3\tIsr: \tElr: 2,3\tLastKnownElr: 1\n"
            "\tTopic: orders\tPartition: 1\tLeader: 2\tReplicas: 2\tIsr: 2\tElr: \tLastKnownElr: \n");
}

TEST(DescribeTables, a_reassignment_shows_what_it_adds_and_removes) {
  view::Described described;
  described.topics = {{"orders", "id", {}, {{0, 1, {4, 2, 1}, {2, 1}, false, {}, {}, {4}, {1}}}}};
  EXPECT_EQ(topics_table(described),
            "Topic: orders\tTopicId: id\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: \n"
            "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 4,2,1\tIsr: 2,1\tAdding Replicas: 4\tRemoving "
            "Replicas: 1\tElr: N/A\tLastKnownElr: N/A\n");
}

view::DescribedGroup billing() {
  view::DescribedGroup group;
  group.name = "billing";
  group.exists = true;
  group.state = "Stable";
  group.protocol = "range";
  group.coordinator = 2;
  group.members = {{"billing-1#0", "billing-1", {{"orders", 0}}}, {"billing-2#0", "billing-2", {}}};
  group.offsets = {{"orders", 0, 10, 12}, {"orders", 1, 8, {}}};
  return group;
}

TEST(DescribeTables, offsets_that_nobody_can_tell_are_dashes) {
  EXPECT_EQ(
      group_offsets_table(billing()),
      "\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     "
      "HOST            CLIENT-ID\n"
      "billing         orders          0          10              12              2               billing-1#0     "
      "/billing-1      billing-1\n"
      "billing         orders          1          8               -               -               -               "
      "-               -\n");
}

TEST(DescribeTables, members_are_printed_as_kafka_consumer_groups_does) {
  EXPECT_EQ(group_members_table(billing()),
            "\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     \n"
            "billing         billing-1#0     /billing-1      billing-1       1               \n"
            "billing         billing-2#0     /billing-2      billing-2       0               \n");
}

TEST(DescribeTables, state_and_remarks) {
  view::DescribedGroup group = billing();
  EXPECT_EQ(group_state_table(group),
            "\nGROUP                     COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE           #MEMBERS\n"
            "billing                   b2:9092  (2)              range                Stable          2\n");
  group.state = "PreparingRebalance";
  EXPECT_TRUE(group_members_table(group).starts_with("\nWarning: Consumer group 'billing' is rebalancing.\n"));
  group.state = "Stable";
  group.classic_member_count = 1;
  EXPECT_TRUE(group_members_table(group).starts_with(
      "\nConsumer group 'billing' uses the consumer protocol; 1 of its 2 members use the classic one.\n"));
}

TEST(Described, without_brokers_the_assignment_stays_and_nobody_leads) {
  const auto d =
      hello({{SimTime(8s), "crash b1"}, {SimTime(9s), "crash b2"}, {SimTime(10s), "crash b3"}}, SimTime(40s));
  const auto before = hello({}, SimTime(7s));
  ASSERT_EQ(d.topics.size(), 2U);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ(d.topics[1].partitions[p].leader, -1);
    EXPECT_EQ(d.topics[1].partitions[p].replicas, before.topics[1].partitions[p].replicas);
  }
  EXPECT_NE(d.topics[1].partitions[0].replicas, d.topics[1].partitions[1].replicas);
  EXPECT_EQ(group_offsets_table(d.groups[0]).find("-8"), std::string::npos);
  EXPECT_NE(group_offsets_table(d.groups[0]).find("TimeoutException"), std::string::npos);
}

TEST(Described, a_config_that_was_set_while_running_is_the_one_that_is_told) {
  const auto d = hello({{SimTime(8s), "set orders min.insync.replicas 1"}}, SimTime(20s));
  EXPECT_NE(topics_table(d).find("Configs: min.insync.replicas=1\n"), std::string::npos) << topics_table(d);
  EXPECT_NE(topics_table(d).find("Configs: compression.type=producer,cleanup.policy=compact,segment.bytes=104857600\n"),
            std::string::npos)
      << topics_table(d);
}

TEST(Described, members_are_those_of_the_coordinator) {
  const auto crashed = hello({{SimTime(20s), "crash billing-1"}}, SimTime(21s));
  ASSERT_EQ(crashed.groups[0].members.size(), 2U) << "its session has not ended";
  EXPECT_TRUE(crashed.groups[0].members[0].member_id.starts_with("billing-1#"));
  const auto left = hello({{SimTime(20s), "crash billing-1"}, {SimTime(20s), "crash billing-2"}}, SimTime(40s));
  EXPECT_TRUE(left.groups[0].members.empty());
  EXPECT_NE(group_state_table(left.groups[0]).find("no active members"), std::string::npos);
  EXPECT_EQ(group_offsets_table(left.groups[0]).find("/billing"), std::string::npos);
}

TEST(Described, a_group_that_nobody_joined_does_not_exist) {
  const auto d = hello({}, SimTime(1ms));
  EXPECT_NE(group_state_table(d.groups[0]).find("billing"), std::string::npos);
  EXPECT_FALSE(d.groups[0].exists);
  // Brokers and the coordinator are there, and nobody has joined.
  const auto up = hello({{SimTime(1ms), "crash billing-1"}, {SimTime(1ms), "crash billing-2"}}, SimTime(30s));
  EXPECT_TRUE(up.is_any_broker_up);
  EXPECT_EQ(group_offsets_table(up.groups[0]), "\nError: Consumer group 'billing' does not exist.\n");
}

TEST(Described, a_group_whose_coordinator_is_gone_is_what_the_tool_says_after_its_timeout) {
  const auto none =
      hello({{SimTime(10s), "crash b1"}, {SimTime(10s), "crash b2"}, {SimTime(10s), "crash b3"}}, SimTime(40s));
  EXPECT_EQ(group_offsets_table(none.groups[0]),
            "\nError: Executing consumer group command failed due to org.apache.kafka.common.errors.TimeoutException: "
            "Timed out "
            "waiting for a node assignment. Call: describeConsumerGroups(api=FIND_COORDINATOR)\n");
  // Asked in the moment after the crash, the controller still has the dead broker as leader of the group's partition.
  bool is_seen = false;
  for (const char* broker : {"crash b1", "crash b2", "crash b3"}) {
    const auto just_now = hello({{SimTime(20s), broker}}, SimTime(20s + 1ms));
    if (!just_now.groups[0].error.empty()) {
      is_seen = true;
      EXPECT_EQ(
          group_offsets_table(just_now.groups[0]),
          "\nError: Executing consumer group command failed due to org.apache.kafka.common.errors.TimeoutException: "
          "Call(callName=describeConsumerGroups(api=FIND_COORDINATOR)) timed out (COORDINATOR_NOT_AVAILABLE)\n");
    }
  }
  EXPECT_TRUE(is_seen);
}

TEST(Described, a_coordinator_that_reads_its_partition_is_loading_for_those_who_ask) {
  const auto loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/lessons/hello.toml");
  ASSERT_TRUE(loaded.has_value());
  auto session = session::Session::open(*loaded);
  ASSERT_TRUE(session.has_value());
  session::RunLimits limits;
  limits.until = SimTime(20s);
  (*session)->run(limits);
  const auto now = [&session] { return view::build_described((*session)->world(), true).groups[0]; };
  const std::int32_t before = now().coordinator;
  ASSERT_GT(before, 0);
  ASSERT_TRUE((*session)->post_script("crash b" + std::to_string(before)).has_value());
  // Its successor is found event by event, for the time of reading is short.
  view::DescribedGroup group = now();
  while (group.error.find("LOAD_IN_PROGRESS") == std::string::npos) {
    ASSERT_LT((*session)->now(), SimTime(45s)) << "nobody was seen loading";
    ASSERT_TRUE((*session)->step());
    group = now();
  }
  EXPECT_NE(group.coordinator, before);
  EXPECT_EQ(group_offsets_table(group),
            "\nError: Executing consumer group command failed due to org.apache.kafka.common.errors.TimeoutException: "
            "Call(callName=describeConsumerGroups(api=DESCRIBE_GROUPS)) timed out (COORDINATOR_LOAD_IN_PROGRESS)\n");
  while (!group.error.empty()) {
    ASSERT_LT((*session)->now(), SimTime(45s)) << "it never ends";
    ASSERT_TRUE((*session)->step());
    group = now();
  }
  EXPECT_TRUE(group.exists) << "what was read is told";
}

TEST(Described, a_topic_id_has_22_characters_and_hangs_on_the_name) {
  EXPECT_EQ(view::topic_id_text("orders").size(), 22U);
  EXPECT_NE(view::topic_id_text("orders"), view::topic_id_text("news"));
  EXPECT_EQ(view::topic_id_text("orders"), view::topic_id_text("orders"));
}

}  // namespace
}  // namespace kscope::cli::describe_tables_test
