#include "ui/app/session_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/record/rerun.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"
#include "sim/scenario/rule_settings.h"
#include "sim/scenario/scenario.h"
#include "version_generated.h"

namespace kscope::ui {

namespace fs = std::filesystem;

namespace {

class SessionRun final : public RunPort {
 public:
  SessionRun(std::unique_ptr<session::Session> s, std::string description)
      : session_(std::move(s)), description_(std::move(description)) {}

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
  std::string edit_script(const session::ScriptEdit& edit) override {
    const auto result = session_->edit_script(edit);
    if (result.has_value()) {
      return {};
    }
    const Error& error = result.error();
    return error.line > 0 ? fmt::format("Line {}: {}", error.line, error.text) : error.text;
  }
  std::vector<session::ActionOffer> offers(const view::EntityRef& e) const override { return session_->offers(e); }
  bool check(const std::string& condition, std::string& error) const override {
    const Result<bool> holds = session_->check(condition);
    error = holds.has_value() ? std::string() : to_string(holds.error());
    return holds.has_value() && holds.value();
  }
  bool undo() override { return session_->undo(); }
  bool redo() override { return session_->redo(); }
  bool can_undo() const override { return session_->can_undo(); }
  bool can_redo() const override { return session_->can_redo(); }
  void switch_branch(std::int32_t branch) override { session_->switch_branch(branch); }
  std::shared_ptr<const view::Snapshot> snapshot(const view::Interest& i) const override {
    return session_->snapshot(i);
  }
  std::string save() const override { return session_->save(); }
  std::uint64_t fingerprint() const override { return session_->fingerprint(); }
  std::unique_ptr<RunPort> with_other_metadata(std::string& error) const override;
  record::RecordingWork recording() const override {
    scenario::Scenario given = session_->scenario();
    given.seed = session_->seed();
    const std::string as_run = scenario::save(session_->branch_scenario());
    record::RunInfo info;
    info.scenario = given.title;
    info.scenario_path = given.path;
    // The file's own words, unless its script was edited.
    info.scenario_text = as_run == scenario::save(given) ? given.text : as_run;
    info.seed = session_->seed();
    info.program_version = KSCOPE_VERSION;
    info.rules = scenario::rules_text(given);
    info.until = SimTime(given.until);
    return [plan = record::recording_plan(*session_, std::move(info))](const std::string& path,
                                                                       const record::RerunProgress& progress) {
      return record::save_recording(plan, path, progress);
    };
  }
  std::string description() const override { return description_; }

 private:
  std::unique_ptr<session::Session> session_;
  std::string description_;
};

std::unique_ptr<RunPort> SessionRun::with_other_metadata(std::string& error) const {
  scenario::Scenario other = session_->branch_scenario();
  other.seed = session_->seed();
  other.metadata = other.is_kraft() ? "zookeeper" : "kraft";
  // Read as a file would be: rules and actions that only one design has are told as everywhere else.
  const Result<scenario::Scenario> read = scenario::parse(scenario::save(other), other.path);
  if (!read.has_value()) {
    error = to_string(read.error());
    return nullptr;
  }
  auto opened = session::Session::open(*read);
  if (!opened.has_value()) {
    error = to_string(opened.error());
    return nullptr;
  }
  return std::make_unique<SessionRun>(std::move(opened.value()), description_);
}

// Line breaks of the file are not those of the window.
std::string one_line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

// A scenario's `title` or `description` without reading the whole file: a quoted value of one line, or of many between
// three quotes. The list shows it; the loader reads it properly when the file is opened.
std::string head_value(const std::string& head, const std::string& name) {
  const std::string at_line_start = "\n" + name + " ";
  const std::size_t at = ("\n" + head).find(at_line_start);
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t open = head.find('"', at);
  if (open == std::string::npos) {
    return {};
  }
  const bool is_long = head.compare(open, 3, "\"\"\"") == 0;
  const std::string quote = is_long ? "\"\"\"" : "\"";
  const std::size_t from = open + quote.size();
  const std::size_t end = head.find(quote, from);
  return end == std::string::npos ? std::string() : head.substr(from, end - from);
}

LibraryEntry entry_of(const fs::path& file, const fs::path& root) {
  LibraryEntry out;
  out.path = file.string();
  const fs::path folder = file.parent_path().lexically_relative(root);
  out.folder = folder == "." ? std::string() : folder.string();
  constexpr std::size_t kHead = 4096;
  std::string head(kHead, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
  out.title = head_value(head, "title");
  if (out.title.empty()) {
    out.title = file.stem().string();
  }
  out.summary = one_line(head_value(head, "description"));
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
    // "hello" or "lessons/hello", as the command line takes them.
    std::vector<std::string> known;
    for (const LibraryEntry& entry : library()) {
      const std::string stem = fs::path(entry.path).stem().string();
      const std::string name = entry.folder + "/" + stem;
      if (path == stem || path == name) {
        file = entry.path;
      }
      known.insert(known.end(), {stem, name});
    }
    if (file == path) {
      error = scenario::shown(path, 200) + ": there is no file and no scenario of this name" +
              scenario::did_you_mean(path, known);
      return nullptr;
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
  return std::make_unique<SessionRun>(std::move(opened.value()), one_line(scenario->description));
}

}  // namespace kscope::ui
