#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_high_watermark_in_log(const CheckContext& c) {
  if (c.note.kind != NoteKind::kHighWatermark) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr) {
    return Finding::fine();
  }
  const Offset high_watermark(c.note.a);
  if (high_watermark >= log->log_start_offset() && high_watermark <= log->log_end_offset()) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: high watermark {} lies outside the log [{}, {}]", c.partition(),
                                     c.node_name(c.event.node), high_watermark.value, log->log_start_offset().value,
                                     log->log_end_offset().value));
}

}  // namespace kscope::sim
