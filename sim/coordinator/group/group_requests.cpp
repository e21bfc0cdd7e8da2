// SyncGroup, Heartbeat and LeaveGroup. Source: GroupMetadataManager.classicGroupSync, classicGroupHeartbeat,
// classicGroupLeave, Kafka 3.9.

#include <algorithm>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

/// NONE, or why a request of a member is refused: the checks that SyncGroup and Heartbeat begin with.
template <class Request>
ErrorCode member_error(const Group* group, const Request& request) {
  if (group == nullptr) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  const ErrorCode error = group->validate(request.member, request.group_instance_id);
  const bool is_current = group->generation == request.generation;
  return error == ErrorCode::NONE && !is_current ? ErrorCode::ILLEGAL_GENERATION : error;
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

/// One that leaves: a member, one whose id is not used yet, or whoever has the instance id that an administrator names.
ErrorCode leave(Ctx& ctx, Group& group, const MemberIdentity& identity) {
  if (!identity.member.is_set()) {
    const MemberId* holder = group.static_members.get(identity.group_instance_id);
    if (holder == nullptr) {
      return ErrorCode::UNKNOWN_MEMBER_ID;
    }
    remove_member(ctx, group, MemberId(*holder), LeaveReason::kLeft);
    return ErrorCode::NONE;
  }
  if (forget_pending(ctx, group, identity.member)) {
    return ErrorCode::NONE;
  }
  const ErrorCode error = group.validate(identity.member, identity.group_instance_id);
  if (error == ErrorCode::NONE) {
    remove_member(ctx, group, identity.member, LeaveReason::kLeft);
  }
  return error;
}

}  // namespace

void GroupCoordinator::sync_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const SyncGroupRequest& request) {
  Group* group = groups.get(request.group);
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE && has_consumer_members(*this, request.group)) {
    classic_sync_to_consumer_group(ctx, *this, {from, correlation_id}, request);
    return;
  }
  if (error == ErrorCode::NONE) {
    error = member_error(group, request);
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
    return;
  }
  member.sync = AwaitedAnswer{from, correlation_id};
  if (group->leader == member.id) {
    PendingAppend pending;
    pending.kind = PendingAppend::Kind::kAssignment;
    store_group(*this, *group, std::move(pending), complete_assignments(*group, request));
  }
}

void GroupCoordinator::heartbeat(Ctx& ctx, NodeId from, std::int64_t correlation_id, const HeartbeatRequest& request) {
  Group* group = groups.get(request.group);
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE && has_consumer_members(*this, request.group)) {
    classic_heartbeat_to_consumer_group(ctx, *this, {from, correlation_id}, request);
    return;
  }
  if (error == ErrorCode::NONE) {
    error = member_error(group, request);
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
  LeaveGroupResponse response;
  response.group = request.group;
  response.error = group_status(ctx, *this, request.group);
  if (response.error == ErrorCode::NONE && has_consumer_members(*this, request.group)) {
    classic_leave_to_consumer_group(ctx, *this, {from, correlation_id}, request);
    return;
  }
  if (response.error == ErrorCode::NONE && group == nullptr) {
    response.error = ErrorCode::UNKNOWN_MEMBER_ID;
  }
  if (response.error == ErrorCode::NONE) {
    bool is_smaller = false;
    for (const MemberIdentity& identity : request.members) {
      const ErrorCode error = leave(ctx, *group, identity);
      is_smaller = is_smaller || error == ErrorCode::NONE;
      response.members.push_back(LeaveGroupMemberResult{identity, error});
    }
    if (is_smaller) {
      rebalance_without(ctx, *this, *group);
    }
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
