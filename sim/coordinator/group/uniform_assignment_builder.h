#pragma once
// The three ways of the server's uniform assignor, and what the two for differing subscriptions share: the owners of all
// partitions with the number that each member has, and how heavy a topic weighs on its subscribers.
// Models UniformHomogeneousAssignmentBuilder and UniformHeterogeneousAssignmentBuilder of Kafka 3.9 and 4.0.

#include "sim/coordinator/group/group_spec.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace kscope::sim {

inline constexpr std::int32_t kNoOwner = -1;

/// Who has which partition while an assignment is being built. Partitions of topics that nobody subscribes to have no owner.
class PartitionOwners {
 public:
  /// Members keep the partitions of their targets whose topics they are still subscribed to.
  explicit PartitionOwners(const GroupSpec& spec);

  /// The member, or kNoOwner.
  [[nodiscard]] std::int32_t of(AssignedPartition partition) const { return of_topic(partition.topic)[at(partition)]; }
  [[nodiscard]] const std::vector<std::int32_t>& of_topic(std::int32_t topic) const {
    return owners_[static_cast<std::size_t>(topic)];
  }
  /// Number of partitions that the member has.
  [[nodiscard]] std::int32_t size_of(std::int32_t member) const { return sizes_[static_cast<std::size_t>(member)]; }

  /// Makes `member` the owner; an owner before it loses the partition.
  void assign(AssignedPartition partition, std::int32_t member);

  /// By member, sorted by topic and partition.
  [[nodiscard]] Assignment by_member() const;

 private:
  [[nodiscard]] static std::size_t at(AssignedPartition partition) {
    return static_cast<std::size_t>(partition.partition);
  }

  std::vector<std::vector<std::int32_t>> owners_;  // by topic and partition
  std::vector<std::int32_t> sizes_;                // by member
};

/// By topic its rank in the order of partitions per subscriber, descending, then of subscribers, ascending: a topic with a
/// small rank is hard to balance later and comes first. Topics that tie have one rank. Topics without subscribers: -1.
[[nodiscard]] std::vector<std::int32_t> topic_ranks(const GroupSpec& spec);

/// For members that are all subscribed to the same topics. Result: by member.
/// Source: UniformHomogeneousAssignmentBuilder, Kafka 3.9 and 4.0.
[[nodiscard]] Assignment build_homogeneous(const GroupSpec& spec);

/// For members that are not. Result: by member; nothing where Kafka throws PartitionAssignorException.
/// Source: UniformHeterogeneousAssignmentBuilder, Kafka 3.9.
[[nodiscard]] std::optional<Assignment> build_heterogeneous(const GroupSpec& spec);

/// The same as rewritten by KAFKA-17710. Result: by member. Source: UniformHeterogeneousAssignmentBuilder, Kafka 4.0.
[[nodiscard]] Assignment build_heterogeneous_4_0(const GroupSpec& spec);

}  // namespace kscope::sim
