#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_appends_with_own_epoch(const CheckContext& c) {
  const int broker = c.broker_index(c.event.node);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (c.note.kind != NoteKind::kBatchAppended || broker < 0 || p == nullptr ||
      static_cast<std::size_t>(broker) >= p->replicas.size()) {
    return Finding::not_asked();
  }
  const ReplicaWatch& replica = p->replicas[static_cast<std::size_t>(broker)];
  if (replica.presumes_leader && c.note.c == replica.leader_epoch.value) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: the {} of epoch {} appends in epoch {}", c.partition(),
                                     c.node_name(c.event.node), replica.presumes_leader ? "leader" : "follower",
                                     replica.leader_epoch.value, c.note.c));
}

}  // namespace kscope::sim
