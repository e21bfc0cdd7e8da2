#include "sim/coordinator/group/assignor_sticky.h"

#include "sim/coordinator/group/assignor_sticky_algorithms.h"
#include "sim/coordinator/group/assignor_sticky_racks.h"

namespace kscope::sim {

std::optional<StickyAssignment> compute_sticky_assignment(const AssignorInput& input, const StickyGroup& group) {
  const StickyRacks racks(input, group);
  return group.are_subscriptions_equal ? assign_constrained(group, racks) : assign_general(group, racks);
}

Assignment assignment_by_place(const StickyGroup& group, const std::vector<std::vector<std::size_t>>& partitions) {
  Assignment assignment(group.members.size());
  for (std::size_t member = 0; member < group.members.size(); ++member) {
    std::vector<AssignedPartition>& given = assignment[static_cast<std::size_t>(group.members[member].place)];
    for (const std::size_t rank : partitions[member]) {
      const StickyPartition& partition = group.partitions[rank];
      given.push_back({group.topics[partition.topic].place, partition.number});
    }
  }
  return assignment;
}

Assignment assign_sticky(const AssignorInput& input) {
  if (input.members.empty()) {
    return {};
  }
  const StickyGroup group = make_sticky_group(input);
  const std::optional<StickyAssignment> assignment = compute_sticky_assignment(input, group);
  return assignment ? assignment_by_place(group, assignment->partitions) : Assignment{};
}

}  // namespace kscope::sim
