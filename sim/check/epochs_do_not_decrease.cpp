#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_epochs_do_not_decrease(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended && c.note.kind != NoteKind::kBatchReplicated) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || log->batches().empty()) {
    return Finding::fine();
  }
  const Chunked<RecordBatch>& batches = log->batches();
  const RecordBatch& last = batches.back();
  if (batches.size() >= 2 && batches[batches.size() - 2].leader_epoch > last.leader_epoch) {
    return Finding::broken(fmt::format("{} on {}: epoch {} at offset {} follows epoch {}", c.partition(),
                                       c.node_name(c.event.node), last.leader_epoch.value, last.base_offset.value,
                                       batches[batches.size() - 2].leader_epoch.value));
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const auto broker = static_cast<std::size_t>(c.registry().nodes[static_cast<std::size_t>(c.event.node.value)].index);
  if (p == nullptr || broker >= p->replicas.size()) {
    return Finding::fine();
  }
  if (c.note.kind == NoteKind::kBatchReplicated && last.leader_epoch > p->replicas[broker].leader_epoch) {
    return Finding::broken(fmt::format("{} on {}: a replica of epoch {} takes over a batch of epoch {}", c.partition(),
                                       c.node_name(c.event.node), p->replicas[broker].leader_epoch.value,
                                       last.leader_epoch.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
