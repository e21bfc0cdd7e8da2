#pragma once
// EventLog: what a branch of a session has seen, event by event, in words: rows of the events table, beats, and when lines
// of the script were carried out. Written once, when an event is executed for the first time; copying shares full chunks,
// so a fork costs little. Rows keep numbers and one short text; names are looked up when a page is shown.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/scenario/build.h"
#include "sim/session/run.h"
#include "sim/view/snapshot.h"

namespace kscope::session {

struct LoggedEvent {
  std::uint64_t number = 0;
  std::uint64_t cause = 0;
  SimTime time;
  EventKind kind = EventKind::kTimer;
  std::uint16_t what = 0;
  NodeId node;
  NodeId peer;
  std::int32_t size_bytes = 0;
  bool is_beat = false;
  bool is_error = false;
  std::string summary;
};

/// A message that died, for the ✖ on the stage.
struct LoggedLoss {
  Sent sent;
  SimTime lost_at;
  std::uint64_t event = 0;
};

/// One line of script as it was scheduled or posted.
struct ScriptEntry {
  SimTime time;
  scenario::Input input;
  std::string text;         ///< "crash b1"
  std::string sentence;     ///< "b1's process is killed (kill -9)."
  std::uint64_t event = 0;  ///< that carried it out; 0 = not yet
  bool is_setup = false;
  bool is_by_hand = false;
  bool is_scheduled = false;      ///< from the start of the branch on; otherwise it is an act of the timeline
  std::uint64_t after_event = 0;  ///< of an act: posted when so many events had been executed
  bool is_off = false;            ///< only remembered
};

class EventLog final : public RunListener {
 public:
  /// With `keeps_rows` false only beats and script are kept: for long runs without a window.
  EventLog() = default;
  explicit EventLog(bool keeps_rows) : keeps_rows_(keeps_rows) {}

  void on_event(const sim::World& world, const sim::Event& event) override;
  /// Forgets everything after `event`, and the acts that a branch made there, at `time`, does not keep.
  void cut(std::uint64_t event, SimTime time);
  void add_script(ScriptEntry entry) { script_.push_back(std::move(entry)); }

  [[nodiscard]] const Chunked<LoggedEvent>& rows() const { return rows_; }
  [[nodiscard]] const Chunked<view::Beat>& beats() const { return beats_; }
  /// Those of rank 0 and 1: what the timeline shows of a whole run.
  [[nodiscard]] const Chunked<view::Beat>& notable_beats() const { return notable_; }
  [[nodiscard]] const Chunked<LoggedLoss>& losses() const { return losses_; }
  [[nodiscard]] const std::vector<ScriptEntry>& script() const { return script_; }
  /// Marks the newest row as a beat and adds it.
  void add_beat(view::Beat beat);

 private:
  void push_beat(view::Beat beat);
  ScriptEntry* find_script(const sim::Event& event);
  [[nodiscard]] bool is_repeated(const view::Beat& beat) const;

  bool keeps_rows_ = true;
  Chunked<LoggedEvent> rows_;
  Chunked<view::Beat> beats_;
  Chunked<view::Beat> notable_;

  Chunked<LoggedLoss> losses_;
  std::vector<ScriptEntry> script_;
};

/// Names of a row's kind: "Fetch request", "linger.ms timer", "crash".
std::string event_type(EventKind kind, std::uint16_t what);
view::MessageFamily message_family(std::uint16_t kind);
/// Whether a message carries an error code other than NONE.
bool carries_error(const sim::Message& message);
/// A fetch answer without records, a heartbeat, a ping: what the stage hides unless asked.
bool is_background(const sim::Message& message);

}  // namespace kscope::session
