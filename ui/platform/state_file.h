#pragma once
// What the window shows, as JSON in a file that is replaced whole whenever something has changed: playhead, selection,
// tabs, branches, faults, messages to the user, and where every named thing is drawn. For tests that press keys and move the
// mouse like a person, and for tools that follow along.

#include <chrono>
#include <string>

#include "ui/app/app.h"

namespace kscope::ui {

class StateFile {
 public:
  /// An empty path: nothing is ever written.
  explicit StateFile(std::string path) : path_(std::move(path)) {}
  bool is_on() const { return !path_.empty(); }
  /// Call after each frame; writes at most some times a second. Returns an error text or nothing.
  std::string update(App& app);

 private:
  std::string path_;
  std::string last_;
  std::chrono::steady_clock::time_point written_at_;
};

/// The content of the file.
std::string state_as_json(App& app);

}  // namespace kscope::ui
