#include "sim/cli/find_scenario.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/names.h"

namespace kscope::cli {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

}  // namespace

fs::path program_folder() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path() : program.parent_path();
}

std::vector<fs::path> scenario_folders() {
  std::vector<fs::path> candidates = {"scenarios"};
  if (const fs::path program = program_folder(); !program.empty()) {
    candidates.push_back(program / ".." / "share" / "kafkascope" / "scenarios");
    candidates.push_back(program / ".." / ".." / ".." / "scenarios");
  }
  std::vector<fs::path> found;
  for (const fs::path& folder : candidates) {
    if (is_folder(folder)) {
      found.push_back(folder.lexically_normal());
    }
  }
  return found;
}

std::vector<FoundScenario> all_scenarios() {
  std::vector<FoundScenario> found;
  const std::vector<fs::path> folders = scenario_folders();
  if (folders.empty()) {
    return found;
  }
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folders.front(), failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() == ".toml") {
      const fs::path name = it->path().lexically_relative(folders.front()).replace_extension();
      found.push_back({name.generic_string(), it->path()});
    }
  }
  std::sort(found.begin(), found.end(), [](const FoundScenario& a, const FoundScenario& b) { return a.name < b.name; });
  return found;
}

Result<std::string> find_scenario(const std::string& name) {
  std::error_code ignored;
  if (fs::exists(name, ignored)) {
    return name;
  }
  std::vector<std::string> known;
  for (const FoundScenario& scenario : all_scenarios()) {
    const std::string last = scenario.path.stem().string();
    if (scenario.name == name || last == name) {
      return scenario.path.string();
    }
    known.push_back(scenario.name);
    known.push_back(last);
  }
  return Error{fmt::format("there is no file and no scenario of this name{}; kafkascope list shows them",
                           scenario::did_you_mean(name, known)),
               name, 0};
}

}  // namespace kscope::cli
