#pragma once
// Partition: one replica of a partition on this broker, as leader or follower. The records are in the log directory (they
// survive a crash); here is what a broker process knows besides: epochs, high watermark, ISR, state of the followers.
//
//                 ISR of a leader (KIP-497)
//                 follower caught up              controller wrote it
//   Committed ---------------------------> PendingExpand --------------> Committed (new ISR)
//       |   \------- replica lags ------> PendingShrink --------------> Committed (new ISR)
//       |                                     | ineligible, not attempted: Committed (old ISR)
//       +<-- LeaderAndIsr (any state) --------+ fenced, stale: stays until LeaderAndIsr tells
//
//   from          | event                     | guard                         | to            | source (Kafka 3.9)
//   Committed     | follower fetched          | can_expand                    | PendingExpand | Partition.maybeExpandIsr
//   Committed     | kIsrCheck                 | someone out of sync           | PendingShrink | Partition.maybeShrinkIsr
//   Pending*      | AlterPartition NONE       | partition epoch not older     | Committed     | handleAlterPartitionUpdate
//   Pending*      | INELIGIBLE_REPLICA ...    |                               | Committed old | handleAlterPartitionError
//   any           | become leader or follower | epochs not older              | Committed     | Partition.makeLeader

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "sim/broker/purgatory.h"
#include "sim/protocol/fetch_metadata.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/sequence.h"
#include "sim/types/uuid.h"
#include "sim/types/verification_guard.h"

namespace kscope::sim {

/// A follower as its leader sees it. Kafka: Replica, ReplicaState.
struct FollowerState {
  BrokerId broker;
  Offset log_end_offset = kUnknownOffset;  ///< what it asked for last: it has everything before
  Offset log_start_offset = kUnknownOffset;
  Offset last_fetch_leader_log_end_offset = kUnknownOffset;  ///< this leader's log end when it fetched last
  LocalTime last_fetch_time{};
  LocalTime last_caught_up_time = LocalTime::min();  ///< when it last had everything; min = never
  DelayedId delayed_fetch;                           ///< its fetch in purgatory, if it waits
  BrokerEpoch broker_epoch{-1};                      ///< of its last fetch (KIP-903); -1 = none yet
  bool is_settled = false;  ///< it has everything and knows it: times and waiting fetch are those of FollowerFetches

  /// Whether it has everything, or had it within `max_lag`. Source: ReplicaState.isCaughtUp.
  [[nodiscard]] bool is_caught_up(Offset leader_log_end_offset, LocalTime now, Duration max_lag) const;
};

/// What the fetches of one follower leave behind at all its settled partitions, kept once for all of them.
struct FollowerFetches {
  FetchSessionId session = kInvalidSessionId;  ///< whose partitions may be settled
  BrokerEpoch broker_epoch{-1};                ///< that its requests name
  LocalTime last_fetch_time{};
  DelayedId delayed_fetch;  ///< that waits in purgatory, or did
};

/// The ISR is the one that the controller wrote.
struct CommittedIsr {};
/// A follower is proposed; the high watermark waits for it already.
struct PendingExpandIsr {
  BrokerId new_in_sync_replica;
};
/// Followers are to leave; the high watermark waits for them still.
struct PendingShrinkIsr {
  std::vector<BrokerId> out_of_sync_replicas;
};
using IsrState = std::variant<CommittedIsr, PendingExpandIsr, PendingShrinkIsr>;

/// A produce request, or an append of the group coordinator, that waits for the high watermark to reach an offset.
struct AwaitedAppend {
  Offset required_offset;  ///< answered when high_watermark >= this
  DelayedId produce;
  std::uint32_t result_index = 0;  ///< its place in the response
};

/// A producer whose transaction is asked about, or was, and has no batch here yet. Kafka: VerificationStateEntry.
struct TransactionVerification {
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence lowest_sequence;  ///< of the batches that were asked about: this one must come first
  VerificationGuard guard;
};

struct Partition {
  TopicPartition id;
  Uuid topic_id;            ///< of the topic as it was created this time
  std::int32_t place = -1;  ///< index in ReplicaManager::all()
  FileId file;              ///< of its log; LogDirectory place = file - 1
  bool is_hosted = false;   ///< false after StopReplica: the place is kept

  std::vector<BrokerId> replicas;  ///< assignment, first = preferred leader
  BrokerId leader;                 ///< none = offline
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  PartitionEpoch partition_epoch{-1};
  Offset high_watermark{0};
  std::optional<Offset> leader_epoch_start_offset;  ///< leader only: log end when its epoch began

  // Leader only.
  std::vector<BrokerId> isr;  ///< committed; empty on a follower
  IsrState isr_state;
  std::vector<FollowerState> followers;                ///< all other replicas, in order of the assignment
  std::vector<AwaitedAppend> awaited_appends;          ///< ascending required offsets
  std::vector<DelayedId> delayed_fetches;              ///< of consumers; outdated ids among them
  std::vector<TransactionVerification> verifications;  ///< in the order of asking

  Offset recovery_point{0};  ///< flushed by this process for certain; what the operating system wrote back is not known
  LocalTime last_flush_time{};  ///< flush.ms counts from it

  [[nodiscard]] bool is_leader(BrokerId self) const {
    return is_hosted && leader == self && leader_epoch_start_offset.has_value();
  }
  [[nodiscard]] bool is_isr_pending() const { return !std::holds_alternative<CommittedIsr>(isr_state); }
  // The two questions that every fetch asks of every partition. Where the answer lies varies from partition to partition,
  // so they look at the whole short list instead of leaving at a place that no processor can predict.
  [[nodiscard]] bool is_in_isr(BrokerId broker) const {
    bool is_in = false;
    for (const BrokerId member : isr) {
      is_in |= member == broker;
    }
    return is_in;
  }
  /// Whether the high watermark must wait for `broker`: it is in the committed or in the proposed ISR (KIP-497).
  [[nodiscard]] bool is_in_maximal_isr(BrokerId broker) const;
  /// Size of the maximal ISR.
  [[nodiscard]] std::size_t maximal_isr_size() const;
  /// The follower's state, or nullptr when it is no replica.
  [[nodiscard]] FollowerState* follower(BrokerId broker) {
    FollowerState* found = nullptr;
    for (FollowerState& state : followers) {
      found = state.broker == broker ? &state : found;
    }
    return found;
  }
  [[nodiscard]] const FollowerState* follower(BrokerId broker) const {
    return const_cast<Partition*>(this)->follower(broker);
  }
  /// min.insync.replicas, but never more than there are replicas. Source: Partition.effectiveMinIsr.
  [[nodiscard]] std::int32_t effective_min_isr(std::int32_t min_insync_replicas) const;
};

}  // namespace kscope::sim
