#pragma once
// Where scenarios are: files by path, or by name ("hello", "lessons/hello") among those that come with the program:
// ../share/kafkascope/scenarios beside the installed program, the scenarios folder above a build tree, or the one in the
// current folder.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace kscope::cli {

/// Folders of scenarios that exist, the most particular first.
[[nodiscard]] std::vector<std::filesystem::path> scenario_folders();

/// Folder of the running program; empty when the system does not tell.
[[nodiscard]] std::filesystem::path program_folder();

struct FoundScenario {
  std::string name;  ///< "lessons/hello"
  std::filesystem::path path;
};
/// Every scenario of these folders, by name. Of equal names the one in the most particular folder counts.
[[nodiscard]] std::vector<FoundScenario> all_scenarios();
/// The scenario files below a folder, by name within it.
[[nodiscard]] std::vector<FoundScenario> scenarios_in(const std::filesystem::path& folder);

/// The path for what a user wrote; a file goes before a name. Errors: neither a file nor a known name; the nearest name is
/// offered.
[[nodiscard]] Result<std::string> find_scenario(const std::string& name);
/// What a command that takes many scenarios was given: a folder stands for every scenario in it, nothing for all_scenarios.
[[nodiscard]] std::vector<std::string> expand_scenarios(const std::vector<std::string>& names);
/// A path as a table shows it: "lessons/hello" for a scenario that comes with the program, else as it is.
[[nodiscard]] std::string display_name(const std::string& path);

}  // namespace kscope::cli
