#include <algorithm>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

/// What the leader is told of a member: its subscription under the selected protocol.
JoinProtocol subscription_of(const GroupMember& member, const std::string& protocol) {
  for (const JoinProtocol& candidate : member.protocols) {
    if (candidate.name == protocol) {
      return candidate;
    }
  }
  return JoinProtocol{protocol, {}, {}};
}

/// Static members stay for as long as their session lasts: they may be restarting.
void remove_absent_members(Ctx& ctx, Group& group) {
  std::vector<MemberId> absent;
  for (const auto& [id, member] : group.members) {
    if (!member.join.is_set() && !member.is_static()) {
      absent.push_back(id);
    }
  }
  for (const MemberId id : absent) {
    remove_member(ctx, group, id, LeaveReason::kRebalanceTimeout);
  }
}

/// The leader stays if it has joined; else the first member that has takes over. False: nobody has joined.
/// Source: ClassicGroup.maybeElectNewJoinedLeader.
bool elect_joined_leader(Group& group) {
  const GroupMember* leader = group.members.get(group.leader);
  if (leader != nullptr && leader->join.is_set()) {
    return true;
  }
  for (const auto& [id, member] : group.members) {
    if (member.join.is_set()) {
      group.leader = id;
      return true;
    }
  }
  return false;
}

/// Arms the timer that ends the join phase.
void wait_for_members(Ctx& ctx, Group& group, TimerKind kind, Duration time) {
  group.rebalance_until = ctx.now() + time;
  group.rebalance_timer = ctx.after(time, Timer{kind, group.id.value, 0});
}

void begin_generation(Ctx& ctx, Group& group) {
  for (const auto& [id, member] : group.members) {
    if (member.join.is_set()) {
      answer_join(ctx, group, member, member.join);
    }
  }
  for (auto& entry : group.members) {
    GroupMember& member = entry.second;
    member.join = AwaitedAnswer{};
    member.is_new = false;
    member.is_sync_pending = true;
    keep_alive(ctx, group, member, member.session_timeout);
  }
  ctx.cancel(group.sync_timer);
  group.sync_until = ctx.now() + group.rebalance_timeout();
  group.sync_timer = ctx.after(group.rebalance_timeout(), Timer{TimerKind::kSyncTimeout, group.id.value, 0});
}

}  // namespace

void maybe_prepare_rebalance(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  const GroupState from = group.state;
  if (from == GroupState::PreparingRebalance || from == GroupState::Dead) {
    return;
  }
  if (from == GroupState::CompletingRebalance) {
    for (auto& entry : group.members) {
      entry.second.assignment.clear();
    }
    answer_syncs(ctx, group, ErrorCode::REBALANCE_IN_PROGRESS);
  }
  ctx.cancel(group.sync_timer);
  for (auto& entry : group.members) {
    entry.second.is_sync_pending = false;
  }
  ctx.cancel(group.rebalance_timer);
  const Duration limit = group.rebalance_timeout();
  group.is_in_initial_delay = from == GroupState::Empty;
  if (group.is_in_initial_delay) {
    const Duration delay = ctx.registry().broker(ctx.self()).config.group_initial_rebalance_delay_ms;
    group.new_member_added = false;
    group.initial_delay_left = std::max(limit - delay, Duration(0));
    wait_for_members(ctx, group, TimerKind::kInitialRebalanceDelay, delay);
  } else {
    wait_for_members(ctx, group, TimerKind::kRebalanceTimeout, limit);
  }
  transition_to(ctx, group, GroupState::PreparingRebalance);
  try_complete_join(ctx, coordinator, group);
}

void rebalance_or_complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  if (group.state == GroupState::PreparingRebalance) {
    try_complete_join(ctx, coordinator, group);
  } else {
    maybe_prepare_rebalance(ctx, coordinator, group);
  }
}

void try_complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  if (group.state == GroupState::PreparingRebalance && !group.is_in_initial_delay && group.has_all_joined()) {
    complete_join(ctx, coordinator, group);
  }
}

void complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  ctx.cancel(group.rebalance_timer);
  remove_absent_members(ctx, group);
  if (!elect_joined_leader(group) && !group.members.empty()) {
    wait_for_members(ctx, group, TimerKind::kRebalanceTimeout, group.rebalance_timeout());
    return;
  }
  group.is_in_initial_delay = false;
  if (ctx.registry().planted_bug != PlantedBug::kGenerationNotRaised || group.generation == GenerationId(0)) {
    ++group.generation;
  }
  if (group.members.empty()) {
    group.protocol.clear();
    transition_to(ctx, group, GroupState::Empty);
    PendingAppend pending;
    pending.kind = PendingAppend::Kind::kGroupEmpty;
    store_group(coordinator, group, std::move(pending), {});
    return;
  }
  group.protocol = group.select_protocol();
  transition_to(ctx, group, GroupState::CompletingRebalance);
  begin_generation(ctx, group);
}

void on_initial_delay_over(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  if (group.state != GroupState::PreparingRebalance) {
    return;
  }
  if (group.new_member_added && group.initial_delay_left > Duration(0)) {
    group.new_member_added = false;
    const Duration configured = ctx.registry().broker(ctx.self()).config.group_initial_rebalance_delay_ms;
    const Duration delay = std::min(configured, group.initial_delay_left);
    group.initial_delay_left -= delay;
    wait_for_members(ctx, group, TimerKind::kInitialRebalanceDelay, delay);
    return;
  }
  complete_join(ctx, coordinator, group);
}

void on_sync_timeout(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  if (group.state != GroupState::CompletingRebalance && group.state != GroupState::Stable) {
    return;
  }
  std::vector<MemberId> silent;
  for (const auto& [id, member] : group.members) {
    if (member.is_sync_pending) {
      silent.push_back(id);
    }
  }
  for (const MemberId id : silent) {
    remove_member(ctx, group, id, LeaveReason::kRebalanceTimeout);
  }
  if (!silent.empty()) {
    maybe_prepare_rebalance(ctx, coordinator, group);
  }
}

void answer_syncs(Ctx& ctx, Group& group, ErrorCode error) {
  for (auto& entry : group.members) {
    GroupMember& member = entry.second;
    if (!member.sync.is_set()) {
      continue;
    }
    SyncGroupResponse response;
    response.error = error;
    response.group = group.id;
    if (error == ErrorCode::NONE) {
      response.assignment = member.assignment;
    }
    send_response(ctx, member.sync.node, member.sync.correlation_id, std::move(response));
    member.sync = AwaitedAnswer{};
    keep_alive(ctx, group, member, member.session_timeout);
  }
}

std::vector<JoinGroupMember> members_for_leader(const Group& group) {
  std::vector<JoinGroupMember> members;
  for (const auto& [id, member] : group.members) {
    members.push_back(JoinGroupMember{id, member.group_instance_id, subscription_of(member, group.protocol)});
  }
  return members;
}

void answer_join(Ctx& ctx, const Group& group, const GroupMember& member, AwaitedAnswer to) {
  JoinGroupResponse response;
  response.group = group.id;
  response.generation = group.generation;
  response.protocol = group.protocol;
  response.leader = group.leader;
  response.member = member.id;
  if (member.id == group.leader) {
    response.members = members_for_leader(group);
  }
  send_response(ctx, to.node, to.correlation_id, std::move(response));
}

void refuse_join(Ctx& ctx, AwaitedAnswer to, GroupId group, MemberId member, ErrorCode error) {
  JoinGroupResponse response;
  response.error = error;
  response.group = group;
  response.member = member;
  send_response(ctx, to.node, to.correlation_id, std::move(response));
}

}  // namespace kscope::sim
