#pragma once
// The tables, one function each, all but the last generated. Only config_def.cpp needs them; everybody else asks config_table(scope).

#include "sim/config/config_def.h"

#include <span>

namespace kscope::sim {

/// Rows in ascending order of name.
[[nodiscard]] std::span<const ConfigDef> broker_config_table();
[[nodiscard]] std::span<const ConfigDef> topic_config_table();
[[nodiscard]] std::span<const ConfigDef> producer_config_table();
[[nodiscard]] std::span<const ConfigDef> consumer_config_table();
[[nodiscard]] std::span<const ConfigDef> admin_config_table();
/// Of consumers, too: what Kafka has no more.
[[nodiscard]] std::span<const ConfigDef> old_consumer_config_table();

}  // namespace kscope::sim
