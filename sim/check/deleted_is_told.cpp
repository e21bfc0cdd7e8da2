#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when an application gets a record: what it did not get before it must not have been deleted in silence. A consumer
/// below log start is told OFFSET_OUT_OF_RANGE, and auto.offset.reset moves it. What compaction removed may be skipped.
Finding check_deleted_is_told(const CheckContext& c) {
  if (c.note.kind != NoteKind::kRecordDelivered) {
    return Finding::not_asked();
  }
  const ClientWatch& client = c.watch.clients()[static_cast<std::size_t>(c.event.node.value)];
  const ReadWatch* read = client.reads.get(c.note.partition);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (read == nullptr || read->last == kUnknownOffset || Offset(c.note.a) <= read->next || p == nullptr ||
      p->was_compacted) {
    return Finding::fine();
  }
  const PartitionLog* log = c.log(c.registry().node_of(p->leader), c.note.partition);
  if (log == nullptr || log->log_start_offset() <= read->next) {
    return Finding::fine();
  }
  std::string detail =
      fmt::format("{}: {} gets offset {} after {}; the log starts at {} now and nobody told it", c.partition(),
                  c.node_name(c.event.node), c.note.a, read->last.value, log->log_start_offset().value);
  return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
