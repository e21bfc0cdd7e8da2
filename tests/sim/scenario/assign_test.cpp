// assign in [[group.member]], and actions that subscribe: what they become, and what is wrong with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/vocabulary.h"

namespace kscope::scenario::assign_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_with(const std::string& assign, const std::string& rest = {}) {
  return "brokers = 1\n[[topic]]\nname = \"orders\"\npartitions = 3\n[[topic]]\nname = \"bills\"\npartitions = 1\n"
         "[[group]]\nid = \"billing\"\ntopics = [\"orders\"]\nmembers = 3\n[[group.member]]\nnumber = 3\nassign = " +
         assign + "\n" + rest;
}

std::string errors_of(const std::string& text) {
  const Result<Scenario> scenario = parse(text, "assign.toml");
  return scenario ? std::string() : scenario.error().text;
}

/// Who is told to subscribe to what.
std::vector<std::pair<std::string, std::vector<sim::TopicId>>> subscriptions(const std::string& line) {
  const Result<Scenario> scenario = parse(text_with("[\"orders-1\"]"), "assign.toml");
  EXPECT_TRUE(scenario) << scenario.error().text;
  const sim::Registry registry = make_registry(*scenario);
  const Result<Action> action = parse_action(line, names_of(registry));
  EXPECT_TRUE(action) << action.error().text;
  const Result<std::vector<Input>> inputs = to_inputs(*action, registry);
  EXPECT_TRUE(inputs) << inputs.error().text;
  std::vector<std::pair<std::string, std::vector<sim::TopicId>>> told;
  for (const Input& input : *inputs) {
    const auto& command = std::get<sim::Command>(input);
    EXPECT_EQ(command.kind, sim::CommandKind::kSubscribe);
    told.emplace_back(registry.nodes.at(static_cast<std::size_t>(command.node.value)).name, command.topics);
  }
  return told;
}

TEST(Assign, becomes_the_partitions_of_that_member_alone) {
  const Result<Scenario> scenario = parse(text_with("[\"bills-0\", \"orders-2\", \"orders-1\"]"), "assign.toml");
  ASSERT_TRUE(scenario) << scenario.error().text;
  const sim::Registry registry = make_registry(*scenario);
  const sim::ConsumerSetup& third = registry.consumers->at(2);
  const sim::TopicId orders = *registry.find_topic("orders");
  const sim::TopicId bills = *registry.find_topic("bills");
  EXPECT_THAT(third.assignment, ElementsAre(sim::TopicPartition{orders, 1}, sim::TopicPartition{orders, 2},
                                            sim::TopicPartition{bills, 0}));
  EXPECT_THAT(third.topics, ElementsAre(orders, bills)) << "whose metadata it needs";
  EXPECT_THAT(registry.consumers->at(0).assignment, IsEmpty());
}

TEST(Assign, is_saved_as_it_was) {
  const Result<Scenario> scenario = parse(text_with("[\"orders-1\", \"bills-0\"]"), "assign.toml");
  ASSERT_TRUE(scenario) << scenario.error().text;
  const Result<Scenario> again = parse(save(*scenario), "assign.toml");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_THAT(again->groups.at(0).overrides.at(0).assign, ElementsAre("orders-1", "bills-0"));
}

TEST(Assign, errors_name_the_nearest_partition) {
  EXPECT_THAT(errors_of(text_with("[\"order-0\"]")), HasSubstr("assign: \"order-0\" is no partition"));
  EXPECT_THAT(errors_of(text_with("[\"order-0\"]")), HasSubstr("did you mean \"orders-0\"?"));
  EXPECT_THAT(errors_of(text_with("[\"orders-3\"]")), HasSubstr("expected orders-0 to orders-2"));
  EXPECT_THAT(errors_of(text_with("[\"orders-1\", \"orders-1\"]")), HasSubstr("orders-1 is in the list twice"));
  EXPECT_THAT(errors_of(text_with("[]")), HasSubstr("assign is empty"));
}

TEST(Assign, and_an_output_do_not_go_together) {
  std::string text = text_with("[\"orders-1\"]");
  text.insert(text.find("members = 3"), "output = \"bills\"\nproducer.config = { transactional.id = \"t\" }\n");
  EXPECT_THAT(errors_of(text), HasSubstr("expected a group without output"));
}

TEST(Subscribe, of_a_group_goes_to_its_members_that_subscribe) {
  const std::vector<sim::TopicId> both = {sim::TopicId(2), sim::TopicId(1)};
  EXPECT_THAT(subscriptions("subscribe billing-2 bills,orders"),
              ElementsAre(std::pair(std::string("billing-2"), both)));
  EXPECT_THAT(subscriptions("subscribe billing bills,orders"),
              ElementsAre(std::pair(std::string("billing-1"), both), std::pair(std::string("billing-2"), both)));
}

TEST(Subscribe, of_a_member_with_assign_is_an_error) {
  EXPECT_THAT(errors_of(text_with("[\"orders-1\"]", "[[at]]\ntime = \"5s\"\ndo = \"subscribe billing-3 bills\"\n")),
              HasSubstr("billing-3 assigns its partitions itself"));
}

TEST(Subscribe, to_a_topic_that_is_created_later_is_an_error) {
  const std::string create = "[[at]]\ntime = \"9s\"\ndo = \"create-topic news\"\n";
  const auto subscribed_at = [&](const std::string& time) {
    return errors_of(
        text_with("[\"orders-1\"]", create + "[[at]]\ntime = \"" + time + "\"\ndo = \"subscribe billing-1 news\"\n"));
  };
  EXPECT_THAT(subscribed_at("5s"), HasSubstr("topic news is created only after this"));
  EXPECT_EQ(subscribed_at("15s"), "");
}

}  // namespace
}  // namespace kscope::scenario::assign_test
