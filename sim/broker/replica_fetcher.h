#pragma once
// ReplicaFetchers: one fetcher thread per leader broker that copies what this broker follows there. One request at a time
// is out: first OffsetsForLeaderEpoch until the logs agree, then Fetch after Fetch.
//
//   per partition:   Truncating --OffsetsForLeaderEpoch: logs agree--> Fetching --OFFSET_OUT_OF_RANGE--> Resetting
//                      |    ^  \--the leader knows an older epoch: truncate, ask again (KIP-279)            |
//                      |    +-- new leader epoch (the partition is added again)  <--ListOffsets answered----+ (to Fetching)
//                      +-- FENCED_LEADER_EPOCH in any state: removed until LeaderAndIsr tells the new epoch
//   Any error besides delays the partition by replica.fetch.backoff.ms.
//
// MODEL: followers truncate by OffsetsForLeaderEpoch, as with inter.broker.protocol.version below 2.7; newer ones learn the
// diverging epoch from the fetch response (KIP-595). num.replica.fetchers is 1. Kafka: AbstractFetcherThread (3.9).

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
  Offset fetch_offset;                          ///< high watermark when added, the log end once Fetching
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  LeaderEpoch asked_epoch = kNoLeaderEpoch;     ///< Truncating: the epoch whose end was asked for
  std::optional<LocalTime> delayed_until;       ///< backoff after an error
};

/// One fetcher thread. Kafka: ReplicaFetcherThread.
struct ReplicaFetcher {
  BrokerId leader;
  std::vector<PartitionFetchState> partitions;  ///< ascending by partition
  std::int64_t outstanding = 0;                 ///< correlation id of the request that is out; 0 = none
  LocalTime sent_at{};
  std::size_t next_first = 0;                   ///< which partition the next request names first (fairness)
  std::optional<FetchResponse> writing;         ///< a response whose records are being written to disk
  TimerId wake_timer;                           ///< kReplicaFetch: backoff over, or the write has ended
  TimerId timeout_timer;                        ///< kReplicaFetchTimeout: replica.socket.timeout.ms

  [[nodiscard]] PartitionFetchState* find(TopicPartition partition);
  [[nodiscard]] const PartitionFetchState* find(TopicPartition partition) const;
};

class ReplicaFetchers {
 public:
  /// Follows `leader` for a partition from now on, truncating first. A fetcher that has it with the same epoch goes on.
  /// Call start() after the last one.
  void add(Broker& broker, BrokerId leader, TopicPartition partition, LeaderEpoch epoch, Offset high_watermark);
  /// Stops following, whoever the leader was.
  void remove(Ctx& ctx, TopicPartition partition);
  /// Lets every fetcher that has nothing out send its next request.
  void start(Ctx& ctx, Broker& broker);
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchResponse& response);
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                   const OffsetsForLeaderEpochResponse& response);
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const ListOffsetsResponse& response);
  /// kReplicaFetch: `leader` is the timer's a.
  void on_wake(Ctx& ctx, Broker& broker, BrokerId leader);
  /// kReplicaFetchTimeout.
  void on_timeout(Ctx& ctx, Broker& broker, BrokerId leader);
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// Shutdown: stops everything.
  void clear(Ctx& ctx);

  [[nodiscard]] const std::vector<ReplicaFetcher>& all() const { return fetchers_; }
  [[nodiscard]] const ReplicaFetcher* find(BrokerId leader) const;
  [[nodiscard]] const PartitionFetchState* find(TopicPartition partition) const;

 private:
  ReplicaFetcher* find_outstanding(NodeId from, const Registry& registry, std::int64_t correlation_id);
  ReplicaFetcher* at(BrokerId leader);

  std::vector<ReplicaFetcher> fetchers_;  // ascending by leader
};

}  // namespace kscope::sim
