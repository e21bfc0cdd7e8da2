#include "sim/scenario/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "sim/config/units.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/scenario.h"
#include "sim/world/registry.h"

namespace kscope::scenario {
namespace {

constexpr std::string_view kOffsetsTopicName = "__consumer_offsets";
constexpr std::string_view kTransactionTopicName = "__transaction_state";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Number of single letters to insert, delete or replace; case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

NameRole role_of(sim::NodeRole role) {
  switch (role) {
    case sim::NodeRole::kBroker: return NameRole::kBroker;
    case sim::NodeRole::kZooKeeper: return NameRole::kZooKeeper;
    case sim::NodeRole::kProducer: return NameRole::kProducer;
    case sim::NodeRole::kConsumer: return NameRole::kConsumer;
    case sim::NodeRole::kAdmin: return NameRole::kAdmin;
    case sim::NodeRole::kController: return NameRole::kController;
  }
  return NameRole::kAdmin;
}

}  // namespace

NodeId Names::node(std::string_view name) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name == name) {
      return NodeId(static_cast<std::int32_t>(i));
    }
  }
  return {};
}

sim::TopicId Names::topic(std::string_view name) const {
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (topics[i].name == name) {
      return sim::TopicId(static_cast<std::int32_t>(i));
    }
  }
  return {};
}

sim::GroupId Names::group(std::string_view name) const {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] == name) {
      return sim::GroupId(static_cast<std::int32_t>(i));
    }
  }
  return {};
}

std::optional<sim::TopicPartition> Names::partition(std::string_view name) const {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == name.size() || name.size() - dash > 7) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(dash + 1);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto index = static_cast<std::int32_t>(sim::parse_integer(digits).value_or(-1));
  const sim::TopicId id = topic(name.substr(0, dash));
  if (!id.is_valid() || index < 0) {
    return std::nullopt;
  }
  const std::int32_t count = topics[static_cast<std::size_t>(id.value)].partitions;
  if (count >= 0 && index >= count) {
    return std::nullopt;
  }
  return sim::TopicPartition{id, index};
}

bool is_internal_topic(std::string_view name) { return name == kOffsetsTopicName || name == kTransactionTopicName; }

namespace {

/// What the last of the lists that sets it says; "" if none does.
std::string value_of(std::string_view name, std::initializer_list<const Configs*> lists) {
  std::string value;
  for (const Configs* configs : lists) {
    for (const ConfigEntry& entry : *configs) {
      value = entry.name == name ? entry.value : value;
    }
  }
  return value;
}

std::string client_id_of(const Scenario& scenario, const GroupEntry& group, std::int32_t number) {
  static const Configs kNone;
  const auto own = std::find_if(group.overrides.begin(), group.overrides.end(),
                                [&](const MemberEntry& member) { return member.number == number; });
  const std::string id = value_of("client.id", {&scenario.consumer_defaults, &group.configs,
                                                own == group.overrides.end() ? &kNone : &own->configs});
  return id.empty() ? fmt::format("{}-{}", group.id, number) : id;
}

}  // namespace

std::string transactional_id_of(const Scenario& scenario, const ProducerEntry& producer) {
  return value_of("transactional.id", {&scenario.producer_defaults, &producer.configs});
}

std::string Names::client_id_problem(std::string_view id) const {
  if (id == sim::kDefaultClientId || std::find(client_ids.begin(), client_ids.end(), id) != client_ids.end()) {
    return {};
  }
  return fmt::format("no client has the id \"{}\"{}", shown(id), did_you_mean(id, client_ids));
}

void Names::may_have(std::string_view name, std::int32_t partitions) {
  if (const sim::TopicId id = topic(name); id.is_valid()) {
    std::int32_t& count = topics[static_cast<std::size_t>(id.value)].partitions;
    count = count < 0 ? count : std::max(count, partitions);
  }
}

Names names_of(const Scenario& scenario) {
  Names names;
  const bool is_kraft = scenario.is_kraft();
  for (std::int32_t i = 1; i <= scenario.metadata_servers(); ++i) {
    names.nodes.push_back({fmt::format("{}{}", is_kraft ? "c" : "zk", i),
                           is_kraft ? NameRole::kController : NameRole::kZooKeeper,
                           {},
                           {}});
  }
  for (const BrokerEntry& broker : scenario.brokers) {
    names.nodes.push_back({fmt::format("b{}", broker.id), NameRole::kBroker, sim::BrokerId(broker.id), {}});
  }
  for (const ProducerEntry& producer : scenario.producers) {
    names.nodes.push_back({producer.name, NameRole::kProducer, {}, {}});
    const std::string id = value_of("client.id", {&scenario.producer_defaults, &producer.configs});
    names.client_ids.push_back(id.empty() ? producer.name : id);
  }
  for (const GroupEntry& group : scenario.groups) {
    names.groups.push_back(group.id);
    for (std::int32_t i = 1; i <= group.members + group.spare_members; ++i) {
      names.nodes.push_back({fmt::format("{}-{}", group.id, i), NameRole::kConsumer, {}, group.id});
      names.client_ids.push_back(client_id_of(scenario, group, i));
    }
  }
  names.nodes.push_back({"admin", NameRole::kAdmin, {}, {}});

  names.topics.push_back({std::string(kOffsetsTopicName), -1});
  for (const TopicEntry& topic : scenario.topics) {
    names.topics.push_back({topic.name, topic.partitions});
  }
  const bool has_output = std::any_of(scenario.groups.begin(), scenario.groups.end(),
                                      [](const GroupEntry& group) { return !group.output.empty(); });
  if (has_output ||
      std::any_of(scenario.producers.begin(), scenario.producers.end(),
                  [&](const ProducerEntry& producer) { return !transactional_id_of(scenario, producer).empty(); })) {
    names.topics.push_back({std::string(kTransactionTopicName), -1});
  }
  const std::size_t of_scenario = names.topics.size();
  for (const TimedAction& timed : scenario.actions) {
    if (timed.action.verb != Verb::kCreateTopic) {
      continue;
    }
    const std::int32_t count = timed.action.number == 0 ? -1 : static_cast<std::int32_t>(timed.action.number);
    const sim::TopicId known = names.topic(timed.action.topic);
    if (!known.is_valid()) {
      names.topics.push_back({timed.action.topic, count});
    } else if (static_cast<std::size_t>(known.value) >= of_scenario) {
      // Asked for again, after a refusal: it may have as many as the largest request says.
      std::int32_t& most = names.topics[static_cast<std::size_t>(known.value)].partitions;
      most = most < 0 || count < 0 ? -1 : std::max(most, count);
    }
  }
  for (const TimedAction& timed : scenario.actions) {
    if (timed.action.verb == Verb::kCreatePartitions) {
      names.may_have(timed.action.topic, static_cast<std::int32_t>(timed.action.number));
    }
  }
  return names;
}

Names names_of(const sim::Registry& registry) {
  Names names;
  for (const sim::NodeEntry& entry : registry.nodes) {
    NodeName name{entry.name, role_of(entry.role), {}, {}};
    const auto index = static_cast<std::size_t>(entry.index);
    if (entry.role == sim::NodeRole::kBroker) {
      name.broker = registry.brokers->at(index).id;
    } else if (entry.role == sim::NodeRole::kConsumer) {
      name.group = registry.groups.at(static_cast<std::size_t>(registry.consumers->at(index).group.value)).name;
    }
    if (entry.role == sim::NodeRole::kProducer || entry.role == sim::NodeRole::kConsumer) {
      names.client_ids.emplace_back(registry.client_id(NodeId(static_cast<std::int32_t>(names.nodes.size()))));
    }
    names.nodes.push_back(std::move(name));
  }
  for (const sim::TopicSetup& topic : registry.topics) {
    names.topics.push_back({topic.name, topic.partitions});
    names.may_have(topic.name, topic.asked_partitions);
  }
  for (const sim::GroupSetup& group : registry.groups) {
    names.groups.push_back(group.name);
  }
  return names;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestWord = 64;
  if (word.empty() || word.size() > kLongestWord) {
    return {};
  }
  // Somebody who wrote only the beginning means the first that begins so.
  constexpr std::size_t kShortestBeginning = 3;
  for (const std::string& candidate : candidates) {
    if (word.size() >= kShortestBeginning && candidate.size() <= kLongestWord && candidate.starts_with(word)) {
      return candidate;
    }
  }
  std::string found;
  std::size_t smallest = word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord) {
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    // A candidate of which no letter would remain is not near.
    if (distance < smallest && distance < std::max(word.size(), candidate.size())) {
      smallest = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string found = nearest(word, candidates);
  return found.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", found);
}

}  // namespace kscope::scenario
