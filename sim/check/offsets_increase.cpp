#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// Whether the partition may have gaps: its topic is compacted, or a replica was while it was.
bool was_ever_compacted(const CheckContext& c) {
  if (c.registry().topic_config(c.note.partition.topic, c.event.node).cleanup_policy.is_compact) {
    return true;
  }
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    const HostedLog* hosted = c.world.durable(node).logs.find(c.note.partition);
    return hosted != nullptr && hosted->cleaned_to > Offset(0);
  });
}

}  // namespace

/// Looks at the two newest batches: the rest was looked at when it was new.
Finding check_offsets_increase(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended && c.note.kind != NoteKind::kBatchReplicated) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || log->batches().size() < 2) {
    return Finding::fine();
  }
  const Chunked<RecordBatch>& batches = log->batches();
  const RecordBatch& before = batches[batches.size() - 2];
  const RecordBatch& last = batches.back();
  const bool is_next = before.next_offset() == last.base_offset;
  if (is_next || (before.next_offset() < last.base_offset && was_ever_compacted(c))) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: a batch at {} follows one that ends at {}", c.partition(),
                                     c.node_name(c.event.node), last.base_offset.value, before.last_offset().value));
}

}  // namespace kscope::sim
