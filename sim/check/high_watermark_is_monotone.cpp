#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_high_watermark_is_monotone(const CheckContext& c) {
  if (c.note.kind != NoteKind::kHighWatermark || c.note.a >= c.note.b) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const auto broker = static_cast<std::size_t>(c.registry().nodes[static_cast<std::size_t>(c.event.node.value)].index);
  if (p == nullptr || broker >= p->replicas.size() || !p->replicas[broker].presumes_leader) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{}: the high watermark of leader {} falls from {} to {} within epoch {}",
                                     c.partition(), c.node_name(c.event.node), c.note.b, c.note.a,
                                     p->replicas[broker].leader_epoch.value));
}

}  // namespace kscope::sim
