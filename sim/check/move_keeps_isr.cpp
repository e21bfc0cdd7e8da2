#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// The first broker of a set, by name. Requires: there is one.
const std::string& first_of(const CheckContext& c, const BrokerSet& brokers) {
  std::size_t i = 0;
  while (!brokers.contains(i)) {
    ++i;
  }
  return c.node_name(c.registry().broker_nodes.at(i));
}

/// Until every replica of the target is in the ISR nobody may be let go, or the ISR could fall below min.insync.replicas.
Finding check_completion(const CheckContext& c, const PartitionWatch& p) {
  if (static_cast<ReassignmentStep>(c.note.a) != ReassignmentStep::kCompleted) {
    return Finding::not_asked();
  }
  const BrokerSet outside = c.note.brokers.without(p.isr);
  return outside.empty()
             ? Finding::fine()
             : Finding::broken(fmt::format("{}: its move is complete, but {} is not in the ISR, which has {} members",
                                           c.partition(), first_of(c, outside), p.isr.size()));
}

/// Only the leader knows who is in sync. A controller takes nobody into an ISR by itself, but for whom it elects.
Finding check_addition(const CheckContext& c, const PartitionWatch& p) {
  const std::optional<ControllerView> view = c.controller_view();
  if (!view || c.note.before.empty()) {
    return Finding::not_asked();
  }
  BrokerSet uncalled = c.note.brokers.without(c.note.before).without(p.asked_in);
  if (view->leader.is_valid()) {
    uncalled = uncalled.without(c.registry().broker_set({view->leader}));
  }
  return uncalled.empty() ? Finding::fine()
                          : Finding::broken(fmt::format("{}: {} is taken into the ISR, and no leader asked for it",
                                                        c.partition(), first_of(c, uncalled)));
}

}  // namespace

/// Asked when a reassignment is complete, and whenever an ISR has changed. Before KIP-497 leaders write ISRs themselves: they
/// may take somebody out while a move ends, and the controller hears later of what they did.
Finding check_move_keeps_isr(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr || c.registry().rules.is_old(Rule::kKip497)) {
    return Finding::not_asked();
  }
  return c.note.kind == NoteKind::kPartitionReassigned ? check_completion(c, *p) : check_addition(c, *p);
}

}  // namespace kscope::sim
