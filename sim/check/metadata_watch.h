#pragma once
// MetadataWatch: the metadata log of KRaft as an all-seeing observer remembers it: what was committed, by whoever called it
// committed first, and who led the quorum in each epoch. Made of notes and of the logs that they speak of. Part of Watch.

#include "engine/core/chunked.h"
#include "engine/core/flat_map.h"
#include "sim/explain/beats.h"
#include "sim/types/broker_set.h"
#include "sim/world/cluster.h"

namespace kscope::sim {

struct MetadataWatch {
  Chunked<MetadataBatch> committed;        ///< by offset, without gaps
  FlatMap<LeaderEpoch, BrokerId> leaders;  ///< of the quorum, in each epoch
  BrokerSet unfit;  ///< brokers that are fenced or leaving, as the leader had committed it before this event

  /// Where the next batch goes that is committed.
  [[nodiscard]] Offset end() const { return committed.empty() ? Offset(0) : committed.back().next_offset(); }
  /// What was committed at this offset, nullptr if nothing was, or no batch begins there. Cost: O(log batches).
  [[nodiscard]] const MetadataBatch* find(Offset base_offset) const;
  /// kQuorumLeaderElected, kMetadataCommitted. Cost: O(batches that are committed by it).
  void on_note(const World& world, const Event& event, const Note& note);
};

/// The metadata log on a controller, up or down, or of a broker that runs; nullptr elsewhere.
const raft::RaftLog* metadata_log_on(const World& world, NodeId node);

/// Brokers that are fenced or leaving, or not registered.
BrokerSet unfit_in(const Registry& registry, const kraft::MetadataImage& image);

/// First batch of `log` that begins at `from` or after it, as an index. Cost: O(batches from there).
std::size_t first_batch_from(const raft::RaftLog& log, Offset from);

}  // namespace kscope::sim
