#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A new leader must have every record that a producer was told is stored: asked when a broker becomes leader.
Finding check_acked_survives(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBecameLeader) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (p == nullptr || log == nullptr || count_missing(p->acked, *log) == 0) {
    return Finding::fine();
  }
  std::int64_t promised = 0;
  std::int64_t all = 0;
  for (std::size_t i = p->acked.size(); i > 0; --i) {
    const AckedBatch& batch = p->acked[i - 1];
    if (has_batch(*log, batch.base_offset, batch.first_record)) {
      continue;
    }
    all += batch.count;
    promised += batch.was_all && batch.min_isr_met ? batch.count : 0;
  }
  std::string detail = fmt::format("{}: {} becomes leader without {} acknowledged record{}", c.partition(),
                                   c.node_name(c.event.node), all, all == 1 ? "" : "s");
  // One lost page cache is enough when it is that of the last replica in the ISR: ELR (KIP-966) came after this Kafka.
  const bool is_void = p->may_have_lost();
  return promised == 0 || is_void ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
