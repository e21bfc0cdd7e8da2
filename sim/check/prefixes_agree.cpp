#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Two replicas that hold a record of the same offset and epoch hold the same records before it: asked when a follower takes
/// a batch over. Truncation exists to keep this true, whatever was lost before.
Finding check_prefixes_agree(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* mine = c.log(c.event.node, c.note.partition);
  if (p == nullptr || mine == nullptr) {
    return Finding::not_asked();
  }
  const Offset base(c.note.a);
  for (std::size_t other = 0; other < p->replicas.size(); ++other) {
    const NodeId node = c.registry().broker_nodes[other];
    const PartitionLog* theirs = node == c.event.node ? nullptr : c.log(node, c.note.partition);
    const RecordBatch* batch = theirs == nullptr ? nullptr : theirs->find(base);
    if (batch == nullptr || batch->base_offset != base || batch->leader_epoch.value != c.note.c) {
      continue;
    }
    // Where compaction went, or the history began anew, only what lies behind can be compared.
    const Offset verbatim = std::max(mine->verbatim_from(), theirs->verbatim_from());
    const Offset from = std::max({verbatim, mine->log_start_offset(), theirs->log_start_offset()});
    if (from < base && mine->range_digest(from, base) != theirs->range_digest(from, base)) {
      return Finding::broken(fmt::format("{}: {} and {} both hold offset {} of epoch {}, and differ before it",
                                         c.partition(), c.node_name(c.event.node), c.node_name(node), base.value,
                                         c.note.c));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
