#include <fmt/format.h>

#include "sim/check/last_of_key.h"

namespace kscope::sim {

/// Asked when a log was compacted: of each key the last record below the cleaner point is there, at its own offset.
/// Tombstones are K3's business.
Finding check_last_of_key_stays(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogCompacted ||
      c.registry().topics[static_cast<std::size_t>(c.note.partition.topic.value)].is_internal) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (log == nullptr || p == nullptr) {
    return Finding::fine();
  }
  for (const auto& [key, last] : last_of_keys(c, log->log_start_offset(), Offset(c.note.a))) {
    const Record* found = last.record.is_tombstone() ? nullptr : record_at(*log, last.offset);
    if (last.record.is_tombstone() || (found != nullptr && found->id == last.record.id)) {
      continue;
    }
    std::string detail = fmt::format("{} on {}: the last record of key {} stood at offset {} and is gone",
                                     c.partition(), c.node_name(c.event.node), key, last.offset.value);
    return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
