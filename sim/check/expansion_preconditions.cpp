#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Before a leader asks for a follower to join the ISR, the follower has told it something in this epoch, and has all that is
/// committed and all that was in the log when the epoch began.
Finding check_expansion_preconditions(const CheckContext& c) {
  const Partition* leader = c.replica(c.event.node, c.note.partition);
  const FollowerState* follower = leader == nullptr ? nullptr : leader->follower(c.note.broker);
  if (follower == nullptr || !leader->leader_epoch_start_offset) {
    return Finding::not_asked();
  }
  const Offset end = c.log_end(c.registry().node_of(c.note.broker), c.note.partition);
  const std::string who = fmt::format("{}: broker {}, which ends at {}, is to join the ISR, but ", c.partition(),
                                      c.note.broker.value, end.value);
  if (follower->last_fetch_time == LocalTime::min()) {
    return Finding::broken(who + "it has not fetched in this leader epoch");
  }
  const Offset high_watermark = leader->high_watermark;
  const Offset epoch_start = *leader->leader_epoch_start_offset;
  if (end < high_watermark) {
    return c.unless_lost(who + fmt::format("the high watermark is {}", high_watermark.value));
  }
  if (end < epoch_start) {
    return c.unless_lost(who + fmt::format("the leader's epoch began at {}", epoch_start.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
