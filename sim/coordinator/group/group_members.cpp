#include <algorithm>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {

void take_join(GroupMember& member, AwaitedAnswer to, const JoinGroupRequest& request) {
  member.protocols = request.protocols;
  member.session_timeout = request.session_timeout;
  member.rebalance_timeout = request.rebalance_timeout;
  member.join = to;
}

void keep_alive(Ctx& ctx, const Group& group, GroupMember& member, Duration within) {
  member.session_deadline = ctx.now() + within;
  if (ctx.is_armed(member.session_timer)) {
    if (member.session_timer_at <= member.session_deadline) {
      return;  // it looks at the deadline when it fires
    }
    ctx.cancel(member.session_timer);
  }
  member.session_timer_at = member.session_deadline;
  member.session_timer = ctx.after(within, Timer{TimerKind::kSessionExpired, group.id.value, member_key(member.id)});
}

void on_session_timer(Ctx& ctx, GroupCoordinator& coordinator, Group& group, MemberId id) {
  GroupMember* member = group.members.get(id);
  if (member == nullptr) {
    return;
  }
  if (ctx.now() < member->session_deadline) {
    keep_alive(ctx, group, *member, member->session_deadline - ctx.now());
    return;
  }
  // Who waits in JoinGroup or SyncGroup is alive; only a new member cannot be told from one that gave up.
  const bool is_waiting = member->join.is_set() || member->sync.is_set();
  if (is_waiting && !member->is_new) {
    return;
  }
  remove_and_update(ctx, coordinator, group, id, LeaveReason::kSessionExpired);
}

void remove_member(Ctx& ctx, Group& group, MemberId id, LeaveReason reason) {
  GroupMember* member = group.members.get(id);
  if (member == nullptr) {
    return;
  }
  ctx.cancel(member->session_timer);
  if (member->join.is_set()) {
    refuse_join(ctx, member->join, group.id, MemberId{}, ErrorCode::UNKNOWN_MEMBER_ID);
  }
  if (member->is_static()) {
    group.static_members.erase(member->group_instance_id);
  }
  group.members.erase(id);
  if (group.leader == id) {
    group.leader = group.members.empty() ? MemberId{} : group.members.begin()->first;
  }
  if (!group.is_sync_pending()) {
    ctx.cancel(group.sync_timer);
  }
  Note note;
  note.kind = NoteKind::kMemberLeft;
  note.group = group.id;
  note.a = id.client.value;
  note.b = id.serial;
  note.c = static_cast<std::int64_t>(reason);
  ctx.note(note);
}

void remove_and_update(Ctx& ctx, GroupCoordinator& coordinator, Group& group, MemberId id, LeaveReason reason) {
  remove_member(ctx, group, id, reason);
  rebalance_without(ctx, coordinator, group);
}

void rebalance_without(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  switch (group.state) {
    case GroupState::Empty:
    case GroupState::Dead:
    case GroupState::Assigning:
    case GroupState::Reconciling: return;
    case GroupState::CompletingRebalance:
    case GroupState::Stable: maybe_prepare_rebalance(ctx, coordinator, group); return;
    case GroupState::PreparingRebalance: try_complete_join(ctx, coordinator, group); return;
  }
}

bool forget_pending(Ctx& ctx, Group& group, MemberId id) {
  const auto issued = std::find_if(group.pending.begin(), group.pending.end(),
                                   [&](const PendingMember& pending) { return pending.id == id; });
  if (issued == group.pending.end()) {
    return false;
  }
  ctx.cancel(issued->timer);
  group.pending.erase(issued);
  return true;
}

}  // namespace kscope::sim
