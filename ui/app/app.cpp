#include "ui/app/app.h"

#include <fmt/format.h>
#include <imgui.h>
#include <chrono>
#include <cmath>
#include <utility>

#include "ui/app/format.h"
#include "ui/app/style.h"
#include "ui/app/widgets.h"
#include "ui/layout/branch_tree.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

constexpr double kNoticeSeconds = 5;
constexpr Duration kFrameBudget = 8ms;

}  // namespace

App::App(RunHost& host)
    : host_(host),
      snapshot_(std::make_shared<view::Snapshot>()),
      theme_(make_theme(ThemeId::Light)),
      library_(host.library()) {
  // The first screen is the cluster at work; tables come with F3, Ctrl+J, or a filter.
  state_.regions.bottom_open = false;
}

App::~App() = default;

void App::show(std::unique_ptr<RunPort> run, const std::string& path) {
  run_.hold(std::move(run));
  state_.opened_path = path;
  state_.description = run_->description();
  state_.selection = {};
  state_.camera = {};
  state_.bookmarks.clear();
  state_.visited.clear();
  state_.visited_at = 0;
  state_.pinned.clear();
  state_.script_edit = {};
  state_.shown_generation = -1;
  state_.events_first = -1;
  state_.stepped_over = 0;
  end_pursuit();
  close_overlays();
  tell("opened: " + path);
  state_.playing = !state_.reduced_motion;
  last_beat_ = 0;
  run_through_start_up();
  refresh();
}

bool App::prepare_look(const std::string& font_folder, float monitor_scale, std::string& error) {
  const Theme wanted = make_theme(state_.theme);
  const float scale = std::clamp(monitor_scale * state_.user_scale * wanted.scale, 0.5F, 4.0F);
  const bool rebake = std::abs(scale - baked_scale_) > 0.001F;
  if (!rebake && styled_theme_ == state_.theme) {
    return false;
  }
  theme_ = wanted;
  scale_ = scale;
  styled_theme_ = state_.theme;
  apply_style(theme_, scale);
  settle_frames_ = 3;
  if (rebake) {
    baked_scale_ = scale;
    error = fonts_.bake(font_folder, scale);
  }
  return rebake;
}

view::Interest App::interest() const {
  view::Interest out;
  out.selection = state_.selection;
  for (const Pin& pin : state_.pinned) {
    out.pinned.push_back(pin.entity);
  }
  // Only strips show records, and ten thousand strips of them would be costly: a wall and the tables have none, the log
  // shows one partition.
  const bool has_strips =
      state_.stage_tab == StageTab::Log || (state_.stage_tab == StageTab::Cluster && !state_.is_wall);
  out.cells_per_replica = has_strips ? 48 : 0;
  if (state_.stage_tab == StageTab::Log) {
    out.cells_of = partition_in_log(*snapshot_, state_.selection);
  }
  out.internal_topics = state_.show_internal_topics;
  out.event_filter = state_.event_filter;
  out.beats_only = state_.beats_only;
  out.events_first = state_.stage_tab == StageTab::Sequence ? -1 : state_.events_first;
  out.events =
      (state_.bottom_tab == BottomTab::Events && state_.regions.bottom_open) || state_.stage_tab == StageTab::Sequence;
  return out;
}

void App::refresh() {
  if (!run_.is_open()) {
    return;
  }
  view::Interest wanted = interest();
  if (run_.take_change() || wanted != shown_interest_) {
    snapshot_ = run_->snapshot(wanted);
    shown_interest_ = std::move(wanted);
  }
}

void App::notify(const std::string& text, bool is_error) {
  state_.notice = text;
  state_.notice_is_error = is_error;
  state_.notice_left_s = kNoticeSeconds;
  tell((is_error ? "problem: " : "note: ") + text);
}

void App::advance_time(double elapsed_s) {
  if (!state_.pursuit.empty()) {
    pursue();
    return;
  }
  if (!run_.is_open() || !state_.playing) {
    return;
  }
  state_.stepped_over = 0;
  if (run_->next_event_time() == SimTime::max()) {
    state_.playing = false;
    notify("The scenario has ended. Home goes back to its start.", false);
    return;
  }
  const Duration step = pace_.advance(*snapshot_, state_.speed, elapsed_s, state_.theme == ThemeId::Projector);
  state_.ratio = pace_.ratio();
  if (run_for(step) == session::StopReason::kInvariantBroken) {
    state_.playing = false;
    notify("An invariant broke: paused at the event that broke it.", true);
  }
}

// At the adaptive pace a quiet stretch is crossed event by event, so that the first message after it is seen to set off
// instead of being jumped over.
session::StopReason App::run_for(Duration step) {
  const auto wall_start = std::chrono::steady_clock::now();
  const SimTime target = run_->now() + step;
  session::RunLimits limits;
  limits.until = target;
  limits.wall_budget = kFrameBudget;
  if (state_.speed == 0) {
    limits.stop_at_beat_rank = kBeatRank;
  }
  if (state_.speed > 0 || !is_quiet(*snapshot_)) {
    return run_.change().run(limits);
  }
  view::Interest look;
  look.cells_per_replica = 0;
  look.events = false;
  while (run_->next_event_time() <= target) {
    limits.until = run_->next_event_time();
    const session::StopReason reason = run_.change().run(limits);
    const bool is_late = std::chrono::steady_clock::now() - wall_start > kFrameBudget;
    if (reason != session::StopReason::kTimeReached || is_late || !is_quiet(*run_->snapshot(look))) {
      return reason;
    }
  }
  limits.until = target;
  return run_.change().run(limits);
}

void App::frame(const FrameInput& input) {
  places_.begin_frame();
  if (settle_frames_ > 0) {
    --settle_frames_;
  }
  state_.seconds_open += input.elapsed_s;
  state_.notice_left_s = std::max(0.0, state_.notice_left_s - input.elapsed_s);
  state_.key_echo_left_s = std::max(0.0, state_.key_echo_left_s - input.elapsed_s);
  remember_selection();
  watch_recording();
  handle_keys(input.keys);
  advance_time(input.elapsed_s);
  refresh();
  if (!snapshot_->beats.empty()) {
    std::uint64_t latest = 0;
    for (const view::Beat& beat : snapshot_->beats) {
      latest = beat.event <= snapshot_->event && beat.rank <= 1 ? std::max(latest, beat.event) : latest;
    }
    if (latest != last_beat_) {
      last_beat_ = latest;
      pace_.on_beat();
    }
  }
  if (snapshot_->caption != told_caption_) {
    told_caption_ = snapshot_->caption;
    tell(fmt::format("{} {}", clock_text(snapshot_->now), told_caption_));
  }
  build(input);
  carry_out_all();
}

void App::build(const FrameInput& input) {
  RegionWishes wishes = state_.regions;
  wishes.chips = !snapshot_->faults.empty();
  const int ways = branch_rows(snapshot_->branches);
  wishes.tree_rows = ways > 1 ? ways : 0;
  const Regions regions = compute_regions(input.width, input.height, scale_, wishes);
  const Panel ui{state_, theme_, fonts_, scale_, *this, places_};
  const view::Snapshot& s = *snapshot_;
  draw_top_bar(s, ui, regions);
  draw_left_rail(s, ui, regions);
  draw_stage_panel(s, ui, regions.stage);
  draw_inspector(s, ui, regions.right);
  draw_transport(s, ui, regions);
  draw_bottom_panel(s, ui, regions.bottom);
  draw_pinned(s, ui, regions.stage);

  // Splitters lie over the parts they separate.
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  auto grip = [&](const char* id, const Rect& r, bool vertical, float& size, float sign, float usual) {
    if (r.empty()) {
      return;
    }
    bool reset = false;
    begin_region(id, r, faded(theme_.panel, 0), {0, 0}, Layer::Above);
    const float moved = splitter(ui, "grip", r, vertical, reset);
    end_region();
    size = reset ? usual : size + sign * moved / scale_;
  };
  grip("##left_grip", regions.left_splitter, true, state_.regions.left_width, 1, 240);
  grip("##right_grip", regions.right_splitter, true, state_.regions.right_width, -1, 330);
  grip("##bottom_grip", regions.bottom_splitter, false, state_.regions.bottom_height, -1, 240);
  ImGui::PopStyleVar();
  draw_overlays(s, ui);
}

bool App::is_moving() const {
  return settle_frames_ > 0 || state_.playing || !state_.pursuit.empty() || state_.notice_left_s > 0 ||
         state_.key_echo_left_s > 0 || ImGui::IsAnyItemActive() ||
         (state_.callouts_done != 7 && state_.seconds_open < 6);
}

std::string App::window_title() const {
  return snapshot_->title.empty() ? "Kafkascope" : fmt::format("{} \u2013 Kafkascope", snapshot_->title);
}

void App::push(Request request) { requests_.push_back(std::move(request)); }

// Nobody may be listening, so the story forgets its beginning.
void App::tell(std::string line) {
  constexpr std::size_t kLongest = 1000;
  if (story_.size() >= kLongest) {
    story_.erase(story_.begin(), story_.begin() + kLongest / 2);
  }
  story_.push_back(std::move(line));
}

std::vector<std::string> App::take_story() { return std::exchange(story_, {}); }

void App::carry_out_all() {
  const std::vector<Request> requests = std::move(requests_);
  requests_.clear();
  for (const Request& request : requests) {
    carry_out(request);
  }
}

std::vector<session::ActionOffer> App::offers(const view::EntityRef& entity) const {
  return !run_.is_open() ? std::vector<session::ActionOffer>() : run_->offers(entity);
}

void App::handle_keys(const std::vector<KeyPress>& keys) {
  // A field that was opened by key takes the keys some frames later. Whoever types at once means the field: what comes in
  // between is no command.
  constexpr int kFramesToFocus = 3;
  frames_to_focus_ = ImGui::GetIO().WantTextInput ? 0 : std::max(0, frames_to_focus_ - 1);
  for (const KeyPress& key : keys) {
    const bool typing = ImGui::GetIO().WantTextInput || frames_to_focus_ > 0;
    const CommandId id = command_for(key.chord, typing);
    // While something lies over the window, keys without Ctrl and Alt do not reach what is below it.
    const bool is_covered = has_overlay() && !key.chord.ctrl && !key.chord.alt && id != CommandId::ShowKeys &&
                            id != CommandId::ShowLegend && id != CommandId::ShowHelp;
    if (is_covered && key.chord == plain(Key::Escape)) {
      deselect();
      continue;
    }
    if (is_covered || (typing && key.chord == plain(Key::Escape))) {  // Esc leaves the text field
      continue;
    }
    if (id == CommandId::Count || (key.repeat && !spec_of(id).repeats) || !why_disabled(id).empty()) {
      continue;
    }
    state_.key_echo = keys_text(spec_of(id), true) + "   " + std::string(spec_of(id).title);
    state_.key_echo_left_s = 2;
    perform(id);
    if (state_.focus_filter || state_.script_edit.takes_keys) {
      frames_to_focus_ = kFramesToFocus;
    }
  }
}

}  // namespace kscope::ui
