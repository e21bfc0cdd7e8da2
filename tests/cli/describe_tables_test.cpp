#include "sim/cli/describe_tables.h"

#include <gtest/gtest.h>

namespace kscope::cli {
namespace {

view::Snapshot snapshot() {
  view::Snapshot s;
  view::Partition p;
  p.topic = 1;
  p.name = "orders-0";
  p.leader = 1;
  p.replica_ids = {1, 2, 3};
  p.isr = {1, 2};
  p.high_watermark = 12;
  p.groups.resize(1);
  p.groups[0].group = 0;
  p.groups[0].committed = 10;
  s.partitions.push_back(p);
  p.partition = 1;
  p.name = "orders-1";
  p.leader = -1;
  p.groups.clear();
  s.partitions.push_back(p);
  view::Group g;
  g.group = 0;
  g.name = "billing";
  g.state = "Stable";
  g.protocol = "range";
  g.coordinator = 2;
  g.partitions = {"orders-0", "orders-1"};
  g.members.resize(1);
  g.members[0].name = "billing-1";
  g.members[0].member_id = "billing-1#0";
  g.members[0].owned = {0};
  s.groups.push_back(g);
  return s;
}

TEST(DescribeTables, topics_are_printed_as_kafka_topics_does) {
  scenario::Scenario scenario;
  scenario.topics.resize(1);
  scenario.topics[0].name = "orders";
  scenario.topics[0].configs = {{"min.insync.replicas", "2", 0}};
  EXPECT_EQ(topics_table(snapshot(), scenario),
            "Topic: orders\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n"
            "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2\tElr: N/A\tLastKnownElr: N/A\n"
            "\tTopic: orders\tPartition: 1\tLeader: none\tReplicas: 1,2,3\tIsr: 1,2\tElr: N/A\tLastKnownElr: N/A\n");
}

TEST(DescribeTables, offsets_are_printed_as_kafka_consumer_groups_does) {
  const view::Snapshot s = snapshot();
  EXPECT_EQ(
      group_offsets_table(s, s.groups[0]),
      "\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     "
      "HOST            CLIENT-ID\n"
      "billing         orders          0          10              12              2               billing-1#0     "
      "/billing-1      billing-1\n")
      << "nobody owns or has committed anything of orders-1";
}

TEST(DescribeTables, a_member_without_partitions_has_a_row_of_its_own) {
  view::Snapshot s = snapshot();
  s.groups[0].members.push_back({});
  s.groups[0].members[1].name = "billing-2";
  s.groups[0].members[1].member_id = "billing-2#0";
  const std::string table = group_offsets_table(s, s.groups[0]);
  EXPECT_TRUE(
      table.ends_with("billing         -               -          -               -               -               "
                      "billing-2#0     /billing-2      billing-2\n"))
      << table;
}

TEST(DescribeTables, members_are_printed_as_kafka_consumer_groups_does) {
  const view::Snapshot s = snapshot();
  EXPECT_EQ(group_members_table(s.groups[0]),
            "\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     \n"
            "billing         billing-1#0     /billing-1      billing-1       1               \n");
}

TEST(DescribeTables, state_and_remarks) {
  view::Snapshot s = snapshot();
  EXPECT_EQ(group_state_table(s.groups[0]),
            "\nGROUP                     COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE           #MEMBERS\n"
            "billing                   b2:9092  (2)              range                Stable          1\n");
  s.groups[0].state = "PreparingRebalance";
  EXPECT_TRUE(group_members_table(s.groups[0]).starts_with("\nWarning: Consumer group 'billing' is rebalancing.\n"));
  s.groups[0].state = "Empty";
  EXPECT_TRUE(group_state_table(s.groups[0]).starts_with("\nConsumer group 'billing' has no active members.\n"));
}

}  // namespace
}  // namespace kscope::cli
