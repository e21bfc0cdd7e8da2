#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Retention may overtake a group, so only the upper end is judged: the furthest end that any replica ever had.
Finding check_committed_in_log(const CheckContext& c) {
  if (c.note.kind != NoteKind::kOffsetCommitted) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::fine();
  }
  Offset end{0};
  for (const ReplicaWatch& replica : p->replicas) {
    end = std::max(end, replica.log_end);
  }
  if (c.note.a >= 0 && Offset(c.note.a) <= end) {
    return Finding::fine();
  }
  std::string detail =
      fmt::format("{}: offset {} is committed, the log ends at {}", c.partition(), c.note.a, end.value);
  return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
