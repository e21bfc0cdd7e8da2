#pragma once
// The one list of configs that the model honours: a config is modelled if and only if it has a row here, and the row says
// which member of the typed struct it fills. To add a config: a member in the struct, a row in modelled_configs.cpp, and
// a run that it changes in tests/sim/config/config_effect_test.cpp.

#include "sim/config/config_def.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kscope::sim {

struct BrokerConfig;
struct ConsumerConfig;
struct ProducerConfig;
struct TopicConfig;

/// How one config gets into its struct.
template <class Config>
struct ConfigField {
  std::string_view name;
  /// Reads a plain value (no units) into the member; false when it is none of the words that the model knows.
  bool (*set)(Config&, std::string_view value);
  /// Whether the model does what Kafka does with this plain value; null = with every value.
  bool (*is_honoured)(std::string_view value) = nullptr;
  /// What the model does with any other value: the value that it behaves as. Empty: the value is only checked.
  std::string_view behaves_as = {};
};

/// Every modelled config of the struct's scope in ascending order of name.
[[nodiscard]] std::span<const ConfigField<BrokerConfig>> broker_config_fields();
[[nodiscard]] std::span<const ConfigField<TopicConfig>> topic_config_fields();
[[nodiscard]] std::span<const ConfigField<ProducerConfig>> producer_config_fields();
[[nodiscard]] std::span<const ConfigField<ConsumerConfig>> consumer_config_fields();

/// Whether the config has an effect in the model.
[[nodiscard]] bool is_modelled(ConfigScope scope, std::string_view name);

/// What a user has to know about this valid plain value that Kafka would act upon and the model does not; nothing when the
/// model honours it.
[[nodiscard]] std::optional<std::string> not_modelled_text(ConfigScope scope, std::string_view name,
                                                           std::string_view value);

}  // namespace kscope::sim
