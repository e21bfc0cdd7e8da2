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

void remove_absent_members(Ctx& ctx, Group& group) {
  std::vector<MemberId> absent;
  for (const auto& [id, member] : group.members) {
    if (!member.join.is_set()) {
      absent.push_back(id);
    }
  }
  for (const MemberId id : absent) {
    remove_member(ctx, group, id, LeaveReason::kRebalanceTimeout);
  }
}

void begin_generation(Ctx& ctx, Group& group) {
  for (const auto& [id, member] : group.members) {
    answer_join(ctx, group, member, member.join);
  }
  for (auto& entry : group.members) {
    GroupMember& member = entry.second;
    member.join = AwaitedAnswer{};
    member.is_new = false;
    member.is_sync_pending = true;
    keep_alive(ctx, group, member, member.session_timeout);
  }
  ctx.cancel(group.sync_timer);
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
    group.rebalance_timer = ctx.after(delay, Timer{TimerKind::kInitialRebalanceDelay, group.id.value, 0});
  } else {
    group.rebalance_timer = ctx.after(limit, Timer{TimerKind::kRebalanceTimeout, group.id.value, 0});
  }
  transition_to(ctx, group, GroupState::PreparingRebalance);
  try_complete_join(ctx, coordinator, group);
}

void try_complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  if (group.state == GroupState::PreparingRebalance && !group.is_in_initial_delay && group.has_all_joined()) {
    complete_join(ctx, coordinator, group);
  }
}

void complete_join(Ctx& ctx, GroupCoordinator& coordinator, Group& group) {
  ctx.cancel(group.rebalance_timer);
  group.is_in_initial_delay = false;
  remove_absent_members(ctx, group);
  if (ctx.registry().planted_bug != PlantedBug::kGenerationNotRaised || group.generation == GenerationId(0)) {
    ++group.generation;
  }
  if (group.members.empty()) {
    group.protocol.clear();
    transition_to(ctx, group, GroupState::Empty);
    store_group(coordinator, group, PendingAppend::Kind::kGroupEmpty, {});
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
    group.rebalance_timer = ctx.after(delay, Timer{TimerKind::kInitialRebalanceDelay, group.id.value, 0});
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

void answer_join(Ctx& ctx, const Group& group, const GroupMember& member, AwaitedAnswer to) {
  JoinGroupResponse response;
  response.group = group.id;
  response.generation = group.generation;
  response.protocol = group.protocol;
  response.leader = group.leader;
  response.member = member.id;
  if (member.id == group.leader) {
    for (const auto& [id, other] : group.members) {
      response.members.push_back(JoinGroupMember{id, subscription_of(other, group.protocol)});
    }
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
