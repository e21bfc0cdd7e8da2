#pragma once
// What came of a run, for people and for programs: expectations, invariants, counts and the fingerprint, which is the
// same for the same scenario and seed on every machine.

#include <string>
#include <vector>

#include "sim/cli/drive.h"

namespace kscope::cli {

struct Outcome {
  std::string path;
  std::string title;
  std::uint64_t seed = 0;
  SimTime time;  ///< how far the run came
  std::uint64_t events = 0;
  std::uint64_t fingerprint = 0;
  bool is_interrupted = false;
  std::vector<view::ExpectRow> expects;
  std::vector<view::InvariantRow> invariants;
  view::Health health;
  std::int64_t sent = 0;  ///< records, of all producers
  std::int64_t acked = 0;
  std::int64_t failed = 0;
  std::int64_t processed = 0;  ///< records, of all consumers

  /// No expectation and no invariant is broken.
  [[nodiscard]] bool held() const;
};

[[nodiscard]] Outcome outcome_of(const OpenRun& run, Ending ending);
/// Some lines with a line end each.
[[nodiscard]] std::string to_text(const Outcome& outcome, bool is_coloured);
/// One JSON object.
[[nodiscard]] std::string to_json(const Outcome& outcome);

/// Beats as plain sentences with their time: "00:12.345  b2 becomes leader ...".
[[nodiscard]] std::string story_text(const std::vector<view::Beat>& beats, bool is_coloured);
/// "00:12.345"
[[nodiscard]] std::string clock_text(SimTime time);

}  // namespace kscope::cli
