#pragma once
// The parts of a scenario file that say what happens and what must be true: [[at]] and [[expect]]. Actions are read after
// everything else, because they use names of brokers, topics and clients.

#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/scenario/table_reader.h"

namespace kscope::scenario {

/// An [[at]] table as it stands, before its names are looked up.
struct RawAction {
  SimTime time;
  std::string word;
  std::vector<ActionField> fields;
  int line = 0;
};

[[nodiscard]] RawAction read_at(const TomlNode& table, Problems& problems);
/// Looks the names up and adds the actions to the scenario, by time. Topics that actions create are names for the others;
/// a group gets the spare members that `start` actions name.
void add_actions(Scenario& scenario, const std::vector<RawAction>& raw, Problems& problems);
/// `until` is the length of the run: what `within` and `at` may not exceed is checked by validate.
[[nodiscard]] Expect read_expect(const TomlNode& table, Problems& problems);

}  // namespace kscope::scenario
