#include "sim/config/config_valid.h"

#include "sim/config/units.h"

#include <gtest/gtest.h>

namespace kscope::sim::config_valid_test {
namespace {

bool accepts(ConfigScope scope, std::string_view name, std::string_view value) {
  const ConfigDef* def = find_config(scope, name);
  EXPECT_NE(def, nullptr) << name;
  return def != nullptr && !invalid_config_value(*def, value).has_value();
}

TEST(ConfigValid, Types) {
  EXPECT_TRUE(accepts(ConfigScope::BROKER, "num.io.threads", " 8 "));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "num.io.threads", "eight"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "num.io.threads", "8.5"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "num.io.threads", "3000000000"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "offsets.topic.replication.factor", "40000"));
  EXPECT_TRUE(accepts(ConfigScope::BROKER, "log.flush.interval.messages", "9223372036854775807"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "log.flush.interval.messages", "9223372036854775808"));
  EXPECT_TRUE(accepts(ConfigScope::BROKER, "auto.create.topics.enable", "False"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "auto.create.topics.enable", "yes"));
}

TEST(ConfigValid, Ranges) {
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "num.io.threads", "0"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "retention.ms", "-1"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "retention.ms", "-2"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "compression.lz4.level", "17"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "compression.lz4.level", "18"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "compression.gzip.level", "-1"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "compression.gzip.level", "0"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "min.cleanable.dirty.ratio", "0.75"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "min.cleanable.dirty.ratio", "5e-1"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "min.cleanable.dirty.ratio", "1.000001"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "min.cleanable.dirty.ratio", "-0.1"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "min.cleanable.dirty.ratio", "half"));
}

TEST(ConfigValid, Words) {
  EXPECT_TRUE(accepts(ConfigScope::PRODUCER, "acks", "-1"));
  EXPECT_FALSE(accepts(ConfigScope::PRODUCER, "acks", "2"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "cleanup.policy", "compact, delete"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "cleanup.policy", "compact,drop"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "cleanup.policy", "delete,")) << "Kafka sees an empty second word";
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "cleanup.policy", "")) << "no word at all";
  EXPECT_TRUE(accepts(ConfigScope::CONSUMER, "group.protocol", "Consumer"));
  EXPECT_FALSE(accepts(ConfigScope::CONSUMER, "isolation.level", "READ_COMMITTED"));
  EXPECT_FALSE(accepts(ConfigScope::CONSUMER, "group.instance.id", ""));
  EXPECT_TRUE(accepts(ConfigScope::BROKER, "inter.broker.protocol.version", "3.9"));
  EXPECT_TRUE(accepts(ConfigScope::BROKER, "inter.broker.protocol.version", "2.8-IV1"));
  EXPECT_FALSE(accepts(ConfigScope::BROKER, "inter.broker.protocol.version", "3.10"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "leader.replication.throttled.replicas", "*"));
  EXPECT_TRUE(accepts(ConfigScope::TOPIC, "leader.replication.throttled.replicas", "0:101,1:102"));
  EXPECT_FALSE(accepts(ConfigScope::TOPIC, "leader.replication.throttled.replicas", "0-101"));
}

TEST(ConfigValid, UnitsBecomeKafkasBareNumbers) {
  const auto plain = [](ConfigScope scope, std::string_view name, std::string_view value) {
    return plain_config_value(*find_config(scope, name), value);
  };
  EXPECT_EQ(plain(ConfigScope::PRODUCER, "linger.ms", "2s"), "2000");
  EXPECT_EQ(plain(ConfigScope::PRODUCER, "batch.size", "16KiB"), "16384");
  EXPECT_EQ(plain(ConfigScope::PRODUCER, "buffer.memory", "32MB"), "32000000");
  EXPECT_EQ(plain(ConfigScope::BROKER, "log.retention.hours", "7d"), "168");
  EXPECT_EQ(plain(ConfigScope::BROKER, "num.io.threads", "7d"), "7d") << "a count has no unit";
  EXPECT_FALSE(accepts(ConfigScope::PRODUCER, "linger.ms", "500us")) << "less than the config can say";
  EXPECT_FALSE(accepts(ConfigScope::PRODUCER, "linger.ms", "5x"));
}

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("2min"), 2min);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration(" 5us "), 5us);
  EXPECT_EQ(parse_duration("-10ms"), -10ms);
  EXPECT_EQ(parse_duration("0"), 0s);
  for (const char* wrong : {"", "-", "s", "30", "30 s", "1.5s", "5x", "10000000d", "--5s", "5-s"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("17"), 17);
  EXPECT_EQ(parse_size("1KiB"), 1024);
  EXPECT_EQ(parse_size("3kB"), 3000);
  EXPECT_EQ(parse_size("2GiB"), std::int64_t{2} << 30);
  for (const char* wrong : {"", "KiB", "1 KiB", "-1", "1Kib", "1KiB2", "99999999999GiB"}) {
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace kscope::sim::config_valid_test
