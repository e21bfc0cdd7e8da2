#include "sim/scenario/names.h"

#include <gtest/gtest.h>

#include "sim/scenario/scenario.h"
#include "tests/sim/scenario/fixture.h"

namespace kscope::scenario::names_test {
namespace {

TEST(Names, partitions_are_topic_and_number) {
  const Names names = test_names();
  EXPECT_EQ(names.partition("orders-2"), (sim::TopicPartition{sim::TopicId(1), 2}));
  EXPECT_EQ(names.partition("orders-3"), std::nullopt);
  EXPECT_EQ(names.partition("orders-"), std::nullopt);
  EXPECT_EQ(names.partition("orders--1"), std::nullopt);
  EXPECT_EQ(names.partition("orders-99999999999"), std::nullopt);
  EXPECT_EQ(names.partition("audit-41"), (sim::TopicPartition{sim::TopicId(2), 41})) << "its count is not known yet";
}

TEST(Names, nodes_of_a_scenario_have_a_fixed_order) {
  Scenario scenario;
  scenario.brokers = {{1, "", {}, 0}, {7, "", {}, 0}};
  scenario.producers.resize(1);
  scenario.producers[0].name = "shop";
  scenario.groups.resize(1);
  scenario.groups[0].id = "billing";
  scenario.groups[0].members = 1;
  scenario.groups[0].spare_members = 1;
  std::vector<std::string> nodes;
  for (const NodeName& node : names_of(scenario).nodes) {
    nodes.push_back(node.name);
  }
  EXPECT_EQ(nodes, (std::vector<std::string>{"zk1", "b1", "b7", "shop", "billing-1", "billing-2", "admin"}));
}

TEST(Names, a_topic_that_is_asked_for_twice_may_have_as_many_partitions_as_the_larger_request_says) {
  Scenario scenario;
  scenario.brokers = {{1, "", {}, 0}};
  scenario.topics.resize(1);
  scenario.topics[0].name = "orders";
  scenario.topics[0].partitions = 3;
  for (const auto& [topic, partitions] : {std::pair{"news", 2}, {"news", 6}, {"news", 1}, {"orders", 9}}) {
    TimedAction timed;
    timed.action.verb = Verb::kCreateTopic;
    timed.action.topic = topic;
    timed.action.number = partitions;
    scenario.actions.push_back(timed);
  }
  const Names names = names_of(scenario);
  EXPECT_TRUE(names.partition("news-5").has_value());
  EXPECT_FALSE(names.partition("news-6").has_value());
  EXPECT_FALSE(names.partition("orders-3").has_value()) << "it exists, so the request is refused";
}

TEST(Names, nearest_is_near) {
  EXPECT_EQ(nearest("crush", {"cut", "crash"}), "crash");
  EXPECT_EQ(nearest("xyzzy", {"cut", "crash"}), "");
  EXPECT_EQ(nearest("", {"cut"}), "");
  EXPECT_EQ(did_you_mean("ISR", {"isr"}), "; did you mean \"isr\"?");
}

}  // namespace
}  // namespace kscope::scenario::names_test
