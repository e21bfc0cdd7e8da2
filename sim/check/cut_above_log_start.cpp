#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// What is below log start was committed, so no leader's log parts from this one there.
Finding check_cut_above_log_start(const CheckContext& c) {
  const int broker = c.broker_index(c.event.node);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (c.note.kind != NoteKind::kLogTruncated || broker < 0 || p == nullptr ||
      static_cast<std::size_t>(broker) >= p->replicas.size()) {
    return Finding::not_asked();
  }
  const Offset start = p->replicas[static_cast<std::size_t>(broker)].log_start;
  if (Offset(c.note.a) >= start) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{} on {}: the log is cut at {}, below its start {}", c.partition(),
                                   c.node_name(c.event.node), c.note.a, start.value));
}

}  // namespace kscope::sim
