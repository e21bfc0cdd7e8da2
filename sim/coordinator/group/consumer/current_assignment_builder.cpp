#include "sim/coordinator/group/consumer/current_assignment_builder.h"

#include <algorithm>
#include <iterator>

namespace kscope::sim::consumer_group {
namespace {

// A member that does not say what it owns may own everything.
bool owns_any(const std::optional<std::vector<TopicPartition>>& owned, const PartitionSet& of) {
  return !owned.has_value() || std::any_of(owned->begin(), owned->end(),
                                           [&of](const TopicPartition& partition) { return of.contains(partition); });
}

PartitionSet free_ones(const PartitionSet& wanted, const FlatMap<TopicPartition, MemberEpoch>& partition_epochs) {
  std::vector<TopicPartition> free;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(free),
               [&](const TopicPartition& partition) { return !partition_epochs.contains(partition); });
  return {free.begin(), free.end()};
}

CurrentAssignment at_epoch(const CurrentAssignment& current, MemberEpoch epoch, MemberState state) {
  CurrentAssignment next = current;
  next.previous_member_epoch = current.member_epoch;
  next.member_epoch = epoch;
  next.state = state;
  return next;
}

// `epoch` is where the member is now: it stays there while there is something to revoke.
CurrentAssignment next_assignment(const ReconciliationInput& input, MemberEpoch epoch) {
  const PartitionSet kept = in_both(input.current.assigned, input.target);
  const PartitionSet to_revoke = without(input.current.assigned, kept);
  const PartitionSet wanted = without(input.target, kept);
  const PartitionSet to_assign = free_ones(wanted, input.partition_epochs);

  const bool moves_on_unrevoked = input.planted_bug == PlantedBug::kEpochBeforeRevoked;
  if (!to_revoke.empty() && owns_any(input.owned, to_revoke) && !moves_on_unrevoked) {
    CurrentAssignment next = at_epoch(input.current, epoch, MemberState::UNREVOKED_PARTITIONS);
    next.assigned = kept;
    next.pending_revocation = to_revoke;
    return next;
  }
  const bool others_hold_some =
      to_assign.size() < wanted.size() && input.planted_bug != PlantedBug::kStableWhileUnreleased;
  CurrentAssignment next = at_epoch(input.current, input.assignment_epoch,
                                    others_hold_some ? MemberState::UNRELEASED_PARTITIONS : MemberState::STABLE);
  next.assigned = in_either(moves_on_unrevoked ? input.current.assigned : kept, to_assign);
  next.pending_revocation.clear();
  return next;
}

}  // namespace

CurrentAssignment compute_current_assignment(const ReconciliationInput& input) {
  switch (input.current.state) {
    case MemberState::STABLE:
      if (input.current.member_epoch == input.assignment_epoch) {
        return input.current;
      }
      return next_assignment(input, input.current.member_epoch);
    case MemberState::UNREVOKED_PARTITIONS:
      if (owns_any(input.owned, input.current.pending_revocation)) {
        return input.current;
      }
      return next_assignment(input, input.current.member_epoch + 1);
    case MemberState::UNRELEASED_PARTITIONS: return next_assignment(input, input.current.member_epoch);
  }
  return input.current;
}

}  // namespace kscope::sim::consumer_group
