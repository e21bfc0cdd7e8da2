#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_single_leader_per_epoch(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::fine();
  }
  const LeaderEpoch epoch(static_cast<std::int32_t>(c.note.c));
  for (std::size_t i = p->appended.size(); i > 0; --i) {
    const AppendedBatch& earlier = p->appended[i - 1];
    if (earlier.epoch < epoch) {
      break;
    }
    if (earlier.epoch == epoch) {
      if (earlier.leader == c.event.node) {
        return Finding::fine();
      }
      return Finding::broken(fmt::format("{}: both {} and {} appended in epoch {}", c.partition(),
                                         c.node_name(earlier.leader), c.node_name(c.event.node), epoch.value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
