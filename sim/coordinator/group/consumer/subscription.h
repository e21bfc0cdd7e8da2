#pragma once
// What the members of a group want, taken together, as it will be when the records of a request are replayed: one member
// is new or changed, one may be gone. Pure functions of the members.
// Source: ModernGroup.computeSubscribedTopicNames, computeSubscriptionMetadata, ConsumerGroup.computePreferredServerAssignor
// (Kafka 3.9).

#include <optional>
#include <vector>

#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/server_assignor.h"

namespace kscope::sim::consumer_group {

/// How a group's members will differ from what is stored.
struct MemberChange {
  const ConsumerGroupMember* updated = nullptr;  ///< new or changed; nullptr: nobody
  MemberId gone;                                 ///< not set: nobody
};

/// The members after the change, in ascending order of their ids. They point into `group` and `change`.
[[nodiscard]] std::vector<const ConsumerGroupMember*> members_after(const ConsumerGroup& group,
                                                                    const MemberChange& change);

/// The topics that somebody subscribes to and that exist, with their numbers of partitions.
[[nodiscard]] PartitionCounts compute_subscription_metadata(const std::vector<const ConsumerGroupMember*>& members,
                                                            const PartitionCounts& topics);

/// Whether all members subscribe to the same topics, existing or not. Source: ModernGroup.subscriptionType.
[[nodiscard]] SubscriptionType subscription_type(const std::vector<const ConsumerGroupMember*>& members);

/// The assignor that most members ask for; the first by name among equals; none: nobody asks for any.
[[nodiscard]] std::optional<ServerAssignor> preferred_server_assignor(
    const std::vector<const ConsumerGroupMember*>& members);

}  // namespace kscope::sim::consumer_group
