#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Whenever a replica's high watermark moves, its log is compared with every other at the lower of both watermarks: equal
/// prefix digests mean equal records from the start.
Finding check_log_matching(const CheckContext& c) {
  if (c.note.kind != NoteKind::kHighWatermark) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* mine = c.log(c.event.node, c.note.partition);
  if (p == nullptr || mine == nullptr) {
    return Finding::fine();
  }
  for (std::size_t other = 0; other < p->replicas.size(); ++other) {
    const NodeId node = c.registry().broker_nodes[other];
    const PartitionLog* theirs = node == c.event.node ? nullptr : c.log(node, c.note.partition);
    if (theirs == nullptr) {
      continue;
    }
    const Offset upto = std::min(
        {Offset(c.note.a), p->replicas[other].high_watermark, mine->log_end_offset(), theirs->log_end_offset()});
    // Where compaction went, or the history began anew, only what lies behind can be compared.
    const Offset verbatim = std::max(mine->verbatim_from(), theirs->verbatim_from());
    const Offset from = std::max({verbatim, mine->log_start_offset(), theirs->log_start_offset()});
    if (upto <= from) {
      continue;
    }
    const bool is_equal = verbatim == Offset(0) ? mine->prefix_digest(upto) == theirs->prefix_digest(upto)
                                                : mine->range_digest(from, upto) == theirs->range_digest(from, upto);
    if (!is_equal) {
      std::string detail = fmt::format("{}: {} and {} hold different records below {}, which both call committed",
                                       c.partition(), c.node_name(c.event.node), c.node_name(node), upto.value);
      return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
