#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// An epoch has one leader, and a new one has all that was ever committed.
Finding check_leader(const CheckContext& c, const raft::RaftLog& log) {
  const MetadataWatch& metadata = c.watch.metadata;
  const BrokerId* other = metadata.leaders.get(LeaderEpoch(static_cast<std::int32_t>(c.note.a)));
  if (other != nullptr && *other != c.note.broker) {
    return Finding::broken(fmt::format("{} leads the quorum in epoch {}, as {} does", c.node_name(c.event.node),
                                       c.note.a, c.node_name(c.registry().node_of_replica(*other))));
  }
  if (metadata.committed.empty() || metadata.end() <= log.start_offset()) {
    return Finding::fine();
  }
  const MetadataBatch& last = metadata.committed.back();
  const std::size_t at = first_batch_from(log, last.base_offset);
  if (at < log.batches().size() && log.batches()[at] == last) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} leads the quorum in epoch {} without what was committed at offset {}",
                                     c.node_name(c.event.node), c.note.a, last.base_offset.value));
}

/// A log that does not begin at 0 begins where its snapshot ends, and the snapshot builds the same image.
std::string fault_of_snapshot(const CheckContext& c, const raft::RaftLog& log) {
  const MetadataSnapshot* snapshot = log.snapshot().get();
  if (snapshot == nullptr) {
    return log.start_offset() == Offset(0) ? "" : "has no snapshot of what it dropped from its log";
  }
  if (snapshot->id.offset != log.start_offset()) {
    return fmt::format("has a log from {} on and a snapshot up to {}", log.start_offset().value,
                       snapshot->id.offset.value);
  }
  const Role* role = c.world.role(c.event.node);
  const auto* controller = role == nullptr ? nullptr : std::get_if<KraftController>(role);
  if (controller == nullptr || controller->applied != snapshot->id.offset) {
    return {};  // Compared when it is taken: later the image has gone on.
  }
  kraft::MetadataImage rebuilt;
  for (const kraft::ApiMessageAndVersion& record : snapshot->records) {
    rebuilt.replay(record.message, snapshot->id.offset - 1);
  }
  const kraft::MetadataVersion version = kraft::kLatestMetadataVersion;
  return rebuilt.to_records(version) == controller->committed.to_records(version)
             ? ""
             : fmt::format("has a snapshot up to {} that is not what the log says", snapshot->id.offset.value);
}

/// What a node calls committed is what everybody calls committed.
Finding check_commit(const CheckContext& c, const raft::RaftLog& log) {
  if (c.note.a < c.note.b) {
    return Finding::broken(fmt::format("the high watermark of the metadata log falls on {}, from {} to {}",
                                       c.node_name(c.event.node), c.note.b, c.note.a));
  }
  for (std::size_t i = first_batch_from(log, Offset(c.note.b)); i < log.batches().size(); ++i) {
    const MetadataBatch& batch = log.batches()[i];
    if (batch.next_offset() > Offset(c.note.a) || batch.base_offset >= c.watch.metadata.end()) {
      break;
    }
    const MetadataBatch* before = c.watch.metadata.find(batch.base_offset);
    if (before == nullptr || *before != batch) {
      return Finding::broken(fmt::format("{} has another batch at offset {} of the metadata log than was committed",
                                         c.node_name(c.event.node), batch.base_offset.value));
    }
  }
  const std::string fault = fault_of_snapshot(c, log);
  return fault.empty() ? Finding::fine() : Finding::broken(fmt::format("{} {}", c.node_name(c.event.node), fault));
}

}  // namespace

/// The metadata log of KRaft: one leader in an epoch of the quorum, everybody's log begins with what was committed, which is never
/// lost, the high watermark never falls while a process lives, and a log that begins later begins where its snapshot ends.
/// Source: KIP-595, KIP-630.
Finding check_metadata_log(const CheckContext& c) {
  const raft::RaftLog* log = metadata_log_on(c.world, c.event.node);
  if (log == nullptr) {
    return Finding::not_asked();
  }
  return c.note.kind == NoteKind::kQuorumLeaderElected ? check_leader(c, *log) : check_commit(c, *log);
}

}  // namespace kscope::sim
