#include "sim/record/result_file.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace kscope::record {

Result<std::unique_ptr<ResultFile>> ResultFile::open(const std::string& path) {
  std::unique_ptr<ResultFile> file(new ResultFile);
  std::error_code ignored;
  // A link is followed: what it points to is replaced, not the link.
  const std::filesystem::path target = std::filesystem::canonical(path, ignored);
  file->path_ = target.empty() ? path : target.string();
  const std::filesystem::file_status status = std::filesystem::status(file->path_, ignored);
  const bool is_there = std::filesystem::exists(status);
  const bool may_write = !is_there || access(file->path_.c_str(), W_OK) == 0;
  if (!is_there || std::filesystem::is_regular_file(status)) {
    file->unborn_ = file->path_ + "-new" + std::to_string(getpid());
  }
  if (may_write) {
    file->out_.open(file->unborn_.empty() ? file->path_ : file->unborn_, std::ios::binary | std::ios::trunc);
  }
  if (!file->out_.is_open()) {
    file->unborn_.clear();
    return Error{"the file cannot be written", path, 0};
  }
  return file;
}

ResultFile::~ResultFile() {
  if (!unborn_.empty()) {
    std::error_code ignored;
    std::filesystem::remove(unborn_, ignored);
  }
}

Result<void> ResultFile::keep() {
  out_.close();
  if (!out_) {
    return Error{"not everything could be written: is there room for it?", path_, 0};
  }
  if (!unborn_.empty()) {
    std::error_code failure;
    std::filesystem::rename(unborn_, path_, failure);
    if (failure) {
      return Error{"the file cannot be written: " + failure.message(), path_, 0};
    }
    unborn_.clear();
  }
  return {};
}

}  // namespace kscope::record
