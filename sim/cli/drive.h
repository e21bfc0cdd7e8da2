#pragma once
// Driving a session from the command line: opening a scenario with what the options say, running it in slices with
// progress and Ctrl-C, and recording it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "sim/scenario/scenario.h"
#include "sim/session/session.h"

namespace kscope::record {
class Recorder;
}

namespace kscope::cli {

class Progress;

/// An act from the command line: --do "15s crash b1".
struct HandAct {
  SimTime time;
  std::string line;
};
/// Errors: no time in front, or nothing behind it.
[[nodiscard]] Result<HandAct> parse_hand_act(const std::string& text);

struct RunOptions {
  std::string scenario;  ///< path or name
  std::optional<std::uint64_t> seed;
  std::string until;  ///< "" = as the scenario says
  std::vector<std::string> acts;
  std::string record;  ///< file; "" = none
  std::string planted_bug;
  std::vector<std::string> rules;  ///< "kip-101=old", over those of the scenario
};

/// A scenario that was opened, with everything that belongs to running it.
struct OpenRun {
  OpenRun();
  ~OpenRun();
  OpenRun(OpenRun&&) noexcept;

  scenario::Scenario scenario;
  std::unique_ptr<session::Session> session;
  std::unique_ptr<record::Recorder> recorder;
  std::vector<HandAct> acts;                ///< by time
  std::vector<scenario::Expect> postponed;  ///< what a run that --until shortens does not come to
};

/// Errors: the scenario is wrong (for kBadInput).
[[nodiscard]] Result<OpenRun> open_run(const RunOptions& options);
/// Takes the acts of the command line. Errors: one does not parse, or lies after the end (for kUsage).
[[nodiscard]] Result<void> plan_acts(OpenRun& run, const RunOptions& options);
/// Records from now on, if the options say so. Requires: before the first event. Errors: the file cannot be made.
[[nodiscard]] Result<void> start_recording(OpenRun& run, const RunOptions& options);
/// All three, with what went wrong on standard error and its exit status in `status`; null then.
[[nodiscard]] std::unique_ptr<OpenRun> prepare_run(const RunOptions& options, int& status);

/// " 40 %  12.3s of 30s, 61234 events": both times in seconds.
[[nodiscard]] std::string progress_text(SimTime now, SimTime end, std::uint64_t events);

enum class Ending : std::uint8_t { kFinished, kInterrupted };
/// Runs to the end of the scenario, or to `until` if that is earlier; carries out the acts. `progress` may be
/// null. Errors: an act names what is not there yet (for kUsage).
[[nodiscard]] Result<Ending> run_to(OpenRun& run, SimTime until, Progress* progress);
/// Ends the recording, if there is one. Errors: it could not be written.
[[nodiscard]] Result<void> finish_recording(OpenRun& run);

/// The version of this program: "0.1.0".
[[nodiscard]] std::string version();

}  // namespace kscope::cli
