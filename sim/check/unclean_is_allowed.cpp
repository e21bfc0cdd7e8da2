#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// An unclean election happens only where the config allows it, or when somebody asked for it.
Finding check_unclean_is_allowed(const CheckContext& c) {
  constexpr std::int64_t kUnclean = 1;
  if (c.note.b != kUnclean) {
    return Finding::not_asked();
  }
  const bool is_allowed =
      c.registry().topic_config(c.note.partition.topic, c.event.node).unclean_leader_election_enable;
  if (is_allowed || c.watch.unclean_asked) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{}: broker {} is elected from outside the ISR, which nobody allowed",
                                     c.partition(), c.note.broker.value));
}

}  // namespace kscope::sim
