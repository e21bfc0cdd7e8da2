#include <fmt/format.h>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

/// Why a group of KIP-848 that calls itself Stable is not; empty: it is. Cost: O(members + partitions).
std::string instability(const CheckContext& c, const consumer_group::ConsumerGroup& group) {
  if (group.group_epoch != group.assignment_epoch) {
    return fmt::format("its epoch is {}, and that of its target {}", group.group_epoch.value,
                       group.assignment_epoch.value);
  }
  for (const auto& [id, member] : group.members) {
    if (member.current.state != consumer_group::MemberState::STABLE ||
        member.current.member_epoch != group.group_epoch) {
      return fmt::format("{} is {} at epoch {}", client_name(c, id), consumer_group::to_string(member.current.state),
                         member.current.member_epoch.value);
    }
    if (!member.current.pending_revocation.empty()) {
      return fmt::format("{} has to give up {} partitions", client_name(c, id),
                         member.current.pending_revocation.size());
    }
    if (member.current.assigned != group.target_of(id)) {
      return fmt::format("{} has {} partitions, and the target gives it others, {}", client_name(c, id),
                         member.current.assigned.size(), group.target_of(id).size());
    }
  }
  return {};
}

}  // namespace

/// KIP-848: in a group that is Stable every member is at the group's epoch, and has its part of the target, no more, no less.
Finding check_valid_stable_group(const CheckContext& c) {
  const RecordBatch* batch = appended_group_records(c);
  const GroupCoordinator* coordinator = batch == nullptr ? nullptr : acting_coordinator(c);
  if (coordinator == nullptr || batch->coordinator_records->empty()) {
    return Finding::not_asked();
  }
  const CoordinatorRecord& first = batch->coordinator_records->front();  // a batch is about one group
  const consumer_group::ConsumerGroup* group =
      first.kind == CoordinatorRecordKind::kConsumerGroup ? coordinator->find_consumer_group(first.group) : nullptr;
  if (group == nullptr || group->state() != consumer_group::ConsumerGroupState::STABLE) {
    return Finding::not_asked();
  }
  const std::string fault = instability(c, *group);
  return fault.empty() ? Finding::fine()
                       : Finding::broken(fmt::format("group {} is Stable, and {}", group_name(c, first.group), fault));
}

}  // namespace kscope::sim
