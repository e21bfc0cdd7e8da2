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
  // An application may seek beyond the end and commit that: the broker does not mind. The next fetch is out of range.
  const Offset* sought = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value)).sought.get(c.note.partition);
  const bool is_sought = sought != nullptr && Offset(c.note.a) <= *sought;
  std::string detail =
      fmt::format("{}: offset {} is committed, the log ends at {}", c.partition(), c.note.a, end.value);
  return p->may_have_lost() || is_sought ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
