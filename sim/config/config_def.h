#pragma once
// ConfigDef: what Kafka 3.9 itself says about every config that it has: name, type, default, what values are valid.
// One table for each scope, generated from Kafka's own ConfigDef objects (tools/gen_config_table.py).
// Which of them the model honours is a separate list (modelled_configs.h): a known config without effect is reported,
// never swallowed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kscope::sim {

/// Whose config it is. The same name may exist in several scopes with different defaults.
enum class ConfigScope : std::uint8_t { BROKER, TOPIC, PRODUCER, CONSUMER, ADMIN };
inline constexpr ConfigScope kAllConfigScopes[] = {ConfigScope::BROKER, ConfigScope::TOPIC, ConfigScope::PRODUCER,
                                                   ConfigScope::CONSUMER, ConfigScope::ADMIN};

/// ConfigDef.Type of Kafka. A LIST is separated by commas.
enum class ConfigType : std::uint8_t { BOOLEAN, STRING, INT, SHORT, LONG, DOUBLE, LIST, CLASS, PASSWORD };

/// REQUIRED has no default at all; INTERNAL is not part of Kafka's documented interface.
enum class ConfigPresence : std::uint8_t { OPTIONAL, REQUIRED, INTERNAL };

/// What a number counts, as far as the config's name tells.
enum class ConfigUnit : std::uint8_t { NONE, MILLISECONDS, SECONDS, MINUTES, HOURS, BYTES };

struct ConfigDef {
  std::string_view name;
  ConfigType type;
  /// As it would stand in a .properties file; nothing when it is required or Kafka's default is null.
  std::optional<std::string_view> default_text;
  /// The validator as Kafka prints it, e.g. "[1,...]"; empty when every value of the type is valid.
  std::string_view valid;
  ConfigPresence presence;
};

/// Every config of the scope in ascending order of name.
[[nodiscard]] std::span<const ConfigDef> config_table(ConfigScope scope);

/// Configs of the scope that older Kafkas had and 3.9 has not, as far as the model honours them: those of the old consumer.
[[nodiscard]] std::span<const ConfigDef> former_config_table(ConfigScope scope);

/// The config with exactly this name, present or former, or null. Cost: O(log configs).
[[nodiscard]] const ConfigDef* find_config(ConfigScope scope, std::string_view name);

/// The unit that the name promises: `.ms`, `.seconds`, `.minutes`, `.hours`, `.bytes` and the few sizes without suffix.
[[nodiscard]] ConfigUnit config_unit(const ConfigDef& def);

/// The known name that differs from `name` in the fewest letters, or an empty text when none is near.
/// Cost: O(configs x length^2). Equal distances: the first in alphabetical order.
[[nodiscard]] std::string_view nearest_config_name(ConfigScope scope, std::string_view name);

/// One sentence for a user who wrote a name that the scope does not know: which other scope has it, or what is near.
[[nodiscard]] std::string unknown_config_text(ConfigScope scope, std::string_view name);

/// The word for a scope, e.g. "broker".
[[nodiscard]] std::string_view config_scope_name(ConfigScope scope);

}  // namespace kscope::sim
