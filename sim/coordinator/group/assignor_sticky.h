#pragma once
// The group as the sticky assignors see it, and the two algorithms on it. Members are taken in the order of their
// member ids, topics in the order of their names and partitions in the order of topic and number; all are named by
// their rank in that order, so that wherever Kafka walks through a hash map this walks upwards.
// Models AbstractStickyAssignor of Kafka 3.9.
// MODEL: Kafka's instance remembers the highest generation it ever saw; here only that of the input counts.

#include "sim/coordinator/group/assignor.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace kscope::sim {

/// In place of a rank: no such member, topic or partition.
inline constexpr std::size_t kNoRank = static_cast<std::size_t>(-1);

/// A topic that exists and that somebody subscribes to.
struct StickyTopic {
  std::int32_t place = 0;           ///< in the input
  std::size_t first_partition = 0;  ///< rank of partition 0; the others follow
  std::size_t partition_count = 0;
};

/// A partition of such a topic, or a number that a member claims although the topic has no such partition.
struct StickyPartition {
  std::size_t topic = 0;
  std::int32_t number = 0;
  bool exists = true;
};

struct StickyMember {
  std::int32_t place = 0;            ///< in the input
  std::vector<std::size_t> topics;   ///< ranks, ascending
  std::vector<std::size_t> claimed;  ///< all partitions that it says it owned, in its order
  std::vector<std::size_t> owned;    ///< those that no other claim takes from it
  std::int32_t generation_id = -1;
  std::int32_t subscription_generation_id = -1;
};

struct StickyGroup {
  std::vector<StickyTopic> topics;
  std::vector<StickyPartition> partitions;  ///< sorted; includes those that are only claimed
  std::vector<StickyMember> members;
  std::size_t existing_partition_count = 0;
  std::vector<bool> is_disputed;  ///< by partition: two members claimed it in one generation
  std::int32_t max_generation_id = -1;
  bool are_subscriptions_equal = true;
};

/// What an algorithm gives, by rank.
struct StickyAssignment {
  struct Transfer {
    std::size_t partition = 0;
    std::size_t member = 0;
  };
  std::vector<std::vector<std::size_t>> partitions;  ///< by member
  /// Partitions that are to go to this member from another one. Only the constrained algorithm keeps account of them.
  std::optional<std::vector<Transfer>> transfers;
};

/// Ranks everything and settles conflicting claims: between generations the higher one keeps the partition, within one
/// nobody does. Cost: O((partitions + claims) x log). Source: AbstractStickyAssignor.allSubscriptionsEqual.
[[nodiscard]] StickyGroup make_sticky_group(const AssignorInput& input);

/// The constrained algorithm when all subscriptions are equal, else the general one. Nothing when Kafka would throw.
[[nodiscard]] std::optional<StickyAssignment> compute_sticky_assignment(const AssignorInput& input,
                                                                        const StickyGroup& group);

/// Back from ranks to places in the input.
[[nodiscard]] Assignment assignment_by_place(const StickyGroup& group,
                                             const std::vector<std::vector<std::size_t>>& partitions);

}  // namespace kscope::sim
