#include <fmt/format.h>

#include "sim/check/last_of_key.h"

namespace kscope::sim {

/// Asked when a log was compacted: a tombstone that is the last record of its key is there still, or went through a
/// cleaning more than delete.retention.ms ago.
Finding check_tombstones_stay(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogCompacted) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (log == nullptr || p == nullptr) {
    return Finding::fine();
  }
  const std::int64_t retention_ms =
      millis(c.registry().topic_config(c.note.partition.topic, c.event.node).delete_retention_ms);
  for (const auto& [key, last] : last_of_keys(c, log->log_start_offset(), Offset(c.note.a))) {
    if (!last.record.is_tombstone() || record_at(*log, last.offset) != nullptr) {
      continue;
    }
    const std::int64_t* first_ms = p->tombstones.get(last.offset);
    if (first_ms != nullptr && c.note.c - *first_ms >= retention_ms) {
      continue;
    }
    std::string detail =
        fmt::format("{} on {}: the tombstone of key {} at offset {} went {}, delete.retention.ms is {} ms",
                    c.partition(), c.node_name(c.event.node), key, last.offset.value,
                    first_ms == nullptr ? std::string("at its first cleaning")
                                        : fmt::format("{} ms after it", c.note.c - *first_ms),
                    retention_ms);
    return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
