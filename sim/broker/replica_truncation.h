#pragma once
// How a follower finds out how much of its log its leader shares, and cuts off the rest (KIP-101, KIP-279). Decisions are
// pure functions of the log and the leader's answer.
// Source: AbstractFetcherThread.getOffsetTruncationState, fetchOffsetAndTruncate, Kafka 3.9.

#include "sim/broker/replica_fetcher.h"
#include "sim/log/partition_log.h"
#include "sim/protocol/fetch.h"

namespace kscope::sim {

/// Where to cut, and whether the logs agree afterwards. Kafka: OffsetTruncationState.
struct TruncationState {
  Offset offset;
  bool is_completed = false;
  bool operator==(const TruncationState&) const = default;
};

/// Where the leader's log begins and ends.
struct LeaderLogRange {
  Offset log_start;
  Offset log_end;
};

/// What the leader's answer means for this log. `high_watermark` is the follower's when the truncation began: where to cut
/// when the leader knows nothing of the epoch.
[[nodiscard]] TruncationState compute_truncation(const PartitionLog& log, Offset high_watermark,
                                                 const EpochEndOffset& leader);
/// Cuts the log and moves on to Fetching, or stays in Truncating to ask about an older epoch.
void finish_truncation(Ctx& ctx, Broker& broker, PartitionFetchState& state, TruncationState truncation,
                       LeaderEpoch asked);
/// The leader's fetch response says that the logs part (KIP-595): cuts there, and goes on fetching; what is still wrong the
/// next response will say. Source: AbstractFetcherThread.truncateOnFetchResponse, Kafka 3.9.
void truncate_where_logs_part(Ctx& ctx, Broker& broker, PartitionFetchState& state, const FetchPartitionResult& result);
/// After OFFSET_OUT_OF_RANGE: cuts the log to the leader's end, or starts it anew at the leader's start. False: not now.
bool reset_to_leader(Ctx& ctx, Broker& broker, PartitionFetchState& state, LeaderLogRange leader);

}  // namespace kscope::sim
