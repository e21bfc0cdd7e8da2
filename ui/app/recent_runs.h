#pragma once
// The runs that were opened or saved last, newest first, in a small file of the user's: one line each, path and title with a
// tab between them. Every change reads the file anew, so that two windows do not forget each other's.

#include <string>
#include <vector>

namespace kscope::ui {

struct RecentRun {
  std::string path;
  std::string title;
  bool is_missing = false;  ///< the file is not there any more
};

class RecentRuns {
 public:
  static constexpr std::size_t kMost = 8;

  /// Keeps the list in `file` from now on, and reads it. Without this the list ends with the program.
  void keep_in(const std::string& file);
  /// Puts a run at the top. Returns what went wrong, or nothing.
  std::string note(const std::string& path, const std::string& title);
  std::string forget(const std::string& path);
  std::string clear();
  /// Looks again which files are there.
  void check();
  [[nodiscard]] const std::vector<RecentRun>& all() const { return runs_; }

 private:
  void read();
  [[nodiscard]] std::string write() const;

  std::string file_;
  std::vector<RecentRun> runs_;
};

}  // namespace kscope::ui
