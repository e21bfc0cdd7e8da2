#include "sim/config/broker_config.h"
#include "sim/config/config_def.h"
#include "sim/config/config_valid.h"
#include "sim/config/consumer_config.h"
#include "sim/config/modelled_configs.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace kscope::sim::config_defaults_test {
namespace {

// Kafka's classes -> scope. Every other class is merged into the broker's definition.
ConfigScope scope_of(const std::string& source) {
  static const std::map<std::string, ConfigScope> kScopes = {{"LogConfig(topic)", ConfigScope::TOPIC},
                                                             {"ProducerConfig", ConfigScope::PRODUCER},
                                                             {"ConsumerConfig", ConfigScope::CONSUMER},
                                                             {"AdminClientConfig", ConfigScope::ADMIN}};
  const auto found = kScopes.find(source);
  return found == kScopes.end() ? ConfigScope::BROKER : found->second;
}

const std::map<std::string, ConfigType> kTypes = {
    {"BOOLEAN", ConfigType::BOOLEAN}, {"STRING", ConfigType::STRING}, {"INT", ConfigType::INT},
    {"SHORT", ConfigType::SHORT},     {"LONG", ConfigType::LONG},     {"DOUBLE", ConfigType::DOUBLE},
    {"LIST", ConfigType::LIST},       {"CLASS", ConfigType::CLASS},   {"PASSWORD", ConfigType::PASSWORD}};

std::string text_of(const nlohmann::json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (!value.is_array()) {
    return value.dump();
  }
  std::string text;
  for (const auto& element : value) {
    text += (text.empty() ? "" : ",") + element.get<std::string>();
  }
  return text;
}

void expect_default(const ConfigDef& def, const nlohmann::json& expected) {
  ASSERT_EQ(def.default_text.has_value(), !expected.is_null()) << def.name;
  if (expected.is_number_float()) {
    EXPECT_EQ(std::stod(std::string(*def.default_text)), expected.get<double>()) << def.name;
  } else if (!expected.is_null()) {
    EXPECT_EQ(*def.default_text, text_of(expected)) << def.name;
  }
}

TEST(KafkaConfigDefaults, TheTableIsKafkasOwn) {
  const nlohmann::json data = kafka_data::read_json("config_defaults_3.9.0.json");
  const nlohmann::json& configs = data.at("configs");
  ASSERT_FALSE(configs.empty());
  std::set<std::pair<ConfigScope, std::string>> seen;
  for (const auto& entry : configs) {
    const std::string name = entry.at("name");
    const ConfigScope scope = scope_of(entry.at("source"));
    seen.emplace(scope, name);
    const ConfigDef* def = find_config(scope, name);
    ASSERT_NE(def, nullptr) << entry.at("source") << " " << name;
    EXPECT_EQ(def->name, name);
    EXPECT_EQ(def->type, kTypes.at(entry.at("type"))) << name;
    expect_default(*def, entry.at("default"));
    EXPECT_EQ(def->valid, entry.at("valid").is_null() ? "" : entry.at("valid").get<std::string>()) << name;
    EXPECT_EQ(def->presence == ConfigPresence::REQUIRED, entry.at("required").get<bool>()) << name;
    EXPECT_EQ(def->presence == ConfigPresence::INTERNAL, entry.at("internal").get<bool>()) << name;
  }
  for (const char* name : {"follower.replication.throttled.rate", "leader.replication.throttled.rate",
                           "replica.alter.log.dirs.io.max.bytes.per.second"}) {
    EXPECT_NE(find_config(ConfigScope::BROKER, name), nullptr) << "DynamicConfig.Broker";
    seen.emplace(ConfigScope::BROKER, name);
  }
  std::size_t rows = 0;
  for (const ConfigScope scope : kAllConfigScopes) {
    rows += config_table(scope).size();
  }
  EXPECT_EQ(rows, seen.size()) << "the table has configs that Kafka does not know";
}

TEST(KafkaConfigDefaults, KafkaAcceptsItsOwnDefaults) {
  for (const ConfigScope scope : kAllConfigScopes) {
    for (const ConfigDef& def : config_table(scope)) {
      if (def.default_text.has_value()) {
        EXPECT_EQ(invalid_config_value(def, *def.default_text), std::nullopt);
      }
    }
  }
}

// Setting a member to Kafka's default must change nothing: the member had it already.
template <class Config>
void expect_members_hold_defaults(ConfigScope scope, std::span<const ConfigField<Config>> fields) {
  EXPECT_FALSE(fields.empty());
  std::string_view previous;
  for (const ConfigField<Config>& field : fields) {
    EXPECT_LT(previous, field.name) << "the list is in order of name";
    previous = field.name;
    const ConfigDef* def = find_config(scope, field.name);
    ASSERT_NE(def, nullptr) << field.name << " is modelled but no config of Kafka";
    if (def->default_text.has_value()) {
      Config config;
      EXPECT_TRUE(field.set(config, *def->default_text)) << field.name;
      EXPECT_EQ(config, Config{}) << field.name << " has another default in the struct";
    }
  }
}

TEST(KafkaConfigDefaults, TypedConfigsStartWithKafkasDefaults) {
  expect_members_hold_defaults(ConfigScope::BROKER, broker_config_fields());
  expect_members_hold_defaults(ConfigScope::TOPIC, topic_config_fields());
  expect_members_hold_defaults(ConfigScope::PRODUCER, producer_config_fields());
  expect_members_hold_defaults(ConfigScope::CONSUMER, consumer_config_fields());
}

}  // namespace
}  // namespace kscope::sim::config_defaults_test
