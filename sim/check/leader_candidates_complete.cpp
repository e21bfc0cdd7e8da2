#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Whoever may become leader by a clean election, so is in the ISR or the ELR (KIP-966), and runs, has everything that was ever
/// committed: asked when a leader raises its high watermark, when the ISR changes and when a replica is truncated.
Finding check_leader_candidates_complete(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  const NoteKind kind = c.note.kind;
  const auto self = static_cast<std::size_t>(std::max(c.broker_index(c.event.node), 0));
  if (kind == NoteKind::kHighWatermark && (self >= p->replicas.size() || !p->replicas[self].presumes_leader)) {
    return Finding::not_asked();
  }
  const Offset committed =
      kind == NoteKind::kHighWatermark ? std::max(p->true_high_watermark, Offset(c.note.a)) : p->true_high_watermark;
  BrokerSet candidates = p->isr;
  candidates |= p->elr;
  if (kind == NoteKind::kIsrChanged) {
    candidates = c.note.brokers;
    if (const std::optional<ControllerView> view = c.controller_view()) {
      candidates |= view->elr;
    }
  }
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool is_asked = kind != NoteKind::kLogTruncated || nodes[i] == c.event.node;
    if (!candidates.contains(i) || !is_asked || c.world.role(nodes[i]) == nullptr) {
      continue;
    }
    if (c.log_end(nodes[i], c.note.partition) < committed) {
      return c.unless_lost(fmt::format("{}: {} may become leader and ends at {}, but {} was committed", c.partition(),
                                       c.node_name(nodes[i]), c.log_end(nodes[i], c.note.partition).value,
                                       committed.value - 1));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
