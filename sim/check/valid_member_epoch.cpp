#include <fmt/format.h>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroup;
using consumer_group::ConsumerGroupMember;
using consumer_group::PartitionSet;

std::string epoch_fault(const CheckContext& c, const ConsumerGroup& group, const ConsumerGroupMember& member) {
  const consumer_group::MemberEpoch epoch = member.current.member_epoch;
  if (epoch > group.assignment_epoch) {
    return fmt::format("{} is at epoch {}, the target at {}", client_name(c, member.member_id), epoch.value,
                       group.assignment_epoch.value);
  }
  if (epoch < group.assignment_epoch) {
    return {};
  }
  const PartitionSet held = consumer_group::in_either(member.current.assigned, member.current.pending_revocation);
  const PartitionSet surplus = consumer_group::without(held, group.target_of(member.member_id));
  return surplus.empty() ? std::string{}
                         : fmt::format("{} is at the epoch of the target, {}, and has {}, which is not its part of it",
                                       client_name(c, member.member_id), epoch.value,
                                       c.registry().partition_name(*surplus.begin()));
}

}  // namespace

/// KIP-848: no member is ahead of the target, and one that has come to its epoch has nothing that the target does not give it.
Finding check_valid_member_epoch(const CheckContext& c) {
  const RecordBatch* batch = appended_group_records(c);
  const GroupCoordinator* coordinator = batch == nullptr ? nullptr : acting_coordinator(c);
  Finding finding = Finding::not_asked();
  for (std::size_t i = 0; coordinator != nullptr && i < batch->coordinator_records->size(); ++i) {
    const CoordinatorRecord& record = (*batch->coordinator_records)[i];
    const auto* current =
        record.kind != CoordinatorRecordKind::kConsumerGroup
            ? nullptr
            : std::get_if<consumer_group::ConsumerGroupCurrentMemberAssignment>(&record.consumer_group->data);
    const ConsumerGroup* group = current == nullptr ? nullptr : coordinator->find_consumer_group(record.group);
    const ConsumerGroupMember* member = group == nullptr ? nullptr : group->members.get(current->member);
    if (member == nullptr) {
      continue;
    }
    finding = Finding::fine();
    if (std::string fault = epoch_fault(c, *group, *member); !fault.empty()) {
      return Finding::broken(fmt::format("group {}: {}", group_name(c, record.group), fault));
    }
  }
  return finding;
}

}  // namespace kscope::sim
