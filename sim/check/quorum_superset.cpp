#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A leader of the present epoch waits for everybody whom the controller has in the ISR: it may wait for more (KIP-497), never
/// for fewer, or the high watermark passes somebody who may be elected.
Finding check_quorum_superset(const CheckContext& c) {
  const ControllerContext* controller = c.controller();
  const ControllerPartition* entry = controller == nullptr ? nullptr : controller->partitions.get(c.note.partition);
  if (entry == nullptr || !entry->leadership || !entry->leadership->leader.is_valid()) {
    return Finding::not_asked();
  }
  const NodeId node = c.registry().node_of(entry->leadership->leader);
  const Partition* leader = c.replica(node, c.note.partition);
  const bool is_current = leader != nullptr && leader->is_leader(entry->leadership->leader) &&
                          leader->leader_epoch == entry->leadership->leader_epoch;
  if (!is_current) {
    return Finding::not_asked();
  }
  for (const BrokerSetup& broker : *c.registry().brokers) {
    const int index = c.registry().broker_index(broker.id);
    const bool is_member = c.note.brokers.contains(static_cast<std::size_t>(index));
    if (is_member && broker.id != entry->leadership->leader && !leader->is_in_maximal_isr(broker.id)) {
      return Finding::broken(fmt::format("{}: broker {} is in the ISR, and the leader {} does not wait for it",
                                         c.partition(), broker.id.value, c.node_name(node)));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
