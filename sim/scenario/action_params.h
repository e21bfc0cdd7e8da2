#pragma once
// One parameter of an action: its text into the Action and out of it. The text form and the table form differ only in how
// they find the texts.

#include <string>
#include <string_view>
#include <vector>

#include "sim/config/config_def.h"
#include "sim/scenario/action_verbs.h"

namespace kscope::scenario {

/// What stands in the place of a list of brokers when a reassignment is to be cancelled.
inline constexpr std::string_view kCancel = "cancel";
/// What stands in the place of an offset that an application seeks.
inline constexpr std::string_view kBeginning = "beginning";
inline constexpr std::string_view kEnd = "end";
/// The words between commas; they lie in `text`. Empty ones stay: "a,,b" has three.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);
/// Reads `text` as `param` into `action`. Returns "" or what is wrong: `"b9" is no node; did you mean "b1"?`.
[[nodiscard]] std::string read_param(const Param& param, std::string_view text, const Names& names, Action& action);
/// The text that read_param reads back; "" when an optional parameter is not set.
[[nodiscard]] std::string write_param(const Param& param, const Action& action);
/// Names of nodes that fit the parameter.
/// Whose configs `set` alters there: a broker's, a consumer's, or else a topic's.
[[nodiscard]] sim::ConfigScope config_scope(std::string_view of, const Names& names);
[[nodiscard]] std::vector<std::string> candidates(ParamKind kind, const Names& names);

}  // namespace kscope::scenario
