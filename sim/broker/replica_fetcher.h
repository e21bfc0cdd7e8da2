#pragma once
// ReplicaFetchers: one fetcher thread per leader broker that copies what this broker follows there. One request at a time
// is out: first OffsetsForLeaderEpoch until the logs agree, then Fetch after Fetch.
//
//                 +-- the leader knows an older epoch only: truncate, ask again (KIP-279)
//                 v  |
//   added ---> Truncating ---------------> Fetching ---------------> Resetting ---> Fetching
//                        the logs agree             out of range              log start and end known
//
//   from       | event                            | guard                  | to         | effects
//   any        | LeaderAndIsr                     | new leader epoch       | Truncating | (R7: also when the leader stays)
//   Truncating | no epoch known                   |                        | Fetching   | truncate to the high watermark
//   Truncating | EpochEndOffset, epoch unknown    |                        | Fetching   | truncate to the high watermark
//   Truncating | EpochEndOffset                   | we know that epoch     | Fetching   | truncate to the smaller end
//   Truncating | EpochEndOffset                   | we do not              | Truncating | truncate to the end of the epoch before
//   Fetching   | records                          | begin at log end       | Fetching   | append, HW, log start
//   Fetching   | OFFSET_OUT_OF_RANGE              |                        | Resetting  |
//   Resetting  | ListOffsets                      | leader ends before us  | Fetching   | truncate to the leader's end
//   Resetting  | ListOffsets                      | leader starts after us | Fetching   | empty the log, start at the leader's start
//   any        | FENCED_LEADER_EPOCH              |                        | removed    | LeaderAndIsr adds it again
//   any        | other errors, lost connection    |                        | same       | wait replica.fetch.backoff.ms
//   Fetching   | the disk refuses                 |                        | same       | wait replica.fetch.backoff.ms
//
// MODEL: followers truncate by OffsetsForLeaderEpoch, as with inter.broker.protocol.version below 2.7; newer ones learn the
// diverging epoch from the fetch response (KIP-595). num.replica.fetchers is 1. A broker whose only log directory fails
// would halt; here a follower tries again until its disk works.
// Source: AbstractFetcherThread, ReplicaFetcherThread, Kafka 3.9.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/time.h"
#include "engine/run/timer_table.h"
#include "sim/protocol/fetch.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

enum class ReplicaFetchPhase : std::uint8_t { Truncating, Fetching, Resetting };

/// Where a fetcher stands with one partition. Kafka: PartitionFetchState.
struct PartitionFetchState {
  TopicPartition partition;
  ReplicaFetchPhase phase = ReplicaFetchPhase::Truncating;
  Offset fetch_offset;  ///< high watermark when added, the log end once Fetching
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  LeaderEpoch asked_epoch = kNoLeaderEpoch;  ///< Truncating: the epoch whose end was asked for
  std::optional<LocalTime> delayed_until;    ///< backoff after an error
};

/// One fetcher thread. Kafka: ReplicaFetcherThread.
struct ReplicaFetcher {
  BrokerId leader;
  std::vector<PartitionFetchState> partitions;  ///< ascending by partition
  std::int64_t outstanding = 0;                 ///< correlation id of the request that is out; 0 = none
  LocalTime sent_at{};
  std::size_t next_first = 0;            ///< which partition the next request names first (fairness)
  std::optional<FetchResponse> writing;  ///< a response whose records are being written to disk
  TimerId wake_timer;                    ///< kReplicaFetch: backoff over, or the write has ended
  TimerId timeout_timer;                 ///< kReplicaFetchTimeout: replica.socket.timeout.ms

  [[nodiscard]] PartitionFetchState* find(TopicPartition partition);
  [[nodiscard]] const PartitionFetchState* find(TopicPartition partition) const;
};

class ReplicaFetchers {
 public:
  /// Follows `leader` for a partition from now on, truncating first. A fetcher that has it with the same epoch goes on.
  /// Call start() after the last one.
  void add(Ctx& ctx, BrokerId leader, const PartitionFetchState& initial);
  /// Stops following, whoever the leader was. A fetcher without partitions ends.
  void remove(Ctx& ctx, TopicPartition partition);
  /// Lets every fetcher that has nothing out send its next request.
  void start(Ctx& ctx, Broker& broker);
  // Answers. Those to requests that were given up are dropped.
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchResponse& response);
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                   const OffsetsForLeaderEpochResponse& response);
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                   const ListOffsetsResponse& response);
  /// kReplicaFetch, kReplicaFetchTimeout.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// Shutdown: stops everything.
  void clear(Ctx& ctx);

  [[nodiscard]] const std::vector<ReplicaFetcher>& all() const { return fetchers_; }
  [[nodiscard]] const ReplicaFetcher* find(BrokerId leader) const;
  /// Where the partition stands, or nullptr when it is not followed.
  [[nodiscard]] const PartitionFetchState* find(TopicPartition partition) const;

 private:
  ReplicaFetcher* find_asker(const Ctx& ctx, NodeId from, std::int64_t correlation_id);
  void take_records(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher, const FetchResponse& response);
  void drop_idle(Ctx& ctx);

  std::vector<ReplicaFetcher> fetchers_;  // ascending by leader
};

}  // namespace kscope::sim
