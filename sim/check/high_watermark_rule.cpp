#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A leader shows only what every replica holds that is in the ISR or about to be, and nothing new while the ISR is smaller
/// than min.insync.replicas (KAFKA-15583), on which the ELR relies (KIP-966).
Finding check_high_watermark_rule(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const Partition* leader = c.replica(c.event.node, c.note.partition);
  const Broker* broker = c.broker(c.event.node);
  if (p == nullptr || leader == nullptr || !leader->is_leader(broker->id) || c.note.a <= c.note.b) {
    return Finding::not_asked();
  }
  for (const FollowerState& follower : leader->followers) {
    const NodeId node = c.registry().node_of(follower.broker);
    if (leader->is_in_maximal_isr(follower.broker) && c.log_end(node, c.note.partition) < Offset(c.note.a)) {
      return c.unless_lost(fmt::format("{}: {} raises the high watermark to {}, but {} ends at {}", c.partition(),
                                       c.node_name(c.event.node), c.note.a, c.node_name(node),
                                       c.log_end(node, c.note.partition).value));
    }
  }
  const TopicConfig& config = c.registry().topic_config(c.note.partition.topic, c.event.node);
  // With ELR who is about to join does not count: it is not the controller's yet.
  const auto members = static_cast<std::int32_t>(c.has_elr() ? leader->isr.size() : leader->maximal_isr_size());
  const bool is_promised = c.has_elr() || !c.registry().rules.is_old(Rule::kKafka15583);
  if (is_promised && members < leader->effective_min_isr(config.min_insync_replicas)) {
    return Finding::broken(fmt::format("{}: {} raises the high watermark with {} in the ISR, fewer than {}",
                                       c.partition(), c.node_name(c.event.node), members, config.min_insync_replicas));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
