#include "sim/config/topic_config.h"

#include "sim/config/broker_config.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/zookeeper_config.h"

#include <gtest/gtest.h>

namespace kscope::sim::topic_config_test {
namespace {

TEST(TopicConfig, ABrokerWithoutSettingsGivesKafkasDefaults) {
  EXPECT_EQ(topic_config_from(BrokerConfig{}), TopicConfig{});
}

TEST(TopicConfig, InheritsFromTheBroker) {
  BrokerConfig broker;
  broker.min_insync_replicas = 2;
  broker.log_flush_scheduler_interval_ms = 7s;
  EXPECT_EQ(topic_config_from(broker).min_insync_replicas, 2);
  EXPECT_EQ(topic_config_from(broker).flush_ms, 7s);
  broker.log_segment_delete_delay_ms = 3s;
  EXPECT_EQ(topic_config_from(broker).file_delete_delay_ms, 3s);
}

TEST(BrokerConfig, MillisecondsBeatMinutesBeatHours) {
  BrokerConfig broker;
  broker.log_retention_hours = 1h;
  EXPECT_EQ(topic_config_from(broker).retention_ms, 1h);
  broker.log_retention_minutes = 2min;
  EXPECT_EQ(topic_config_from(broker).retention_ms, 2min);
  broker.log_retention_ms = -5ms;
  EXPECT_EQ(topic_config_from(broker).retention_ms, -1ms);
  broker.log_roll_hours = 3h;
  EXPECT_EQ(topic_config_from(broker).segment_ms, 3h);
  broker.log_roll_ms = 4ms;
  EXPECT_EQ(topic_config_from(broker).segment_ms, 4ms);
}

TEST(ZooKeeperConfig, SessionTimeoutsAreHeldBetweenTwoAndTwentyTicks) {
  const ZooKeeperConfig config;
  EXPECT_EQ(config.negotiated_session_timeout(18s), 18s);
  EXPECT_EQ(config.negotiated_session_timeout(1s), 6s);
  EXPECT_EQ(config.negotiated_session_timeout(100s), 60s);
}

}  // namespace
}  // namespace kscope::sim::topic_config_test
