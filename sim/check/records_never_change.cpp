#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

/// Whether the copy holds the original records, of which compaction may have removed some.
bool is_what_is_left(const RecordBatch& copy, const std::vector<Record>& original) {
  return std::equal(copy.records->begin(), copy.records->end(), original.begin(), original.end(),
                    [](const Record& mine, const Record& theirs) { return mine.is_removed() || mine == theirs; });
}

}  // namespace

/// Every copy is compared with the batch that the leader of that epoch appended at that offset.
Finding check_records_never_change(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchReplicated) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const RecordBatch* copy = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  if (p == nullptr || copy == nullptr || copy->records == nullptr) {
    return Finding::fine();
  }
  for (std::size_t i = p->appended.size(); i > 0; --i) {
    const AppendedBatch& original = p->appended[i - 1];
    if (original.base_offset != copy->base_offset || original.epoch != copy->leader_epoch) {
      continue;
    }
    if (original.records == copy->records || original.records == nullptr || is_what_is_left(*copy, *original.records)) {
      return Finding::fine();
    }
    return Finding::broken(fmt::format("{} on {}: offset {} of epoch {} holds other records than its leader {} wrote",
                                       c.partition(), c.node_name(c.event.node), copy->base_offset.value,
                                       copy->leader_epoch.value, c.node_name(original.leader)));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
