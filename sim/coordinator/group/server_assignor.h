#pragma once
// What a partition assignor of the group coordinator is given and gives back (KIP-848): the coordinator itself computes
// the target assignment of a consumer group, and the members move towards it heartbeat by heartbeat.
// Topics are named by their place, which stands for the order of their ids; members by their place in the list. Where
// Kafka iterates a hash map, topics are taken in ascending order of id and members in ascending order of member id, so
// the result never depends on the order of the list of members.
// Left out: racks (Kafka's server assignors do not look at them either) and topics that do not exist.

#include "sim/coordinator/group/assignor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kscope::sim {

enum class SubscriptionType : std::uint8_t {
  HOMOGENEOUS,    ///< all members subscribe to the same topics
  HETEROGENEOUS,  ///< they do not
};

struct ServerAssignorMember {
  std::string member_id;
  std::string instance_id;                ///< empty: a dynamic member
  std::vector<std::int32_t> topics;       ///< subscribed, as places in ServerAssignorInput::partition_counts
  std::vector<AssignedPartition> target;  ///< its current target assignment
};

/// Requires of every assignor: member ids differ, topics are places in `partition_counts`, targets are partitions that
/// exist, and no partition is the target of two members. A target may belong to a topic that its member is no longer
/// subscribed to.
struct ServerAssignorInput {
  std::vector<std::int32_t> partition_counts;  ///< by topic, in ascending order of topic id
  std::vector<ServerAssignorMember> members;
  /// Kafka compares the names that members subscribe to, and names count too whose topics do not exist: a group can be
  /// HETEROGENEOUS though all members have the same `topics`. Not given: as the `topics` are.
  std::optional<SubscriptionType> subscription_type = std::nullopt;
};

/// Topic by topic each subscriber gets a run of neighbouring partitions, the first ones one more when it does not come out
/// even: static members by instance id, then dynamic ones by member id. Targets do not count: what makes it stick is that
/// order.
/// Result: by place of the member, sorted by topic and partition. Cost: O((partitions + subscriptions) x log).
/// Source: assignor.RangeAssignor, Kafka 3.9 and 4.0 (group-coordinator); KIP-848.
[[nodiscard]] Assignment assign_server_range(const ServerAssignorInput& input);

/// All partitions of all topics are spread evenly over the members, which keep what they can. Groups whose members are all subscribed
/// to the same topics are served by a simple and fast way, others by a way that moves partitions one by one until no
/// move helps.
/// Result: by place of the member, sorted by topic and partition; see is_assignor_exception() for its other form.
/// Cost: O((partitions + subscriptions) x log) with equal subscriptions, else O(partitions x subscribers of a topic).
/// Source: assignor.UniformAssignor, Kafka 3.9 (group-coordinator); KIP-848.
[[nodiscard]] Assignment assign_server_uniform(const ServerAssignorInput& input);

/// The same with the way for differing subscriptions that Kafka 4.0 has: topic by topic, from the most loaded
/// subscribers to the least loaded ones. It never fails.
/// Cost: O((partitions + subscriptions) x log), at most 16 times. Source: assignor.UniformAssignor, Kafka 4.0; KAFKA-17710.
[[nodiscard]] Assignment assign_server_uniform_4_0(const ServerAssignorInput& input);

/// Whether the assignment stands for Kafka's PartitionAssignorException: there are members, but not one list, not even
/// an empty one. The coordinator then answers UNKNOWN_SERVER_ERROR and the target assignment stays what it was.
/// Only assign_server_uniform() has such inputs. Source: GroupMetadataManager.updateTargetAssignment, Kafka 3.9.
[[nodiscard]] inline bool is_assignor_exception(const ServerAssignorInput& input, const Assignment& assignment) {
  return assignment.size() != input.members.size();
}

}  // namespace kscope::sim
