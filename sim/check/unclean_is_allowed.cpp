#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// An unclean election happens only where the config allows it, or when somebody asked for it. Who led last may lead again when
/// nobody else may: with ELR no leave is needed for that (KIP-966).
Finding check_unclean_is_allowed(const CheckContext& c) {
  constexpr std::int64_t kUnclean = 1;
  if (c.note.b != kUnclean) {
    return Finding::not_asked();
  }
  // In KRaft mode the settings of the first broker stand for the controllers'.
  const NodeId node = c.registry().is_kraft() ? c.registry().broker_nodes.front() : c.event.node;
  const bool is_allowed = c.registry().topic_config(c.note.partition.topic, node).unclean_leader_election_enable;
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const bool is_last_leader =
      c.has_elr() && p != nullptr && p->candidates_before.empty() && p->last_leader == c.note.broker;
  if (is_allowed || is_last_leader || c.watch.unclean_asked) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{}: broker {} is elected from outside the ISR, which nobody allowed",
                                     c.partition(), c.note.broker.value));
}

}  // namespace kscope::sim
