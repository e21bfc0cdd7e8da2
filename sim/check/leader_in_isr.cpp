#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A clean election picks from the ISR of before; after it, and after every change of the ISR, the leader is in it.
Finding check_leader_in_isr(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLeaderElected && c.note.kind != NoteKind::kIsrChanged) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::fine();
  }
  if (c.note.kind == NoteKind::kLeaderElected && c.note.broker.is_valid() && c.note.b != 1 && !p->isr.empty()) {
    const int leader = c.registry().broker_index(c.note.broker);
    if (leader >= 0 && !p->isr.contains(static_cast<std::size_t>(leader))) {
      return Finding::broken(fmt::format("{}: {} was elected and was not in the ISR", c.partition(),
                                         c.node_name(c.registry().broker_nodes[static_cast<std::size_t>(leader)])));
    }
  }
  if (c.note.kind == NoteKind::kIsrChanged && p->leader.is_valid() && !c.note.brokers.empty()) {
    const int leader = c.registry().broker_index(p->leader);
    // An election writes leader and ISR at once and tells of both: the later note is judged with both known.
    const bool elects_in_this_event = std::any_of(c.event.notes.begin(), c.event.notes.end(), [&](const Note& other) {
      return other.kind == NoteKind::kLeaderElected && other.partition == c.note.partition;
    });
    if (!elects_in_this_event && leader >= 0 && !c.note.brokers.contains(static_cast<std::size_t>(leader))) {
      return Finding::broken(
          fmt::format("{}: the ISR no longer contains the leader, broker {}", c.partition(), p->leader.value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
