#pragma once
// The application: owns the run that is shown and the state of the window, builds one frame after another, and carries
// out what the panels asked for. Knows nothing of windows and OpenGL, so tests drive it without a screen.

#include <memory>
#include <string>
#include <vector>

#include "ui/app/held_run.h"
#include "ui/app/input.h"
#include "ui/app/pace.h"
#include "ui/app/panel.h"
#include "ui/app/run_port.h"

namespace kscope::ui {

/// The beats, by rank, that a step of the window stops at and the adaptive pace slows down for.
inline constexpr std::int32_t kBeatRank = 1;

class App final : public CommandSink {
 public:
  /// Requires: `host` outlives the application.
  explicit App(RunHost& host);
  ~App() override;

  /// Opens a scenario and shows it from the start. On failure the old run stays and the notice says why.
  bool open(const std::string& path);
  /// Takes over a run that was opened elsewhere.
  void show(std::unique_ptr<RunPort> run, const std::string& path);

  /// Bakes fonts and sets the style if scale or theme have changed since the last call. Call between frames.
  /// Returns true if the font texture must be uploaded again. `error` is set if fonts are missing.
  bool prepare_look(const std::string& font_folder, float monitor_scale, std::string& error);

  /// Builds one frame of Dear ImGui: input, simulated time, panels, requests.
  void frame(const FrameInput& input);

  /// True while something moves, so that the next frame should come at once.
  bool is_moving() const;
  bool wants_to_quit() const { return quit_; }
  /// Gives up a recording that is being written, before the window closes; returns its file, or "" if there is none.
  std::string drop_recording();
  std::string window_title() const;
  const Theme& theme() const { return theme_; }
  UiState& state() { return state_; }
  const view::Snapshot& snapshot() const { return *snapshot_; }
  /// Switch it on to learn where things are drawn.
  Places& places() { return places_; }
  /// Something lies over the window and waits for the user.
  bool has_overlay() const;

  /// What has happened since the last call, one plain line each: commands, script lines, notable events, messages to the
  /// user. For people who cannot see the screen, and for tests.
  std::vector<std::string> take_story();
  /// Carries out what was pushed since the last frame.
  void carry_out_all();
  /// Does a command now, as its key or menu entry would.
  void perform(CommandId id);

  // CommandSink
  void push(Request request) override;
  std::vector<session::ActionOffer> offers(const view::EntityRef& entity) const override;
  std::string why_disabled(CommandId id) const override;
  const std::vector<LibraryEntry>& library() const override { return library_; }
  const std::vector<RecentRun>& recent_runs() const override { return recent_.all(); }

  /// Keeps the list of recent runs in this file from now on.
  void remember_runs_in(const std::string& file) { recent_.keep_in(file); }

 private:
  void handle_keys(const std::vector<KeyPress>& keys);
  void run_through_start_up();
  void advance_time(double elapsed_s);
  session::StopReason run_for(Duration step);
  void refresh();
  void build(const FrameInput& input);
  void carry_out(const Request& request);
  void post(const std::string& line);
  void ask(Question question);
  void start_pursuit(const RunUntil& goal);
  void pursue();
  void end_pursuit();
  void write(const WriteFile& request);
  void start_recording(const std::string& path);
  void watch_recording();
  void give_up_recording();
  void list_folder(const std::string& folder);
  void apply_script_edit();
  void edit_script(const session::ScriptEdit& edit);
  void begin_script_line();
  std::string file_of(const std::string& path) const;
  void remember_run(const std::string& file, const std::string& title);
  void remember_selection();
  void go_in_selections(bool forward);
  void toggle_pin();
  static std::string folder_of(const std::string& path);
  void close_overlays();
  std::string branch_name() const;
  std::string selection_filter() const;
  void focus();
  void notify(const std::string& text, bool is_error);
  void tell(std::string line);
  view::Interest interest() const;
  view::Interest step_interest() const;

  void perform_file(CommandId id);
  void perform_run(CommandId id);
  void perform_view(CommandId id);
  void perform_fault(CommandId id);
  void perform_explain(CommandId id);
  void perform_help(CommandId id);
  void toggle_projector();
  /// Opens the run anew with the other metadata design, or says why there is none.
  void show_other_metadata();
  void deselect();
  void walk_entities(bool forward);
  void seek_bookmark(bool forward);
  void follow(bool to_effect);

  RunHost& host_;
  HeldRun run_;
  std::shared_ptr<const view::Snapshot> snapshot_;
  view::Interest shown_interest_;  ///< that `snapshot_` was made for
  UiState state_;
  Theme theme_;
  FontSet fonts_;
  Pace pace_;
  std::vector<LibraryEntry> library_;
  RecentRuns recent_;
  std::vector<Request> requests_;
  Places places_;
  session::RunLimits pursuit_;
  std::unique_ptr<record::RecordingJob> recording_;  ///< being written; nothing = none
  std::uint64_t recorded_to_ = 0;                    ///< its last event
  float baked_scale_ = 0;
  ThemeId styled_theme_ = ThemeId::Light;
  float scale_ = 1;
  std::vector<std::string> story_;
  std::string told_caption_;
  std::uint64_t last_beat_ = 0;
  int settle_frames_ = 3;
  int frames_to_focus_ = 0;  ///< until a field that was opened by key takes the keys
  bool quit_ = false;
};

}  // namespace kscope::ui
