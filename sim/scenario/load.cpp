// Reading a scenario file: TOML -> tables -> Scenario -> validate. All problems are collected, none ends the reading but
// a syntax error.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "sim/scenario/build.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/process_roles.h"
#include "sim/scenario/read_clients.h"
#include "sim/scenario/read_script.h"
#include "sim/scenario/rule_settings.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/table_reader.h"
#include "sim/types/client_quota.h"

namespace kscope::scenario {
namespace {

void read_network(const TomlNode& table, NetworkEntry& network, Problems& problems) {
  TableReader reader(table, "[network]", problems);
  reader.duration("latency", network.latency, kLongestDelay);
  reader.duration("jitter", network.jitter, kLongestDelay);
  reader.size("bandwidth", {0, kMaxBandwidth}, network.bytes_per_s);
  reader.finish();
}

void read_disk(const TomlNode& table, DiskEntry& disk, Problems& problems) {
  TableReader reader(table, "[disk]", problems);
  reader.duration("flush", disk.flush_latency, kLongestDelay);
  reader.size("bandwidth", {1000, kMaxBandwidth}, disk.bytes_per_s);
  reader.finish();
}

void read_zookeeper(const TomlNode& table, ZooKeeperEntry& zookeeper, Problems& problems) {
  TableReader reader(table, "[zookeeper]", problems, {"config"});
  reader.integer("servers", {1, kMaxZooKeepers}, zookeeper.servers);
  reader.configs("config", zookeeper.configs);
  reader.finish();
}

/// Returns the line of process.roles; 0 = it is not set.
int read_kraft(const TomlNode& table, KraftEntry& kraft, Problems& problems) {
  TableReader reader(table, "[kraft]", problems);
  reader.integer("controllers", {1, kMaxControllers}, kraft.controllers);
  std::string roles;
  const bool has_roles = reader.text("process.roles", roles, 200);
  const int line = has_roles ? reader.line_of("process.roles") : 0;
  if (has_roles) {
    const std::string problem = process_roles_problem(roles);
    kraft.is_combined = problem.empty();
    if (!problem.empty()) {
      reader.error(line, "process.roles: " + problem);
    }
  }
  reader.finish();
  return line;
}

void read_compression(const TomlNode& table, sim::CompressionRatios& ratios, Problems& problems) {
  TableReader reader(table, "[compression]", problems);
  for (const sim::CompressionType type : {sim::CompressionType::GZIP, sim::CompressionType::SNAPPY,
                                          sim::CompressionType::LZ4, sim::CompressionType::ZSTD}) {
    std::int32_t per_mille = ratios.of(type);
    reader.integer(sim::compression_name(type), {1, kMaxCompressionPerMille}, per_mille);
    ratios.set(type, per_mille);
  }
  reader.finish();
}

BrokerEntry read_broker(const TomlNode& table, Problems& problems) {
  BrokerEntry broker;
  broker.line = table.line;
  TableReader reader(table, "[[broker]]", problems, {"config"});
  reader.require("id");
  reader.integer("id", {0, kMaxBrokerId}, broker.id);
  reader.name("rack", broker.rack);
  reader.duration("start", broker.start);
  reader.configs("config", broker.configs);
  reader.finish();
  return broker;
}

QuotaEntry read_quota(const TomlNode& table, Problems& problems) {
  QuotaEntry quota;
  quota.line = table.line;
  TableReader reader(table, "[[quota]]", problems);
  reader.require("client.id");
  reader.text("client.id", quota.client_id, kMaxNameBytes);
  reader.size(sim::kProducerByteRate, {1, kMaxBandwidth}, quota.producer_byte_rate);
  reader.size(sim::kConsumerByteRate, {1, kMaxBandwidth}, quota.consumer_byte_rate);
  if (!reader.has(sim::kProducerByteRate) && !reader.has(sim::kConsumerByteRate)) {
    reader.error(table.line, fmt::format("[[quota]] limits nothing; expected {} or {}", sim::kProducerByteRate,
                                         sim::kConsumerByteRate));
  }
  reader.finish();
  return quota;
}

void read_assignment(TableReader& reader, TopicEntry& topic) {
  const TomlNode* node = reader.take("assignment");
  if (node == nullptr) {
    return;
  }
  const auto wrong = [&](int line) {
    reader.error(line,
                 "assignment of [[topic]] lists the brokers of each partition; expected such as [[1,2,3],[2,3,1]]");
  };
  const bool is_short = node->items.size() <= static_cast<std::size_t>(kMaxPartitionsOfTopic);
  if (node->kind != TomlNode::Kind::kArray || !is_short) {
    wrong(node->line);
    return;
  }
  for (const TomlNode& row : node->items) {
    std::vector<std::int32_t> ids;
    if (row.kind != TomlNode::Kind::kArray || row.items.size() > static_cast<std::size_t>(kMaxBrokers)) {
      wrong(row.line);
      return;
    }
    for (const TomlNode& id : row.items) {
      if (id.kind != TomlNode::Kind::kInteger || id.integer < 0 || id.integer > kMaxBrokerId) {
        wrong(id.line);
        return;
      }
      ids.push_back(static_cast<std::int32_t>(id.integer));
    }
    topic.assignment.push_back(std::move(ids));
  }
}

TopicEntry read_topic(const TomlNode& table, Problems& problems) {
  TopicEntry topic;
  topic.line = table.line;
  TableReader reader(table, "[[topic]]", problems, {"config"});
  reader.require("name");
  reader.name("name", topic.name);
  reader.integer("partitions", {1, kMaxPartitionsOfTopic}, topic.partitions);
  reader.integer("replication.factor", {1, kMaxBrokers}, topic.replication_factor);
  read_assignment(reader, topic);
  std::string creator;
  if (reader.text("create", creator, 20)) {
    topic.is_created_by_clients = creator == "by-clients";
    if (!topic.is_created_by_clients) {
      reader.error(reader.line_of("create"),
                   fmt::format("create of [[topic]] is \"{}\"; expected \"by-clients\"", shown(creator)));
    }
  }
  reader.configs("config", topic.configs);
  reader.finish();
  return topic;
}

// `brokers = 3` says what three [[broker]] tables with ids 1, 2, 3 say; tables may then add racks and configs.
void read_brokers(TableReader& reader, Scenario& scenario, Problems& problems) {
  std::int32_t count = 0;
  if (reader.integer("brokers", {1, kMaxBrokers}, count)) {
    for (std::int32_t id = 1; id <= count; ++id) {
      scenario.brokers.push_back({id, "", {}, reader.line_of("brokers")});
    }
  }
  const std::size_t counted = scenario.brokers.size();
  reader.tables("broker", static_cast<std::size_t>(kMaxBrokers), [&](const TomlNode& table) {
    BrokerEntry broker = read_broker(table, problems);
    for (std::size_t i = 0; i < counted; ++i) {
      const bool is_bare = scenario.brokers[i].rack.empty() && scenario.brokers[i].configs.empty();
      if (scenario.brokers[i].id == broker.id && is_bare) {
        scenario.brokers[i] = std::move(broker);
        return;
      }
    }
    scenario.brokers.push_back(std::move(broker));
  });
}

// `kafka.rules = { kip-101 = "old" }` or, shorter, `kafka.rules = ["kip-101"]`: a name alone means its old rule.
void read_rules(TableReader& reader, Scenario& scenario, Problems& problems) {
  const TomlNode* node = reader.take("kafka.rules");
  if (node == nullptr) {
    return;
  }
  if (node->kind == TomlNode::Kind::kTable) {
    reader.configs("kafka.rules", scenario.kafka_rules);
    return;
  }
  std::vector<std::string> names;
  if (!reader.texts("kafka.rules", sim::kRuleCount * 2, names)) {
    return;
  }
  for (const std::string& text : names) {
    Result<ConfigEntry> entry = parse_rule_setting(text);
    if (entry) {
      entry->line = node->line;
      scenario.kafka_rules.push_back(std::move(*entry));
    } else {
      problems.error(node->line, "kafka.rules: " + entry.error().text);
    }
  }
}

void read_subtable(TableReader& reader, std::string_view key, Problems& problems, auto read) {
  if (const TomlNode* node = reader.take(key)) {
    if (node->kind == TomlNode::Kind::kTable) {
      read(*node);
    } else {
      problems.error(node->line, fmt::format("{} is {}; expected a table [{}]", key, kind_text(node->kind), key));
    }
  }
}

/// Where the keys of the scenario itself stand: what is wrong with their values is only found when everything is read.
using HeadLines = std::map<std::string, int, std::less<>>;

HeadLines read_whole(const TomlNode& root, Scenario& scenario, Problems& problems) {
  TableReader reader(
      root, "the scenario", problems,
      {"kafka.rules", "network", "disk", "zookeeper", "kraft", "compression", "defaults.broker", "defaults.producer",
       "defaults.consumer", "defaults.topic", "broker", "topic", "producer", "group", "quota", "at", "expect"});
  reader.text("title", scenario.title, 200);
  reader.text("description", scenario.description, kMaxTextBytes);
  reader.text("kafka.version", scenario.kafka_version, 20);
  read_rules(reader, scenario, problems);
  reader.text("metadata", scenario.metadata, 20);
  std::int64_t seed = 1;
  reader.integer("seed", {0, INT64_MAX}, seed);
  scenario.seed = static_cast<std::uint64_t>(seed);
  reader.duration("until", scenario.until);
  read_subtable(reader, "network", problems, [&](const TomlNode& t) { read_network(t, scenario.network, problems); });
  read_subtable(reader, "disk", problems, [&](const TomlNode& t) { read_disk(t, scenario.disk, problems); });
  read_subtable(reader, "zookeeper", problems,
                [&](const TomlNode& t) { read_zookeeper(t, scenario.zookeeper, problems); });
  int roles_line = 0;
  read_subtable(reader, "kraft", problems,
                [&](const TomlNode& t) { roles_line = read_kraft(t, scenario.kraft, problems); });
  read_subtable(reader, "compression", problems,
                [&](const TomlNode& t) { read_compression(t, scenario.compression, problems); });
  reader.configs("defaults.broker", scenario.broker_defaults);
  reader.configs("defaults.producer", scenario.producer_defaults);
  reader.configs("defaults.consumer", scenario.consumer_defaults);
  reader.configs("defaults.topic", scenario.topic_defaults);
  read_brokers(reader, scenario, problems);
  reader.tables("topic", static_cast<std::size_t>(kMaxTopics),
                [&](const TomlNode& t) { scenario.topics.push_back(read_topic(t, problems)); });
  reader.tables("producer", static_cast<std::size_t>(kMaxProducers),
                [&](const TomlNode& t) { scenario.producers.push_back(read_producer(t, problems)); });
  reader.tables("group", static_cast<std::size_t>(kMaxGroups),
                [&](const TomlNode& t) { scenario.groups.push_back(read_group(t, problems)); });
  reader.tables("quota", static_cast<std::size_t>(kMaxQuotas),
                [&](const TomlNode& t) { scenario.quotas.push_back(read_quota(t, problems)); });
  std::vector<RawAction> raw;
  reader.tables("at", static_cast<std::size_t>(kMaxActions),
                [&](const TomlNode& t) { raw.push_back(read_at(t, problems)); });
  reader.tables("expect", static_cast<std::size_t>(kMaxExpects),
                [&](const TomlNode& t) { scenario.expects.push_back(read_expect(t, problems)); });
  reader.finish();
  HeadLines lines;
  for (const std::string_view key : {"kafka.version", "metadata", "until"}) {
    lines.emplace(key, reader.has(key) ? reader.line_of(key) : 0);
  }
  lines.emplace("process.roles", roles_line);
  // Counts out of range are reported by validate; names for them would only cost memory.
  if (count_problem(scenario).empty()) {
    add_actions(scenario, raw, problems);
  }
  return lines;
}

/// A problem of the head begins with its key.
int line_of(const Problem& problem, const HeadLines& lines) {
  const auto found = lines.find(std::string_view(problem.text).substr(0, problem.text.find(' ')));
  return problem.line > 0 || found == lines.end() ? problem.line : found->second;
}

}  // namespace

ParseOutcome parse_all(const std::string& text, const std::string& path) {
  ParseOutcome outcome;
  const Result<TomlNode> root = parse_toml(text);
  if (!root) {
    outcome.problems.push_back({root.error().line, false, root.error().text});
    return outcome;
  }
  Problems problems;
  Scenario scenario;
  scenario.path = path;
  scenario.text = text;
  const HeadLines lines = read_whole(*root, scenario, problems);
  for (const Problem& problem : validate(scenario)) {
    const int line = line_of(problem, lines);
    problem.is_warning ? problems.warning(line, problem.text) : problems.error(line, problem.text);
  }
  outcome.problems = problems.sorted();
  for (const Problem& problem : outcome.problems) {
    if (problem.is_warning) {
      scenario.warnings.push_back(to_text(problem, path));
    }
  }
  if (!problems.has_error()) {
    outcome.scenario = std::move(scenario);
  }
  return outcome;
}

Result<Scenario> parse(const std::string& text, const std::string& path) {
  ParseOutcome outcome = parse_all(text, path);
  if (outcome.scenario) {
    return std::move(*outcome.scenario);
  }
  std::string all;
  for (const Problem& problem : outcome.problems) {
    if (!problem.is_warning) {
      all += (all.empty() ? "" : "\n") + to_text(problem, path);
    }
  }
  return Error{all, {}, 0};
}

Result<Scenario> load(const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (failure || !std::filesystem::exists(status)) {
    return Error{"there is no such file", path, 0};
  }
  if (std::filesystem::is_directory(status)) {
    return Error{"this is a folder; expected a scenario file (.toml)", path, 0};
  }
  // A pipe that nobody writes into would never be read to its end; one that the shell holds open is written.
  const bool is_given_by_shell = path == "/dev/stdin" || path.starts_with("/dev/fd/");
  if (!std::filesystem::is_regular_file(status) && !is_given_by_shell) {
    return Error{"this is no ordinary file; expected a scenario file (.toml)", path, 0};
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  // Read at most one byte more than allowed: a device without end must not fill the memory.
  text.resize(kMaxFileBytes + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || (!file.eof() && !file)) {
    return Error{
        errno == 0 ? "the file cannot be read" : fmt::format("the file cannot be read: {}", std::strerror(errno)), path,
        0};
  }
  return parse(text, path);
}

std::string to_text(const Problem& problem, const std::string& path) {
  const std::string place = problem.line > 0 ? fmt::format("{}:{}", path, problem.line) : path;
  return fmt::format("{}{}{}: {}", place, place.empty() ? "" : ": ", problem.is_warning ? "warning" : "error",
                     problem.text);
}

std::string short_name(const Scenario& scenario) { return std::filesystem::path(scenario.path).stem().string(); }

}  // namespace kscope::scenario
