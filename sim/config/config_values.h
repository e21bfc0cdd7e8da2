#pragma once
// ConfigValues: what a user set, Kafka's name -> text, and how it gets into the typed structs. Everything that cannot be
// honoured as written comes back as a ConfigProblem; what is left keeps its value, so that one wrong line hides no other.

#include "sim/config/config_def.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

struct BrokerConfig;
struct ConsumerConfig;
struct ProducerConfig;
struct TopicConfig;

/// The settings of one broker, topic, producer or consumer. Units are allowed ("30s", "1KiB").
class ConfigValues {
 public:
  /// Sets `name` to `value`, replacing an earlier one. Nothing is checked here.
  void set(std::string_view name, std::string_view value) {
    values_.insert_or_assign(std::string(name), std::string(value));
  }
  /// Sets everything that `other` sets, over what is there: defaults first, then the particular.
  void set_all(const ConfigValues& other);
  /// What was set for `name`, or null.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Whether `name` was set by the user at all: some rules of Kafka ask that.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  /// Every setting in ascending order of name.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return values_; }

  bool operator==(const ConfigValues&) const = default;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// UNKNOWN and INVALID are errors; NOT_MODELLED is a warning: Kafka knows the config, or this value of it, and the model
/// gives it no effect.
enum class ConfigProblemKind : std::uint8_t { UNKNOWN, INVALID, NOT_MODELLED, WARNING };

struct ConfigProblem {
  ConfigProblemKind kind = ConfigProblemKind::UNKNOWN;
  std::string name;
  std::string text;  ///< a sentence for the user, without place
  [[nodiscard]] bool is_warning() const {
    return kind == ConfigProblemKind::NOT_MODELLED || kind == ConfigProblemKind::WARNING;
  }
  bool operator==(const ConfigProblem&) const = default;
};

/// What is wrong with one setting, seen alone; nothing when it will be honoured.
[[nodiscard]] std::optional<ConfigProblem> config_problem(ConfigScope scope, std::string_view name,
                                                          std::string_view value);

/// Writes the settings into `config` and then applies Kafka's rules between configs (config_rules.h).
/// Returns the problems in order of name, those between configs last.
[[nodiscard]] std::vector<ConfigProblem> apply(const ConfigValues& values, BrokerConfig& config);
[[nodiscard]] std::vector<ConfigProblem> apply(const ConfigValues& values, TopicConfig& config);
[[nodiscard]] std::vector<ConfigProblem> apply(const ConfigValues& values, ProducerConfig& config);
[[nodiscard]] std::vector<ConfigProblem> apply(const ConfigValues& values, ConsumerConfig& config);

}  // namespace kscope::sim
