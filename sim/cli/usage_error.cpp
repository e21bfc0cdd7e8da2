#include "sim/cli/usage_error.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "sim/cli/drive.h"
#include "sim/cli/find_scenario.h"
#include "sim/config/units.h"
#include "sim/rules/planted_bug.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"
#include "sim/scenario/rule_settings.h"

namespace kscope::cli {
namespace {

using scenario::shown;

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

// A word where a command was expected. People also write the scenario alone.
std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::error_code ignored;
  const bool is_scenario = std::filesystem::exists(word, ignored) || find_scenario(word).has_value();
  if (is_scenario) {
    return fmt::format("\"{}\" is no command; did you mean kafkascope run {}?", shown(word), shown(word));
  }
  return fmt::format("there is no command \"{}\"{}", shown(word), scenario::did_you_mean(word, command_names(app)));
}

std::string unknown_option(const CLI::App& app, const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  for (const CLI::App* other : app.get_subcommands([](const CLI::App*) { return true; })) {
    for (const std::string& known : option_names(*other)) {
      if (known == name) {
        return fmt::format("{} is an option of kafkascope {}", name, other->get_name());
      }
    }
  }
  const std::string hint = scenario::did_you_mean(name, option_names(command));
  return fmt::format("there is no option {}{}", shown(name), hint);
}

std::string too_long(const std::string& text) {
  return fmt::format("\"{}\" is too long; a run has at most {}h", shown(text),
                     std::chrono::duration_cast<std::chrono::hours>(scenario::kLongestRun).count());
}

}  // namespace

std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const std::string whole_name = chosen.empty() ? "kafkascope" : "kafkascope " + command.get_name();
  // What was not expected explains most: a mistyped option also makes the rest wrong.
  std::string what = error.what();
  for (const std::string& word : command.remaining(true)) {
    if (word.size() > 1 && word.front() == '-') {
      what = unknown_option(app, command, word);
      break;
    }
    if (chosen.empty()) {
      what = unknown_command(app, word);
      break;
    }
    what = fmt::format("\"{}\" is one word too much", shown(word));
  }
  return fmt::format("{}: {}\n{} --help tells what it takes.\n", whole_name, what, whole_name);
}

std::string duration_problem(const std::string& text) {
  const std::optional<Duration> duration = sim::parse_duration(text);
  if (duration && *duration > scenario::kLongestRun) {
    return too_long(text);
  }
  const bool is_good = duration && *duration > Duration{0};
  return is_good ? "" : fmt::format("\"{}\" is no length of time; expected such as 30s, 250ms or 1m30s", shown(text));
}

std::string moment_problem(const std::string& text) {
  const std::optional<Duration> duration = sim::parse_duration(text);
  if (duration && *duration > scenario::kLongestRun) {
    return too_long(text);
  }
  const bool is_good = duration && *duration >= Duration{0};
  return is_good ? "" : fmt::format("\"{}\" is no time; expected such as 30s, 250ms or 1m30s", shown(text));
}

std::string file_name_problem(const std::string& text) { return text.empty() ? "the name of a file is empty" : ""; }

std::string count_problem(const std::string& text) {
  const std::optional<std::int64_t> number = sim::parse_integer(text);
  return number && *number >= 0 ? "" : fmt::format("\"{}\" is no whole number from 0 to {}", shown(text), INT64_MAX);
}

std::string hand_act_problem(const std::string& text) {
  const Result<HandAct> act = parse_hand_act(text);
  return act ? std::string() : act.error().text;
}

std::string planted_bug_problem(const std::string& text) {
  std::vector<std::string> known;
  for (const sim::PlantedBugName& bug : sim::kPlantedBugs) {
    if (bug.name == text) {
      return {};
    }
    known.emplace_back(bug.name);
  }
  return fmt::format("there is no planted bug \"{}\"{}; kafkascope list --bugs shows them", shown(text),
                     scenario::did_you_mean(text, known));
}

std::string rule_problem(const std::string& text) {
  const Result<scenario::ConfigEntry> setting = scenario::parse_rule_setting(text);
  return setting ? std::string() : setting.error().text;
}

}  // namespace kscope::cli
