#include "sim/rules/protocol_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace kscope::sim::protocol_rules_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(KafkaVersions, are_read_as_releases_are_named) {
  EXPECT_EQ(parse_kafka_version("3.9"), (KafkaVersion{3, 9, 0}));
  EXPECT_EQ(parse_kafka_version("2.0.1"), (KafkaVersion{2, 0, 1}));
  EXPECT_EQ(parse_kafka_version("0.10.2.2"), (KafkaVersion{0, 10, 2}));
  for (const char* wrong : {"", "3", "3.", ".9", "3.x", "-3.9", "3.-9", "3.9-rc1", "1.2.3.4.5", "latest", "3..9"}) {
    EXPECT_FALSE(parse_kafka_version(wrong)) << wrong;
  }
}

TEST(ProtocolRules, every_rule_says_what_was_and_what_is) {
  std::set<std::string> names;
  for (const RuleInfo& entry : rule_table()) {
    EXPECT_TRUE(names.insert(std::string(entry.name)).second) << entry.name;
    EXPECT_FALSE(entry.old_rule.empty()) << entry.name;
    EXPECT_FALSE(entry.new_rule.empty()) << entry.name;
    EXPECT_TRUE(entry.since.empty() || parse_kafka_version(entry.since)) << entry.name;
    EXPECT_THAT(rules_named(entry.name), ElementsAre(entry.rule));
  }
  for (const RuleGroup& group : rule_groups()) {
    EXPECT_TRUE(names.insert(std::string(group.name)).second) << group.name;
    EXPECT_GT(group.rules.size(), 1U) << group.name;
    EXPECT_EQ(rules_named(group.name), group.rules);
  }
  EXPECT_EQ(rule_names().size(), names.size());
  EXPECT_THAT(rules_named("kip-1"), IsEmpty());
}

TEST(ProtocolRules, a_version_has_the_rules_that_came_later_as_they_were) {
  EXPECT_THAT(ProtocolRules::of_version({3, 9, 0}).changes(), IsEmpty());
  EXPECT_THAT(ProtocolRules::of_version({3, 4, 1}).changes(),
              ElementsAre("kip-890-verification=old", "kafka-15583=old"))
      << "KIP-903 came with 3.5, but clusters on ZooKeeper never had it";
  const ProtocolRules of_2_0 = ProtocolRules::of_version({2, 0, 0});
  EXPECT_TRUE(of_2_0.is_old(Rule::kKafka7128));
  EXPECT_FALSE(of_2_0.is_old(Rule::kKip279));
  EXPECT_FALSE(ProtocolRules::of_version({2, 0, 1}).is_old(Rule::kKafka7128));
  EXPECT_TRUE(ProtocolRules::of_version({0, 10, 2}).is_old(Rule::kKip101));
  EXPECT_FALSE(ProtocolRules::of_version({0, 11, 0}).is_old(Rule::kKip101));
}

TEST(ProtocolRules, clusters_with_kraft_have_its_rules) {
  const ProtocolRules kraft(MetadataMode::KRAFT);
  EXPECT_FALSE(kraft.is_old(Rule::kKip903));
  EXPECT_THAT(kraft.changes(), IsEmpty());
  EXPECT_THAT(ProtocolRules::of_version({3, 4, 1}, MetadataMode::KRAFT).changes(),
              ElementsAre("kip-903=old", "kip-890-verification=old", "kafka-15583=old"));
  const ProtocolRules oldest = ProtocolRules::of_version({0, 8, 0}, MetadataMode::KRAFT);
  for (const RuleInfo& entry : rule_table()) {
    const bool can_be_old = !entry.since.empty() && entry.not_with_kraft.empty() && entry.old_since.empty();
    EXPECT_EQ(oldest.is_old(entry.rule), can_be_old) << entry.name;
  }
  EXPECT_FALSE(oldest.is_old(Rule::kKip497)) << "there is no ZooKeeper to write ISRs to";
}

TEST(ProtocolRules, KIP_966_is_new_from_4_1_on_and_only_with_KRaft) {
  EXPECT_TRUE(ProtocolRules(MetadataMode::KRAFT).is_old(Rule::kKip966));
  EXPECT_TRUE(ProtocolRules::of_version({4, 0, 0}, MetadataMode::KRAFT).is_old(Rule::kKip966)) << "it was a preview";
  EXPECT_THAT(ProtocolRules::of_version({4, 1, 0}, MetadataMode::KRAFT).changes(),
              ElementsAre("kip-890-epochs=new", "kip-966=new", "kafka-19522=new"));
  EXPECT_THAT(ProtocolRules::of_version({4, 1, 0}, MetadataMode::ZOOKEEPER).changes(), IsEmpty());
}

TEST(ProtocolRules, KIP_890_came_in_two_parts_and_the_second_only_with_KRaft) {
  EXPECT_FALSE(ProtocolRules(MetadataMode::ZOOKEEPER).is_old(Rule::kKip890Verification));
  EXPECT_TRUE(ProtocolRules::of_version({3, 5, 0}).is_old(Rule::kKip890Verification));
  EXPECT_TRUE(ProtocolRules(MetadataMode::KRAFT).is_old(Rule::kKip890Epochs));
  EXPECT_FALSE(ProtocolRules::of_version({4, 0, 0}, MetadataMode::KRAFT).is_old(Rule::kKip890Epochs));
  EXPECT_TRUE(ProtocolRules::of_version({4, 0, 0}, MetadataMode::ZOOKEEPER).is_old(Rule::kKip890Epochs));
}

TEST(ProtocolRules, designs_that_were_never_released_belong_to_no_version) {
  const ProtocolRules oldest = ProtocolRules::of_version({0, 8, 0});
  for (const RuleInfo& entry : rule_table()) {
    const bool can_be_old = !entry.since.empty() && entry.old_since.empty();
    EXPECT_EQ(oldest.is_old(entry.rule), can_be_old) << entry.name;
  }
}

TEST(ProtocolRules, a_flaw_that_came_with_a_release_was_not_there_before) {
  for (const RuleInfo& entry : rule_table()) {
    const std::optional<KafkaVersion> since = parse_kafka_version(entry.since);
    const std::optional<KafkaVersion> old_since = parse_kafka_version(entry.old_since);
    EXPECT_TRUE(entry.old_since.empty() || (old_since && since && *old_since < *since)) << entry.name;
  }
  EXPECT_FALSE(ProtocolRules::of_version({3, 1, 0}).is_old(Rule::kKafka14196)) << "poll() waited for the commit";
  EXPECT_TRUE(ProtocolRules::of_version({3, 2, 0}).is_old(Rule::kKafka14196));
  EXPECT_FALSE(ProtocolRules::of_version({3, 2, 3}).is_old(Rule::kKafka14196));
  EXPECT_TRUE(ProtocolRules::of_version({2, 1, 0}).is_old(Rule::kKip394));
}

TEST(ProtocolRules, are_chosen_one_by_one) {
  ProtocolRules rules;
  EXPECT_THAT(rules.changes(), IsEmpty());
  rules.choose_old(Rule::kKip101);
  rules.choose_new(Rule::kKip903);
  EXPECT_THAT(rules.changes(), ElementsAre("kip-101=old", "kip-903=new"));
  rules.choose_new(Rule::kKip101);
  rules.choose_old(Rule::kKip903);
  EXPECT_EQ(rules, ProtocolRules{});
}

}  // namespace
}  // namespace kscope::sim::protocol_rules_test
