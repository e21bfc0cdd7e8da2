#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Who is taken into the ISR has everything that was ever committed, also when its disk lost what it had when it last fetched.
Finding check_additions_are_complete(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const BrokerSet added = c.note.brokers.without(c.note.before);
  if (p == nullptr || added.empty() || c.is_unclean_election()) {
    return Finding::not_asked();
  }
  // What the leader itself has lost, nobody can have from it.
  const NodeId leader = c.registry().node_of(p->leader);
  const Offset leader_end = leader.is_valid() ? c.log_end(leader, c.note.partition) : Offset(0);
  const Offset committed = std::min(p->true_high_watermark, leader_end);
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Offset end = !added.contains(i) ? committed : c.log_end(nodes[i], c.note.partition);
    if (end < committed) {
      std::string detail = fmt::format("{}: {} is taken into the ISR and ends at {}, but {} was committed",
                                       c.partition(), c.node_name(nodes[i]), end.value, committed.value - 1);
      return p->unclean_used ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
