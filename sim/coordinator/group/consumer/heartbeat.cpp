#include "sim/coordinator/group/consumer/heartbeat.h"

#include <optional>
#include <utility>

#include "engine/core/check.h"
#include "sim/coordinator/group/consumer/current_assignment_builder.h"
#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat_checks.h"
#include "sim/coordinator/group/consumer/heartbeat_sender.h"
#include "sim/coordinator/group/consumer/subscription.h"
#include "sim/coordinator/group/consumer/target_assignment.h"

namespace kscope::sim::consumer_group {
namespace {

// One heartbeat on its way through the steps of consumer_group_heartbeat().
struct Step {
  const ConsumerGroup& group;
  const ConsumerGroupHeartbeatRequest& request;
  const GroupSurroundings& around;
  ConsumerGroupResult result;

  void add(ConsumerGroupRecordData record) { result.records.push_back({group.id, std::move(record)}); }
};

MemberMetadata updated_metadata(MemberMetadata metadata, const ConsumerGroupHeartbeatRequest& request) {
  if (request.instance_id.has_value()) {
    metadata.instance_id = request.instance_id;
  }
  if (request.rack_id.has_value()) {
    metadata.rack_id = request.rack_id;
  }
  if (request.rebalance_timeout.has_value()) {
    metadata.rebalance_timeout = *request.rebalance_timeout;
  }
  if (request.subscribed_topics.has_value()) {
    metadata.subscribed_topics = {request.subscribed_topics->begin(), request.subscribed_topics->end()};
  }
  if (request.server_assignor.has_value()) {
    metadata.server_assignor = server_assignor_named(*request.server_assignor);
  }
  return metadata;
}

// The old member goes and the new one begins with all it had. The timers of the old one run on: if the append fails, it
// is still there. Source: GroupMetadataManager.replaceMember.
void replace_member(Step& step, const HeartbeatSender& sender) {
  append_member_tombstones(step.result.records, step.group.id, sender.replaced);
  const MemberId id = sender.member.member_id;
  step.add(ConsumerGroupMemberMetadata{id, sender.member.metadata});
  step.add(ConsumerGroupTargetAssignmentMember{id, step.group.target_of(sender.replaced)});
  step.add(ConsumerGroupCurrentMemberAssignment{id, sender.member.current});
}

// What the group is after the request: its epoch, and the topics that the epoch is about.
struct GroupUpdate {
  GroupEpoch group_epoch;
  PartitionCounts subscription_metadata;
};

// Looks at the topics when a subscription changed or somebody said that they did, and moves the group epoch on.
GroupUpdate update_group(Step& step, const MemberChange& change, bool has_new_subscription) {
  const ConsumerGroup& group = step.group;
  GroupUpdate update{group.group_epoch, group.subscription_metadata};
  if (!has_new_subscription && !group.has_metadata_expired(step.around.now)) {
    return update;
  }
  update.subscription_metadata = compute_subscription_metadata(members_after(group, change), step.around.topics);
  const bool has_new_topics = update.subscription_metadata != group.subscription_metadata;
  if (has_new_topics) {
    step.add(ConsumerGroupPartitionMetadata{update.subscription_metadata});
  }
  if (has_new_subscription || has_new_topics) {
    update.group_epoch += 1;
    step.add(ConsumerGroupMetadata{update.group_epoch});
  }
  // The epoch is remembered too: if the append fails the group stays at its old epoch, and topics are looked at again.
  step.result.metadata_refresh =
      MetadataRefreshDeadline{step.around.now + step.around.config.metadata_refresh_interval, update.group_epoch};
  return update;
}

struct MemberTarget {
  GroupEpoch assignment_epoch;
  PartitionSet partitions;
};

// None: the assignor failed. Source: GroupMetadataManager.updateTargetAssignment, ModernGroup.targetAssignment.
std::optional<MemberTarget> update_target(Step& step, const MemberChange& change, const GroupUpdate& update) {
  const ConsumerGroup& group = step.group;
  if (update.group_epoch <= group.assignment_epoch) {
    const MemberId heir_of = change.gone.is_set() ? change.gone : change.updated->member_id;
    return MemberTarget{group.assignment_epoch, group.target_of(heir_of)};
  }
  KSCOPE_CHECK(!step.around.config.assignors.empty(), "group.consumer.assignors must name an assignor");
  std::optional<TargetAssignment> target = compute_target_assignment(
      {group, change, update.subscription_metadata, update.group_epoch, step.around.config.assignors.front()});
  if (!target.has_value()) {
    return std::nullopt;
  }
  for (ConsumerGroupRecord& record : target->records) {
    step.result.records.push_back(std::move(record));
  }
  return MemberTarget{update.group_epoch, target->of_updated};
}

// Source: GroupMetadataManager.maybeReconcile.
CurrentAssignment reconcile(Step& step, const ConsumerGroupMember& member, const MemberTarget& target) {
  if (member.is_reconciled_to(target.assignment_epoch)) {
    return member.current;
  }
  CurrentAssignment next =
      compute_current_assignment({member.current, target.assignment_epoch, target.partitions,
                                  step.group.partition_epochs, step.request.owned, step.around.planted_bug});
  if (next == member.current) {
    return next;
  }
  step.add(ConsumerGroupCurrentMemberAssignment{member.member_id, next});
  MemberTimerChange timer{{MemberTimerKind::kRebalance, member.member_id}, std::nullopt, {}};
  if (next.state == MemberState::UNREVOKED_PARTITIONS) {
    timer.fires_at = step.around.now + member.metadata.rebalance_timeout;
    timer.member_epoch = next.member_epoch;
  }
  step.result.timers.push_back(timer);
  return next;
}

}  // namespace

ConsumerGroupResult consumer_group_heartbeat(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request,
                                             const GroupSurroundings& around) {
  Step step{group, request, around, {}};
  step.result.response.error_code = check_request(request, around.config);
  if (step.result.response.error_code != ErrorCode::NONE) {
    return step.result;
  }
  if (request.is_leave()) {
    return consumer_group_leave(group, request, around.topics);
  }
  KSCOPE_CHECK(request.member_id.is_set(), "whoever receives a request to join issues a member id first");
  const HeartbeatSender sender = find_sender(group, request, around.config);
  step.result.response.error_code = sender.error;
  if (sender.error != ErrorCode::NONE) {
    return step.result;
  }

  // 1. The member is created or updated.
  if (sender.replaced.is_set()) {
    replace_member(step, sender);
  }
  ConsumerGroupMember member = sender.member;
  member.metadata = updated_metadata(sender.member.metadata, request);
  if (member.metadata != sender.member.metadata) {
    step.add(ConsumerGroupMemberMetadata{member.member_id, member.metadata});
  }
  const MemberChange change{&member, sender.replaced};
  const GroupUpdate update =
      update_group(step, change, member.metadata.subscribed_topics != sender.member.metadata.subscribed_topics);

  // 2. The target assignment catches up with the group epoch.
  const std::optional<MemberTarget> target = update_target(step, change, update);
  if (!target.has_value()) {
    step.result.response.error_code = ErrorCode::UNKNOWN_SERVER_ERROR;
    step.result.records.clear();
    return step.result;
  }

  // 3. The member goes a step towards it.
  member.current = reconcile(step, member, *target);
  step.result.timers.push_back(
      {{MemberTimerKind::kSession, member.member_id}, around.now + around.config.session_timeout, {}});

  ConsumerGroupHeartbeatResponse& response = step.result.response;
  response.member_id = member.member_id;
  response.member_epoch = member.current.member_epoch;
  response.heartbeat_interval = around.config.heartbeat_interval;
  const bool joins = request.member_epoch == kJoinGroupEpoch;
  if (joins || request.is_full() || member.current.assigned != sender.member.current.assigned) {
    response.assignment = member.current.assigned;
  }
  return step.result;
}

}  // namespace kscope::sim::consumer_group
