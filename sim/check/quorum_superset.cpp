#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A leader of the present epoch waits for everybody whom the controller has in the ISR: it may wait for more (KIP-497), never
/// for fewer, or the high watermark passes somebody who may be elected. So may a member of the ELR: with a full ISR, where the
/// high watermark moves, there must be none that the leader does not wait for (KIP-966).
Finding check_quorum_superset(const CheckContext& c) {
  const std::optional<ControllerView> view = c.controller_view();
  if (!view || !view->leader.is_valid()) {
    return Finding::not_asked();
  }
  const NodeId node = c.registry().node_of(view->leader);
  const Partition* leader = c.replica(node, c.note.partition);
  const bool is_current =
      leader != nullptr && leader->is_leader(view->leader) && leader->leader_epoch == view->leader_epoch;
  if (!is_current) {
    return Finding::not_asked();
  }
  BrokerSet electable = c.note.brokers;
  if (c.note.brokers.size() >= view->min_isr) {
    electable |= view->elr;
  }
  for (const BrokerSetup& broker : *c.registry().brokers) {
    const auto index = static_cast<std::size_t>(c.registry().broker_index(broker.id));
    if (electable.contains(index) && broker.id != view->leader && !leader->is_in_maximal_isr(broker.id)) {
      return Finding::broken(fmt::format("{}: broker {} may be elected, and the leader {} does not wait for it",
                                         c.partition(), broker.id.value, c.node_name(node)));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
