#include "sim/config/config_values.h"

#include "sim/config/broker_config.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kscope::sim::config_values_test {
namespace {

using ::testing::HasSubstr;

ConfigValues values_of(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  ConfigValues values;
  for (const auto& [name, value] : pairs) {
    values.set(name, value);
  }
  return values;
}

TEST(ConfigValues, FillTypedMembersWithAndWithoutUnits) {
  BrokerConfig broker;
  const auto problems = apply(values_of({{"replica.lag.time.max.ms", "10s"},
                                         {"log.segment.bytes", "1MiB"},
                                         {"leader.imbalance.check.interval.seconds", "2m"},
                                         {"log.retention.hours", "48"},
                                         {"unclean.leader.election.enable", "TRUE"},
                                         {"broker.rack", "a"}}),
                              broker);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(broker.replica_lag_time_max_ms, 10s);
  EXPECT_EQ(broker.log_segment_bytes, 1 << 20);
  EXPECT_EQ(broker.leader_imbalance_check_interval_seconds, 2min);
  EXPECT_EQ(broker.log_retention_time(), 48h);
  EXPECT_TRUE(broker.unclean_leader_election_enable);
  EXPECT_EQ(broker.broker_rack, "a");
}

TEST(ConfigValues, EveryProblemIsReportedAndTheRestStillSet) {
  TopicConfig topic;
  const auto problems = apply(values_of({{"acks", "all"},
                                         {"min.insync.replica", "2"},
                                         {"min.insync.replicas", "2"},
                                         {"segment.bytes", "13"},
                                         {"remote.storage.enable", "true"}}),
                              topic);
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_EQ(problems[0].kind, ConfigProblemKind::UNKNOWN);
  EXPECT_THAT(problems[0].text, HasSubstr("producer config"));
  EXPECT_EQ(problems[1].kind, ConfigProblemKind::UNKNOWN);
  EXPECT_THAT(problems[1].text, HasSubstr("did you mean \"min.insync.replicas\""));
  EXPECT_EQ(problems[2].kind, ConfigProblemKind::NOT_MODELLED);
  EXPECT_EQ(problems[3].kind, ConfigProblemKind::INVALID);
  EXPECT_THAT(problems[3].text, HasSubstr("at least 14"));
  EXPECT_EQ(topic.min_insync_replicas, 2);
}

TEST(ConfigValues, LaterSettingsReplaceEarlierOnes) {
  ConfigValues defaults = values_of({{"acks", "1"}, {"retries", "3"}});
  defaults.set_all(values_of({{"acks", "all"}}));
  EXPECT_EQ(*defaults.find("acks"), "all");
  EXPECT_EQ(*defaults.find("retries"), "3");
  EXPECT_EQ(defaults.find("linger.ms"), nullptr);
}

/// The problems that are errors, not warnings.
template <class Config>
std::vector<ConfigProblem> errors_of(const ConfigValues& values, Config& config) {
  std::vector<ConfigProblem> problems = apply(values, config);
  std::erase_if(problems, [](const ConfigProblem& problem) { return problem.is_warning(); });
  return problems;
}

TEST(ConfigValues, AValueWithoutEffectIsAWarningAndIsStillSeenByTheRules) {
  ProducerConfig config;
  const std::vector<ConfigProblem> problems = apply(values_of({{"send.buffer.bytes", "1000"}}), config);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].kind, ConfigProblemKind::NOT_MODELLED);
  TopicConfig topic;
  EXPECT_TRUE(apply(values_of({{"cleanup.policy", "compact,delete"}}), topic).empty());
  EXPECT_TRUE(topic.cleanup_policy.is_compact);
  EXPECT_TRUE(apply(values_of({{"min.cleanable.dirty.ratio", "0.25"}}), topic).empty());
  EXPECT_EQ(topic.min_cleanable_dirty_ratio, Share{250'000});
  ConsumerConfig consumer;
  EXPECT_EQ(apply(values_of({{"send.buffer.bytes", "1000"}, {"group.id", "g"}}), consumer).size(), 1u);
}

TEST(ConfigRules, IdempotenceIsGivenUpUnlessAskedFor) {
  ProducerConfig config;
  EXPECT_TRUE(errors_of(values_of({{"acks", "1"}}), config).empty());
  EXPECT_FALSE(config.enable_idempotence);
  config = {};
  EXPECT_TRUE(errors_of(values_of({{"linger.ms", "5"}}), config).empty());
  EXPECT_TRUE(config.enable_idempotence);
  config = {};
  EXPECT_EQ(errors_of(values_of({{"acks", "1"}, {"enable.idempotence", "true"}}), config).size(), 1u);
  config = {};
  EXPECT_TRUE(errors_of(values_of({{"max.in.flight.requests.per.connection", "6"}}), config).empty());
  EXPECT_FALSE(config.enable_idempotence);
  config = {};
  EXPECT_EQ(errors_of(values_of({{"retries", "0"}, {"transactional.id", "t"}}), config).size(), 1u);
}

TEST(ConfigRules, DeliveryTimeoutCoversLingerAndRequest) {
  ProducerConfig config;
  const auto raised = apply(values_of({{"request.timeout.ms", "200s"}, {"linger.ms", "1s"}}), config);
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].kind, ConfigProblemKind::WARNING);
  EXPECT_THAT(raised[0].text, HasSubstr("set to 201000 ms"));
  EXPECT_EQ(config.delivery_timeout_ms, 201s);
  config = {};
  EXPECT_EQ(apply(values_of({{"delivery.timeout.ms", "10s"}}), config).size(), 1u);
}

TEST(ConfigRules, ConsumersHeartbeatWithinTheSession) {
  ConsumerConfig config;
  EXPECT_EQ(apply(values_of({{"group.id", "g"}, {"session.timeout.ms", "3s"}}), config).size(), 1u);
  config = {};
  EXPECT_TRUE(apply(ConfigValues{}, config).empty());
  EXPECT_FALSE(config.enable_auto_commit) << "a consumer without group commits nothing";
}

TEST(ConfigRules, FollowersMustNotWaitLongerThanTheLagAllows) {
  BrokerConfig config;
  EXPECT_EQ(apply(values_of({{"replica.lag.time.max.ms", "100"}}), config).size(), 1u);
  config = {};
  EXPECT_EQ(apply(values_of({{"log.retention.ms", "0"}}), config).size(), 1u);
  config = {};
  EXPECT_TRUE(apply(values_of({{"log.retention.ms", "-1"}}), config).empty());
}

TEST(ConfigRules, ABackoffAboveItsMaximumIsWarnedAbout) {
  ProducerConfig producer;
  const auto problems = apply(values_of({{"retry.backoff.ms", "2s"}}), producer);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].kind, ConfigProblemKind::WARNING);
  EXPECT_THAT(problems[0].text, HasSubstr("static backoff of 1000 ms"));
  ConsumerConfig consumer;
  EXPECT_EQ(apply(values_of({{"group.id", "g"}, {"retry.backoff.max.ms", "50"}}), consumer).size(), 1u);
}

TEST(ConfigRules, CompactionLagsMustLeaveRoom) {
  TopicConfig topic;
  const auto problems = apply(values_of({{"min.compaction.lag.ms", "60s"}, {"max.compaction.lag.ms", "30s"}}), topic);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].kind, ConfigProblemKind::INVALID);
  topic = {};
  topic.max_compaction_lag_ms = 30s;  // from the broker
  EXPECT_EQ(apply(values_of({{"min.compaction.lag.ms", "60s"}}), topic).size(), 1u);
  topic = {};
  EXPECT_TRUE(apply(values_of({{"min.compaction.lag.ms", "60s"}, {"max.compaction.lag.ms", "60s"}}), topic).empty());
}

TEST(ConfigValues, ThrottledReplicasAreAStarOrPairs) {
  TopicConfig topic;
  EXPECT_TRUE(apply(values_of({{"leader.replication.throttled.replicas", "0:1, 2:3"},
                               {"follower.replication.throttled.replicas", "*"}}),
                    topic)
                  .empty());
  EXPECT_TRUE(topic.leader_replication_throttled_replicas.has(2, 3));
  EXPECT_FALSE(topic.leader_replication_throttled_replicas.has(2, 1));
  EXPECT_TRUE(topic.follower_replication_throttled_replicas.has(7, 9));
  EXPECT_EQ(apply(values_of({{"leader.replication.throttled.replicas", "0-1"}}), topic).size(), 1u);
}

TEST(ConfigValues, AssignorsBearKafkasClassNamesOrShortOnes) {
  ConsumerConfig config;
  const auto set = [&](const char* value) {
    return apply(values_of({{"group.id", "g"}, {"partition.assignment.strategy", value}}), config);
  };
  EXPECT_TRUE(set("org.apache.kafka.clients.consumer.RangeAssignor,cooperative-sticky").empty());
  EXPECT_TRUE(set("cooperative-sticky, org.apache.kafka.clients.consumer.RoundRobinAssignor").empty());
  EXPECT_EQ(config.partition_assignment_strategy,
            (std::vector{AssignorName::COOPERATIVE_STICKY, AssignorName::ROUND_ROBIN}));
  EXPECT_EQ(set("com.example.Mine").size(), 1u);
}

}  // namespace
}  // namespace kscope::sim::config_values_test
