#pragma once
// RaftClient: one replica of the metadata log: elects and is elected, leads or follows. A pure state machine: what comes in
// is a message, the end of a flush, or the passing of time; what goes out is collected in RaftIo (messages, appends, flushes)
// and carried out by the owner. The owner watches high_watermark() and is_leader() and applies what is committed.
// Source: KafkaRaftClient, Kafka 4.0. The states and their table are in quorum_state.h.
// MODEL: the voters never change (no KIP-853), votes and epochs are written at once as if the quorum-state file were synced
// in no time, and requests that are too many for one connection do not exist: one is out per peer.

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "sim/protocol/raft.h"
#include "sim/raft/quorum_state.h"
#include "sim/raft/raft_log.h"
#include "sim/rules/planted_bug.h"
#include "sim/types/draw_below.h"

namespace kscope::sim::raft {

/// controller.quorum.*, as the process read them at its start.
struct QuorumConfig {
  std::vector<ReplicaId> voters;
  Duration election_timeout{1'000'000'000};
  Duration fetch_timeout{2'000'000'000};
  Duration election_backoff_max{1'000'000'000};
  Duration request_timeout{2'000'000'000};
  Duration retry_backoff{20'000'000};
  Duration fetch_max_wait{500'000'000};  ///< how long a leader keeps a fetch that it has nothing for
  PlantedBug planted_bug = PlantedBug::kNone;
  KSCOPE_FIELDS(QuorumConfig, voters, election_timeout, fetch_timeout, election_backoff_max, request_timeout,
                retry_backoff, fetch_max_wait, planted_bug);
};

using RaftMessage = std::variant<VoteRequest, VoteResponse, BeginQuorumEpochRequest, BeginQuorumEpochResponse,
                                 EndQuorumEpochRequest, EndQuorumEpochResponse, RaftFetchRequest, RaftFetchResponse,
                                 FetchSnapshotRequest, FetchSnapshotResponse>;

struct RaftSend {
  ReplicaId to;
  std::int64_t correlation_id = 0;
  RaftMessage message;
};

/// What one call sees and what it wants done.
struct RaftIo {
  LocalTime now;
  RaftDurable& durable;
  const DrawBelow& draw;
  std::vector<RaftSend> sends;
  std::optional<Offset> truncated_to;  ///< the log was cut back to here, before anything was appended
  bool has_appended = false;           ///< the log grew: write it, then flush; on_flushed() when that is done
};

class RaftClient {
 public:
  RaftClient() = default;
  RaftClient(ReplicaId self, QuorumConfig config);

  /// Process start. Reads the election state from the disk, of whose log everything below `flushed` is on the platter.
  void start(RaftIo& io, Offset flushed);
  /// Time has passed; call at next_poll() or later.
  void poll(RaftIo& io);
  void on_message(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftMessage& message);
  /// The connection to `peer` broke: what it was asked will not be answered.
  void on_disconnect(RaftIo& io, ReplicaId peer);
  /// Everything below `offset` is on the platter.
  void on_flushed(RaftIo& io, Offset offset);
  /// Appends a batch as leader. Nothing when it does not lead, or not with `epoch`. Returns the offset of the last record.
  std::optional<Offset> append(RaftIo& io, LeaderEpoch epoch, std::vector<kraft::ApiMessageAndVersion> records);
  /// Gives leadership up; the others are told. No effect unless it leads.
  void resign(RaftIo& io);
  /// The owner has a snapshot of what is committed: what lies before it is dropped from the log.
  void on_snapshot(RaftIo& io, std::shared_ptr<const MetadataSnapshot> snapshot);

  [[nodiscard]] const EpochState& state() const { return state_; }
  [[nodiscard]] LeaderEpoch epoch() const { return epoch_; }
  [[nodiscard]] ReplicaId self() const { return self_; }
  [[nodiscard]] ReplicaId leader() const { return leader_of(state_, self_); }
  [[nodiscard]] bool is_leader() const { return std::holds_alternative<Leader>(state_); }
  [[nodiscard]] bool is_voter() const;
  /// Offset below which everything is committed; -1 = not known yet. Never decreases while the process lives.
  [[nodiscard]] Offset high_watermark() const { return high_watermark_; }
  /// Where the epoch of this leader began. Requires: is_leader().
  [[nodiscard]] Offset epoch_start_offset() const { return std::get<Leader>(state_).state.epoch_start_offset(); }
  /// When poll() has something to do at the latest.
  [[nodiscard]] LocalTime next_poll(LocalTime now) const;
  [[nodiscard]] const QuorumConfig& config() const { return config_; }
  [[nodiscard]] std::size_t parked_fetches() const { return parked_.size(); }

  bool operator==(const RaftClient&) const = default;

 private:
  // A request to a peer that is not answered yet, or the pause after one that failed.
  struct Connection {
    std::int64_t correlation_id = 0;  // 0 = none out
    LocalTime until;                  // given up then; or not asked again before, when none is out
    bool operator==(const Connection&) const = default;
  };
  // A fetch that the leader has nothing for yet.
  struct ParkedFetch {
    std::int64_t correlation_id = 0;
    RaftFetchRequest request;
    LocalTime deadline;
    bool operator==(const ParkedFetch&) const = default;
  };

  // raft_client.cpp
  void transition_to(RaftIo& io, EpochState next, LeaderEpoch epoch);
  void become_unattached(RaftIo& io, LeaderEpoch epoch, ReplicaId leader);
  void become_prospective(RaftIo& io);
  void become_follower(RaftIo& io, LeaderEpoch epoch, ReplicaId leader);
  void become_resigned(RaftIo& io);
  void persist(RaftIo& io);
  void send(RaftIo& io, ReplicaId to, std::int64_t correlation_id, RaftMessage message);
  void request(RaftIo& io, ReplicaId to, RaftMessage message);
  [[nodiscard]] bool may_ask(LocalTime now, ReplicaId peer) const;
  bool answered(RaftIo& io, ReplicaId peer, std::int64_t correlation_id, ErrorCode error);
  /// A response names an epoch and a leader: adopts them when they are newer. False when the response is out of date.
  bool adopt(RaftIo& io, LeaderEpoch epoch, ReplicaId leader, ErrorCode error);
  [[nodiscard]] Duration random_election_timeout(RaftIo& io) const;
  [[nodiscard]] std::size_t majority() const {
    return config_.planted_bug == PlantedBug::kQuorumLeadsAlone ? 1 : config_.voters.size() / 2 + 1;
  }
  // raft_votes.cpp
  void poll_voter(RaftIo& io);
  void ask_for_votes(RaftIo& io);
  void count_votes(RaftIo& io);
  void lose_pre_vote(RaftIo& io);
  void become_candidate(RaftIo& io);
  void become_leader(RaftIo& io);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const VoteRequest& request);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const VoteResponse& response);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const BeginQuorumEpochRequest& request);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const BeginQuorumEpochResponse& response);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const EndQuorumEpochRequest& request);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const EndQuorumEpochResponse& response);
  // raft_fetch.cpp
  void poll_fetch(RaftIo& io);
  void fetch(RaftIo& io, ReplicaId from);
  [[nodiscard]] ErrorCode check_leader_request(LeaderEpoch epoch) const;
  [[nodiscard]] RaftFetchResponse read_for(RaftIo& io, const RaftFetchRequest& request) const;
  [[nodiscard]] bool is_worth_sending(const RaftFetchRequest& request, const RaftFetchResponse& response) const;
  void answer_parked(RaftIo& io);
  void fail_parked(RaftIo& io);
  void update_leader_high_watermark(RaftIo& io);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftFetchRequest& request);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftFetchResponse& response);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const FetchSnapshotRequest& request);
  void on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const FetchSnapshotResponse& response);

  ReplicaId self_;
  QuorumConfig config_;
  EpochState state_;
  LeaderEpoch epoch_{0};
  Offset high_watermark_{-1};
  Offset flushed_{0};  // the own log up to here is on the platter
  std::int64_t next_correlation_ = 1;
  FlatMap<ReplicaId, Connection> connections_;
  FlatMap<ReplicaId, ParkedFetch> parked_;
};

}  // namespace kscope::sim::raft
