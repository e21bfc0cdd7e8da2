#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when a log is cut at either end.
Finding check_log_start_in_log(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogStartMoved && c.note.kind != NoteKind::kLogTruncated) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || (log->log_start_offset() >= Offset(0) && log->log_start_offset() <= log->log_end_offset())) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: log start {} lies outside the log, which ends at {}", c.partition(),
                                     c.node_name(c.event.node), log->log_start_offset().value,
                                     log->log_end_offset().value));
}

}  // namespace kscope::sim
