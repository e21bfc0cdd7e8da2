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
};

/// A scenario that was opened, with everything that belongs to running it.
struct OpenRun {
  OpenRun();
  ~OpenRun();
  OpenRun(OpenRun&&) noexcept;

  scenario::Scenario scenario;
  std::unique_ptr<session::Session> session;
  std::unique_ptr<record::Recorder> recorder;
  std::vector<HandAct> acts;  ///< by time
};

/// Errors: the scenario is wrong, an option is, or the recording cannot be made. All are for kBadInput.
[[nodiscard]] Result<OpenRun> open_run(const RunOptions& options);

enum class Ending : std::uint8_t { kFinished, kInterrupted };
/// Runs to the end of the scenario, or to `until` if that is earlier; carries out the acts. Errors: an act does not parse.
[[nodiscard]] Result<Ending> run_to(OpenRun& run, SimTime until);
/// Ends the recording, if there is one. Errors: it could not be written.
[[nodiscard]] Result<void> finish_recording(OpenRun& run);

/// The version of this program: "0.1.0".
[[nodiscard]] std::string version();

}  // namespace kscope::cli
