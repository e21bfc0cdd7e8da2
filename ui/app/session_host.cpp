#include "ui/app/session_host.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/scenario/scenario.h"

namespace kscope::ui {

namespace fs = std::filesystem;

namespace {

class SessionRun final : public RunPort {
 public:
  explicit SessionRun(std::unique_ptr<session::Session> s) : session_(std::move(s)) {}

  session::StopReason run(const session::RunLimits& limits) override { return session_->run(limits); }
  bool step_visible(bool forward, const view::Interest& i) override { return session_->step_visible(forward, i); }
  bool step_beat(bool forward, std::int32_t rank) override { return session_->step_beat(forward, rank); }
  void seek_event(std::uint64_t event) override { session_->seek_event(event); }
  void seek_time(SimTime time) override { session_->seek_time(time); }
  SimTime now() const override { return session_->now(); }
  SimTime next_event_time() const override { return session_->next_event_time(); }
  std::string post_script(const std::string& line) override {
    const auto result = session_->post_script(line);
    return result.has_value() ? std::string() : to_string(result.error());
  }
  std::vector<session::ActionOffer> offers(const view::EntityRef& e) const override { return session_->offers(e); }
  bool undo() override { return session_->undo(); }
  bool redo() override { return session_->redo(); }
  void switch_branch(std::int32_t branch) override { session_->switch_branch(branch); }
  std::shared_ptr<const view::Snapshot> snapshot(const view::Interest& i) const override {
    return session_->snapshot(i);
  }
  std::string save() const override { return session_->save(); }

 private:
  std::unique_ptr<session::Session> session_;
};

// The text between the quotes of a line such as `title = "A slow follower"`; empty if it is another line.
std::string quoted_value(const std::string& line, const std::string& name) {
  if (line.compare(0, name.size(), name) != 0) {
    return {};
  }
  const std::size_t first = line.find('"');
  const std::size_t last = line.rfind('"');
  return first == std::string::npos || last <= first ? std::string() : line.substr(first + 1, last - first - 1);
}

LibraryEntry entry_of(const fs::path& file, const fs::path& root) {
  LibraryEntry out;
  out.path = file.string();
  const fs::path folder = file.parent_path().lexically_relative(root);
  out.folder = folder == "." ? std::string() : folder.string();
  out.title = file.stem().string();
  // The head of the file is enough for the list; the whole is read when it is opened.
  std::ifstream in(file);
  std::string line;
  for (int i = 0; i < 12 && std::getline(in, line); ++i) {
    if (const std::string title = quoted_value(line, "title"); !title.empty()) {
      out.title = title;
    }
    if (const std::string summary = quoted_value(line, "description"); !summary.empty()) {
      out.summary = summary;
    }
  }
  return out;
}

int rank_of(const LibraryEntry& e) {
  if (fs::path(e.path).stem() == "hello") {
    return 0;
  }
  return e.folder.empty() ? 1 : e.folder == "lessons" ? 2 : 3;
}

}  // namespace

SessionHost::SessionHost(std::string folder) : folder_(std::move(folder)) {}

std::vector<LibraryEntry> SessionHost::library() const {
  std::vector<LibraryEntry> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file(error) && it->path().extension() == ".toml") {
      out.push_back(entry_of(it->path(), folder_));
    }
  }
  std::sort(out.begin(), out.end(), [](const LibraryEntry& a, const LibraryEntry& b) {
    const int ra = rank_of(a);
    const int rb = rank_of(b);
    return ra != rb ? ra < rb : a.path < b.path;
  });
  return out;
}

std::unique_ptr<RunPort> SessionHost::open(const std::string& path, std::string& error) {
  std::string file = path;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    for (const LibraryEntry& entry : library()) {
      if (fs::path(entry.path).stem() == path) {
        file = entry.path;
      }
    }
  }
  const auto scenario = scenario::load(file);
  if (!scenario.has_value()) {
    error = to_string(scenario.error());
    return nullptr;
  }
  auto opened = session::Session::open(scenario.value());
  if (!opened.has_value()) {
    error = to_string(opened.error());
    return nullptr;
  }
  return std::make_unique<SessionRun>(std::move(opened.value()));
}

}  // namespace kscope::ui
