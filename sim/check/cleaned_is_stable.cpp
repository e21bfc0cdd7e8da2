#include <fmt/format.h>

#include "sim/broker/broker.h"
#include "sim/check/invariant.h"

namespace kscope::sim {

/// Asked when a log was compacted and when retention deleted segments.
Finding check_cleaned_is_stable(const CheckContext& c) {
  const bool is_compaction = c.note.kind == NoteKind::kLogCompacted;
  const bool is_retention = c.note.kind == NoteKind::kLogStartMoved && (c.note.c == 0 || c.note.c == 1);
  if (!is_compaction && !is_retention) {
    return Finding::not_asked();
  }
  const Role* role = c.world.role(c.event.node);
  const Broker* broker = role == nullptr ? nullptr : std::get_if<Broker>(role);
  const Partition* partition = broker == nullptr ? nullptr : broker->replicas.find(c.note.partition);
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (partition == nullptr || log == nullptr) {
    return Finding::fine();
  }
  const Offset upto(c.note.a);
  if (upto > partition->high_watermark) {
    return Finding::broken(fmt::format("{} on {}: {} up to {}, beyond the high watermark {}", c.partition(),
                                       c.node_name(c.event.node), is_compaction ? "compacted" : "deleted", upto.value,
                                       partition->high_watermark.value));
  }
  if (upto > log->segments().back().base_offset) {
    return Finding::broken(fmt::format(
        "{} on {}: {} up to {}, into the active segment that begins at {}", c.partition(), c.node_name(c.event.node),
        is_compaction ? "compacted" : "deleted", upto.value, log->segments().back().base_offset.value));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
