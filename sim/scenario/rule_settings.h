#pragma once
// Rule settings: `kafka.version` and `kafka.rules` of a scenario, and `--rules` of the command line, as the switches that the
// model asks. A setting is a rule's or a group's name with "old" or "new"; later settings win.

#include <string>

#include "engine/core/result.h"
#include "sim/rules/protocol_rules.h"
#include "sim/scenario/scenario.h"

namespace kscope::scenario {

/// Reads "kip-101=old"; "kip-101" alone is its old rule. Errors: those of rule_setting_problem.
[[nodiscard]] Result<ConfigEntry> parse_rule_setting(const std::string& text);
/// What is wrong with a setting: a name that does not exist (with the nearest one), a value that is neither "old" nor "new",
/// "" = nothing.
[[nodiscard]] std::string rule_setting_problem(const ConfigEntry& setting);
/// Why a setting that is fine otherwise is not with this keeper of the metadata. "" = it is.
[[nodiscard]] std::string rule_problem_with(sim::MetadataMode mode, const ConfigEntry& setting);
[[nodiscard]] sim::MetadataMode metadata_mode(const Scenario& scenario);
/// Adds a setting, or replaces the one of the same name.
void set_rule(Scenario& scenario, ConfigEntry setting);
/// The rules of the version with the scenario's settings over them. Settings that are wrong are left out.
[[nodiscard]] sim::ProtocolRules protocol_rules(const Scenario& scenario);
/// "Kafka 3.9, zookeeper", and after it what differs from 3.9: "; rules kip-101=old".
[[nodiscard]] std::string rules_text(const Scenario& scenario);

}  // namespace kscope::scenario
