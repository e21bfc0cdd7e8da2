#pragma once
// ResultFile: a file of results that is there whole or not at all. It is written under a name of its own in the same folder
// and renamed when everything is in it; what a program that was killed leaves has `-new` in its name. Devices and pipes,
// which cannot be renamed, are written as they are.

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "engine/core/result.h"

namespace kscope::record {

class ResultFile {
 public:
  /// Errors: the folder is missing, or it or the file cannot be written.
  static Result<std::unique_ptr<ResultFile>> open(const std::string& path);
  /// Removes what keep() has not kept; a file that was there before stays as it was.
  ~ResultFile();
  ResultFile(const ResultFile&) = delete;
  ResultFile& operator=(const ResultFile&) = delete;

  [[nodiscard]] std::ostream& out() { return out_; }
  /// Gives the file its name. Errors: not everything could be written.
  Result<void> keep();

 private:
  ResultFile() = default;

  std::string path_;
  std::string unborn_;  ///< empty = written under its own name, or kept
  std::ofstream out_;
};

}  // namespace kscope::record
