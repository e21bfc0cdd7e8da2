// What panels ask for besides commands: opening and writing files, acting, going to a moment, running until something.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "ui/app/app.h"
#include "ui/app/format.h"
#include "ui/draw/stage_paint.h"
#include "ui/draw/svg_painter.h"
#include "ui/layout/stage_layout.h"

namespace kscope::ui {

namespace fs = std::filesystem;

namespace {

constexpr Duration kPursuitSlice = 14ms;  // of real time in every frame, so that the window stays alive

bool write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name, std::ios::binary);
  out << text;
  out.close();
  return out.good();
}

std::string stage_as_svg(const view::Snapshot& s, const Theme& theme, CellText cell_text) {
  constexpr float kWidth = 1600;
  constexpr float kHeight = 1000;
  SvgPainter painter(kWidth, kHeight, theme.stage);
  const StageLayout layout = compute_stage(s, {{0, 0, kWidth, kHeight}, 1.2F, 1, {}});
  StageOptions options;
  options.cell_text = cell_text;
  std::vector<StageHit> hits;
  StagePaint stage{painter, theme, s, layout, options, hits};
  paint_stage(stage);
  return painter.finish();
}

}  // namespace

bool App::open(const std::string& path) {
  std::string error;
  auto run = host_.open(path, error);
  if (run == nullptr) {
    state_.problem_about = path + " was not opened";
    state_.problem = error;
    state_.playing = false;
    tell("problem: " + error);
    return false;
  }
  show(std::move(run), file_of(path));
  state_.opened_file.clear();
  remember_run(state_.opened_path, snapshot_->title);
  return true;
}

// Library entries may be opened by name, or by another way to the same file; lists know them by one path.
std::string App::file_of(const std::string& path) const {
  std::error_code ignored;
  for (const LibraryEntry& entry : library_) {
    const std::string stem = fs::path(entry.path).stem().string();
    const bool is_name = !fs::exists(path, ignored) && (path == stem || path == entry.folder + "/" + stem);
    if (is_name || fs::equivalent(path, entry.path, ignored)) {
      return entry.path;
    }
  }
  return path;
}

void App::remember_run(const std::string& file, const std::string& title) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    return;
  }
  const std::string error = recent_.note(file, title);
  state_.opened_file = recent_.all().empty() ? "" : recent_.all().front().path;
  if (!error.empty()) {
    notify(error, true);
  }
}

void App::begin_script_line() {
  state_.playing = false;
  state_.regions.bottom_open = true;
  state_.bottom_tab = BottomTab::Script;
  ScriptLineEdit& edit = state_.script_edit;
  edit = {};
  edit.is_open = true;
  edit.takes_keys = true;
  edit.line = session::ScriptEdit::kNewLine;
  edit.time = plain_span(snapshot_->now.time_since_epoch());
}

void App::apply_script_edit() {
  ScriptLineEdit& edit = state_.script_edit;
  const Duration time = parse_span(edit.time);
  edit.error.clear();
  if (time.count() < 0) {
    edit.error = "The time must be like 12.5s, 800ms or 2min.";
  } else if (edit.text.find_first_not_of(' ') == std::string::npos) {
    edit.error = "The line is empty. Switch a line off to do without it.";
  } else {
    edit_script({edit.line, SimTime(time), edit.text, edit.is_off});
  }
  edit.takes_keys = !edit.error.empty();
}

void App::edit_script(const session::ScriptEdit& wanted) {
  end_pursuit();
  const std::string error = run_.change().edit_script(wanted);
  if (!error.empty()) {
    if (state_.script_edit.is_open) {
      state_.script_edit.error = error;
    }
    notify(error, true);
    return;
  }
  state_.script_edit = {};
  refresh();
  notify("The script runs anew from " + clock_text(snapshot_->now) + ", as the branch " + branch_name() +
             ". Ctrl+Z goes back to the run of before.",
         false);
}

void App::post(const std::string& line) {
  if (!run_.is_open()) {
    return;
  }
  const std::string error = run_.change().post_script(line);
  if (!error.empty()) {
    notify(error, true);
    return;
  }
  state_.callouts_done |= 2;
  notify("Done: " + line, false);
  state_.notice_left_s = 2;
}

void App::ask(Question question) {
  close_overlays();
  state_.question = question;
  ++state_.questions_asked;
  state_.refocus = true;
  state_.answer.clear();
  state_.answer_error.clear();
  state_.may_overwrite = false;
  const std::string name = snapshot_->scenario.empty() ? "run" : snapshot_->scenario;
  if (question == Question::SaveRun) {
    state_.answer = name + "-saved.toml";
  } else if (question == Question::RecordRun) {
    state_.playing = false;  // what is recorded ends at the moment that is shown
    state_.answer = name + ".db";
  } else if (question == Question::ExportStage) {
    state_.answer = name + ".svg";
  }
}

std::string App::branch_name() const {
  for (const view::Branch& branch : snapshot_->branches) {
    if (branch.is_current) {
      return branch.name;
    }
  }
  return "main";
}

std::string App::folder_of(const std::string& path) {
  std::error_code ignored;
  const fs::path folder = fs::absolute(path, ignored).parent_path();
  return fs::is_directory(folder, ignored) ? folder.string() : fs::current_path(ignored).string();
}

void App::list_folder(const std::string& folder) {
  state_.open_folder = folder;
  state_.open_files.clear();
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const bool is_folder = it->is_directory(ignored);
    const std::string name = it->path().filename().string();
    if (name[0] != '.' && (is_folder || it->path().extension() == ".toml")) {
      state_.open_files.push_back({name, is_folder});
    }
  }
  std::sort(state_.open_files.begin(), state_.open_files.end(), [](const FileEntry& a, const FileEntry& b) {
    return a.is_folder != b.is_folder ? a.is_folder : a.name < b.name;
  });
}

void App::start_pursuit(const RunUntil& goal) {
  pursuit_ = {};
  const Duration time = parse_span(goal.goal);
  if (time.count() >= 0) {
    if (SimTime(time) <= snapshot_->now) {
      state_.answer_error = "That moment is over: it is " + clock_text(snapshot_->now) + ". G goes back to it.";
      return;
    }
    pursuit_.until = SimTime(time);
  } else {
    std::string error;
    const bool holds = run_->check(goal.goal, error);
    if (!error.empty() || holds) {
      state_.answer_error = error.empty() ? "That holds already, at this moment." : error;
      return;
    }
    pursuit_.stop_condition = goal.goal;
  }
  state_.question = Question::None;
  state_.playing = false;
  state_.pursuit = goal.goal;
}

void App::pursue() {
  pursuit_.wall_budget = kPursuitSlice;
  const session::StopReason reason = run_.change().run(pursuit_);
  switch (reason) {
    case session::StopReason::kBudgetSpent:
    case session::StopReason::kBeat: return;
    case session::StopReason::kCondition:
    case session::StopReason::kTimeReached: notify("Reached: " + state_.pursuit, false); break;
    case session::StopReason::kInvariantBroken:
      notify("An invariant broke: paused at the event that broke it.", true);
      break;
    case session::StopReason::kNothingLeft:
      notify("Not reached before the end of the scenario: " + state_.pursuit, true);
      break;
  }
  end_pursuit();
}

void App::end_pursuit() { state_.pursuit.clear(); }

void App::write(const WriteFile& request) {
  std::error_code ignored;
  if (request.path.empty()) {
    state_.answer_error = "Type the name of a file.";
    return;
  }
  if (fs::exists(request.path, ignored) && !state_.may_overwrite) {
    state_.may_overwrite = true;
    state_.answer_error = "There is such a file already. Enter again replaces it.";
    return;
  }
  if (request.what == Question::RecordRun) {
    start_recording(request.path);
    return;
  }
  const bool is_run = request.what == Question::SaveRun;
  if (!write_file(request.path, is_run ? run_->save() : stage_as_svg(*snapshot_, theme_, state_.cell_text))) {
    state_.answer_error = "It cannot be written there.";
    return;
  }
  state_.question = Question::None;
  if (is_run) {
    const std::string shown = state_.opened_file;
    remember_run(request.path, snapshot_->title);
    state_.opened_file = shown;
  }
  notify((is_run ? "The run with everything done by hand is in " : "The picture of the stage is in ") +
             fs::absolute(request.path, ignored).string(),
         false);
}

void App::start_recording(const std::string& path) {
  recorded_to_ = snapshot_->event;
  recording_ = std::make_unique<record::RecordingJob>(path, run_->recording());
  state_.recording_percent = 0;
  state_.question = Question::None;
}

// What became of the recording, once it has come to its end.
void App::watch_recording() {
  if (recording_ == nullptr) {
    return;
  }
  using State = record::RecordingJob::State;
  const State at = recording_->state();
  if (at == State::kWriting) {
    state_.recording_percent = recording_->percent();
    return;
  }
  const std::unique_ptr<record::RecordingJob> job = std::move(recording_);
  state_.recording_percent = -1;
  std::error_code ignored;
  const std::string file = fs::absolute(job->path(), ignored).string();
  if (at == State::kWritten) {
    notify("The recording is in " + file, false);
  } else if (at == State::kCancelled) {
    notify("The recording was given up; " + (fs::exists(file, ignored) ? file + " is as it was." : "there is no file."),
           false);
  } else if (snapshot_->event == recorded_to_ && !has_overlay()) {
    ask(Question::RecordRun);  // another name can be typed
    state_.answer = job->path();
    state_.answer_error = job->problem();
  } else {
    state_.problem_about = "The recording was not written";
    state_.problem = job->problem();
    tell("problem: " + state_.problem);
  }
}

void App::give_up_recording() {
  if (recording_ != nullptr) {
    recording_->cancel();
  }
}

std::string App::drop_recording() {
  watch_recording();
  if (recording_ == nullptr) {
    return {};
  }
  const std::unique_ptr<record::RecordingJob> job = std::move(recording_);
  job->cancel();
  job->wait();
  return job->state() == record::RecordingJob::State::kWritten ? "" : job->path();
}

void App::carry_out(const Request& request) {
  if (const auto* command = std::get_if<DoCommand>(&request)) {
    perform(command->id);
    return;
  }
  if (const auto* open_path = std::get_if<OpenPath>(&request)) {
    open(open_path->path);
    return;
  }
  if (const auto* folder = std::get_if<ListFolder>(&request)) {
    list_folder(folder->folder);
    return;
  }
  if (const auto* run = std::get_if<ForgetRun>(&request)) {
    const std::string error = recent_.forget(run->path);
    if (!error.empty()) {
      notify(error, true);
    }
    return;
  }
  if (std::holds_alternative<GiveUpRecording>(request)) {
    give_up_recording();
    return;
  }
  if (!run_.is_open()) {
    return;
  }
  state_.stepped_over = 0;
  const bool moves = std::holds_alternative<DoScript>(request) || std::holds_alternative<SeekEvent>(request) ||
                     std::holds_alternative<SeekTime>(request) || std::holds_alternative<SwitchBranch>(request);
  if (moves) {
    end_pursuit();
  }
  if (std::holds_alternative<ApplyScriptEdit>(request)) {
    apply_script_edit();
  } else if (const auto* line = std::get_if<SwitchScriptLine>(&request)) {
    edit_script(line->edit);
  } else if (const auto* script = std::get_if<DoScript>(&request)) {
    post(script->line);
  } else if (const auto* event = std::get_if<SeekEvent>(&request)) {
    state_.playing = false;
    run_.change().seek_event(event->event);
  } else if (const auto* time = std::get_if<SeekTime>(&request)) {
    state_.playing = false;
    run_.change().seek_time(time->time);
  } else if (const auto* branch = std::get_if<SwitchBranch>(&request)) {
    run_.change().switch_branch(branch->branch);
  } else if (const auto* goal = std::get_if<RunUntil>(&request)) {
    start_pursuit(*goal);
  } else if (const auto* until = std::get_if<RunUntilTime>(&request)) {
    pursuit_ = {};
    pursuit_.until = until->time;
    state_.playing = false;
    state_.pursuit = clock_text(until->time);
  } else if (const auto* file = std::get_if<WriteFile>(&request)) {
    write(*file);
  }
  refresh();
}

}  // namespace kscope::ui
