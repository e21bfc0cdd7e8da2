#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A new leader has everything that was ever committed.
Finding check_leader_complete(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  if (Offset(c.note.b) >= p->true_high_watermark) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} becomes leader and ends at {}, but {} was committed", c.partition(),
                                   c.node_name(c.event.node), c.note.b, p->true_high_watermark.value - 1));
}

}  // namespace kscope::sim
