#pragma once
// Hands out the subscribers of one topic in the order in which they should get or give partitions, so that a run of
// partitions is spread at constant cost each. Used by the uniform assignor of Kafka 4.0 for differing subscriptions.
//
//   size ^             #     The subscribers stand in order of their sizes (numbers of partitions). Two ranges are kept:
//        |          [##<-]   [0, least_loaded_end) all have least_loaded_size at the start of a round, and each gets one
//        | [->   ]##[####]   before the next round; the range grows to the right when its size reaches a neighbour's.
//        | [#####]##[####]   [most_loaded_begin, most_loaded_end) likewise from the other side. Members right of it have
//        +---------------->  nothing to give.
//
// The balancer looks at the live sizes, so whoever asks for a member must carry out the change before asking again.
// Models MemberAssignmentBalancer of UniformHeterogeneousAssignmentBuilder, Kafka 4.0.

#include "sim/coordinator/group/uniform_assignment_builder.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kscope::sim {

class MemberAssignmentBalancer {
 public:
  /// For a topic with these subscribers. Requires: at least one, in ascending order. Cost: O(subscribers x log).
  /// `owners` must outlive the balancer.
  MemberAssignmentBalancer(const PartitionOwners& owners, std::vector<std::int32_t> subscribers);

  /// The member that should get the next partition. Cost: amortized O(1).
  [[nodiscard]] std::int32_t next_least_loaded();

  /// The member that should give the next partition, kNoOwner when all are excluded. Cost: amortized O(1).
  [[nodiscard]] std::int32_t next_most_loaded();

  /// The member that next_most_loaded() has just named gives no more partitions. Requires: it has named one.
  void exclude_most_loaded();

  /// Whether a move from the most to the least loaded member named last would not help.
  [[nodiscard]] bool is_balanced() const { return most_loaded_size_ - least_loaded_size_ <= 1; }

 private:
  [[nodiscard]] std::int32_t size_at(std::ptrdiff_t place) const;
  [[nodiscard]] std::ptrdiff_t end() const { return static_cast<std::ptrdiff_t>(members_.size()); }

  const PartitionOwners& owners_;
  std::vector<std::int32_t> members_;  // by size at the start, then by member
  std::ptrdiff_t least_loaded_end_ = 0;
  std::int32_t least_loaded_size_ = 0;
  std::ptrdiff_t next_least_loaded_ = 0;  // a place in members_
  std::ptrdiff_t most_loaded_begin_ = 0;
  std::ptrdiff_t most_loaded_end_ = 0;
  std::int32_t most_loaded_size_ = 0;
  std::ptrdiff_t next_most_loaded_ = 0;  // a place in members_, or -1
};

}  // namespace kscope::sim
