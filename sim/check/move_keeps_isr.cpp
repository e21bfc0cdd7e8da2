#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when a reassignment is complete: until every replica of the target is in the ISR nobody may be let go, or the ISR
/// could fall below min.insync.replicas. Leaders that write ISRs themselves (before KIP-497) may take one out meanwhile.
Finding check_move_keeps_isr(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const bool is_complete = static_cast<ReassignmentStep>(c.note.a) == ReassignmentStep::kCompleted;
  if (p == nullptr || !is_complete || c.registry().rules.is_old(Rule::kKip497)) {
    return Finding::not_asked();
  }
  for (std::size_t i = 0; i < c.registry().broker_nodes.size(); ++i) {
    if (c.note.brokers.contains(i) && !p->isr.contains(i)) {
      return Finding::broken(fmt::format("{}: its move is complete, but {} is not in the ISR, which has {} members",
                                         c.partition(), c.node_name(c.registry().broker_nodes[i]), p->isr.size()));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
