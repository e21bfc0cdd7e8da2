#pragma once
// Executing a run once more from what makes it repeatable: scenario text, seed, rules and what was done by hand. Replaying
// compares such a run with a recording; saving a run that was only watched so far records it.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "sim/record/rerun_progress.h"
#include "sim/record/run_info.h"
#include "sim/session/session.h"
#include "sim/world/cluster.h"

namespace kscope::record {

struct RerunPlan {
  RunInfo info;
  std::vector<HandCommand> commands;  ///< by after_event
  std::uint64_t last_event = 0;       ///< where to stop
  RerunProgress progress;             ///< may be empty
  /// Told before a command is posted; may be empty.
  std::function<void(const HandCommand&)> on_command;
  /// Asked after every event; true stops. May be empty.
  std::function<bool()> is_over;
};

struct Rerun {
  std::unique_ptr<session::Session> session;  ///< where it ended
  bool was_stopped = false;                   ///< by `progress` or `is_over`
  std::optional<HandCommand> refused;         ///< a command that could not be posted as it was
  std::string problem;                        ///< why
};

/// Executes the run; `observer` hears of every event. Errors: the scenario's text is not accepted any more.
Result<Rerun> rerun(const RerunPlan& plan, sim::Observer& observer);

/// A run that was watched without a recorder, as it takes to record it; knows nothing of the session it was taken from.
struct RecordingPlan {
  RunInfo info;
  std::vector<HandCommand> commands;  ///< by after_event
  std::uint64_t last_event = 0;
};

/// The current branch of `session` up to its playhead.
RecordingPlan recording_plan(const session::Session& session, RunInfo info);

/// Records a run into a new file, by executing it once more. Errors: those of Recorder::open and finish; the scenario is
/// not accepted; `progress` stopped it, and then the file holds what came before.
Result<void> save_recording(const RecordingPlan& run, const std::string& path, const RerunProgress& progress = {});

}  // namespace kscope::record
