#include <fmt/format.h>

#include <optional>

#include "sim/broker/broker.h"
#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

/// What the replica takes for its high watermark after the event; nothing when it is not asked, or its process is gone.
std::optional<Offset> high_watermark_after(const CheckContext& c) {
  if (c.note.kind == NoteKind::kHighWatermark) {
    return Offset(c.note.a);
  }
  if (c.note.kind != NoteKind::kLogTruncated && c.note.kind != NoteKind::kLogStartMoved) {
    return std::nullopt;
  }
  const Role* role = c.world.role(c.event.node);
  const Broker* broker = role == nullptr ? nullptr : std::get_if<Broker>(role);
  const Partition* partition = broker == nullptr ? nullptr : broker->replicas.find(c.note.partition);
  return partition == nullptr ? std::nullopt : std::optional(partition->high_watermark);
}

}  // namespace

/// Asked when the high watermark moves, and when the log is cut at either end (KAFKA-5634, KAFKA-9491).
Finding check_high_watermark_in_log(const CheckContext& c) {
  const std::optional<Offset> high_watermark = high_watermark_after(c);
  if (!high_watermark) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (log == nullptr || (*high_watermark >= log->log_start_offset() && *high_watermark <= log->log_end_offset())) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} on {}: high watermark {} lies outside the log [{}, {}]", c.partition(),
                                     c.node_name(c.event.node), high_watermark->value, log->log_start_offset().value,
                                     log->log_end_offset().value));
}

}  // namespace kscope::sim
