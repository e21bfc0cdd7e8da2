#pragma once
// Who becomes leader: pure functions of a partition's state and of who is alive. Each returns the state to be written
// (leader epoch raised), or none when nobody may lead. Source: Kafka 3.9 Election.scala, PartitionLeaderElectionAlgorithms.

#include <optional>

#include "sim/controller/controller_context.h"

namespace kscope::sim {

/// Why leaders are elected. The numbers are those of NoteKind::kElectionFailed's `b`.
enum class ElectionStrategy : std::uint8_t {
  kOffline,             ///< the leader is gone: first live replica of the ISR
  kUnclean,             ///< as kOffline, and any live replica even where the topic forbids unclean elections
  kPreferred,           ///< the first replica of the list, if alive and in sync
  kControlledShutdown,  ///< the leader is shutting down: first live in-sync replica that is not
  kReassign,            ///< the leader is not among the replicas any more, or not alive: first live in-sync one that is
};

struct ElectionOutcome {
  PartitionState state;     ///< leader, ISR and leader epoch as they are to be
  bool is_unclean = false;  ///< the leader was not in the ISR: records may be lost
};

/// `current` is what the state znode says. `allow_unclean`: unclean.leader.election.enable of the topic.
std::optional<ElectionOutcome> elect_leader(ElectionStrategy strategy, const ControllerContext& context,
                                            const PartitionState& current, bool allow_unclean);

/// State without `broker` in the ISR (its last member stays) and with no leader if it led; leader epoch raised.
/// None when the broker is not in the ISR. Source: ZkReplicaStateMachine.doRemoveReplicasFromIsr.
std::optional<PartitionState> remove_from_isr(const PartitionState& current, BrokerId broker);

}  // namespace kscope::sim
