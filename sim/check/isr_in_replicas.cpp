#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Every member of the ISR is a replica.
Finding check_isr_in_replicas(const CheckContext& c) {
  const ControllerContext* controller = c.controller();
  const ControllerPartition* entry = controller == nullptr ? nullptr : controller->partitions.get(c.note.partition);
  if (entry == nullptr) {
    return Finding::not_asked();
  }
  for (const BrokerSetup& broker : *c.registry().brokers) {
    const int index = c.registry().broker_index(broker.id);
    const bool is_member = c.note.brokers.contains(static_cast<std::size_t>(index));
    const bool is_replica =
        std::find(entry->replicas.begin(), entry->replicas.end(), broker.id) != entry->replicas.end();
    if (is_member && !is_replica) {
      return Finding::broken(
          fmt::format("{}: broker {} is in the ISR and is no replica", c.partition(), broker.id.value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
