#include <algorithm>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

constexpr Duration kNewMemberJoinTimeout = 5min;  // GroupCoordinator.NewMemberJoinTimeoutMs

/// Ids of one client differ also between coordinators: each leader epoch counts in a range of its own.
constexpr std::int32_t kSerialsPerEpoch = 10'000;

MemberId issue_id(const GroupCoordinator& coordinator, Group& group, NodeId client) {
  std::int32_t epoch = 0;
  for (const CoordinatedPartition& owned : coordinator.partitions) {
    if (owned.partition == group.partition) {
      epoch = std::max(owned.leader_epoch.value, 0);
    }
  }
  std::int32_t& issued = group.issued[client];
  return MemberId{client, epoch * kSerialsPerEpoch + issued++};
}

/// First JoinGroup of a client: it gets an id and has to come again with it (KIP-394).
void require_member_id(Ctx& ctx, const GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                       const JoinGroupRequest& request) {
  const MemberId id = issue_id(coordinator, group, to.node);
  PendingMember pending{id, {}};
  pending.timer =
      ctx.after(request.session_timeout, Timer{TimerKind::kPendingMemberExpired, group.id.value, member_key(id)});
  group.pending.push_back(pending);
  refuse_join(ctx, to, group.id, id, ErrorCode::MEMBER_ID_REQUIRED);
}

void add_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                const JoinGroupRequest& request) {
  GroupMember member;
  member.id = request.member;
  member.session_timeout = request.session_timeout;
  member.rebalance_timeout = request.rebalance_timeout;
  member.protocols = request.protocols;
  member.join = to;
  member.is_new = true;
  if (group.state == GroupState::PreparingRebalance && group.generation == GenerationId(0)) {
    group.new_member_added = true;
  }
  if (!group.leader.is_set()) {
    group.leader = member.id;
  }
  keep_alive(ctx, group, member, kNewMemberJoinTimeout);
  group.members.insert_or_assign(member.id, std::move(member));
  Note note;
  note.kind = NoteKind::kMemberJoined;
  note.group = group.id;
  note.a = request.member.client.value;
  note.b = request.member.serial;
  ctx.note(note);
  maybe_prepare_rebalance(ctx, coordinator, group);
  try_complete_join(ctx, coordinator, group);
}

void update_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, GroupMember& member, AwaitedAnswer to,
                   const JoinGroupRequest& request) {
  member.protocols = request.protocols;
  member.session_timeout = request.session_timeout;
  member.rebalance_timeout = request.rebalance_timeout;
  member.join = to;
  maybe_prepare_rebalance(ctx, coordinator, group);
  try_complete_join(ctx, coordinator, group);
}

void join_known_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                       const JoinGroupRequest& request) {
  if (group.is_pending(request.member)) {
    // Out of the list without completing the join: the member itself is added below.
    const auto issued = std::find_if(group.pending.begin(), group.pending.end(),
                                     [&](const PendingMember& pending) { return pending.id == request.member; });
    ctx.cancel(issued->timer);
    group.pending.erase(issued);
    add_member(ctx, coordinator, group, to, request);
    return;
  }
  GroupMember* member = group.members.get(request.member);
  if (member == nullptr) {
    refuse_join(ctx, to, group.id, MemberId{}, ErrorCode::UNKNOWN_MEMBER_ID);
    return;
  }
  const bool is_same = member->protocols == request.protocols;
  switch (group.state) {
    case GroupState::PreparingRebalance: update_member(ctx, coordinator, group, *member, to, request); return;
    case GroupState::CompletingRebalance:
      if (is_same) {
        answer_join(ctx, group, *member, to);  // the answer was lost, the generation is still the current one
      } else {
        update_member(ctx, coordinator, group, *member, to, request);
      }
      return;
    case GroupState::Stable:
      if (group.leader == member->id || !is_same) {
        update_member(ctx, coordinator, group, *member, to, request);  // the leader rejoins to force a new assignment
      } else {
        answer_join(ctx, group, *member, to);
      }
      return;
    case GroupState::Empty:
    case GroupState::Dead: refuse_join(ctx, to, group.id, MemberId{}, ErrorCode::UNKNOWN_MEMBER_ID); return;
  }
}

/// NONE, or why a request of a member is refused: the checks that SyncGroup and Heartbeat begin with.
ErrorCode member_error(const Group* group, MemberId member, GenerationId generation) {
  if (group == nullptr || !group->has(member)) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  return group->generation == generation ? ErrorCode::NONE : ErrorCode::ILLEGAL_GENERATION;
}

/// The leader's list with every member in it, those that it left out with nothing.
std::vector<MemberAssignment> complete_assignments(const Group& group, const SyncGroupRequest& request) {
  std::vector<MemberAssignment> complete;
  for (const auto& entry : group.members) {
    const auto& id = entry.first;
    const auto given = std::find_if(request.assignments.begin(), request.assignments.end(),
                                    [&](const MemberAssignment& assignment) { return assignment.member == id; });
    complete.push_back(given == request.assignments.end() ? MemberAssignment{id, {}} : *given);
  }
  return complete;
}

}  // namespace

void GroupCoordinator::join_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const JoinGroupRequest& request) {
  const AwaitedAnswer to{from, correlation_id};
  const BrokerConfig& config = ctx.registry().broker(ctx.self()).config;
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE && (request.session_timeout < config.group_min_session_timeout_ms ||
                                   request.session_timeout > config.group_max_session_timeout_ms)) {
    error = ErrorCode::INVALID_SESSION_TIMEOUT;
  }
  Group* group = groups.get(request.group);
  if (error == ErrorCode::NONE && group == nullptr) {
    if (request.member.is_set()) {
      error = ErrorCode::UNKNOWN_MEMBER_ID;
    } else {
      group = &groups[request.group];
      group->id = request.group;
      group->partition = offsets_partition_of(ctx, request.group);
    }
  }
  if (error == ErrorCode::NONE && !group->has(request.member) && !group->is_pending(request.member) &&
      static_cast<std::int64_t>(group->members.size()) >= config.group_max_size) {
    error = ErrorCode::GROUP_MAX_SIZE_REACHED;
  }
  if (error == ErrorCode::NONE && !group->supports(request.protocols)) {
    error = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
  }
  if (error != ErrorCode::NONE) {
    refuse_join(ctx, to, request.group, request.member, error);
  } else if (!request.member.is_set()) {
    require_member_id(ctx, *this, *group, to, request);
  } else {
    join_known_member(ctx, *this, *group, to, request);
  }
}

void GroupCoordinator::sync_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const SyncGroupRequest& request) {
  Group* group = groups.get(request.group);
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE) {
    error = member_error(group, request.member, request.generation);
  }
  if (error == ErrorCode::NONE && group->state == GroupState::PreparingRebalance) {
    error = ErrorCode::REBALANCE_IN_PROGRESS;
  }
  if (error != ErrorCode::NONE) {
    send_response(ctx, from, correlation_id, SyncGroupResponse{error, request.group, {}});
    return;
  }
  GroupMember& member = group->members.at(request.member);
  member.is_sync_pending = false;
  if (!group->is_sync_pending()) {
    ctx.cancel(group->sync_timer);
  }
  if (group->state == GroupState::Stable) {
    send_response(ctx, from, correlation_id, SyncGroupResponse{ErrorCode::NONE, request.group, member.assignment});
    keep_alive(ctx, *group, member, member.session_timeout);
    return;
  }
  member.sync = AwaitedAnswer{from, correlation_id};
  if (group->leader == member.id) {
    store_group(*this, *group, PendingAppend::Kind::kAssignment, complete_assignments(*group, request));
  }
}

void GroupCoordinator::heartbeat(Ctx& ctx, NodeId from, std::int64_t correlation_id, const HeartbeatRequest& request) {
  Group* group = groups.get(request.group);
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE) {
    error = member_error(group, request.member, request.generation);
  }
  if (error == ErrorCode::NONE) {
    GroupMember& member = group->members.at(request.member);
    keep_alive(ctx, *group, member, member.session_timeout);
    if (group->state == GroupState::PreparingRebalance) {
      error = ErrorCode::REBALANCE_IN_PROGRESS;
    }
  }
  send_response(ctx, from, correlation_id, HeartbeatResponse{error, request.group});
}

void GroupCoordinator::leave_group(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                   const LeaveGroupRequest& request) {
  Group* group = groups.get(request.group);
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE && (group == nullptr || !remove_pending(ctx, *this, *group, request.member))) {
    if (group == nullptr || !group->has(request.member)) {
      error = ErrorCode::UNKNOWN_MEMBER_ID;
    } else {
      remove_and_update(ctx, *this, *group, request.member, LeaveReason::kLeft);
    }
  }
  send_response(ctx, from, correlation_id, LeaveGroupResponse{error, request.group});
}

}  // namespace kscope::sim
