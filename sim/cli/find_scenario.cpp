#include "sim/cli/find_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/scenario/limits.h"
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

std::vector<FoundScenario> scenarios_in(const fs::path& folder) {
  std::vector<FoundScenario> found;
  std::error_code failure;
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(folder, kOptions, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() == ".toml") {
      const fs::path name = it->path().lexically_relative(folder).replace_extension();
      found.push_back({name.generic_string(), it->path()});
    }
  }
  std::sort(found.begin(), found.end(), [](const FoundScenario& a, const FoundScenario& b) { return a.name < b.name; });
  return found;
}

std::vector<FoundScenario> all_scenarios() {
  std::map<std::string, FoundScenario> by_name;
  for (const fs::path& folder : scenario_folders()) {
    for (FoundScenario& found : scenarios_in(folder)) {
      by_name.emplace(found.name, found);
    }
  }
  std::vector<FoundScenario> all;
  all.reserve(by_name.size());
  for (auto& [name, found] : by_name) {
    all.push_back(std::move(found));
  }
  return all;
}

Result<std::string> find_scenario(const std::string& name) {
  std::error_code ignored;
  const bool exists = fs::exists(name, ignored);
  if (exists && !is_folder(name)) {
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
  if (exists) {
    return name;  // a folder: reading it says so
  }
  const std::string hint = scenario::did_you_mean(name, known);
  return Error{fmt::format("there is no file and no scenario of this name{}",
                           hint.empty() ? "; kafkascope list shows the scenarios" : hint),
               scenario::shown(name, 200), 0};
}

std::vector<std::string> expand_scenarios(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  if (names.empty()) {
    for (const FoundScenario& found : all_scenarios()) {
      paths.push_back(found.path.string());
    }
  }
  for (const std::string& name : names) {
    const Result<std::string> found = find_scenario(name);
    if (found && is_folder(*found)) {
      for (const FoundScenario& inside : scenarios_in(*found)) {
        paths.push_back(inside.path.string());
      }
    } else {
      paths.push_back(name);
    }
  }
  return paths;
}

std::string display_name(const std::string& path) {
  for (const fs::path& folder : scenario_folders()) {
    const std::string start = folder.string() + "/";
    if (path.starts_with(start) && path.ends_with(".toml")) {
      return path.substr(start.size(), path.size() - start.size() - 5);
    }
  }
  return path;
}

}  // namespace kscope::cli
