#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

constexpr std::size_t kLookedAt = 64;  // of the latest acknowledged batches

bool has_batch(const PartitionLog& log, const AckedBatch& batch) {
  const RecordBatch* found = log.find(batch.base_offset);
  return batch.base_offset < std::max(log.log_start_offset(), log.verbatim_from()) ||
         (found != nullptr && found->records != nullptr && !found->records->empty() &&
          found->records->front().id == batch.first_record);
}

}  // namespace

/// A record acknowledged with acks=all exists on some replica: asked when a replica is truncated, which may be the last that
/// had it.
Finding check_acked_somewhere(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  const std::size_t first = p->acked.size() > kLookedAt ? p->acked.size() - kLookedAt : 0;
  for (std::size_t i = p->acked.size(); i > first; --i) {
    const AckedBatch& batch = p->acked[i - 1];
    if (!batch.was_all || !batch.min_isr_met || batch.base_offset < Offset(c.note.a)) {
      continue;
    }
    const bool is_somewhere =
        std::any_of(c.registry().broker_nodes.begin(), c.registry().broker_nodes.end(), [&](NodeId node) {
          const PartitionLog* log = c.log(node, c.note.partition);
          return log != nullptr && has_batch(*log, batch);
        });
    if (!is_somewhere) {
      return c.unless_lost(fmt::format("{}: {} cuts off offset {}, which was acknowledged, and nobody else has it",
                                       c.partition(), c.node_name(c.event.node), batch.base_offset.value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
