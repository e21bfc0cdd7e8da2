#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A leader does not answer acks=0: whatever offset the producer named would be made up.
Finding check_no_offset_without_ack(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAcked || c.registry().producer(c.event.node).config.acks != Acks::NONE) {
    return Finding::not_asked();
  }
  if (c.note.a == kUnknownOffset.value) {
    return Finding::fine();
  }
  return Finding::broken(
      fmt::format("{}: {} with acks=0 names offset {}", c.partition(), c.node_name(c.event.node), c.note.a));
}

}  // namespace kscope::sim
