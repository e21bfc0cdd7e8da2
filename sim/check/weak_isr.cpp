#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Every member of a leader's own ISR holds what the leader shows: asked when the leader raises its high watermark, and when
/// a replica is truncated. Source: WeakIsr of the published TLA+ models of Kafka's replication.
Finding check_weak_isr(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  const bool is_raise = c.note.kind == NoteKind::kHighWatermark;
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  bool was_asked = false;
  for (std::size_t i = 0; i < p->replicas.size(); ++i) {
    const Partition* leader = p->replicas[i].presumes_leader ? c.replica(nodes[i], c.note.partition) : nullptr;
    if (leader == nullptr || (is_raise && nodes[i] != c.event.node)) {
      continue;
    }
    for (const BrokerId member : leader->isr) {
      const NodeId node = c.registry().node_of(member);
      if (node == nodes[i] || (!is_raise && node != c.event.node)) {
        continue;
      }
      was_asked = true;
      if (c.log_end(node, c.note.partition) < leader->high_watermark) {
        return c.unless_lost(fmt::format("{}: {} shows records up to {}, but {} in its ISR ends at {}", c.partition(),
                                         c.node_name(nodes[i]), leader->high_watermark.value, c.node_name(node),
                                         c.log_end(node, c.note.partition).value));
      }
    }
  }
  return was_asked ? Finding::fine() : Finding::not_asked();
}

}  // namespace kscope::sim
