#include "sim/scenario/typed_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/config/config_values.h"
#include "sim/config/topic_config.h"
#include "sim/config/units.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"
#include "sim/scenario/rule_settings.h"

namespace kscope::scenario {
namespace {

using sim::ConfigProblem;
using sim::ConfigScope;
using sim::ConfigValues;

void add(ConfigValues& values, const Configs& configs) {
  for (const ConfigEntry& entry : configs) {
    values.set(entry.name, entry.value);
  }
}

ConfigValues broker_values(const Scenario& scenario, const BrokerEntry& broker) {
  ConfigValues values;
  add(values, scenario.broker_defaults);
  add(values, broker.configs);
  if (!broker.rack.empty()) {
    values.set("broker.rack", broker.rack);
  }
  return values;
}

ConfigValues producer_values(const Scenario& scenario, const ProducerEntry& producer) {
  ConfigValues values;
  add(values, scenario.producer_defaults);
  add(values, producer.configs);
  if (protocol_rules(scenario).is_old(sim::Rule::kKip679) && !values.has("transactional.id")) {
    const std::string* idempotence = values.find("enable.idempotence");
    if (idempotence == nullptr) {
      values.set("enable.idempotence", "false");
    }
    const bool is_idempotent = idempotence != nullptr && *idempotence == "true";
    if (!is_idempotent && !values.has("acks")) {
      values.set("acks", "1");
    }
  }
  return values;
}

const MemberEntry* override_of(const GroupEntry& group, std::int32_t number) {
  for (const MemberEntry& member : group.overrides) {
    if (member.number == number) {
      return &member;
    }
  }
  return nullptr;
}

ConfigValues consumer_values(const Scenario& scenario, const GroupEntry& group, std::int32_t number) {
  ConfigValues values;
  if (group.commit != CommitMode::kAuto || !group.output.empty()) {
    values.set("enable.auto.commit", "false");
  }
  add(values, scenario.consumer_defaults);
  add(values, group.configs);
  if (const std::string* instance = values.find("group.instance.id")) {
    values.set("group.instance.id",
               fmt::format("{}-{}", *instance, number));  // the members share the setting, not the id
  }
  if (const MemberEntry* member = override_of(group, number)) {
    add(values, member->configs);
  }
  values.set("group.id", group.id);
  return values;
}

struct ZooKeeperSetting {
  std::string_view name;
  bool is_time;
};
constexpr ZooKeeperSetting kZooKeeperSettings[] = {{"tickTime", true},
                                                   {"initLimit", false},
                                                   {"syncLimit", false},
                                                   {"minSessionTimeout", true},
                                                   {"maxSessionTimeout", true}};

// Milliseconds as in zoo.cfg, or a text with a unit.
std::optional<Duration> zookeeper_time(const std::string& text) {
  constexpr std::int64_t kMaxMs = 100'000'000;
  if (const auto ms = sim::parse_integer(text)) {
    return *ms > 0 && *ms <= kMaxMs ? std::optional<Duration>(std::chrono::milliseconds(*ms)) : std::nullopt;
  }
  const std::optional<Duration> duration = sim::parse_duration(text);
  return duration && *duration > Duration{0} && *duration <= std::chrono::milliseconds(kMaxMs) ? duration
                                                                                               : std::nullopt;
}

class Collector {
 public:
  explicit Collector(std::vector<Problem>& problems) : problems_(problems) {}

  // One list of settings, each seen alone.
  void entries(ConfigScope scope, const Configs& configs) {
    std::set<std::string> names;
    for (const ConfigEntry& entry : configs) {
      if (errors_ >= kMaxProblems) {
        return;
      }
      if (!names.insert(entry.name).second) {
        add({entry.line, false, fmt::format("{} is set twice", entry.name)});
      }
      if (const auto problem = sim::config_problem(scope, entry.name, entry.value)) {
        add({entry.line, problem->is_warning(), problem->text});
      }
    }
  }
  // What remains when all settings of one node come together.
  void together(ConfigScope scope, const ConfigValues& values, const std::vector<ConfigProblem>& found,
                const std::string& whose, int line) {
    if (errors_ >= kMaxProblems) {
      return;
    }
    for (const ConfigProblem& problem : found) {
      const std::string* value = values.find(problem.name);
      const auto alone = value == nullptr ? std::nullopt : sim::config_problem(scope, problem.name, *value);
      if ((alone && alone->text == problem.text) || !told_.insert(problem.text).second) {
        continue;
      }
      add({line, problem.is_warning(), fmt::format("{}: {}", whose, problem.text)});
    }
  }
  // So many settings are wrong alone that how they fit together is no question yet.
  [[nodiscard]] bool has_enough() const { return errors_ >= kMaxProblems / 5; }
  void add(Problem problem) {
    // Counted apart: many warnings must not hide an error.
    std::size_t& count = problem.is_warning ? warnings_ : errors_;
    if (count++ < kMaxProblems) {
      problems_.push_back(std::move(problem));
    }
  }

 private:
  std::vector<Problem>& problems_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::set<std::string> told_;
};

void check_zookeeper(const Scenario& scenario, Collector& collector) {
  std::vector<std::string> known;
  for (const ZooKeeperSetting& setting : kZooKeeperSettings) {
    known.emplace_back(setting.name);
  }
  for (const ConfigEntry& entry : scenario.zookeeper.configs) {
    const auto setting = std::find_if(std::begin(kZooKeeperSettings), std::end(kZooKeeperSettings),
                                      [&](const ZooKeeperSetting& s) { return s.name == entry.name; });
    if (setting == std::end(kZooKeeperSettings)) {
      collector.add({entry.line, false,
                     fmt::format("\"{}\" is no setting of ZooKeeper that is modelled{}", shown(entry.name),
                                 did_you_mean(entry.name, known))});
      continue;
    }
    const std::optional<std::int64_t> number = sim::parse_integer(entry.value);
    const bool is_good =
        setting->is_time ? zookeeper_time(entry.value).has_value() : number && *number >= 1 && *number <= 1000;
    if (!is_good) {
      collector.add({entry.line, false,
                     fmt::format("{} is \"{}\"; expected {}", entry.name, shown(entry.value),
                                 setting->is_time ? "milliseconds, such as 2000 or \"2s\""
                                                  : "ticks, an integer from 1 to 1000")});
    }
  }
}

/// With ZooKeeper ids above reserved.broker.max.id are those that ZooKeeper hands out. Source: KafkaConfig.validateValues,
/// Kafka 3.9.
void check_broker_ids(const Scenario& scenario, Collector& collector) {
  if (scenario.is_kraft()) {
    return;
  }
  for (const BrokerEntry& broker : scenario.brokers) {
    const ConfigValues values = broker_values(scenario, broker);
    const std::string* generates = values.find("broker.id.generation.enable");
    const std::string* largest = values.find("reserved.broker.max.id");
    const std::int64_t limit = largest == nullptr ? 1000 : sim::parse_integer(*largest).value_or(1000);
    if (broker.id > limit && (generates == nullptr || *generates != "false")) {
      collector.add({broker.line, false,
                     fmt::format("broker.id {} is greater than reserved.broker.max.id ({}); expected a smaller one, or "
                                 "broker.id.generation.enable = false",
                                 broker.id, limit)});
    }
  }
}

void check_commit(const Scenario& scenario, const GroupEntry& group, Collector& collector) {
  const ConfigValues values = consumer_values(scenario, group, 1);
  const std::string* is_auto = values.find("enable.auto.commit");
  if (is_auto == nullptr) {
    return;
  }
  if (*is_auto == "false" && group.commit == CommitMode::kAuto && group.output.empty()) {
    collector.add({group.line, false,
                   fmt::format("group {} has enable.auto.commit = false and nobody commits; expected commit = "
                               "\"after-processing\", \"before-processing\" or \"never\"",
                               group.id)});
  }
  if (*is_auto == "true" && (group.commit != CommitMode::kAuto || !group.output.empty())) {
    collector.add(
        {group.line, false,
         fmt::format("group {} has enable.auto.commit = true besides its own commit; expected one of them", group.id)});
  }
}

void check_output(const Scenario& scenario, const GroupEntry& group, Collector& collector) {
  collector.entries(ConfigScope::PRODUCER, group.producer_configs);
  if (group.output.empty()) {
    if (!group.producer_configs.empty()) {
      collector.add({group.line, false,
                     fmt::format("group {} has a producer.config but no output; expected such as output = \"invoices\"",
                                 group.id)});
    }
    return;
  }
  if (group.commit != CommitMode::kAuto) {
    collector.add({group.line, false,
                   fmt::format("group {} has an output, so its offsets are committed in transactions; expected no "
                               "commit besides",
                               group.id)});
  }
  if (std::find(group.topics.begin(), group.topics.end(), group.output) != group.topics.end()) {
    collector.add({group.line, false,
                   fmt::format("group {} reads its own output, {}; expected another topic", group.id, group.output)});
  }
  const ProducerEntry producer = output_producer(group, 1);
  const bool has_id = std::any_of(group.producer_configs.begin(), group.producer_configs.end(),
                                  [](const ConfigEntry& entry) { return entry.name == "transactional.id"; });
  if (!has_id) {
    collector.add({group.line, false,
                   fmt::format("group {} has an output but no transactional.id; expected such as producer.config = {{ "
                               "transactional.id = \"{}\" }}",
                               group.id, group.id)});
  }
  const ConfigValues values = producer_values(scenario, producer);
  sim::ProducerConfig config;
  collector.together(ConfigScope::PRODUCER, values, sim::apply(values, config),
                     fmt::format("the producer of group {}", group.id), group.line);
}

void check_group_id(const GroupEntry& group, const Configs& configs, Collector& collector) {
  for (const ConfigEntry& entry : configs) {
    if (entry.name == "group.id" && entry.value != group.id) {
      collector.add(
          {entry.line, false,
           fmt::format("group.id is \"{}\"; expected the id of its [[group]], {}", shown(entry.value), group.id)});
    }
  }
}

void check_offsets_topic(const Scenario& scenario, Collector& collector) {
  if (scenario.groups.empty() || scenario.brokers.empty()) {
    return;
  }
  const sim::BrokerConfig config = broker_config(scenario, scenario.brokers.front());
  const auto brokers = static_cast<std::int32_t>(scenario.brokers.size());
  if (config.offsets_topic_replication_factor > brokers) {
    collector.add({0, true,
                   fmt::format("groups need __consumer_offsets, which wants {} replicas but there are {} brokers; set "
                               "offsets.topic.replication.factor",
                               config.offsets_topic_replication_factor, brokers)});
  }
}

void check_transaction_topic(const Scenario& scenario, Collector& collector) {
  if (scenario.brokers.empty()) {
    return;
  }
  const auto brokers = static_cast<std::int32_t>(scenario.brokers.size());
  const std::int32_t factor =
      broker_config(scenario, scenario.brokers.front()).transaction_state_log_replication_factor;
  for (const ProducerEntry& producer : scenario.producers) {
    const bool is_transactional = !transactional_id_of(scenario, producer).empty();
    if (is_transactional && factor > brokers) {
      collector.add({producer.line, true,
                     fmt::format("transactions need __transaction_state, which wants {} replicas but there are {} "
                                 "brokers; set transaction.state.log.replication.factor",
                                 factor, brokers)});
    }
    const WorkloadEntry& workload = producer.workload;
    if (!is_transactional && (workload.transaction > 0 || workload.abort_every > 0)) {
      collector.add({producer.line, false,
                     fmt::format("{} has a workload of transactions but no transactional.id", producer.name)});
    }
  }
}

}  // namespace

sim::BrokerConfig broker_config(const Scenario& scenario, const BrokerEntry& broker) {
  sim::BrokerConfig config;
  const ConfigValues values = broker_values(scenario, broker);
  (void)sim::apply(values, config);
  if (protocol_rules(scenario).is_old(sim::Rule::kKip106) && !values.has("unclean.leader.election.enable")) {
    config.unclean_leader_election_enable = true;
  }
  return config;
}

ConfigValues topic_values(const Scenario& scenario, const Configs& configs) {
  ConfigValues values;
  add(values, scenario.topic_defaults);
  add(values, configs);
  return values;
}

sim::ProducerConfig producer_config(const Scenario& scenario, const ProducerEntry& producer) {
  sim::ProducerConfig config;
  (void)sim::apply(producer_values(scenario, producer), config);
  return config;
}

ProducerEntry output_producer(const GroupEntry& group, std::int32_t number) {
  ProducerEntry producer;
  producer.name = fmt::format("{}-{}", group.id, number);
  producer.topic = group.output;
  producer.configs = group.producer_configs;
  producer.line = group.line;
  for (ConfigEntry& entry : producer.configs) {
    if (entry.name == "transactional.id") {
      entry.value = fmt::format("{}-{}", entry.value, number);
    }
  }
  return producer;
}

sim::ConsumerConfig consumer_config(const Scenario& scenario, const GroupEntry& group, std::int32_t number) {
  sim::ConsumerConfig config;
  (void)sim::apply(consumer_values(scenario, group, number), config);
  return config;
}

sim::ZooKeeperConfig zookeeper_config(const Scenario& scenario) {
  sim::ZooKeeperConfig config;
  for (const ConfigEntry& entry : scenario.zookeeper.configs) {
    const auto ticks =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(sim::parse_integer(entry.value).value_or(1), 1, 1000));
    const std::optional<Duration> time = zookeeper_time(entry.value);
    if (entry.name == "tickTime" && time) {
      config.tick_time = *time;
    } else if (entry.name == "initLimit") {
      config.init_limit = ticks;
    } else if (entry.name == "syncLimit") {
      config.sync_limit = ticks;
    } else if (entry.name == "minSessionTimeout") {
      config.min_session_timeout_setting = time;
    } else if (entry.name == "maxSessionTimeout") {
      config.max_session_timeout_setting = time;
    }
  }
  return config;
}

std::vector<Problem> config_problems(const Scenario& scenario) {
  std::vector<Problem> problems;
  Collector collector(problems);
  check_zookeeper(scenario, collector);
  collector.entries(ConfigScope::BROKER, scenario.broker_defaults);
  collector.entries(ConfigScope::PRODUCER, scenario.producer_defaults);
  collector.entries(ConfigScope::CONSUMER, scenario.consumer_defaults);
  collector.entries(ConfigScope::TOPIC, scenario.topic_defaults);
  for (const BrokerEntry& broker : scenario.brokers) {
    collector.entries(ConfigScope::BROKER, broker.configs);
    if (collector.has_enough()) {
      continue;
    }
    const ConfigValues values = broker_values(scenario, broker);
    sim::BrokerConfig config;
    collector.together(ConfigScope::BROKER, values, sim::apply(values, config), fmt::format("broker {}", broker.id),
                       broker.line);
    if (scenario.is_kraft() && config.broker_heartbeat_interval_ms * 2 > config.broker_session_timeout_ms) {
      collector.add({broker.line, true,
                     fmt::format("broker {}: broker.heartbeat.interval.ms ({}) must be at most half of "
                                 "broker.session.timeout.ms ({}), or the broker is fenced while it is well",
                                 broker.id, millis(config.broker_heartbeat_interval_ms),
                                 millis(config.broker_session_timeout_ms))});
    }
    if (scenario.is_kraft() && config.inter_broker_protocol_version < sim::kIbpFirstKraft) {
      collector.add(
          {broker.line, false,
           fmt::format("broker {}: a non-KRaft version {} given for inter.broker.protocol.version; the minimum "
                       "version is 3.0-IV1",
                       broker.id, shown(*values.find("inter.broker.protocol.version")))});
    }
  }
  check_broker_ids(scenario, collector);
  for (const TopicEntry& topic : scenario.topics) {
    collector.entries(ConfigScope::TOPIC, topic.configs);
    if (collector.has_enough()) {
      continue;
    }
    const ConfigValues values = topic_values(scenario, topic.configs);
    sim::TopicConfig config = scenario.brokers.empty()
                                  ? sim::TopicConfig{}
                                  : sim::topic_config_from(broker_config(scenario, scenario.brokers.front()));
    collector.together(ConfigScope::TOPIC, values, sim::apply(values, config), fmt::format("topic {}", topic.name),
                       topic.line);
  }
  for (const ProducerEntry& producer : scenario.producers) {
    collector.entries(ConfigScope::PRODUCER, producer.configs);
    if (collector.has_enough()) {
      continue;
    }
    const ConfigValues values = producer_values(scenario, producer);
    sim::ProducerConfig config;
    collector.together(ConfigScope::PRODUCER, values, sim::apply(values, config),
                       fmt::format("producer {}", producer.name), producer.line);
  }
  for (const GroupEntry& group : scenario.groups) {
    collector.entries(ConfigScope::CONSUMER, group.configs);
    check_group_id(group, scenario.consumer_defaults, collector);
    check_group_id(group, group.configs, collector);
    for (const MemberEntry& member : group.overrides) {
      collector.entries(ConfigScope::CONSUMER, member.configs);
      check_group_id(group, member.configs, collector);
    }
    check_commit(scenario, group, collector);
    check_output(scenario, group, collector);
    for (std::int32_t number = 1; number <= group.members + group.spare_members; ++number) {
      const bool is_like_first = number > 1 && override_of(group, number) == nullptr;
      if (is_like_first || collector.has_enough()) {
        continue;
      }
      const ConfigValues values = consumer_values(scenario, group, number);
      sim::ConsumerConfig config;
      collector.together(ConfigScope::CONSUMER, values, sim::apply(values, config), fmt::format("group {}", group.id),
                         group.line);
    }
  }
  check_offsets_topic(scenario, collector);
  check_transaction_topic(scenario, collector);
  return problems;
}

}  // namespace kscope::scenario
