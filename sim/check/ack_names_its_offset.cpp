#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// The offset that a producer is told, also for a batch that it repeats, is where the batch stands in the log of the broker
/// that answered.
Finding check_ack_names_its_offset(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAcked || c.note.a < 0 || c.event.kind != EventKind::kDelivery) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.peer, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  if (batch == nullptr || batch->records == nullptr || batch->records->empty()) {
    return Finding::not_asked();  // retention, truncation or a restart came in between
  }
  if (batch->base_offset == Offset(c.note.a) && batch->records->front().id == RecordId(c.note.c)) {
    return Finding::fine();
  }
  std::string detail = fmt::format("{}: {} was told that record {} is at offset {}, where {} has record {}",
                                   c.partition(), c.node_name(c.event.node), c.note.c, c.note.a,
                                   c.node_name(c.event.peer), batch->records->front().id.value);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const bool is_promised =
      c.registry().producer(c.event.node).config.acks == Acks::ALL && (p == nullptr || !p->may_have_lost());
  return is_promised ? Finding::broken(std::move(detail)) : Finding::permitted(std::move(detail));
}

}  // namespace kscope::sim
