#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

Finding check_leader(const CheckContext& c, const PartitionWatch& p) {
  constexpr std::int64_t kFoundByNewController = 4;
  const bool is_found = c.note.b == kFoundByNewController;
  const bool is_lower = c.note.a < p.leader_epoch.value;
  if (is_lower || (!is_found && c.note.broker != p.leader && c.note.a == p.leader_epoch.value)) {
    return Finding::broken(fmt::format("{}: the leader changes, and the leader epoch goes from {} to {}", c.partition(),
                                       p.leader_epoch.value, c.note.a));
  }
  return Finding::fine();
}

Finding check_isr(const CheckContext& c, const PartitionWatch& p) {
  const bool is_changed = c.note.brokers != c.note.before;
  if (c.note.b < p.partition_epoch.value || (is_changed && c.note.b == p.partition_epoch.value)) {
    return Finding::broken(fmt::format("{}: the ISR changes, and the partition epoch goes from {} to {}", c.partition(),
                                       p.partition_epoch.value, c.note.b));
  }
  return Finding::fine();
}

}  // namespace

/// A new leader has a higher leader epoch, a new ISR a higher partition epoch.
Finding check_epochs_rise(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const bool is_leader = c.note.kind == NoteKind::kLeaderElected;
  if (p == nullptr || !p->exists || (is_leader && p->leader_epoch == kNoLeaderEpoch)) {
    return Finding::not_asked();
  }
  return is_leader ? check_leader(c, *p) : check_isr(c, *p);
}

}  // namespace kscope::sim
