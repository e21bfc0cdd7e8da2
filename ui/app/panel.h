#pragma once
// What every panel gets beside the snapshot: the state of the window, the look, and the way to ask for something.
// A panel changes the run only by pushing a request; the application carries requests out after the frame is built.

#include <string>
#include <variant>
#include <vector>

#include "sim/session/session.h"
#include "ui/app/commands.h"
#include "ui/app/fonts.h"
#include "ui/app/places.h"
#include "ui/app/recent_runs.h"
#include "ui/app/run_port.h"
#include "ui/app/ui_state.h"

namespace kscope::ui {

struct DoCommand {
  CommandId id;
};
struct DoScript {
  std::string line;
};
struct SeekEvent {
  std::uint64_t event;
};
struct SeekTime {
  SimTime time;
};
struct SwitchBranch {
  std::int32_t branch;
};
struct OpenPath {
  std::string path;
};
/// A time such as "12.5s", or a condition.
struct RunUntil {
  std::string goal;
};
struct RunUntilTime {
  SimTime time;
};
/// The answer to Question::SaveRun, Question::RecordRun or Question::ExportStage.
struct WriteFile {
  Question what;
  std::string path;
};
struct ListFolder {
  std::string folder;
};
/// The line of the script that is being edited, as it stands in `UiState::script_edit`.
struct ApplyScriptEdit {};
/// A line of the script on or off.
struct SwitchScriptLine {
  session::ScriptEdit edit;
};
/// Takes a run out of the list of recent ones.
struct ForgetRun {
  std::string path;
};
/// Stops writing the recording that is being written.
struct GiveUpRecording {};
using Request = std::variant<DoCommand, DoScript, SeekEvent, SeekTime, SwitchBranch, OpenPath, RunUntil, RunUntilTime,
                             WriteFile, ListFolder, ApplyScriptEdit, SwitchScriptLine, ForgetRun, GiveUpRecording>;

class CommandSink {
 public:
  CommandSink() = default;
  CommandSink(const CommandSink&) = delete;
  CommandSink& operator=(const CommandSink&) = delete;
  virtual ~CommandSink() = default;

  virtual void push(Request request) = 0;
  /// What can be done to an entity now, each with the reason if it would do nothing.
  virtual std::vector<session::ActionOffer> offers(const view::EntityRef& entity) const = 0;
  /// Empty if the command can act now, else why not.
  virtual std::string why_disabled(CommandId id) const = 0;
  virtual const std::vector<LibraryEntry>& library() const = 0;
  virtual const std::vector<RecentRun>& recent_runs() const = 0;
};

struct Panel {
  UiState& state;
  const Theme& theme;
  const FontSet& fonts;
  float scale;  ///< pixels per pixel of the 100 % design
  CommandSink& sink;
  Places& places;

  float px(float v) const { return v * scale; }
};

}  // namespace kscope::ui
