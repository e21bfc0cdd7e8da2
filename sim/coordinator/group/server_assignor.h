#pragma once
// What a partition assignor of the group coordinator is given and gives back (KIP-848): the coordinator itself computes
// the target assignment of a consumer group, and the members move towards it heartbeat by heartbeat.
// Topics are named by their place, which stands for the order of their ids; members by their place in the list. Where
// Kafka iterates a hash map, topics are taken in ascending order of id and members in ascending order of member id, so
// the result never depends on the order of the list of members.
// Left out: racks (Kafka's server assignors do not look at them either) and topics that do not exist.

#include "sim/coordinator/group/assignor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kscope::sim {

struct ServerAssignorMember {
  std::string member_id;
  std::string instance_id;                ///< empty: a dynamic member
  std::vector<std::int32_t> topics;       ///< subscribed, as places in ServerAssignorInput::partition_counts
  std::vector<AssignedPartition> target;  ///< its current target assignment
};

struct ServerAssignorInput {
  std::vector<std::int32_t> partition_counts;  ///< by topic, in ascending order of topic id
  std::vector<ServerAssignorMember> members;
};

[[nodiscard]] Assignment assign_server_range(const ServerAssignorInput& input);

[[nodiscard]] Assignment assign_server_uniform(const ServerAssignorInput& input);

[[nodiscard]] Assignment assign_server_uniform_4_0(const ServerAssignorInput& input);

}  // namespace kscope::sim
