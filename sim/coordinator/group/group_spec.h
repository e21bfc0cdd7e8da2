#pragma once
// A consumer group as the server assignors look at it: members in the order in which they are taken, who subscribes to
// what, and what each of them has. Member and topic numbers are indices, so every lookup is a vector's.
// Models GroupSpecImpl and SubscribedTopicDescriberImpl of Kafka 3.9 (group-coordinator).

#include "sim/coordinator/group/server_assignor.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kscope::sim {

struct GroupSpec {
  std::vector<std::int32_t> partition_counts;            ///< by topic
  std::vector<std::size_t> places;                       ///< by member, its place in the input; ascending member ids
  std::vector<std::vector<std::int32_t>> subscriptions;  ///< by member, its topics in ascending order, each once
  std::vector<std::vector<AssignedPartition>> targets;   ///< by member, in ascending order
  std::vector<std::vector<std::int32_t>> subscribers;    ///< by topic, its members in ascending order
  SubscriptionType subscription_type = SubscriptionType::HOMOGENEOUS;

  [[nodiscard]] std::int32_t topic_count() const { return static_cast<std::int32_t>(partition_counts.size()); }
  [[nodiscard]] std::int32_t member_count() const { return static_cast<std::int32_t>(places.size()); }
  [[nodiscard]] std::int32_t partition_count(std::int32_t topic) const {
    return partition_counts[static_cast<std::size_t>(topic)];
  }
  [[nodiscard]] const std::vector<std::int32_t>& subscribers_of(std::int32_t topic) const {
    return subscribers[static_cast<std::size_t>(topic)];
  }
  /// Cost: O(log topics).
  [[nodiscard]] bool is_subscribed(std::int32_t member, std::int32_t topic) const;
};

/// Ends the program unless the input is as ServerAssignorInput requires. Cost: O((partitions + subscriptions) x log).
[[nodiscard]] GroupSpec make_group_spec(const ServerAssignorInput& input);

/// Lists by member brought into the order of the input's members; each list sorted by topic and partition.
[[nodiscard]] Assignment in_input_order(const GroupSpec& spec, Assignment by_member);

}  // namespace kscope::sim
