#include "ui/app/recent_runs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace kscope::ui {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestLine = 4096;  // whatever else may be in the file

bool is_one_line(const std::string& text) {
  return text.find_first_of("\n\r\t") == std::string::npos && text.size() < kLongestLine / 2;
}

}  // namespace

void RecentRuns::keep_in(const std::string& file) {
  file_ = file;
  read();
}

void RecentRuns::read() {
  if (file_.empty()) {
    return;
  }
  runs_.clear();
  std::ifstream in(file_, std::ios::binary);
  for (std::string line; runs_.size() < kMost && std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (line.size() > kLongestLine || tab == 0 || tab == std::string::npos) {
      continue;
    }
    runs_.push_back({line.substr(0, tab), line.substr(tab + 1), false});
  }
  check();
}

void RecentRuns::check() {
  for (RecentRun& run : runs_) {
    std::error_code ignored;
    run.is_missing = !fs::is_regular_file(run.path, ignored);
  }
}

std::string RecentRuns::write() const {
  if (file_.empty()) {
    return {};
  }
  std::error_code error;
  fs::create_directories(fs::path(file_).parent_path(), error);
  // Readers never see half a file.
  const std::string part = file_ + ".part";
  std::ofstream out(part, std::ios::binary);
  for (const RecentRun& run : runs_) {
    out << run.path << '\t' << run.title << '\n';
  }
  out.close();
  if (out.good()) {
    fs::rename(part, file_, error);
  }
  return out.good() && !error ? std::string() : "The list of recent runs cannot be kept in " + file_;
}

std::string RecentRuns::note(const std::string& path, const std::string& title) {
  std::error_code ignored;
  const std::string whole = fs::absolute(path, ignored).lexically_normal().string();
  if (!is_one_line(whole)) {
    return {};
  }
  read();
  std::erase_if(runs_, [&](const RecentRun& run) { return run.path == whole; });
  runs_.insert(runs_.begin(), {whole, is_one_line(title) ? title : fs::path(whole).stem().string(), false});
  runs_.resize(std::min(runs_.size(), kMost));
  check();
  return write();
}

std::string RecentRuns::forget(const std::string& path) {
  read();
  std::erase_if(runs_, [&](const RecentRun& run) { return run.path == path; });
  return write();
}

std::string RecentRuns::clear() {
  runs_.clear();
  return write();
}

}  // namespace kscope::ui
