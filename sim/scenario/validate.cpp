// What a scenario must fulfil beyond its form: names that exist once, counts that fit together, configs that Kafka
// accepts, conditions that parse. The window's edits go through here as files do.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/config/config_values.h"
#include "sim/config/config_words.h"
#include "sim/config/units.h"
#include "sim/scenario/action_params.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/build.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/process_roles.h"
#include "sim/scenario/rule_settings.h"
#include "sim/scenario/typed_configs.h"

namespace kscope::scenario {
namespace {

class Validator {
 public:
  explicit Validator(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<Problem> run() {
    if (const std::string problem = count_problem(scenario_); !problem.empty()) {
      error(0, problem);
      check_head();
      return std::move(problems_);
    }
    check_head();
    check_brokers();
    if (const std::string problem = combined_roles_problem(scenario_); !problem.empty()) {
      error(0, "process.roles " + problem);
    }
    check_topics();
    check_clients();
    check_node_names();
    check_configs();
    check_group_protocols();
    check_old_consumers();
    check_replicas();
    names_ = names_of(scenario_);
    check_quotas();
    check_assignments();
    check_actions();
    check_expects();
    check_inputs();
    return std::move(problems_);
  }

 private:
  void error(int line, std::string text) {
    // Far more than is shown: what a hostile file has of them must not cost memory.
    if (problems_.size() < 10 * kMaxProblems) {
      problems_.push_back({line, false, std::move(text)});
    }
  }
  void warning(int line, std::string text) { problems_.push_back({line, true, std::move(text)}); }

  void check_head() {
    if (scenario_.metadata != "zookeeper" && scenario_.metadata != "kraft") {
      error(0, fmt::format("metadata is \"{}\"; expected \"zookeeper\" or \"kraft\"", shown(scenario_.metadata)));
    }
    if (scenario_.kraft.controllers % 2 == 0) {
      error(0, fmt::format("[kraft] has {} controllers; expected 1, 3 or 5", scenario_.kraft.controllers));
    }
    check_version();
    for (const ConfigEntry& entry : scenario_.kafka_rules) {
      if (const std::string problem = rule_setting_problem(entry); !problem.empty()) {
        error(entry.line, "kafka.rules: " + problem);
      } else if (const std::string in_mode = rule_problem_with(metadata_mode(scenario_), entry); !in_mode.empty()) {
        error(entry.line, "kafka.rules: " + in_mode);
      }
    }
    if (scenario_.until <= Duration{0} || scenario_.until > kLongestRun) {
      error(0, "until is the length of the run; expected a duration above 0 such as \"60s\"");
    }
  }

  void check_version() {
    const std::string& version = scenario_.kafka_version;
    const std::optional<sim::KafkaVersion> parsed = sim::parse_kafka_version(version);
    if (!parsed) {
      error(0,
            fmt::format("kafka.version is \"{}\"; expected \"3.9\" or an older one such as \"2.0\"", shown(version)));
    } else if (parsed->major >= 4 && scenario_.is_kraft()) {
      const bool has_elr =
          !sim::ProtocolRules::of_version(*parsed, sim::MetadataMode::KRAFT).is_old(sim::Rule::kKip966);
      warning(0, fmt::format("kafka.version {} behaves here as 3.9 does, apart from elections of controllers{}",
                             shown(version),
                             has_elr ? ", transactions (version 2) and eligible leader replicas"
                                     : " and transactions (version 2)"));
    } else if (parsed->major >= 4) {
      error(0, fmt::format("kafka.version is \"{}\", which has no ZooKeeper; expected \"3.9\"", shown(version)));
    } else if (*parsed < sim::KafkaVersion{3, 9, 0}) {
      const std::vector<std::string> old = sim::ProtocolRules::of_version(*parsed, metadata_mode(scenario_)).changes();
      warning(0, old.empty() ? fmt::format("kafka.version {} behaves here as 3.9 does", shown(version))
                             : fmt::format("kafka.version {} has these rules: {}; configs and all else are "
                                           "those of 3.9",
                                           shown(version), fmt::join(old, ", ")));
    }
  }

  void check_brokers() {
    if (scenario_.brokers.empty()) {
      error(0, "there is no broker; expected [[broker]] with an id, or brokers = 3");
    }
    std::map<std::int32_t, int> seen;
    for (const BrokerEntry& broker : scenario_.brokers) {
      const auto [first, is_new] = seen.emplace(broker.id, broker.line);
      if (!is_new) {
        error(broker.line, fmt::format("broker {} is there already, at line {}", broker.id, first->second));
      }
    }
  }

  void check_topics() {
    const std::map<std::string, std::string> internal = {
        {"__consumer_offsets", "offsets.topic.num.partitions"},
        {"__transaction_state", "transaction.state.log.num.partitions"}};
    std::set<std::string> seen;
    std::map<std::string, std::string> by_metric_name;
    for (const auto& [name, config] : internal) {
      seen.insert(name);
      by_metric_name.insert({name, name});
    }
    for (const TopicEntry& topic : scenario_.topics) {
      if (!is_legal_name(topic.name)) {
        continue;  // reported by the reader
      }
      if (!seen.insert(topic.name).second) {
        const auto made_by_kafka = internal.find(topic.name);
        error(topic.line, made_by_kafka != internal.end()
                              ? fmt::format("{} is made by Kafka itself; its configs are broker configs: {} and others",
                                            topic.name, made_by_kafka->second)
                              : fmt::format("topic {} is there already", topic.name));
      }
      std::string metric_name = topic.name;
      std::replace(metric_name.begin(), metric_name.end(), '.', '_');
      const auto& [same, first] = *by_metric_name.emplace(std::move(metric_name), topic.name).first;
      if (first != topic.name) {
        error(topic.line,
              fmt::format("topic {} collides with {}: metrics show '.' as '_', and Kafka refuses the second "
                          "(INVALID_TOPIC_EXCEPTION); expected a name that differs in more",
                          topic.name, first));
      }
      check_placement(topic);
    }
  }

  void check_placement(const TopicEntry& topic) {
    const bool is_placed = topic.partitions >= 0 || topic.replication_factor >= 0 || !topic.assignment.empty();
    if (topic.is_created_by_clients && (is_placed || !topic.configs.empty())) {
      error(topic.line,
            fmt::format("topic {} is created by clients, so its settings are those of the brokers; expected "
                        "num.partitions and default.replication.factor in [defaults.broker]",
                        topic.name));
    }
    const auto brokers = static_cast<std::int32_t>(scenario_.brokers.size());
    if (topic.replication_factor > brokers) {
      error(topic.line, fmt::format("topic {} wants {} replicas but there are {} brokers", topic.name,
                                    topic.replication_factor, brokers));
    }
    if (topic.assignment.empty()) {
      return;
    }
    const auto rows = static_cast<std::int32_t>(topic.assignment.size());
    if (topic.partitions >= 0 && topic.partitions != rows) {
      error(topic.line,
            fmt::format("topic {} has {} partitions but its assignment has {}", topic.name, topic.partitions, rows));
    }
    for (const std::vector<std::int32_t>& row : topic.assignment) {
      const std::set<std::int32_t> distinct(row.begin(), row.end());
      const bool has_all = std::all_of(row.begin(), row.end(), [&](std::int32_t id) {
        return std::any_of(scenario_.brokers.begin(), scenario_.brokers.end(),
                           [&](const BrokerEntry& broker) { return broker.id == id; });
      });
      // Every partition of a topic has equally many replicas (Kafka 3.9, ReplicationControlManager and AdminZkClient).
      const std::size_t factor = topic.replication_factor < 0 ? topic.assignment.front().size()
                                                              : static_cast<std::size_t>(topic.replication_factor);
      const bool fits_factor = row.size() == factor;
      if (row.empty() || distinct.size() != row.size() || !has_all || !fits_factor) {
        error(topic.line, fmt::format("assignment of topic {}: [{}] is no list of different brokers that fits the "
                                      "replication factor",
                                      topic.name, fmt::join(row, ",")));
      }
    }
  }

  void check_topic_of(const std::string& topic, const std::string& whose, int line) {
    if (topics_.empty()) {
      for (const TopicEntry& entry : scenario_.topics) {
        topics_.push_back(entry.name);
      }
      std::sort(topics_.begin(), topics_.end());
    }
    const bool is_known = std::binary_search(topics_.begin(), topics_.end(), topic);
    if (!is_known && is_legal_name(topic) && problems_.size() < 10 * kMaxProblems) {
      error(line,
            fmt::format("{} wants topic \"{}\", which has no [[topic]]{}", whose, topic, did_you_mean(topic, topics_)));
    }
  }

  void check_clients() {
    for (const ProducerEntry& producer : scenario_.producers) {
      check_topic_of(producer.topic, producer.name, producer.line);
    }
    std::set<std::string> ids;
    for (const GroupEntry& group : scenario_.groups) {
      if (!ids.insert(group.id).second) {
        error(group.line, fmt::format("group {} is there already", shown(group.id)));
      }
      if (group.topics.empty()) {
        error(group.line, fmt::format("group {} has no topics", shown(group.id)));
      }
      for (const std::string& topic : group.topics) {
        if (!is_legal_name(topic)) {
          error(group.line, fmt::format("\"{}\" is no topic name; {}", shown(topic), kLegalNameText));
        }
        check_topic_of(topic, "group " + group.id, group.line);
      }
      if (!group.output.empty()) {
        check_topic_of(group.output, "group " + group.id, group.line);
      }
      std::set<std::int32_t> numbers;
      for (const MemberEntry& member : group.overrides) {
        if (member.number < 1 || member.number > group.members + group.spare_members) {
          error(member.line, fmt::format("group {} has no member {}; expected 1 to {}", group.id, member.number,
                                         group.members + group.spare_members));
        }
        if (!numbers.insert(member.number).second) {
          error(member.line, fmt::format("member {} of group {} is there already", member.number, group.id));
        }
      }
    }
  }

  /// Whether an action makes a member of the group speak the consumer protocol from its next start on.
  bool is_set_to_consumer(const GroupEntry& group) const {
    return std::any_of(scenario_.actions.begin(), scenario_.actions.end(), [&](const TimedAction& timed) {
      sim::GroupProtocol protocol{};
      return timed.action.verb == Verb::kSet && timed.action.name == "group.protocol" &&
             timed.action.node.starts_with(group.id + "-") && sim::read_config(timed.action.value, protocol) &&
             protocol == sim::GroupProtocol::CONSUMER;
    });
  }

  /// Only the new coordinator speaks the consumer protocol (KIP-848): with KRaft, and where a broker is told to.
  void check_group_protocols() {
    for (const GroupEntry& group : scenario_.groups) {
      bool is_consumer = consumer_config(scenario_, group, 1).group_protocol == sim::GroupProtocol::CONSUMER;
      for (const MemberEntry& member : group.overrides) {
        is_consumer = is_consumer ||
                      consumer_config(scenario_, group, member.number).group_protocol == sim::GroupProtocol::CONSUMER;
      }
      is_consumer = is_consumer || is_set_to_consumer(group);
      if (!is_consumer) {
        continue;
      }
      if (!scenario_.is_kraft()) {
        error(group.line, fmt::format("group {}: group.protocol = \"consumer\" needs metadata = \"kraft\": the "
                                      "coordinator that speaks it does not run with ZooKeeper",
                                      group.id));
      }
      for (const BrokerEntry& broker : scenario_.brokers) {
        if (!broker_config(scenario_, broker).group_coordinator_rebalance_protocols.has_consumer) {
          error(group.line, fmt::format("group {}: group.protocol = \"consumer\" needs "
                                        "group.coordinator.rebalance.protocols = \"classic,consumer\" in "
                                        "[defaults.broker]; broker {} has it without",
                                        group.id, broker.id));
          break;
        }
      }
    }
  }

  /// offsets.storage = "zookeeper": all members of the group, without what the old consumer has not.
  void check_old_consumers() {
    for (const GroupEntry& group : scenario_.groups) {
      std::int32_t old = 0;
      for (std::int32_t i = 1; i <= group.members + group.spare_members; ++i) {
        old += consumer_config(scenario_, group, i).offsets_storage == sim::OffsetsStorage::ZOOKEEPER ? 1 : 0;
      }
      if (old == 0) {
        continue;
      }
      const std::string whose = fmt::format("group {}: offsets.storage = \"zookeeper\"", group.id);
      if (scenario_.is_kraft()) {
        error(group.line, whose + " needs metadata = \"zookeeper\": with KRaft there is no ZooKeeper to keep them in");
      }
      if (old != group.members + group.spare_members) {
        error(group.line,
              whose + " is not set for all members; expected all of them or none: they do not see each other");
      }
      if (!group.output.empty()) {
        error(group.line,
              whose + " and an output; expected a group without output: old consumers know no transactions");
      }
      const bool assigns = std::any_of(group.overrides.begin(), group.overrides.end(),
                                       [](const MemberEntry& member) { return !member.assign.empty(); });
      if (assigns) {
        error(group.line, whose + " and a member with assign; expected none: the old consumer has no assign()");
      }
    }
  }

  /// Members that assign their partitions themselves.
  void check_assignments() {
    for (const GroupEntry& group : scenario_.groups) {
      for (const MemberEntry& member : group.overrides) {
        // MODEL: Kafka would let its producer send offsets to a transaction without naming a member.
        if (!member.assign.empty() && !group.output.empty()) {
          error(member.line, fmt::format("member {} of group {} has assign, and the group has an output; expected a "
                                         "group without output",
                                         member.number, group.id));
        }
        std::set<std::string> seen;
        for (const std::string& name : member.assign) {
          Action read;
          const std::string problem = read_param({"assign", ParamKind::kPartition}, name, names_, read);
          if (!problem.empty()) {
            error(member.line, "assign: " + problem);
          } else if (!seen.insert(name).second) {
            error(member.line, fmt::format("assign: {} is in the list twice", name));
          }
        }
      }
    }
  }

  /// A topic that an action creates can be subscribed to when it is asked for.
  void check_subscription(const TimedAction& timed, const std::set<std::string>& asked_for) {
    for (const std::string_view name : split_list(timed.action.value)) {
      const bool is_made_at_start = std::any_of(scenario_.topics.begin(), scenario_.topics.end(),
                                                [&](const TopicEntry& topic) { return topic.name == name; });
      if (!is_made_at_start && asked_for.count(std::string(name)) == 0 && names_.topic(name).is_valid()) {
        error(timed.line,
              fmt::format("subscribe: topic {} is created only after this; expected create-topic before", name));
      }
    }
  }

  void check_quotas() {
    std::set<std::string> seen;
    for (const QuotaEntry& quota : scenario_.quotas) {
      if (!seen.insert(quota.client_id).second) {
        error(quota.line, fmt::format("the quota of client.id \"{}\" is there already", shown(quota.client_id)));
      } else if (const std::string problem = names_.client_id_problem(quota.client_id); !problem.empty()) {
        error(quota.line, "[[quota]]: " + problem);
      }
    }
  }

  void check_node_names() {
    std::set<std::string> seen;
    for (const NodeName& node : names_of(scenario_).nodes) {
      if (!seen.insert(node.name).second) {
        error(line_of_node(node.name),
              fmt::format("two nodes are called \"{}\"; names of brokers (b1), ZooKeeper servers (zk1), producers "
                          "and members (group-1) must differ",
                          shown(node.name)));
      }
    }
  }

  // Where the last node of this name comes from: what stands above was there first.
  [[nodiscard]] int line_of_node(const std::string& name) const {
    int line = 0;
    for (const BrokerEntry& broker : scenario_.brokers) {
      line = "b" + std::to_string(broker.id) == name ? std::max(line, broker.line) : line;
    }
    for (const ProducerEntry& producer : scenario_.producers) {
      line = producer.name == name ? std::max(line, producer.line) : line;
    }
    for (const GroupEntry& group : scenario_.groups) {
      const bool is_prefix = name.size() > group.id.size() && name.starts_with(group.id + "-");
      const auto number =
          is_prefix ? sim::parse_integer(std::string_view(name).substr(group.id.size() + 1)) : std::nullopt;
      const bool is_member = number && *number >= 1 && *number <= group.members + group.spare_members;
      line = is_member ? std::max(line, group.line) : line;
    }
    return line;
  }

  // Conditions, commands and screens speak of nodes by name, so typed configs are made for every one of them.
  void check_configs() {
    for (Problem& problem : config_problems(scenario_)) {
      problems_.push_back(std::move(problem));
    }
  }

  // What configs and actions add to the partitions that stand in the file.
  void check_replicas() {
    if (scenario_.brokers.empty()) {
      return;
    }
    const sim::BrokerConfig config = broker_config(scenario_, scenario_.brokers.front());
    const std::int64_t brokers = static_cast<std::int64_t>(scenario_.brokers.size());
    std::int64_t replicas = 0;
    int line = 0;
    const auto add = [&](std::int64_t partitions, std::int64_t factor, int its_line) {
      const std::int64_t its_partitions = partitions > 0 ? partitions : config.num_partitions;
      const std::int64_t its_factor = factor > 0 ? factor : config.default_replication_factor;
      replicas += its_partitions * std::min(its_factor, brokers);
      line = line == 0 && replicas > kMaxReplicas ? its_line : line;
    };
    if (!scenario_.groups.empty()) {
      add(config.offsets_topic_num_partitions, config.offsets_topic_replication_factor,
          line_of(scenario_.broker_defaults, "offsets.topic.num.partitions"));
    }
    for (const TopicEntry& topic : scenario_.topics) {
      add(topic.assignment.empty() ? topic.partitions : static_cast<std::int64_t>(topic.assignment.size()),
          topic.assignment.empty() ? topic.replication_factor
                                   : static_cast<std::int64_t>(topic.assignment.front().size()),
          topic.line);
    }
    for (const TimedAction& timed : scenario_.actions) {
      if (timed.action.verb == Verb::kCreateTopic) {
        add(timed.action.number, timed.action.factor, timed.line);
      } else if (timed.action.verb == Verb::kCreatePartitions) {
        add(timed.action.number, brokers, timed.line);  // at most; the old ones are counted once more
      }
    }
    if (replicas > kMaxReplicas) {
      error(line, fmt::format("with this there are {} replicas; at most {}", replicas, kMaxReplicas));
    }
  }

  static int line_of(const Configs& configs, std::string_view name) {
    for (const ConfigEntry& entry : configs) {
      if (entry.name == name) {
        return entry.line;
      }
    }
    return 0;
  }

  void check_actions() {
    std::set<std::string> asked_for;
    for (const TimedAction& timed : scenario_.actions) {
      if (timed.action.verb == Verb::kCreateTopic) {
        asked_for.insert(timed.action.topic);
      } else if (timed.action.verb == Verb::kSubscribe) {
        check_subscription(timed, asked_for);
      }
      if (timed.time < SimTime{}) {
        error(timed.line, "an action lies before the start of the run");
      }
      if (timed.time > SimTime(scenario_.until)) {
        warning(timed.line,
                fmt::format("this action lies after the end of the run ({})", duration_text(scenario_.until)));
      }
      if (timed.action.verb == Verb::kExpireSession && scenario_.is_kraft()) {
        error(timed.line, "expire-session ends a ZooKeeper session; with metadata = \"kraft\" there is none");
      }
      if (timed.action.verb == Verb::kDeleteController && scenario_.is_kraft()) {
        error(timed.line, "delete-controller deletes a znode; with metadata = \"kraft\" there is none");
      }
      if (const Result<Action> again = parse_action(to_text(timed.action), names_); !again) {
        error(timed.line, again.error().text);
      } else if (timed.action.verb == Verb::kSet) {
        const sim::ConfigScope scope = config_scope(timed.action.node, names_);
        const auto problem = sim::config_problem(scope, timed.action.name, timed.action.value);
        if (problem && problem->is_warning()) {
          warning(timed.line, problem->text);
        }
      }
    }
  }

  void check_expects() {
    for (const Expect& expect : scenario_.expects) {
      if (const Result<Condition> condition = parse_condition(expect.condition, names_); !condition) {
        error(expect.line, fmt::format("that = \"{}\": {}", shown(expect.condition), condition.error().text));
      }
      const bool has_end = expect.time != SimTime::max();
      if (scenario_.until <= Duration{0}) {
        continue;  // reported already
      }
      if ((has_end && expect.time > SimTime(scenario_.until)) || expect.from > SimTime(scenario_.until)) {
        error(expect.line,
              fmt::format("this is expected after the end of the run ({})", duration_text(scenario_.until)));
      }
    }
  }

  // What an action means is only known to the cluster that it acts on: whether a producer has that key.
  void check_inputs() {
    const auto is_error = [](const Problem& problem) { return !problem.is_warning; };
    if (std::any_of(problems_.begin(), problems_.end(), is_error)) {
      return;
    }
    const sim::Registry registry = with_created_topics(make_registry(scenario_), scenario_);
    const Names names = names_of(registry);
    for (const TimedAction& timed : scenario_.actions) {
      if (const Result<std::vector<Input>> inputs = to_inputs(timed.action, registry, names); !inputs) {
        error(timed.line, inputs.error().text);
      }
    }
  }

  const Scenario& scenario_;
  Names names_;
  std::vector<std::string> topics_;  ///< sorted
  std::vector<Problem> problems_;
};

}  // namespace

std::string count_problem(const Scenario& scenario) {
  struct Count {
    std::string_view what;
    std::int64_t count;
    std::int64_t limit;
  };
  std::int64_t consumers = 0;
  for (const GroupEntry& group : scenario.groups) {
    consumers += std::int64_t{group.members} + group.spare_members;
  }
  const auto brokers = static_cast<std::int64_t>(scenario.brokers.size());
  const auto producers = static_cast<std::int64_t>(scenario.producers.size());
  const Count counts[] = {{"brokers", brokers, kMaxBrokers},
                          {"topics", static_cast<std::int64_t>(scenario.topics.size()), kMaxTopics},
                          {"producers", producers, kMaxProducers},
                          {"groups", static_cast<std::int64_t>(scenario.groups.size()), kMaxGroups},
                          {"consumers", consumers, kMaxConsumers},
                          {"ZooKeeper servers", scenario.zookeeper.servers, kMaxZooKeepers},
                          {"controllers", scenario.kraft.controllers, kMaxControllers},
                          {"nodes", brokers + producers + consumers + scenario.metadata_servers(), kMaxNodes}};
  for (const Count& count : counts) {
    if (count.count > count.limit) {
      return fmt::format("there are {} {}; at most {}", count.count, count.what, count.limit);
    }
  }
  return {};
}

std::vector<Problem> validate(const Scenario& scenario) { return Validator(scenario).run(); }

}  // namespace kscope::scenario
