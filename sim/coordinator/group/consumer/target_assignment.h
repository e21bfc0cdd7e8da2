#pragma once
// The target assignment of a whole group (KIP-848): computed by the coordinator when the group epoch has moved past it,
// and stored as the difference to the one before. Source: TargetAssignmentBuilder (Kafka 3.9).

#include <optional>
#include <vector>

#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/consumer/consumer_group_records.h"
#include "sim/coordinator/group/consumer/subscription.h"

namespace kscope::sim::consumer_group {

struct TargetAssignmentInput {
  const ConsumerGroup& group;
  /// The member whose heartbeat this is, and the static member that it replaces, whose part of the target it takes over.
  MemberChange change;
  const PartitionCounts& subscription_metadata;  ///< the topics to be assigned
  GroupEpoch group_epoch;                        ///< that the target is for
  ServerAssignor default_assignor;               ///< when no member asks for one
};

struct TargetAssignment {
  /// A ConsumerGroupTargetAssignmentMember for everybody whose part is new or differs, then the epoch.
  std::vector<ConsumerGroupRecord> records;
  PartitionSet of_updated;  ///< the part of change.updated
};

/// None: the assignor failed, and the target stays what it was; Kafka's is a PartitionAssignorException.
/// Requires: input.change.updated is set. Cost: that of the assignor.
[[nodiscard]] std::optional<TargetAssignment> compute_target_assignment(const TargetAssignmentInput& input);

}  // namespace kscope::sim::consumer_group
