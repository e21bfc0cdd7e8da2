#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A broker never obeys a controller with an older epoch than one that it has obeyed in this life.
Finding check_controller_epoch_is_monotone(const CheckContext& c) {
  const Broker* broker = c.broker(c.event.node);
  const int index = c.broker_index(c.event.node);
  if (broker == nullptr || index < 0) {
    return Finding::not_asked();
  }
  const ControllerEpoch before = c.watch.obeyed_epoch(static_cast<std::size_t>(index));
  if (broker->replicas.controller_epoch < before) {
    return Finding::broken(fmt::format("{} obeys a controller of epoch {} after one of epoch {}",
                                       c.node_name(c.event.node), broker->replicas.controller_epoch.value,
                                       before.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
