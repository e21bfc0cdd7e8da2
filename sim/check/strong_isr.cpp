#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

/// Records below `upto` that replica `other` lacks or has differently from `leader`, in words; "" = none.
std::string missing_on(const CheckContext& c, NodeId leader, NodeId other, Offset upto) {
  const PartitionLog* mine = c.log(leader, c.note.partition);
  const PartitionLog* theirs = c.log(other, c.note.partition);
  if (mine == nullptr || upto <= mine->log_start_offset()) {
    return {};
  }
  if (theirs == nullptr || theirs->log_end_offset() < upto) {
    return fmt::format("{}: {} shows records up to {}, but {} in the ISR ends at {}", c.partition(),
                       c.node_name(leader), upto.value, c.node_name(other),
                       theirs == nullptr ? 0 : theirs->log_end_offset().value);
  }
  const RecordBatch* a = mine->find(upto - 1);
  const RecordBatch* b = theirs->find(upto - 1);
  if (a != nullptr && b != nullptr && (a->leader_epoch != b->leader_epoch || a->records != b->records)) {
    return fmt::format("{}: {} and {} differ at offset {}", c.partition(), c.node_name(leader), c.node_name(other),
                       upto.value - 1);
  }
  return {};
}

}  // namespace

/// When a leader raises its high watermark, every member of the controller's ISR must hold what becomes visible.
Finding check_strong_isr(const CheckContext& c) {
  if (c.note.kind != NoteKind::kHighWatermark) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const auto broker = static_cast<std::size_t>(c.registry().nodes[static_cast<std::size_t>(c.event.node.value)].index);
  if (p == nullptr || broker >= p->replicas.size() || !p->replicas[broker].presumes_leader) {
    return Finding::fine();
  }
  for (std::size_t other = 0; other < c.registry().broker_nodes.size(); ++other) {
    const NodeId node = c.registry().broker_nodes[other];
    if (((p->isr >> other) & 1) == 0 || node == c.event.node) {
      continue;
    }
    std::string detail = missing_on(c, c.event.node, node, Offset(c.note.a));
    if (!detail.empty()) {
      return p->unclean_used || c.watch.power_losses > 0 ? Finding::permitted(std::move(detail))
                                                         : Finding::broken(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
