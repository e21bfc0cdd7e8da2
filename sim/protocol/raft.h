#pragma once
// What the replicas of the metadata log say to one another: votes, announcements of a leader and of its end, and the fetches
// by which voters and observers follow. Source: Vote, BeginQuorumEpoch, EndQuorumEpoch, Fetch and FetchSnapshot of the
// cluster metadata partition, Kafka 4.0; the high watermark in a fetch as in 4.1 (KIP-1166).
// MODEL: a fetch of the metadata log is a message of its own here; in Kafka it is the Fetch API. Records travel as values,
// and a snapshot travels whole, not in pieces of 8 MiB.

#include <compare>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/shared_list.h"
#include "sim/controller/kraft/metadata_records.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// Where a log ends, or where a snapshot does: the next offset, and the epoch of the record before it.
struct OffsetAndEpoch {
  Offset offset{0};
  LeaderEpoch epoch{0};
  KSCOPE_FIELDS(OffsetAndEpoch, offset, epoch);
  constexpr std::strong_ordering operator<=>(const OffsetAndEpoch& other) const {
    return epoch != other.epoch ? epoch <=> other.epoch : offset <=> other.offset;  // a later epoch wins
  }
};

/// A batch of the metadata log, appended by one leader at one time. Without records it is the control record with which a
/// leader begins its epoch (LeaderChangeMessage); it takes one offset.
struct MetadataBatch {
  Offset base_offset{0};
  LeaderEpoch epoch{0};
  SharedList<kraft::ApiMessageAndVersion> records;
  KSCOPE_FIELDS(MetadataBatch, base_offset, epoch, records);

  [[nodiscard]] bool is_leader_change() const { return records.empty(); }
  [[nodiscard]] Offset next_offset() const {
    return base_offset + (is_leader_change() ? 1 : static_cast<std::int64_t>(records.size()));
  }
};

/// State of the cluster up to a point of the log, as the records that build it.
struct MetadataSnapshot {
  OffsetAndEpoch id;
  SharedList<kraft::ApiMessageAndVersion> records;
  KSCOPE_FIELDS(MetadataSnapshot, id, records);
};

struct VoteRequest {
  BrokerId candidate;
  LeaderEpoch candidate_epoch{0};
  OffsetAndEpoch log_end;    ///< of the candidate
  bool is_pre_vote = false;  ///< KIP-996: only asks whether a vote would be granted
  KSCOPE_FIELDS(VoteRequest, candidate, candidate_epoch, log_end, is_pre_vote);
};
/// Every answer of a voter tells the epoch that it is in, and the leader that it knows.
struct VoteResponse {
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch epoch{0};
  BrokerId leader;
  bool is_granted = false;
  bool is_pre_vote = false;
  KSCOPE_FIELDS(VoteResponse, error, epoch, leader, is_granted, is_pre_vote);
};
struct BeginQuorumEpochRequest {
  BrokerId leader;
  LeaderEpoch epoch{0};
  KSCOPE_FIELDS(BeginQuorumEpochRequest, leader, epoch);
};
struct BeginQuorumEpochResponse {
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch epoch{0};
  BrokerId leader;
  KSCOPE_FIELDS(BeginQuorumEpochResponse, error, epoch, leader);
};
struct EndQuorumEpochRequest {
  BrokerId leader;
  LeaderEpoch epoch{0};
  SharedList<BrokerId> preferred_successors;  ///< furthest first
  KSCOPE_FIELDS(EndQuorumEpochRequest, leader, epoch, preferred_successors);
};
struct EndQuorumEpochResponse {
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch epoch{0};
  BrokerId leader;
  KSCOPE_FIELDS(EndQuorumEpochResponse, error, epoch, leader);
};
struct RaftFetchRequest {
  BrokerId replica;
  LeaderEpoch current_leader_epoch{0};
  OffsetAndEpoch fetch_from;  ///< end of the replica's log, and the epoch of its last record
  Offset high_watermark{-1};  ///< known to the replica; a newer one is worth an answer
  KSCOPE_FIELDS(RaftFetchRequest, replica, current_leader_epoch, fetch_from, high_watermark);
};
struct RaftFetchResponse {
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch epoch{0};
  BrokerId leader;
  Offset high_watermark{-1};
  OffsetAndEpoch diverging{Offset(-1), LeaderEpoch(-1)};    ///< set: cut the log back to this
  OffsetAndEpoch snapshot_id{Offset(-1), LeaderEpoch(-1)};  ///< set: the log begins later, fetch this snapshot
  SharedList<MetadataBatch> batches;
  KSCOPE_FIELDS(RaftFetchResponse, error, epoch, leader, high_watermark, diverging, snapshot_id, batches);
};
struct FetchSnapshotRequest {
  BrokerId replica;
  LeaderEpoch current_leader_epoch{0};
  OffsetAndEpoch snapshot_id;
  KSCOPE_FIELDS(FetchSnapshotRequest, replica, current_leader_epoch, snapshot_id);
};
struct FetchSnapshotResponse {
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch epoch{0};
  BrokerId leader;
  std::shared_ptr<const MetadataSnapshot> snapshot;
  KSCOPE_FIELDS(FetchSnapshotResponse, error, epoch, leader, snapshot);
};

}  // namespace kscope::sim
