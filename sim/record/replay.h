#pragma once
// Replaying: executes a recorded run once more and holds every event against the recorded trace, in number, time, kind,
// node, cause, message, size and digest, and the fingerprint of the world wherever one was recorded. The first difference
// is named in words.

#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "sim/record/reader.h"
#include "sim/record/rerun.h"
#include "sim/session/session.h"

namespace kscope::record {

struct Replay {
  enum class Verdict : std::uint8_t { kSame, kDifferent, kStopped };
  Verdict verdict = Verdict::kSame;
  std::uint64_t same_events = 0;  ///< from the first on, this many are the same
  /// What comes after them, as it was and as it is: an event, a fingerprint, or an act that cannot be done any more.
  std::string recorded;
  std::string replayed;
  std::unique_ptr<session::Session> session;  ///< where the replay ended
};

/// Executes the run of `reader` as far as it was recorded, which for an incomplete recording is its last whole chunk.
/// Stops at the first difference; kStopped when `progress` said so. Errors: the recording is damaged; this program does
/// not accept its scenario.
Result<Replay> replay(Reader& reader, const RerunProgress& progress = {});

}  // namespace kscope::record
