#pragma once
// kafkascope export --segments: the folder of one partition as a broker has it on its disk at the end of a run, in the
// files of Kafka: other programs (kafka-dump-log.sh, for one) read them.

#include <optional>
#include <string>

#include "engine/core/result.h"
#include "sim/cli/drive.h"
#include "sim/world/cluster.h"

namespace kscope::cli {

struct SegmentExport {
  RunOptions run;                       ///< `scenario` may also be a recording, which is run again
  std::string folder;                   ///< the partition's folder is made in it
  std::string partition;                ///< "orders-0"
  std::optional<std::uint64_t> broker;  ///< none = its leader, or else the first that hosts it
};

/// Runs and writes; returns the exit status. What was written goes to standard output in one line.
int export_segments(const SegmentExport& wanted);

/// Writes FOLDER/PARTITION of the world as it is and says in one line what. Errors: no such partition, a broker that does
/// not host it, a folder that is there already, a file that cannot be written.
[[nodiscard]] Result<std::string> write_segments(const sim::World& world, const SegmentExport& wanted);

}  // namespace kscope::cli
