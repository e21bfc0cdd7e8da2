// kafkascope validate: reads scenarios and reports every mistake, without running anything.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/scenario.h"

namespace kscope::cli {
namespace {

int validate(const std::vector<std::string>& names, bool is_strict) {
  const bool is_coloured = is_output_coloured();
  const std::vector<std::string> files = expand_scenarios(names);
  int bad_files = 0;
  int warnings = 0;
  for (const std::string& name : files) {
    const Result<std::string> path = find_scenario(name);
    if (!path) {
      fmt::print("{}\n", to_string(path.error()));
      ++bad_files;
      continue;
    }
    const Result<scenario::Scenario> loaded = scenario::load(*path);
    if (!loaded) {
      fmt::print("{}\n", to_string(loaded.error()));
      ++bad_files;
      continue;
    }
    for (const std::string& warning : loaded->warnings) {
      fmt::print("{}\n", warning);
    }
    warnings += static_cast<int>(loaded->warnings.size());
    fmt::print("{}: {}\n", *path, coloured("valid", Colour::kGood, is_coloured));
  }
  if (files.size() != 1) {
    fmt::print("{} files, {} of them wrong, {} warnings\n", files.size(), bad_files, warnings);
  }
  return bad_files > 0 || files.empty() || (is_strict && warnings > 0) ? kBadInput : kHeld;
}

}  // namespace

void add_validate(CLI::App& app, int& status) {
  struct Options {
    std::vector<std::string> files;
    bool strict = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("validate", "Read scenarios and report every mistake with file and line");
  command->add_option("SCENARIO", options->files, "files, folders or names")->required();
  command->add_flag("--strict", options->strict, "warnings too make the exit status 3");
  command->footer(
      std::string("Examples:\n  kafkascope validate my.toml\n  kafkascope validate scenarios --strict\n\n") +
      kExitStatusText);
  command->callback([options, &status] { status = validate(options->files, options->strict); });
}

}  // namespace kscope::cli
