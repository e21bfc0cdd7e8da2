#include <fmt/format.h>

#include "sim/check/invariant.h"
#include "sim/world/position_reason.h"

namespace kscope::sim {

/// A consumer that asks where a partition ends is never told an offset below one that it heard of before (KIP-207). The high
/// watermark that comes with a fetch may fall with a new leader: Kafka does not promise that one.
Finding check_end_moves_forward(const CheckContext& c) {
  const auto reason = static_cast<PositionReason>(c.note.b);
  if (reason != PositionReason::kLatest && reason != PositionReason::kSoughtEnd) {
    return Finding::not_asked();
  }
  const ReadWatch* read =
      c.watch.clients().at(static_cast<std::size_t>(c.event.node.value)).reads.get(c.note.partition);
  if (read == nullptr || read->known_end == kUnknownOffset) {
    return Finding::not_asked();
  }
  if (Offset(c.note.a) >= read->known_end) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{} is told that {} ends at offset {}, and knew of {} before",
                                   c.node_name(c.event.node), c.partition(), c.note.a, read->known_end.value));
}

}  // namespace kscope::sim
