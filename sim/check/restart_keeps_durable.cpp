#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when a broker has recovered a log: it ends where the disk's content ended, which the watch saw for itself when the
/// process or the machine died.
Finding check_restart_keeps_durable(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogRecovered) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const auto broker = static_cast<std::size_t>(c.registry().nodes[static_cast<std::size_t>(c.event.node.value)].index);
  if (p == nullptr || broker >= p->replicas.size()) {
    return Finding::fine();
  }
  const Offset durable = p->replicas[broker].log_end;
  if (Offset(c.note.a) == durable) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: the log ends at {} after recovery, its durable part ended at {}",
                                     c.partition(), c.node_name(c.event.node), c.note.a, durable.value));
}

}  // namespace kscope::sim
