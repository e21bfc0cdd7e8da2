#include "sim/scenario/rule_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"

namespace kscope::scenario {

Result<ConfigEntry> parse_rule_setting(const std::string& text) {
  const std::size_t sign = text.find('=');
  ConfigEntry entry;
  entry.name = text.substr(0, sign);
  entry.value = sign == std::string::npos ? "old" : text.substr(sign + 1);
  if (std::string problem = rule_setting_problem(entry); !problem.empty()) {
    return Error{std::move(problem), {}, 0};
  }
  return entry;
}

std::string rule_setting_problem(const ConfigEntry& setting) {
  const std::vector<sim::Rule> rules = sim::rules_named(setting.name);
  if (rules.empty()) {
    return fmt::format("there is no rule \"{}\"{}; kafkascope list --rules shows them", shown(setting.name),
                       did_you_mean(setting.name, sim::rule_names()));
  }
  if (setting.value != "old" && setting.value != "new") {
    return fmt::format("{} is \"{}\"; expected \"old\" or \"new\"", setting.name, shown(setting.value));
  }
  return {};
}

std::string rule_problem_with(sim::MetadataMode mode, const ConfigEntry& setting) {
  const bool is_kraft = mode == sim::MetadataMode::KRAFT;
  for (const sim::Rule rule : sim::rules_named(setting.name)) {
    const std::string_view why = is_kraft ? sim::info(rule).not_with_kraft : sim::info(rule).not_with_zookeeper;
    if (setting.value == (is_kraft ? "old" : "new") && !why.empty()) {
      return fmt::format("{} cannot be {} with metadata = \"{}\": {}", setting.name, setting.value,
                         is_kraft ? "kraft" : "zookeeper", why);
    }
  }
  return {};
}

sim::MetadataMode metadata_mode(const Scenario& scenario) {
  return scenario.is_kraft() ? sim::MetadataMode::KRAFT : sim::MetadataMode::ZOOKEEPER;
}

void set_rule(Scenario& scenario, ConfigEntry setting) {
  const auto known = std::find_if(scenario.kafka_rules.begin(), scenario.kafka_rules.end(),
                                  [&](const ConfigEntry& entry) { return entry.name == setting.name; });
  if (known == scenario.kafka_rules.end()) {
    scenario.kafka_rules.push_back(std::move(setting));
  } else {
    *known = std::move(setting);
  }
}

sim::ProtocolRules protocol_rules(const Scenario& scenario) {
  sim::ProtocolRules rules(metadata_mode(scenario));
  if (const std::optional<sim::KafkaVersion> version = sim::parse_kafka_version(scenario.kafka_version)) {
    rules = sim::ProtocolRules::of_version(*version, metadata_mode(scenario));
  }
  for (const ConfigEntry& entry : scenario.kafka_rules) {
    if (!rule_setting_problem(entry).empty() || !rule_problem_with(metadata_mode(scenario), entry).empty()) {
      continue;
    }
    for (const sim::Rule rule : sim::rules_named(entry.name)) {
      entry.value == "old" ? rules.choose_old(rule) : rules.choose_new(rule);
    }
  }
  return rules;
}

std::string rules_text(const Scenario& scenario) {
  const std::vector<std::string> old = protocol_rules(scenario).changes();
  return fmt::format("kafka {}, {}{}", scenario.kafka_version, scenario.metadata,
                     old.empty() ? std::string() : fmt::format("; rules {}", fmt::join(old, ", ")));
}

}  // namespace kscope::scenario
