#pragma once
// What the window needs of a run. The program implements it on `session::Session`; tests implement it on a fixed snapshot.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/record/recording_job.h"
#include "sim/session/session.h"
#include "sim/view/snapshot.h"

namespace kscope::ui {

class RunPort {
 public:
  RunPort() = default;
  RunPort(const RunPort&) = delete;
  RunPort& operator=(const RunPort&) = delete;
  virtual ~RunPort() = default;

  virtual session::StopReason run(const session::RunLimits& limits) = 0;
  virtual bool step_visible(bool forward, const view::Interest& interest) = 0;
  virtual bool step_beat(bool forward, std::int32_t rank) = 0;
  virtual void seek_event(std::uint64_t event) = 0;
  virtual void seek_time(SimTime time) = 0;
  virtual SimTime now() const = 0;
  virtual SimTime next_event_time() const = 0;
  /// Carries out a script line; returns an error text or nothing.
  virtual std::string post_script(const std::string& line) = 0;
  /// Changes a line of the script and runs anew from where that makes a difference; returns an error text or nothing.
  virtual std::string edit_script(const session::ScriptEdit& edit) = 0;
  virtual std::vector<session::ActionOffer> offers(const view::EntityRef& entity) const = 0;
  /// Whether a condition holds at the playhead; `error` says what is wrong with its text.
  virtual bool check(const std::string& condition, std::string& error) const = 0;
  virtual bool undo() = 0;
  virtual bool redo() = 0;
  virtual bool can_undo() const = 0;
  virtual bool can_redo() const = 0;
  virtual void switch_branch(std::int32_t branch) = 0;
  virtual std::shared_ptr<const view::Snapshot> snapshot(const view::Interest& interest) const = 0;
  virtual std::string save() const = 0;
  /// Of the whole world at the playhead: equal for equal runs.
  virtual std::uint64_t fingerprint() const = 0;
  /// The same scenario, seed and script with the other metadata design: KRaft instead of ZooKeeper, or the reverse. On
  /// failure returns nothing and says in `error` what that design does not know.
  virtual std::unique_ptr<RunPort> with_other_metadata(std::string& error) const = 0;
  /// Records the branch up to the playhead by executing it once more; may be carried out on another thread, and later.
  virtual record::RecordingWork recording() const = 0;
  /// Some sentences: what the scenario shows and what to look at. May be empty.
  virtual std::string description() const = 0;
};

/// One scenario or lesson that can be opened.
struct LibraryEntry {
  std::string path;    ///< what `RunHost::open` takes
  std::string folder;  ///< "lessons", "faults": heading in the list
  std::string title;
  std::string summary;
};

class RunHost {
 public:
  RunHost() = default;
  RunHost(const RunHost&) = delete;
  RunHost& operator=(const RunHost&) = delete;
  virtual ~RunHost() = default;

  virtual std::vector<LibraryEntry> library() const = 0;
  /// Opens a scenario; on failure returns nothing and says in `error` what is wrong with the file.
  virtual std::unique_ptr<RunPort> open(const std::string& path, std::string& error) = 0;
};

}  // namespace kscope::ui
