#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Every registration of a broker has a higher broker epoch than the one before.
Finding check_broker_epoch_is_monotone(const CheckContext& c) {
  const int index = c.broker_index(c.event.node);
  if (index < 0) {
    return Finding::not_asked();
  }
  const BrokerEpoch before = c.watch.broker_epoch(static_cast<std::size_t>(index));
  if (c.note.a <= before.value) {
    return Finding::broken(
        fmt::format("{} registers with broker epoch {} after {}", c.node_name(c.event.node), c.note.a, before.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
