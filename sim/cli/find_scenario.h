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
/// Every scenario of the first folder, by name.
[[nodiscard]] std::vector<FoundScenario> all_scenarios();

/// The path for what a user wrote. Errors: neither a file nor a known name; the nearest name is offered.
[[nodiscard]] Result<std::string> find_scenario(const std::string& name);

}  // namespace kscope::cli
