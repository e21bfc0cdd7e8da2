#include "sim/config/config_def.h"

#include "engine/core/check.h"
#include "sim/config/config_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace kscope::sim {
namespace {

bool is_number(ConfigType type) {
  return type == ConfigType::INT || type == ConfigType::SHORT || type == ConfigType::LONG;
}

// Number of single letters to insert, delete or replace.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const ConfigDef> config_table(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::BROKER: return broker_config_table();
    case ConfigScope::TOPIC: return topic_config_table();
    case ConfigScope::PRODUCER: return producer_config_table();
    case ConfigScope::CONSUMER: return consumer_config_table();
    case ConfigScope::ADMIN: return admin_config_table();
  }
  KSCOPE_CHECK(false, "a ConfigScope outside the enumeration");
}

std::span<const ConfigDef> former_config_table(ConfigScope scope) {
  return scope == ConfigScope::CONSUMER ? old_consumer_config_table() : std::span<const ConfigDef>{};
}

const ConfigDef* find_config(ConfigScope scope, std::string_view name) {
  const auto before = [](const ConfigDef& def, std::string_view wanted) { return def.name < wanted; };
  for (const std::span<const ConfigDef> table : {config_table(scope), former_config_table(scope)}) {
    const auto found = std::lower_bound(table.begin(), table.end(), name, before);
    if (found != table.end() && found->name == name) {
      return &*found;
    }
  }
  return nullptr;
}

ConfigUnit config_unit(const ConfigDef& def) {
  const std::string_view name = def.name;
  if (!is_number(def.type)) {
    return ConfigUnit::NONE;
  }
  if (name.ends_with(".ms")) {
    return ConfigUnit::MILLISECONDS;
  }
  if (name.ends_with(".seconds") || name.ends_with(".secs")) {
    return ConfigUnit::SECONDS;
  }
  if (name.ends_with(".minutes")) {
    return ConfigUnit::MINUTES;
  }
  if (name.ends_with(".hours")) {
    return ConfigUnit::HOURS;
  }
  const bool is_size_without_suffix = name.ends_with(".buffer.size") || name == "batch.size" ||
                                      name == "buffer.memory" || name == "max.request.size" ||
                                      name == "sasl.server.max.receive.size";
  return name.ends_with(".bytes") || is_size_without_suffix ? ConfigUnit::BYTES : ConfigUnit::NONE;
}

std::string_view nearest_config_name(ConfigScope scope, std::string_view name) {
  std::string_view nearest;
  std::size_t smallest = name.size() / 3 + 1;
  for (const std::span<const ConfigDef> table : {config_table(scope), former_config_table(scope)}) {
    for (const ConfigDef& def : table) {
      const std::size_t distance = edit_distance(name, def.name);
      if (distance < smallest || (distance == smallest && nearest.empty())) {
        smallest = distance;
        nearest = def.name;
      }
    }
  }
  return nearest;
}

std::string unknown_config_text(ConfigScope scope, std::string_view name) {
  for (const ConfigScope other : kAllConfigScopes) {
    if (other != scope && find_config(other, name) != nullptr) {
      return fmt::format("\"{}\" is no {} config of Kafka; it is a {} config", name, config_scope_name(scope),
                         config_scope_name(other));
    }
  }
  const std::string_view nearest = nearest_config_name(scope, name);
  if (nearest.empty()) {
    return fmt::format("\"{}\" is no {} config of Kafka", name, config_scope_name(scope));
  }
  return fmt::format("\"{}\" is no {} config of Kafka; did you mean \"{}\"?", name, config_scope_name(scope), nearest);
}

std::string_view config_scope_name(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::BROKER: return "broker";
    case ConfigScope::TOPIC: return "topic";
    case ConfigScope::PRODUCER: return "producer";
    case ConfigScope::CONSUMER: return "consumer";
    case ConfigScope::ADMIN: return "admin client";
  }
  KSCOPE_CHECK(false, "a ConfigScope outside the enumeration");
}

}  // namespace kscope::sim
