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

/// Whose claims the sticky assignors believe (rule kafka-14639): of everybody, or, where all subscribe to the same topics, only of
/// the members of the highest generation among them, so that what others still own is free for anybody.
enum class BelievedClaims : std::uint8_t { kAll, kHighestGeneration };

struct AssignorInput {
  std::vector<AssignorTopic> topics;
  std::vector<AssignorMember> members;
  BelievedClaims believed = BelievedClaims::kAll;
};

/// For each member, in the order of the input, its partitions. Without any list although there are members: the
/// assignor gives up on this input and the rebalance fails (only the sticky assignors do).
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

/// Balances the partitions as well as the subscriptions allow, and within that leaves as many as possible with who
/// owned them. When all members subscribe to the same topics, each is filled up to its quota; otherwise partitions move
/// from the fullest members until no move helps. Where racks are known and differ, partitions go to members in the rack
/// of a replica as far as the balance allows. Of two claims to a partition the one of the higher generation holds; two
/// of one generation are both void. Kept partitions come first in each list: by number and topic with equal
/// subscriptions, as they were claimed otherwise.
/// Claims to partitions of existing topics that do not exist are taken at their word as Kafka's assignor takes them:
/// the result can contain them. Gives no lists where Kafka's assignor throws: when such claims leave no room for
/// partitions that do exist, or when the last owner of an earlier generation has nothing that others could have or
/// give. Cost with equal subscriptions: O(partitions x log partitions + members^2), and O(partitions x members) with
/// racks; otherwise about O(partitions x members x log).
/// Source: StickyAssignor, AbstractStickyAssignor, Kafka 3.9; KIP-54, KIP-341, KIP-881.
[[nodiscard]] Assignment assign_sticky(const AssignorInput& input);

/// The same balance for cooperative rebalancing: a partition that another member still has to give up is left out of
/// the result, so that nobody owns it until the next rebalance. Which partitions a member has to revoke follows from
/// what it owned and is no longer given. Claims are taken in order of topic and number, as ConsumerProtocol writes
/// them. Source: CooperativeStickyAssignor, Kafka 3.9; KIP-429.
[[nodiscard]] Assignment assign_cooperative_sticky(const AssignorInput& input);

/// The order in which range and round robin take members: static members by their instance id, then dynamic ones by
/// member id. Gives places in the list of members. Source: AbstractPartitionAssignor.MemberInfo, Kafka 3.9.
[[nodiscard]] std::vector<std::int32_t> members_in_order(const AssignorInput& input);

/// Places of the topics in the order of their names.
[[nodiscard]] std::vector<std::int32_t> topics_in_order(const AssignorInput& input);

/// The name under which the assignor stands in JoinGroup: "range", "roundrobin", "sticky", "cooperative-sticky".
[[nodiscard]] std::string_view protocol_name(AssignorName name);

}  // namespace kscope::sim
