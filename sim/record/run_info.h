#pragma once
// What makes a run repeatable: the scenario's text, the seed, the rules and what was done by hand. A recording begins with
// it, and replaying starts from it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/time.h"

namespace kscope::record {

/// One line of script that was carried out by hand.
struct HandCommand {
  std::uint64_t after_event = 0;  ///< posted when so many events had been executed
  SimTime time;
  std::string text;  ///< "crash b1"
  bool operator==(const HandCommand&) const = default;
};

struct RunInfo {
  std::string scenario;       ///< title
  std::string scenario_path;  ///< as given; for people, nothing is read from there
  std::string scenario_text;  ///< the whole file
  std::uint64_t seed = 1;
  std::string program_version;
  std::string rules;  ///< for people: "kafka 3.9, zookeeper"; planted bugs by name after "bug: "
  SimTime until;      ///< when the run ends
};

/// What is known at the end of a complete run.
struct RunEnd {
  std::uint64_t last_event = 0;
  SimTime last_time;
  std::uint64_t fingerprint = 0;  ///< of the world after the last event
  bool operator==(const RunEnd&) const = default;
};

/// One fingerprint of the world after `event`.
struct PeriodicFingerprint {
  std::uint64_t event = 0;
  std::uint64_t value = 0;
  bool operator==(const PeriodicFingerprint&) const = default;
};
inline constexpr std::uint64_t kFingerprintPeriod = 100'000;  ///< events between two of them

/// Sixteen hexadecimal digits, as fingerprints stand in recordings and on the screen.
std::string hexadecimal(std::uint64_t value);
/// Reads what hexadecimal() wrote; 0 for anything else.
std::uint64_t from_hexadecimal(const std::string& text);

}  // namespace kscope::record
