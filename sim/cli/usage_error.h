#pragma once
// What the program says when its command line is not understood: what is wrong, and the nearest command, option or
// scenario. CLI11 finds the mistake; this says it in one sentence.

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace kscope::cli {

/// `app` is the whole program after the parse that threw `error`. Some lines with a line end each.
[[nodiscard]] std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error);

/// A check for options that are a length of time: "" or what was expected. 0 is refused.
[[nodiscard]] std::string duration_problem(const std::string& text);
/// The same for a moment of the run, which may be its start.
[[nodiscard]] std::string moment_problem(const std::string& text);
/// A check for options that are a count or a seed: "" or what was expected. The parser itself takes -1 for a huge number.
[[nodiscard]] std::string count_problem(const std::string& text);
/// A check for options that name a file to write: "" or what was expected. An unset variable of a shell gives "".
[[nodiscard]] std::string file_name_problem(const std::string& text);
/// A check for --do: "" or what was expected. Names are looked up when the scenario is there.
[[nodiscard]] std::string hand_act_problem(const std::string& text);

/// The same for --bug.
[[nodiscard]] std::string planted_bug_problem(const std::string& text);
/// "kip-101=old" or "kip-101"
[[nodiscard]] std::string rule_problem(const std::string& text);

}  // namespace kscope::cli
