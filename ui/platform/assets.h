#pragma once
// Where the program finds its files: beside itself (build tree), in ../share/kafkascope (installed), or in the source tree
// above it. Nothing depends on the folder in which the program was started.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kscope::ui {

/// Folder of the running program; the current folder if the system does not tell.
std::filesystem::path program_folder();

/// Folders that may hold `name` (such as "fonts"), in the order in which they are tried.
std::vector<std::filesystem::path> asset_candidates(const std::string& name);

/// First existing candidate.
std::optional<std::filesystem::path> find_asset(const std::string& name);

/// Where the program keeps what it remembers of the user: $XDG_STATE_HOME/kafkascope, else ~/.local/state/kafkascope;
/// empty when the system names no home.
std::string user_state_folder();

}  // namespace kscope::ui
