#pragma once
// LeaderState: what the leader of the metadata quorum knows of the other replicas, and what follows from it: the high
// watermark (what a majority of the voters has), who acknowledged the leader, and whether a majority still fetches (check
// quorum, KIP-835). Pure: offsets and times in, decisions out; a leader that loses its quorum resigns.
// Source: LeaderState, Kafka 3.9. MODEL: voters are fixed while a leader leads (no KIP-853 changes of the voter set).

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/core/time.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim::raft {

/// A member of the quorum: controllers and brokers share one space of ids.
using ReplicaId = BrokerId;

/// What the leader knows of one replica, itself included.
struct ReplicaState {
  std::optional<Offset> end_offset;  ///< none = it has not fetched from this leader yet
  std::optional<LocalTime> last_fetch;
  std::optional<LocalTime> last_caught_up;
  std::optional<Offset> leader_end_at_last_fetch;
  bool has_acknowledged_leader = false;
  KSCOPE_FIELDS(ReplicaState, end_offset, last_fetch, last_caught_up, leader_end_at_last_fetch,
                has_acknowledged_leader);
};

/// Why the high watermark does not move.
enum class HighWatermarkBlocker : std::uint8_t {
  kNone,               ///< it moves up now
  kMajorityUnknown,    ///< fewer than a majority of the voters have told their end offsets
  kEpochNotCommitted,  ///< a majority has nothing of this leader's epoch yet (Raft, figure 8)
  kMajorityBehind,     ///< a majority has not got further than the high watermark
};

class LeaderState {
 public:
  /// A leader that begins at `now`. `voters` holds `self` unless the leader was removed from the quorum;
  /// `epoch_start_offset` is its log end before the record that tells of it.
  LeaderState(ReplicaId self, const std::vector<ReplicaId>& voters, Offset epoch_start_offset, Duration fetch_timeout,
              LocalTime now);

  /// The leader's own log ends at `end`. True when the high watermark moves.
  /// Requires: `end` not below what was told before. Source: LeaderState.updateLocalState.
  bool update_local_state(Offset end);
  /// A replica fetched from `fetch_offset`, so it has everything below. True when the high watermark moves; never by an
  /// observer. Effects: counts for check quorum. Requires: not the leader itself. Source: LeaderState.updateReplicaState.
  bool update_replica_state(ReplicaId replica, LocalTime now, Offset fetch_offset);
  /// A voter fetched records or a snapshot: it still follows. When a majority has, leader included, the timer begins anew.
  /// Source: LeaderState.updateCheckQuorumForFollowingVoter.
  void update_check_quorum(ReplicaId replica, LocalTime now);
  /// The voter answered BeginQuorumEpoch. Nothing when it is no voter.
  void acknowledge(ReplicaId voter);

  /// Time until the leader has to resign because no majority fetched for 1.5 fetch timeouts; none for a single voter.
  [[nodiscard]] std::optional<Duration> time_until_check_quorum_expires(LocalTime now) const;
  [[nodiscard]] std::optional<Offset> high_watermark() const { return high_watermark_; }
  [[nodiscard]] Offset epoch_start_offset() const { return epoch_start_offset_; }
  /// What the high watermark waits for. Source: LeaderState.maybeUpdateHighWatermark.
  [[nodiscard]] HighWatermarkBlocker high_watermark_waits_for() const;
  /// Voters that have to be told of this leader.
  [[nodiscard]] std::vector<ReplicaId> non_acknowledging_voters() const;
  /// The other voters, furthest first: who resigns names its successors in this order.
  [[nodiscard]] std::vector<ReplicaId> non_leader_voters_by_descending_fetch_offset() const;
  [[nodiscard]] const FlatMap<ReplicaId, ReplicaState>& voters() const { return voters_; }
  [[nodiscard]] const FlatMap<ReplicaId, ReplicaState>& observers() const { return observers_; }
  /// Forgets observers that did not fetch for five minutes. Source: LeaderState.clearInactiveObservers.
  void clear_inactive_observers(LocalTime now);

  bool operator==(const LeaderState&) const = default;

 private:
  ReplicaState& state_of(ReplicaId replica);
  bool maybe_update_high_watermark();
  [[nodiscard]] std::vector<std::pair<ReplicaId, std::optional<Offset>>> voters_by_descending_end() const;

  ReplicaId self_;
  Offset epoch_start_offset_;
  FlatMap<ReplicaId, ReplicaState> voters_;
  FlatMap<ReplicaId, ReplicaState> observers_;
  std::optional<Offset> high_watermark_;
  FlatSet<ReplicaId> fetched_voters_;  // since the check quorum timer began
  Duration check_quorum_timeout_;
  LocalTime check_quorum_deadline_;
};

}  // namespace kscope::sim::raft
