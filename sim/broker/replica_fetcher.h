#pragma once
// ReplicaFetchers: one fetcher thread per leader broker that copies what this broker follows there. One request at a time
// is out. From inter.broker.protocol.version 2.7-IV1 on a follower fetches at once, telling the epoch of its last record,
// and the answer says where the logs part (KIP-595); before, it asked with OffsetsForLeaderEpoch until the logs agreed.
//
//                 +-- the leader knows an older epoch only: truncate, ask again (KIP-279)
//                 v  |
//   added ---> Truncating ---------------> Fetching ---------------> Resetting ---> Fetching
//                        the logs agree             out of range              log start and end known
//
//   from       | event                            | guard                  | to         | effects
//   any        | LeaderAndIsr                     | new leader epoch, 2.7  | Fetching   | (R7: also when the leader stays)
//   any        | LeaderAndIsr                     | new epoch, before 2.7  | Truncating | also without any epoch in the log
//   Truncating | no epoch known                   |                        | Fetching   | truncate to the high watermark
//   Truncating | EpochEndOffset, epoch unknown    |                        | Fetching   | truncate to the high watermark
//   Truncating | EpochEndOffset                   | we know that epoch     | Fetching   | truncate to the smaller end
//   Truncating | EpochEndOffset                   | we do not              | Truncating | truncate to the end of the epoch before
//   Fetching   | records                          | begin at log end       | Fetching   | append, HW, log start
//   Fetching   | diverging epoch                  |                        | Fetching   | truncate as by EpochEndOffset
//   Fetching   | OFFSET_OUT_OF_RANGE              |                        | Resetting  |
//   Resetting  | ListOffsets                      | leader ends before us  | Fetching   | truncate to the leader's end
//   Resetting  | ListOffsets                      | leader starts after us | Fetching   | empty the log, start at the leader's start
//   any        | FENCED_LEADER_EPOCH              |                        | removed    | LeaderAndIsr adds it again
//   any        | other errors, lost connection    |                        | same       | wait replica.fetch.backoff.ms
//   Fetching   | the disk refuses                 |                        | same       | wait replica.fetch.backoff.ms
//   Fetching   | follower.replication.throttled.rate exceeded, not in sync | same       | left out of the fetch (KIP-73)
//   any        | the fetch session failed         | id not found, epoch    | same       | a full fetch, at once (KIP-227)
//   any        | FETCH_SESSION_TOPIC_ID_ERROR     |                        | same       | wait replica.fetch.backoff.ms
//
// An answer counts only where offset and epoch are still those of the request: a partition may have been removed, added again
// or truncated meanwhile.
// MODEL: Kafka compares the offset only, and takes an answer from an earlier epoch if it fits; here it is asked for again.
// num.replica.fetchers is 1. A broker whose only log directory fails would halt; here a follower tries again until
// its disk works.
// Source: AbstractFetcherThread, ReplicaFetcherThread, Kafka 3.9.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/time.h"
#include "engine/run/timer_table.h"
#include "sim/broker/partition_news.h"
#include "sim/client/fetch_session_handler.h"
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
  Offset sent_offset = kUnknownOffset;       ///< Fetching: fetch_offset of the request that is out
  LeaderEpoch sent_epoch = kNoLeaderEpoch;   ///< Fetching: current_leader_epoch when it went out
  std::optional<LocalTime> delayed_until;    ///< backoff after an error
  bool is_replica_in_sync = false;           ///< the last records reached the leader's high watermark: never throttled
};

/// One fetcher thread. Kafka: ReplicaFetcherThread.
struct ReplicaFetcher {
  BrokerId leader;
  std::vector<PartitionFetchState> partitions;  ///< ascending by partition
  std::int64_t outstanding = 0;                 ///< correlation id of the request that is out; 0 = none
  bool is_fetch_out = false;                    ///< whether that request is a fetch
  LocalTime sent_at{};
  FetchSessionHandler session;           ///< what the leader knows of `partitions`
  SettledList settled;                   ///< which of `partitions` the next request says nothing new about
  std::size_t next_first = 0;            ///< which partition the next full request names first (fairness)
  std::optional<FetchResponse> writing;  ///< a response whose records are being written to disk
  TimerId wake_timer;                    ///< kReplicaFetch: backoff over, or the write has ended
  TimerId timeout_timer;                 ///< kReplicaFetchTimeout: replica.socket.timeout.ms

  [[nodiscard]] PartitionFetchState* find(TopicPartition partition);
  [[nodiscard]] const PartitionFetchState* find(TopicPartition partition) const;
};

/// Whether this broker's followers learn from the fetch response where logs part, instead of asking first. Rules from before
/// KIP-595 are about asking, so any of them makes followers ask; the first try of KIP-320 fetches whatever the protocol.
[[nodiscard]] bool truncates_on_fetch(const Ctx& ctx, const Broker& broker);

class ReplicaFetchers {
 public:
  /// Follows `leader` for a partition from now on, truncating first. A fetcher that has it with the same epoch goes on.
  /// Call start() after the last one.
  void add(Ctx& ctx, BrokerId leader, const PartitionFetchState& initial);
  /// KAFKA-7164, old rule: a partition that is followed at `leader` goes on there with the new epoch. False: it is not.
  bool keep_with_epoch(TopicPartition partition, BrokerId leader, LeaderEpoch epoch);
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
