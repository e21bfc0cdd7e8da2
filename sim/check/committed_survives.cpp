#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// acks=1 promises nothing of a record until every in-sync replica has it; from then on each new leader must have it.
Finding check_committed_survives(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (c.note.kind != NoteKind::kBecameLeader || p == nullptr || log == nullptr || p->committed.empty()) {
    return Finding::not_asked();
  }
  const std::int64_t missing = count_missing(p->committed, *log);
  if (missing == 0) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} becomes leader without {} committed record{} that acks=1 acknowledged",
                                   c.partition(), c.node_name(c.event.node), missing, missing == 1 ? "" : "s"));
}

}  // namespace kscope::sim
