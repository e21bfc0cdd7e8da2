#include "ui/platform/assets.h"

#include <cstdlib>

namespace kscope::ui {

namespace fs = std::filesystem;

fs::path program_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    return self.parent_path();
  }
  return fs::current_path(error);
}

std::vector<fs::path> asset_candidates(const std::string& name) {
  const fs::path here = program_folder();
  std::vector<fs::path> out{here / name, here.parent_path() / "share" / "kafkascope" / name};
  // The build folder usually lies inside the source tree, a few levels below its root.
  fs::path up = here;
  for (int level = 0; level < 4 && up.has_parent_path() && up != up.root_path(); ++level) {
    up = up.parent_path();
    out.push_back(up / name);
    out.push_back(up / "assets" / name);
  }
  return out;
}

std::optional<fs::path> find_asset(const std::string& name) {
  for (const fs::path& candidate : asset_candidates(name)) {
    std::error_code ignored;
    if (fs::is_directory(candidate, ignored)) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string user_state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && fs::path(state).is_absolute()) {
    return (fs::path(state) / "kafkascope").string();
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && fs::path(home).is_absolute() ? (fs::path(home) / ".local/state/kafkascope").string()
                                                         : std::string();
}

}  // namespace kscope::ui
