#include "sim/scenario/action_params.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/core/check.h"
#include "sim/config/config_values.h"
#include "sim/config/units.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/limits.h"
#include "sim/world/registry.h"

namespace kscope::scenario {
namespace {

bool fits(ParamKind kind, NameRole role) {
  const bool is_client = role == NameRole::kProducer || role == NameRole::kConsumer;
  switch (kind) {
    case ParamKind::kAnyNode:
    case ParamKind::kPeer: return true;
    case ParamKind::kBroker: return role == NameRole::kBroker;
    case ParamKind::kConfigured: return role == NameRole::kBroker || role == NameRole::kConsumer;
    case ParamKind::kServer:
      return role == NameRole::kBroker || role == NameRole::kZooKeeper || role == NameRole::kController;
    case ParamKind::kProducer: return role == NameRole::kProducer;
    case ParamKind::kConsumer:
    case ParamKind::kConsumerOrGroup: return role == NameRole::kConsumer;
    case ParamKind::kClient: return is_client;
    case ParamKind::kNewTopic:
    case ParamKind::kTopic:
    case ParamKind::kPartition:
    case ParamKind::kDuration:
    case ParamKind::kSignedDuration:
    case ParamKind::kFactor:
    case ParamKind::kPercent:
    case ParamKind::kPpm:
    case ParamKind::kMessage:
    case ParamKind::kBeforeOffset:
    case ParamKind::kPartitionCount:
    case ParamKind::kReplicationFactor:
    case ParamKind::kRate:
    case ParamKind::kBandwidth:
    case ParamKind::kConfigName:
    case ParamKind::kConfigValue:
    case ParamKind::kClientId:
    case ParamKind::kQuotaName:
    case ParamKind::kQuotaValue:
    case ParamKind::kBrokerList:
    case ParamKind::kTopicList:
    case ParamKind::kSeekOffset:
    case ParamKind::kKey: return false;
  }
  return false;
}

std::string_view kind_word(ParamKind kind) {
  switch (kind) {
    case ParamKind::kBroker: return "broker";
    case ParamKind::kConfigured: return "broker, consumer or topic";
    case ParamKind::kServer: return "broker, controller or ZooKeeper server";
    case ParamKind::kProducer: return "producer";
    case ParamKind::kConsumer: return "consumer";
    case ParamKind::kConsumerOrGroup: return "consumer or group";
    case ParamKind::kClient: return "producer or consumer";
    default: return "node";
  }
}

std::string read_node(ParamKind kind, std::string_view text, const Names& names, std::string& out) {
  std::string name(text);
  // `broker = 3` in a table, or `crash 3`: digits mean the broker with that id.
  if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos) {
    name = "b" + name;
  }
  const NodeId id = names.node(name);
  const bool is_topic = kind == ParamKind::kConfigured && names.topic(name).is_valid();
  const bool is_group = kind == ParamKind::kConsumerOrGroup && names.group(name).is_valid();
  if (is_topic || is_group || (id.is_valid() && fits(kind, names.nodes[static_cast<std::size_t>(id.value)].role))) {
    out = std::move(name);
    return {};
  }
  const std::vector<std::string> known = candidates(kind, names);
  if (id.is_valid()) {
    return fmt::format("{} is no {}{}", name, kind_word(kind),
                       known.empty() ? "" : ", expected one such as " + known[0]);
  }
  if (known.empty()) {
    return fmt::format("there is no {} called \"{}\"; the scenario has none", kind_word(kind), shown(text));
  }
  const std::string hint = did_you_mean(name, known);
  return fmt::format("there is no {} called \"{}\"{}", kind_word(kind), shown(text),
                     hint.empty() ? fmt::format("; expected one such as {}", known[0]) : hint);
}

struct Bounds {
  std::int64_t low;
  std::int64_t high;
  std::string_view expected;
};
std::string read_number(std::string_view text, Bounds bounds, std::int64_t& out) {
  const std::optional<std::int64_t> value = sim::parse_integer(text);
  if (!value || *value < bounds.low || *value > bounds.high) {
    return fmt::format("\"{}\" is not {}", shown(text), bounds.expected);
  }
  out = *value;
  return {};
}

std::string read_duration(std::string_view text, bool is_signed, Duration& out) {
  const std::optional<Duration> value = sim::parse_duration(text);
  if (!value || (!is_signed && *value < Duration{0})) {
    return fmt::format("\"{}\" is no duration; expected digits with a unit, such as 80ms, 10s or 1m30s", shown(text));
  }
  const Duration longest = is_signed ? kLongestDelay : kLongestRun;
  if (*value > longest || *value < -longest) {
    return fmt::format("\"{}\" is longer than {} hours", shown(text), longest / std::chrono::hours(1));
  }
  out = *value;
  return {};
}

/// "b2,b3", or 2,3 for short; "cancel" stays.
std::string read_broker_list(std::string_view text, const Names& names, std::string& out) {
  out = std::string(text);
  if (text == kCancel) {
    return {};
  }
  std::vector<std::string> brokers;
  for (const std::string_view word : split_list(text)) {
    std::string name;
    if (std::string problem = read_node(ParamKind::kBroker, word, names, name); !problem.empty()) {
      return fmt::format("{}; expected brokers with commas between, or {}", problem, kCancel);
    }
    if (std::find(brokers.begin(), brokers.end(), name) != brokers.end()) {
      return fmt::format("{} is in the list twice", name);
    }
    brokers.push_back(std::move(name));
  }
  out = fmt::format("{}", fmt::join(brokers, ","));
  return {};
}

std::string read_topic(std::string_view text, const Names& names, std::string& out) {
  if (is_internal_topic(text)) {
    return fmt::format("{} is internal: what it keeps would no longer be found", text);
  }
  if (names.topic(text).is_valid()) {
    out = std::string(text);
    return {};
  }
  std::vector<std::string> known;
  for (const TopicName& topic : names.topics) {
    if (!is_internal_topic(topic.name)) {
      known.push_back(topic.name);
    }
  }
  return fmt::format("there is no topic called \"{}\"{}", shown(text), did_you_mean(text, known));
}

/// "orders,bills": each of them once.
std::string read_topic_list(std::string_view text, const Names& names, std::string& out) {
  std::vector<std::string> topics;
  for (const std::string_view word : split_list(text)) {
    std::string name;
    if (is_internal_topic(word)) {
      return fmt::format("{} is internal; expected topics of the scenario", word);
    }
    if (std::string problem = read_topic(word, names, name); !problem.empty()) {
      return problem;
    }
    if (std::find(topics.begin(), topics.end(), name) != topics.end()) {
      return fmt::format("{} is in the list twice", name);
    }
    topics.push_back(std::move(name));
  }
  out = fmt::format("{}", fmt::join(topics, ","));
  return {};
}

std::string read_partition(std::string_view text, const Names& names, std::string& out) {
  if (names.partition(text)) {
    out = std::string(text);
    return {};
  }
  const std::size_t dash = text.rfind('-');
  const sim::TopicId topic = dash == std::string_view::npos ? sim::TopicId{} : names.topic(text.substr(0, dash));
  if (topic.is_valid()) {
    const TopicName& known = names.topics[static_cast<std::size_t>(topic.value)];
    return fmt::format("topic {} has no partition \"{}\"; expected {}-0 to {}-{}", known.name,
                       shown(text.substr(dash + 1)), known.name, known.name, known.partitions - 1);
  }
  std::vector<std::string> known;
  for (std::size_t i = 1; i < names.topics.size(); ++i) {
    known.push_back(names.topics[i].name + "-0");
  }
  return fmt::format("\"{}\" is no partition; expected TOPIC-NUMBER{}", shown(text), did_you_mean(text, known));
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t comma = text.find(',');
    words.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string> candidates(ParamKind kind, const Names& names) {
  std::vector<std::string> known;
  for (const NodeName& node : names.nodes) {
    if (fits(kind, node.role)) {
      known.push_back(node.name);
    }
  }
  if (kind == ParamKind::kConfigured) {
    for (std::size_t i = 1; i < names.topics.size(); ++i) {
      known.push_back(names.topics[i].name);
    }
  }
  if (kind == ParamKind::kConsumerOrGroup) {
    known.insert(known.end(), names.groups.begin(), names.groups.end());
  }
  return known;
}

sim::ConfigScope config_scope(std::string_view of, const Names& names) {
  const NodeId node = names.node(of);
  if (!node.is_valid()) {
    return sim::ConfigScope::TOPIC;
  }
  return names.nodes[static_cast<std::size_t>(node.value)].role == NameRole::kConsumer ? sim::ConfigScope::CONSUMER
                                                                                       : sim::ConfigScope::BROKER;
}

std::string read_param(const Param& param, std::string_view text, const Names& names, Action& action) {
  switch (param.kind) {
    case ParamKind::kAnyNode:
    case ParamKind::kBroker:
    case ParamKind::kServer:
    case ParamKind::kProducer:
    case ParamKind::kConsumer:
    case ParamKind::kClient:
    case ParamKind::kConsumerOrGroup:
    case ParamKind::kConfigured: return read_node(param.kind, text, names, action.node);
    case ParamKind::kPeer: {
      std::string problem = read_node(param.kind, text, names, action.peer);
      if (problem.empty() && action.peer == action.node) {
        problem = fmt::format("both ends are {}; expected two different nodes", action.node);
      }
      return problem;
    }
    case ParamKind::kNewTopic:
      if (!is_legal_name(text)) {
        return fmt::format("\"{}\" is no topic name; {}", shown(text), kLegalNameText);
      }
      action.topic = std::string(text);
      return {};
    case ParamKind::kTopic: return read_topic(text, names, action.topic);
    case ParamKind::kPartition: return read_partition(text, names, action.partition);
    case ParamKind::kDuration: return read_duration(text, false, action.duration);
    case ParamKind::kSignedDuration: return read_duration(text, true, action.duration);
    case ParamKind::kFactor:
      return read_number(text, {1, 1'000'000, "a factor from 1 (normal) to 1000000"}, action.number);
    case ParamKind::kPercent: return read_number(text, {0, 100, "a percentage from 0 to 100"}, action.number);
    case ParamKind::kPpm:
      return read_number(text, {-500'000, 500'000, "parts per million from -500000 to 500000"}, action.number);
    case ParamKind::kMessage: return read_number(text, {1, INT64_MAX, "the number of a message"}, action.number);
    case ParamKind::kBeforeOffset: return read_number(text, {1, INT64_MAX, "an offset above 0"}, action.number);
    case ParamKind::kPartitionCount:
      return read_number(text, {1, kMaxPartitionsOfTopic, "a number of partitions from 1 to 10000"}, action.number);
    case ParamKind::kReplicationFactor:
      return read_number(text, {1, kMaxBrokers, "a replication factor from 1 to 128"}, action.factor);
    case ParamKind::kRate: {
      const std::optional<std::int64_t> rate = parse_rate(text);
      if (!rate) {
        return fmt::format("\"{}\" is no rate; expected such as 200/s, 30/min or 0, at most 1000000/s", shown(text));
      }
      action.number = *rate;
      return {};
    }
    case ParamKind::kBandwidth: {
      const std::optional<std::int64_t> size = parse_bandwidth(text);
      if (!size || *size < 0 || *size > kMaxBandwidth) {
        return fmt::format("\"{}\" is no bandwidth; expected such as 100MiB/s, or 0 for unlimited", shown(text));
      }
      action.number = *size;
      return {};
    }
    case ParamKind::kConfigName: action.name = std::string(text); return {};
    case ParamKind::kConfigValue: {
      const sim::ConfigScope scope = config_scope(action.node, names);
      const std::optional<sim::ConfigProblem> problem = sim::config_problem(scope, action.name, text);
      action.value = std::string(text);
      if (scope == sim::ConfigScope::CONSUMER && action.name == "group.id") {
        return "a consumer stays in its group; expected another config than group.id";
      }
      return problem && !problem->is_warning() ? problem->text : std::string();
    }
    case ParamKind::kKey: action.value = std::string(text); return {};
    case ParamKind::kBrokerList: return read_broker_list(text, names, action.value);
    case ParamKind::kTopicList: return read_topic_list(text, names, action.value);
    case ParamKind::kSeekOffset: {
      std::int64_t offset = 0;
      action.value = std::string(text);
      return text == kBeginning || text == kEnd
                 ? std::string()
                 : read_number(text, {0, INT64_MAX, "an offset from 0, beginning or end"}, offset) +
                       (sim::parse_integer(text) ? ""
                                                 : did_you_mean(text, {std::string(kBeginning), std::string(kEnd)}));
    }
    case ParamKind::kClientId: action.client_id = std::string(text); return names.client_id_problem(text);
    case ParamKind::kQuotaName:
      action.name = std::string(text);
      return text == sim::kProducerByteRate || text == sim::kConsumerByteRate
                 ? std::string()
                 : fmt::format("\"{}\" is no quota that is modelled; expected {} or {}", shown(text),
                               sim::kProducerByteRate, sim::kConsumerByteRate);
    case ParamKind::kQuotaValue: {
      const std::optional<std::int64_t> rate = parse_bandwidth(text);
      if (text != "none" && (!rate || *rate < 1 || *rate > kMaxBandwidth)) {
        return fmt::format("\"{}\" is no quota; expected bytes a second such as 100KiB/s, or none", shown(text));
      }
      action.value = text == "none" ? "none" : std::to_string(*rate);
      return {};
    }
  }
  KSCOPE_CHECK(false, "a ParamKind outside the enumeration");
  return {};
}

std::string write_param(const Param& param, const Action& action) {
  switch (param.kind) {
    case ParamKind::kAnyNode:
    case ParamKind::kBroker:
    case ParamKind::kServer:
    case ParamKind::kProducer:
    case ParamKind::kConsumer:
    case ParamKind::kClient:
    case ParamKind::kConsumerOrGroup:
    case ParamKind::kConfigured: return action.node;
    case ParamKind::kPeer: return action.peer;
    case ParamKind::kNewTopic:
    case ParamKind::kTopic: return action.topic;
    case ParamKind::kPartition: return action.partition;
    case ParamKind::kDuration:
      return param.is_optional && action.duration == Duration{0} ? std::string() : duration_text(action.duration);
    case ParamKind::kSignedDuration: return duration_text(action.duration);
    case ParamKind::kFactor:
    case ParamKind::kPercent:
    case ParamKind::kPpm:
    case ParamKind::kMessage: return std::to_string(action.number);
    case ParamKind::kBeforeOffset:
    case ParamKind::kPartitionCount: return action.number == 0 ? std::string() : std::to_string(action.number);
    case ParamKind::kReplicationFactor: return action.factor == 0 ? std::string() : std::to_string(action.factor);
    case ParamKind::kRate: return rate_text(action.number);
    case ParamKind::kBandwidth: return size_text(action.number);
    case ParamKind::kClientId: return action.client_id;
    case ParamKind::kQuotaName:
    case ParamKind::kConfigName: return action.name;
    case ParamKind::kQuotaValue:
    case ParamKind::kConfigValue:
    case ParamKind::kBrokerList:
    case ParamKind::kTopicList:
    case ParamKind::kSeekOffset:
    case ParamKind::kKey: return action.value;
  }
  KSCOPE_CHECK(false, "a ParamKind outside the enumeration");
  return {};
}

}  // namespace kscope::scenario
