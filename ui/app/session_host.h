#pragma once
// The library of scenario files and the runs opened from it: RunHost on `scenario::load` and `session::Session`.

#include <string>
#include <vector>

#include "ui/app/run_port.h"

namespace kscope::ui {

class SessionHost final : public RunHost {
 public:
  /// `folder` holds the scenario files, also in folders below it; it may be empty (no library).
  explicit SessionHost(std::string folder);

  /// "hello" first, wherever it lies, then the files of the folder itself, then lessons, then the other folders.
  std::vector<LibraryEntry> library() const override;
  /// `path` is a file, or the name of a library entry without folder and ending.
  std::unique_ptr<RunPort> open(const std::string& path, std::string& error) override;

 private:
  std::string folder_;
};

}  // namespace kscope::ui
