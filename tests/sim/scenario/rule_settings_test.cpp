#include "sim/scenario/rule_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/build.h"

namespace kscope::scenario::rule_settings_test {
namespace {

using sim::Rule;
using testing::HasSubstr;

Scenario with_head(const std::string& head) {
  Result<Scenario> scenario = parse(head + "\n[[broker]]\nid = 1\n", "x.toml");
  EXPECT_TRUE(scenario) << scenario.error().text;
  return scenario ? std::move(*scenario) : Scenario{};
}

std::string errors_of(const std::string& head) {
  const Result<Scenario> scenario = parse(head + "\n[[broker]]\nid = 1\n", "x.toml");
  return scenario ? "" : scenario.error().text;
}

TEST(RuleSettings, a_table_says_old_or_new) {
  const Scenario scenario = with_head("kafka.rules = { kip-101 = \"old\", kip-279 = \"new\" }");
  EXPECT_TRUE(protocol_rules(scenario).is_old(Rule::kKip101));
  EXPECT_FALSE(protocol_rules(scenario).is_old(Rule::kKip279));
  EXPECT_TRUE(make_registry(scenario).rules.is_old(Rule::kKip101)) << "the model asks the registry";
}

TEST(RuleSettings, a_list_names_old_rules) {
  const Scenario scenario = with_head("kafka.rules = [\"kip-320\", \"kip-207=new\"]");
  EXPECT_TRUE(protocol_rules(scenario).is_old(Rule::kKip320FencedFetch));
  EXPECT_TRUE(protocol_rules(scenario).is_old(Rule::kKip320FencedTruncation));
  EXPECT_FALSE(protocol_rules(scenario).is_old(Rule::kKip207));
}

TEST(RuleSettings, a_version_chooses_all_and_single_rules_win_over_it) {
  const Scenario scenario = with_head("kafka.version = \"1.1\"\nkafka.rules = { kip-279 = \"new\" }");
  EXPECT_FALSE(protocol_rules(scenario).is_old(Rule::kKip279));
  EXPECT_TRUE(protocol_rules(scenario).is_old(Rule::kKip497));
  EXPECT_FALSE(protocol_rules(scenario).is_old(Rule::kKip101));
  ASSERT_EQ(scenario.warnings.size(), 1U);
  EXPECT_THAT(scenario.warnings[0], HasSubstr("has these rules: kip-279=old, kafka-7128=old"));
}

TEST(RuleSettings, the_default_of_unclean_election_is_a_rule) {
  const auto unclean = [](const std::string& head) {
    return make_registry(with_head(head)).brokers->front().config.unclean_leader_election_enable;
  };
  EXPECT_FALSE(unclean(""));
  EXPECT_TRUE(unclean("kafka.version = \"0.10\""));
  EXPECT_FALSE(unclean("kafka.version = \"0.10\"\n[defaults.broker]\nunclean.leader.election.enable = false"));
}

TEST(RuleSettings, mistakes_are_reported_with_the_nearest_name) {
  EXPECT_THAT(errors_of("kafka.rules = { kip-1011 = \"old\" }"),
              HasSubstr("x.toml:1: error: kafka.rules: there is no rule \"kip-1011\"; did you mean \"kip-101\"?"));
  EXPECT_THAT(errors_of("title = \"x\"\nkafka.rules = [\"kip-27\"]"),
              HasSubstr("x.toml:2: error: kafka.rules: there is no"));
  EXPECT_THAT(errors_of("kafka.rules = { kip-101 = \"odd\" }"),
              HasSubstr("kip-101 is \"odd\"; expected \"old\" or \"new\""));
  EXPECT_THAT(errors_of("kafka.rules = { kip-966 = \"new\" }"),
              HasSubstr("kip-966 cannot be new with metadata = \"zookeeper\": eligible leader replicas"));
  EXPECT_THAT(errors_of("kafka.rules = 7"), HasSubstr("kafka.rules"));
}

TEST(RuleSettings, the_command_line_replaces_what_the_file_says) {
  Scenario scenario = with_head("kafka.rules = { kip-101 = \"new\" }");
  set_rule(scenario, *parse_rule_setting("kip-101=old"));
  set_rule(scenario, *parse_rule_setting("kip-279"));
  EXPECT_EQ(scenario.kafka_rules.size(), 2U);
  EXPECT_EQ(rules_text(scenario), "kafka 3.9, zookeeper; rules kip-101=old, kip-279=old");
  EXPECT_FALSE(parse_rule_setting("kip-101=odd"));
  EXPECT_FALSE(parse_rule_setting(""));
}

TEST(RuleSettings, are_saved) {
  Scenario scenario =
      with_head("kafka.version = \"2.0\"\nkafka.rules = { kip-101 = \"old\", kip-320-first-try = \"old\" }");
  const Result<Scenario> again = parse(save(scenario), "y.toml");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(protocol_rules(*again), protocol_rules(scenario));
  EXPECT_EQ(again->kafka_rules.size(), 2U);
}

}  // namespace
}  // namespace kscope::scenario::rule_settings_test
