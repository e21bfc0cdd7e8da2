#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

std::string unfit(const CheckContext& c, const BrokerSet& asked) {
  // Only who was unfit before this event and is still: what the same event learned later does not count.
  const BrokerSet& before = c.registry().is_kraft() ? c.watch.metadata.unfit : c.watch.unfit_brokers;
  const BrokerSet both = asked & before & c.unfit_brokers();
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (both.contains(i)) {
      return c.node_name(nodes[i]);
    }
  }
  return {};
}

}  // namespace

/// A controller neither elects a broker that is gone or shutting down nor takes one into an ISR (KIP-841).
Finding check_isr_is_fit(const CheckContext& c) {
  const bool acts = c.registry().is_kraft()
                        ? c.committed_metadata() != nullptr
                        : c.controller() != nullptr && c.watch.controller == c.broker(c.event.node)->id;
  if (!acts) {
    return Finding::not_asked();
  }
  constexpr std::int64_t kFoundByNewController = 4;
  if (c.note.kind == NoteKind::kLeaderElected) {
    const int leader = c.registry().broker_index(c.note.broker);
    if (leader < 0 || c.note.b == kFoundByNewController) {
      return Finding::not_asked();
    }
    const std::string who = unfit(c, BrokerSet::of(static_cast<std::size_t>(leader)));
    return who.empty()
               ? Finding::fine()
               : Finding::broken(fmt::format("{}: {} is elected, and is gone or shutting down", c.partition(), who));
  }
  const BrokerSet added = c.note.brokers.without(c.note.before);
  if (added.empty()) {
    return Finding::not_asked();
  }
  const std::string who = unfit(c, added);
  return who.empty() ? Finding::fine()
                     : Finding::broken(fmt::format("{}: {} is taken into the ISR, and is gone or shutting down",
                                                   c.partition(), who));
}

}  // namespace kscope::sim
