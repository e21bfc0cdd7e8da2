#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

/// Whether the broker's present process is the one that the controller has registered.
bool is_registered(const CheckContext& c, const kraft::MetadataImage& metadata, NodeId node) {
  const Broker* running = c.broker(node);
  const kraft::BrokerRegistration* known = running == nullptr ? nullptr : metadata.broker(running->id);
  return known != nullptr && known->incarnation_id == running->kraft.incarnation_id;
}

/// A broker that comes back from an unclean shutdown is in neither ISR nor ELR until it has caught up (KIP-966).
Finding check_unclean_shutdown(const CheckContext& c, const PartitionWatch& p) {
  const std::optional<ControllerView> view = c.controller_view();
  const kraft::MetadataImage* metadata = c.committed_metadata();
  if (!view || metadata == nullptr) {
    return Finding::not_asked();
  }
  BrokerSet electable = c.note.brokers;
  electable |= view->elr;
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!electable.contains(i) || !is_registered(c, *metadata, nodes[i])) {
      continue;
    }
    const Offset end = c.log_end(nodes[i], c.note.partition);
    if (end < p.true_high_watermark) {
      std::string detail =
          fmt::format("{}: {} is back, may be elected and ends at {}, but {} was committed", c.partition(),
                      c.node_name(nodes[i]), end.value, p.true_high_watermark.value - 1);
      return p.unclean_used ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace

/// Who is taken into the ISR has everything that was ever committed, also when its disk lost what it had when it last fetched.
/// With ELR the same holds for everybody in ISR and ELR who has registered anew.
Finding check_additions_are_complete(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p != nullptr && c.has_elr() && !c.is_unclean_election()) {
    return check_unclean_shutdown(c, *p);
  }
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
    // Whose machine died a moment ago had it all when the leader asked, and nobody can know yet that it is gone.
    const bool is_judged = added.contains(i) && c.world.process(nodes[i]).is_up;
    const Offset end = is_judged ? c.log_end(nodes[i], c.note.partition) : committed;
    if (end < committed) {
      std::string detail = fmt::format("{}: {} is taken into the ISR and ends at {}, but {} was committed",
                                       c.partition(), c.node_name(nodes[i]), end.value, committed.value - 1);
      return p->unclean_used ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
