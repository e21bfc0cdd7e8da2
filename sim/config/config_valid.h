#pragma once
// Whether a text is a value that Kafka would accept for a config: its type first, then the validator that Kafka prints
// (a range, a list of words, "non-empty string", ...). Rules between configs are in config_rules.

#include "sim/config/config_def.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

/// `value` as Kafka writes it: "30s" becomes "30000" for a config in ms, "1KiB" becomes "1024" for one in bytes.
/// Every other text, wrong ones included, comes back without blanks around it.
/// MODEL: Kafka itself takes bare numbers only; scenarios may carry units.
[[nodiscard]] std::string plain_config_value(const ConfigDef& def, std::string_view value);

/// What is wrong with `value` (units allowed), as a sentence for the user; nothing when Kafka would accept it.
/// Source: ConfigDef.parseType and ConfigDef.Validator, Kafka 3.9.
[[nodiscard]] std::optional<std::string> invalid_config_value(const ConfigDef& def, std::string_view value);

/// The elements of a LIST value without blanks around them; an empty text is the empty list.
[[nodiscard]] std::vector<std::string> split_config_list(std::string_view value);

/// `value` without blanks around it.
[[nodiscard]] std::string_view trim_config_value(std::string_view value);

}  // namespace kscope::sim
