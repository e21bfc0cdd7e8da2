#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_refused_is_absent(const CheckContext& c) {
  if (c.note.kind != NoteKind::kRequestRefused || static_cast<ErrorCode>(c.note.b) != ErrorCode::NOT_ENOUGH_REPLICAS) {
    return Finding::not_asked();
  }
  for (const Note& other : c.event.notes) {
    if (other.kind == NoteKind::kBatchAppended && other.partition == c.note.partition) {
      return Finding::broken(fmt::format("{} on {}: a batch was refused with NOT_ENOUGH_REPLICAS and appended at {}",
                                         c.partition(), c.node_name(c.event.node), other.a));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
