#pragma once
// What a partition assignor of the classic group protocol is given and gives back. The group's leader (a consumer) runs
// it between JoinGroup and SyncGroup; the coordinator only carries the result.
// Topics and members are named by their place in the lists, so that callers keep their own ids. The result depends on
// names and ids only, never on the order of the lists of topics and members.
// Models ConsumerPartitionAssignor and AbstractPartitionAssignor of Kafka 3.9.

#include "sim/config/config_enums.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

/// A topic. One that does not exist has no partitions. Range and round robin do as well without it; the sticky
/// assignors want every topic that is subscribed to, since they compare the subscriptions as they were sent.
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

  // What only the sticky assignors look at.

  /// What the member says it owned last: OwnedPartitions of the subscription (cooperative) or the previous assignment
  /// in its user data (eager). May name partitions that do not exist and topics that the member no longer subscribes
  /// to.
  std::vector<AssignedPartition> owned = {};
  /// The generation in which it owned them, -1 for none: from the user data (eager), from the subscription or else its
  /// user data (cooperative).
  std::int32_t generation_id = -1;
  /// GenerationId of the subscription itself, where it is not the same: the eager assignor's user data keep the
  /// generation of the last assignment when the consumer has joined again since, or has lost its membership.
  std::optional<std::int32_t> subscription_generation_id = std::nullopt;
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

/// The order in which range and round robin take members: static members by their instance id, then dynamic ones by
/// member id. Gives places in the list of members. Source: AbstractPartitionAssignor.MemberInfo, Kafka 3.9.
[[nodiscard]] std::vector<std::int32_t> members_in_order(const AssignorInput& input);

/// Places of the topics in the order of their names.
[[nodiscard]] std::vector<std::int32_t> topics_in_order(const AssignorInput& input);

/// The name under which the assignor stands in JoinGroup: "range", "roundrobin", "sticky", "cooperative-sticky".
[[nodiscard]] std::string_view protocol_name(AssignorName name);

}  // namespace kscope::sim
