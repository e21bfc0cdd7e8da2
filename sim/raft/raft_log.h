#pragma once
// RaftLog: the metadata log of one replica, with its latest snapshot and the election state that must survive a crash
// (the quorum-state file). Kept on the replica's disk; a power loss cuts it back to what was flushed.
// Source: KafkaMetadataLog, FileQuorumStateStore, Kafka 4.0.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/protocol/raft.h"

namespace kscope::sim::raft {

/// What a replica has promised, written before it answers. Source: QuorumStateData.
struct ElectionState {
  LeaderEpoch epoch{0};
  BrokerId leader;  ///< none = not known
  BrokerId voted;   ///< none = no vote given in this epoch
  KSCOPE_FIELDS(ElectionState, epoch, leader, voted);
};

class RaftLog {
 public:
  /// Where the next record goes, and the epoch of the last one (or of the snapshot, when the log is empty).
  [[nodiscard]] OffsetAndEpoch end() const;
  [[nodiscard]] Offset end_offset() const { return end().offset; }
  /// The first offset that is still in the log.
  [[nodiscard]] Offset start_offset() const { return start_.offset; }
  [[nodiscard]] std::size_t batch_count() const { return batches_.size(); }
  [[nodiscard]] const Chunked<MetadataBatch>& batches() const { return batches_; }
  [[nodiscard]] const std::shared_ptr<const MetadataSnapshot>& snapshot() const { return snapshot_; }

  /// Requires: the batch begins where the log ends, its epoch is not older.
  void append(MetadataBatch batch);
  /// Cuts everything from `offset` on, which is the beginning of a batch, or lies beyond the end.
  void truncate_to(Offset offset);
  /// Up to `limit` batches from `offset` on; none at the end. Requires: offset in [start_offset, end_offset] begins a batch.
  [[nodiscard]] std::vector<MetadataBatch> read(Offset offset, std::size_t limit) const;
  /// Where the log of this replica ends as far as `epoch` goes: what a follower with that epoch may keep at most.
  /// Source: ReplicatedLog.endOffsetForEpoch.
  [[nodiscard]] OffsetAndEpoch end_for_epoch(LeaderEpoch epoch) const;
  /// Keeps the snapshot; with `drop_log` the log begins where it ends (a follower that fetched it), else only what lies
  /// before it is dropped. Source: KafkaMetadataLog.truncateToLatestSnapshot, deleteBeforeSnapshot.
  void take_snapshot(std::shared_ptr<const MetadataSnapshot> snapshot, bool drop_log);

  KSCOPE_FIELDS(RaftLog, batches_, start_, snapshot_);

 private:
  [[nodiscard]] std::size_t index_of(Offset offset) const;  // first batch that begins at or after it

  Chunked<MetadataBatch> batches_;
  OffsetAndEpoch start_;  // end of what was dropped
  std::shared_ptr<const MetadataSnapshot> snapshot_;
};

/// What a follower that ends at `fetch_from` is told by its leader. Source: ReplicatedLog.validateOffsetAndEpoch.
struct ValidOffset {
  enum class Kind : std::uint8_t { kValid, kDiverging, kSnapshot };
  Kind kind = Kind::kValid;
  OffsetAndEpoch at;  ///< where it diverges, or which snapshot it needs
};
[[nodiscard]] ValidOffset validate_offset_and_epoch(const RaftLog& log, OffsetAndEpoch fetch_from);

struct RaftDurable {
  ElectionState election;
  RaftLog log;
  KSCOPE_FIELDS(RaftDurable, election, log);
};

}  // namespace kscope::sim::raft
