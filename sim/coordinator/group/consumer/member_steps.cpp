#include "sim/coordinator/group/consumer/member_steps.h"

#include <utility>

#include "engine/core/check.h"
#include "sim/coordinator/group/consumer/current_assignment_builder.h"
#include "sim/coordinator/group/consumer/subscription.h"
#include "sim/coordinator/group/consumer/target_assignment.h"

namespace kscope::sim::consumer_group {
namespace {

// The old member goes and the new one begins with all it had. The timers of the old one run on: if the append fails, it
// is still there. Source: GroupMetadataManager.replaceMember.
void replace_member(MemberSteps& steps, const HeartbeatSender& sender) {
  append_member_tombstones(steps.result.records, steps.group.id, sender.replaced);
  const MemberId id = sender.member.member_id;
  steps.add(ConsumerGroupMemberMetadata{id, sender.member.metadata});
  steps.add(ConsumerGroupTargetAssignmentMember{id, steps.group.target_of(sender.replaced)});
  steps.add(ConsumerGroupCurrentMemberAssignment{id, sender.member.current});
}

// What the group is after the request: its epoch, and the topics that the epoch is about.
struct GroupUpdate {
  GroupEpoch group_epoch;
  PartitionCounts subscription_metadata;
};

// Looks at the topics when a subscription changed or somebody said that they did, and moves the group epoch on.
GroupUpdate update_group(MemberSteps& steps, const MemberChange& change, bool has_new_subscription) {
  const ConsumerGroup& group = steps.group;
  GroupUpdate update{group.group_epoch, group.subscription_metadata};
  if (!has_new_subscription && !group.has_metadata_expired(steps.around.now)) {
    return update;
  }
  update.subscription_metadata = compute_subscription_metadata(members_after(group, change), steps.around.topics);
  const bool has_new_topics = update.subscription_metadata != group.subscription_metadata;
  if (has_new_topics) {
    steps.add(ConsumerGroupPartitionMetadata{update.subscription_metadata});
  }
  if (has_new_subscription || has_new_topics) {
    update.group_epoch += 1;
    steps.add(ConsumerGroupMetadata{update.group_epoch});
  }
  // The epoch is remembered too: if the append fails the group stays at its old epoch, and topics are looked at again.
  steps.result.metadata_refresh =
      MetadataRefreshDeadline{steps.around.now + steps.around.config.metadata_refresh_interval, update.group_epoch};
  return update;
}

struct MemberTarget {
  GroupEpoch assignment_epoch;
  PartitionSet partitions;
};

// None: the assignor failed. Source: GroupMetadataManager.updateTargetAssignment, ModernGroup.targetAssignment.
std::optional<MemberTarget> update_target(MemberSteps& steps, const MemberChange& change, const GroupUpdate& update) {
  const ConsumerGroup& group = steps.group;
  if (update.group_epoch <= group.assignment_epoch) {
    const MemberId heir_of = change.gone.is_set() ? change.gone : change.updated->member_id;
    return MemberTarget{group.assignment_epoch, group.target_of(heir_of)};
  }
  KSCOPE_CHECK(!steps.around.config.assignors.empty(), "group.consumer.assignors must name an assignor");
  std::optional<TargetAssignment> target = compute_target_assignment(
      {group, change, update.subscription_metadata, update.group_epoch, steps.around.config.assignors.front()});
  if (!target.has_value()) {
    return std::nullopt;
  }
  for (ConsumerGroupRecord& record : target->records) {
    steps.result.records.push_back(std::move(record));
  }
  return MemberTarget{update.group_epoch, target->of_updated};
}

// Source: GroupMetadataManager.maybeReconcile.
CurrentAssignment reconcile(MemberSteps& steps, const ConsumerGroupMember& member, const MemberTarget& target) {
  if (member.is_reconciled_to(target.assignment_epoch)) {
    return member.current;
  }
  CurrentAssignment next =
      compute_current_assignment({member.current, target.assignment_epoch, target.partitions,
                                  steps.group.partition_epochs, steps.owned, steps.around.planted_bug});
  if (next == member.current) {
    return next;
  }
  steps.add(ConsumerGroupCurrentMemberAssignment{member.member_id, next});
  MemberTimerChange timer{{MemberTimerKind::kRebalance, member.member_id}, std::nullopt, {}};
  if (next.state == MemberState::UNREVOKED_PARTITIONS) {
    timer.fires_at = steps.around.now + member.metadata.rebalance_timeout;
    timer.member_epoch = next.member_epoch;
  }
  steps.result.timers.push_back(timer);
  return next;
}

}  // namespace

std::optional<ConsumerGroupMember> take_steps(MemberSteps& steps, const HeartbeatSender& sender,
                                              const MemberMetadata& metadata) {
  // 1. The member is created or updated.
  if (sender.replaced.is_set()) {
    replace_member(steps, sender);
  }
  ConsumerGroupMember member = sender.member;
  member.metadata = metadata;
  if (member.metadata != sender.member.metadata) {
    steps.add(ConsumerGroupMemberMetadata{member.member_id, member.metadata});
  }
  const MemberChange change{&member, sender.replaced};
  const GroupUpdate update =
      update_group(steps, change, member.metadata.subscribed_topics != sender.member.metadata.subscribed_topics);

  // 2. The target assignment catches up with the group epoch.
  const std::optional<MemberTarget> target = update_target(steps, change, update);
  if (!target.has_value()) {
    steps.result.records.clear();
    return std::nullopt;
  }

  // 3. The member goes a step towards it.
  member.current = reconcile(steps, member, *target);
  return member;
}

}  // namespace kscope::sim::consumer_group
