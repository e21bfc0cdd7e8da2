#pragma once
// What a partition assignor of the classic group protocol is given and gives back. The group's leader (a consumer) runs
// it between JoinGroup and SyncGroup; the coordinator only carries the result.
// Topics and members are named by their place in the lists, so that callers keep their own ids. The result depends on
// names and ids only, never on the order of the lists.
// Models ConsumerPartitionAssignor and AbstractPartitionAssignor of Kafka 3.9.

#include "sim/config/config_enums.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

/// A topic that exists. Topics that do not are simply left out of the lists.
struct AssignorTopic {
  std::string name;
  std::int32_t partition_count = 0;
  /// For each partition the racks of its replicas; empty when racks are unknown.
  std::vector<std::vector<std::string>> replica_racks;
};

/// A partition of the `topic`-th topic.
struct AssignedPartition {
  std::int32_t topic = 0;
  std::int32_t partition = 0;
  auto operator<=>(const AssignedPartition&) const = default;
};

struct AssignorMember {
  std::string member_id;
  std::string group_instance_id;     ///< empty: a dynamic member
  std::string rack;                  ///< empty: unknown
  std::vector<std::int32_t> topics;  ///< places in the list of topics
};

struct AssignorInput {
  std::vector<AssignorTopic> topics;
  std::vector<AssignorMember> members;
};

/// For each member, in the order of the input, its partitions.
using Assignment = std::vector<std::vector<AssignedPartition>>;

/// Topic by topic, each member gets a run of neighbouring partitions; the first members get one more when it does not
/// come out even. When racks are known and differ between partitions, members get partitions with a replica in their
/// rack as far as that keeps the numbers, and topics with equal numbers of partitions and the same members are assigned
/// alike. Lists are in order of topic name and partition. Cost: O(partitions x members).
/// Source: RangeAssignor, Kafka 3.9; KIP-881.
[[nodiscard]] Assignment assign_range(const AssignorInput& input);

/// All partitions in order of topic name and number are dealt to the members in turn, members that are not subscribed
/// to the topic being passed over. Cost: O(partitions x members). Source: RoundRobinAssignor, Kafka 3.9.
[[nodiscard]] Assignment assign_round_robin(const AssignorInput& input);

/// The order in which assignors take members: static members by their instance id, then dynamic ones by member id.
/// Gives places in the list of members. Source: AbstractPartitionAssignor.MemberInfo, Kafka 3.9.
[[nodiscard]] std::vector<std::int32_t> members_in_order(const AssignorInput& input);

/// Places of the topics in the order of their names.
[[nodiscard]] std::vector<std::int32_t> topics_in_order(const AssignorInput& input);

/// The name under which the assignor stands in JoinGroup: "range", "roundrobin", "sticky", "cooperative-sticky".
[[nodiscard]] std::string_view protocol_name(AssignorName name);

}  // namespace kscope::sim
