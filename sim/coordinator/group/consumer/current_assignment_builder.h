#pragma once
// The reconciliation of one member (KIP-848): from what it has to what the target assignment gives it, a step with each
// heartbeat. First it gives up what it should no longer have, then it gets what nobody else has any more. Nobody waits for
// the whole group: that is what sets this protocol apart from the classic one.
//
//               heartbeat, target is newer                    partitions pending revocation are no longer owned
//     STABLE ------------------------------> UNREVOKED_PARTITIONS --------------------------+
//       ^  \                                        |      ^ more to revoke at epoch + 1     |
//       |   \  nothing to revoke, others hold some  |      +---------------------------------+
//       |    +------------> UNRELEASED_PARTITIONS <-+ nothing to revoke, others hold some
//       +--------------------------+ all are released
//
//  from                  | event     | guard                                      | to                    | epoch
//  STABLE                | heartbeat | member epoch = epoch of the target         | STABLE                | same
//  STABLE                | heartbeat | holds partitions outside of the target     | UNREVOKED_PARTITIONS  | same
//  STABLE                | heartbeat | nothing to revoke, others hold some of it  | UNRELEASED_PARTITIONS | the target's
//  STABLE                | heartbeat | nothing to revoke, all of it is free       | STABLE                | the target's
//  UNREVOKED_PARTITIONS  | heartbeat | owned not told, or holds pending ones      | UNREVOKED_PARTITIONS  | same
//  UNREVOKED_PARTITIONS  | heartbeat | gave them up, target takes more away       | UNREVOKED_PARTITIONS  | + 1
//  UNREVOKED_PARTITIONS  | heartbeat | gave them up, others hold some of it       | UNRELEASED_PARTITIONS | the target's
//  UNREVOKED_PARTITIONS  | heartbeat | gave them up, all of it is free            | STABLE                | the target's
//  UNRELEASED_PARTITIONS | heartbeat | a newer target takes some away             | UNREVOKED_PARTITIONS  | same
//  UNRELEASED_PARTITIONS | heartbeat | others still hold some of it               | UNRELEASED_PARTITIONS | the target's
//  UNRELEASED_PARTITIONS | heartbeat | all of it is free                          | STABLE                | the target's
//  any                   | leave, -2 | static                                     | same, none pending    | -2
//  any                   | join      | has the instance id of one at -2           | as that one, then     | 0, then
//                        |           |                                            | by the rows above     | by them
//  any                   | leave, -1; session timeout; rebalance timeout in UNREVOKED_PARTITIONS: the member is gone
//
// "Takes away" counts only while the member owns the partitions as far as it says: one that tells in the same heartbeat
// that it has let go of them is not asked again. Effects belong to the caller: the record, and the rebalance timer, which
// runs in UNREVOKED_PARTITIONS only.
// Source: CurrentAssignmentBuilder, Kafka 3.9 (from 4.0 on it looks at the subscription too).

#include <optional>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/coordinator/group/consumer/consumer_group_member.h"
#include "sim/rules/planted_bug.h"

namespace kscope::sim::consumer_group {

struct ReconciliationInput {
  const CurrentAssignment& current;  ///< of the member
  GroupEpoch assignment_epoch;       ///< epoch of the target
  const PartitionSet& target;        ///< the member's part of it
  /// Who holds what, the member itself included. Kafka: ConsumerGroup.currentPartitionEpoch.
  const FlatMap<TopicPartition, MemberEpoch>& partition_epochs;
  /// What the member says that it owns; none: it did not say.
  const std::optional<std::vector<TopicPartition>>& owned;
  PlantedBug planted_bug = PlantedBug::kNone;
};

/// The next step of the member; `input.current` when there is none to make.
/// Cost: O(partitions of the member x log of all). Source: CurrentAssignmentBuilder.build.
[[nodiscard]] CurrentAssignment compute_current_assignment(const ReconciliationInput& input);

}  // namespace kscope::sim::consumer_group
