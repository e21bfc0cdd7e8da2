#pragma once
// The parts of a scenario file that describe clients: [[producer]] with its workload, [[group]] with its members.

#include "sim/scenario/scenario.h"
#include "sim/scenario/table_reader.h"

namespace kscope::scenario {

[[nodiscard]] ProducerEntry read_producer(const TomlNode& table, Problems& problems);
[[nodiscard]] GroupEntry read_group(const TomlNode& table, Problems& problems);

/// "after-processing" ...
[[nodiscard]] std::string_view commit_word(CommitMode mode);
/// "zipf(1000)", "none" ...; kList has no such word.
[[nodiscard]] std::string keys_text(const WorkloadEntry& workload);

}  // namespace kscope::scenario
