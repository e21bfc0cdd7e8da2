// Static members (KIP-345): who comes back with the same group.instance.id takes the place of its former self, with what was
// assigned to it. Source: GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin, ClassicGroup.replaceStaticMember,
// Kafka 3.9; KIP-814.

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

/// Gives the place of one member id to another. Who waits under the old one is fenced.
GroupMember& replace(Ctx& ctx, Group& group, MemberId old_id, MemberId new_id) {
  GroupMember& old = group.members.at(old_id);
  if (old.join.is_set()) {
    refuse_join(ctx, old.join, group.id, old_id, ErrorCode::FENCED_INSTANCE_ID);
  }
  if (old.sync.is_set()) {
    send_response(ctx, old.sync.node, old.sync.correlation_id,
                  SyncGroupResponse{ErrorCode::FENCED_INSTANCE_ID, group.id, {}});
  }
  ctx.cancel(old.session_timer);
  GroupMember member = old;
  member.id = new_id;
  member.join = AwaitedAnswer{};
  member.sync = AwaitedAnswer{};
  member.is_new = false;
  member.session_timer = TimerId{};
  group.members.erase(old_id);
  if (group.leader == old_id) {
    group.leader = new_id;
  }
  group.static_members.insert_or_assign(member.group_instance_id, new_id);
  keep_alive(ctx, group, member, member.session_timeout);
  return group.members.insert_or_assign(new_id, std::move(member)).first->second;
}

/// Goes on in the generation that the others are in. Source: GroupCoordinator.updateStaticMemberAndRebalance, Kafka 2.4.
void answer_without_rebalance(Ctx& ctx, const Group& group, GroupMember& member, MemberId leader) {
  const AwaitedAnswer to = member.join;
  member.join = AwaitedAnswer{};
  JoinGroupResponse response;
  response.group = group.id;
  response.generation = group.generation;
  response.protocol = group.protocol;
  response.leader = leader;
  response.member = member.id;
  send_response(ctx, to.node, to.correlation_id, std::move(response));
}

std::vector<MemberAssignment> present_assignments(const Group& group) {
  std::vector<MemberAssignment> assignments;
  for (const auto& [id, member] : group.members) {
    assignments.push_back(MemberAssignment{id, member.assignment});
  }
  return assignments;
}

}  // namespace

void join_as_before(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to, MemberId new_id,
                    const JoinGroupRequest& request) {
  const MemberId old_id = group.static_members.at(request.group_instance_id);
  const MemberId leader_before = group.leader;
  const GroupMember before = group.members.at(old_id);
  GroupMember& member = replace(ctx, group, old_id, new_id);
  take_join(member, to, request);
  Note note;
  note.kind = NoteKind::kStaticMemberReplaced;
  note.group = group.id;
  note.a = new_id.client.value;
  note.b = old_id.client.value;
  note.c = static_cast<std::int64_t>(group.state);
  ctx.note(note);
  if (group.state == GroupState::CompletingRebalance && ctx.registry().rules.is_old(Rule::kKafka9801)) {
    // The leader assigns to the old id, so the new one will get nothing. It is told the leader's id of before, so that it
    // does not assign, and nobody does if it was the leader.
    answer_without_rebalance(ctx, group, member, leader_before);
    return;
  }
  if (group.state != GroupState::Stable || group.select_protocol() != group.protocol) {
    // While the others wait for the assignment the leader may have been told of the old id: they all begin anew.
    rebalance_or_complete_join(ctx, coordinator, group);
    return;
  }
  PendingAppend pending;
  pending.kind = PendingAppend::Kind::kStaticMember;
  pending.replaced = ReplacedMember{new_id, before, leader_before, request.version >= kJoinMaySkipAssignment};
  store_group(coordinator, group, std::move(pending), present_assignments(group));
}

void finish_replacement(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error) {
  Group* group = coordinator.groups.get(pending.group);
  const ReplacedMember& replaced = *pending.replaced;
  GroupMember* member = group == nullptr ? nullptr : group->members.get(replaced.new_id);
  if (member == nullptr || !member->join.is_set()) {
    return;  // it is gone, or fenced by another one, or was answered by a rebalance that began meanwhile
  }
  const AwaitedAnswer to = member->join;
  member->join = AwaitedAnswer{};
  JoinGroupResponse response;
  response.group = group->id;
  response.generation = group->generation;
  response.protocol = group->protocol;
  if (error != ErrorCode::NONE) {
    GroupMember& old = replace(ctx, *group, replaced.new_id, replaced.before.id);
    old.protocols = replaced.before.protocols;
    old.session_timeout = replaced.before.session_timeout;
    old.rebalance_timeout = replaced.before.rebalance_timeout;
    response.error = assignment_answer_for(error);
    response.leader = replaced.leader_before;
  } else {
    response.member = replaced.new_id;
    response.leader = replaced.may_skip_assignment ? group->leader : replaced.leader_before;
    if (replaced.may_skip_assignment && group->leader == replaced.new_id) {
      response.members = members_for_leader(*group);
      response.skip_assignment = true;
    }
  }
  send_response(ctx, to.node, to.correlation_id, std::move(response));
}

}  // namespace kscope::sim
