#pragma once
// What every panel gets beside the snapshot: the state of the window, the look, and the way to ask for something.
// A panel changes the run only by pushing a request; the application carries requests out after the frame is built.

#include <string>
#include <variant>
#include <vector>

#include "sim/session/session.h"
#include "ui/app/commands.h"
#include "ui/app/fonts.h"
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
struct RunUntilCondition {
  std::string condition;
};
using Request = std::variant<DoCommand, DoScript, SeekEvent, SeekTime, SwitchBranch, OpenPath, RunUntilCondition>;

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
};

struct Panel {
  UiState& state;
  const Theme& theme;
  const FontSet& fonts;
  float scale;  ///< pixels per pixel of the 100 % design
  CommandSink& sink;

  float px(float v) const { return v * scale; }
};

}  // namespace kscope::ui
