#include "sim/config/config_values.h"

#include "sim/config/broker_config.h"
#include "sim/config/config_rules.h"
#include "sim/config/config_valid.h"
#include "sim/config/consumer_config.h"
#include "sim/config/modelled_configs.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace kscope::sim {
namespace {

template <class Config>
const ConfigField<Config>* find_field(std::span<const ConfigField<Config>> fields, std::string_view name) {
  for (const ConfigField<Config>& field : fields) {
    if (field.name == name) {
      return &field;
    }
  }
  return nullptr;
}

template <class Config>
std::vector<ConfigProblem> set_fields(ConfigScope scope, const ConfigValues& values,
                                      std::span<const ConfigField<Config>> fields, Config& config) {
  std::vector<ConfigProblem> problems;
  for (const auto& [name, value] : values.all()) {
    std::optional<ConfigProblem> problem = config_problem(scope, name, value);
    const ConfigField<Config>* field = find_field(fields, name);
    const bool is_valid = !problem.has_value() || problem->kind == ConfigProblemKind::NOT_MODELLED;
    // What is not honoured is set all the same: Kafka's rules between configs look at it.
    if (is_valid && field != nullptr && !field->set(config, plain_config_value(*find_config(scope, name), value))) {
      problem = ConfigProblem{ConfigProblemKind::INVALID, name,
                              fmt::format("\"{}\" is not a value of {} that the model knows", value, name)};
    }
    if (problem.has_value()) {
      problems.push_back(std::move(*problem));
    }
  }
  return problems;
}

void append(std::vector<ConfigProblem> more, std::vector<ConfigProblem>& problems) {
  for (ConfigProblem& problem : more) {
    problems.push_back(std::move(problem));
  }
}

}  // namespace

void ConfigValues::set_all(const ConfigValues& other) {
  for (const auto& [name, value] : other.values_) {
    set(name, value);
  }
}

const std::string* ConfigValues::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<ConfigProblem> config_problem(ConfigScope scope, std::string_view name, std::string_view value) {
  const ConfigDef* def = find_config(scope, name);
  if (def == nullptr) {
    return ConfigProblem{ConfigProblemKind::UNKNOWN, std::string(name), unknown_config_text(scope, name)};
  }
  if (std::optional<std::string> invalid = invalid_config_value(*def, value); invalid.has_value()) {
    return ConfigProblem{ConfigProblemKind::INVALID, std::string(name), std::move(*invalid)};
  }
  if (std::optional<std::string> text = not_modelled_text(scope, name, plain_config_value(*def, value))) {
    return ConfigProblem{ConfigProblemKind::NOT_MODELLED, std::string(name), std::move(*text)};
  }
  return std::nullopt;
}

std::vector<ConfigProblem> apply(const ConfigValues& values, BrokerConfig& config) {
  std::vector<ConfigProblem> problems = set_fields(ConfigScope::BROKER, values, broker_config_fields(), config);
  append(apply_config_rules(values, config), problems);
  return problems;
}

std::vector<ConfigProblem> apply(const ConfigValues& values, TopicConfig& config) {
  std::vector<ConfigProblem> problems = set_fields(ConfigScope::TOPIC, values, topic_config_fields(), config);
  append(apply_config_rules(values, config), problems);
  return problems;
}

std::vector<ConfigProblem> apply(const ConfigValues& values, ProducerConfig& config) {
  std::vector<ConfigProblem> problems = set_fields(ConfigScope::PRODUCER, values, producer_config_fields(), config);
  append(apply_config_rules(values, config), problems);
  return problems;
}

std::vector<ConfigProblem> apply(const ConfigValues& values, ConsumerConfig& config) {
  std::vector<ConfigProblem> problems = set_fields(ConfigScope::CONSUMER, values, consumer_config_fields(), config);
  append(apply_config_rules(values, config), problems);
  return problems;
}

}  // namespace kscope::sim
