// JoinGroup: who may join, under which id, and what the group does about it.
// Source: GroupMetadataManager.classicGroupJoin, Kafka 3.9.

#include <algorithm>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

constexpr Duration kNewMemberJoinTimeout = 5min;  // GroupCoordinatorConfig.CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS

/// Ids of one client differ also between coordinators: each leader epoch counts in a range of its own.
constexpr std::int32_t kSerialsPerEpoch = 10'000;

}  // namespace

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

namespace {

/// First JoinGroup of a client: it gets an id and has to come again with it (KIP-394).
void require_member_id(Ctx& ctx, Group& group, AwaitedAnswer to, MemberId id, const JoinGroupRequest& request) {
  PendingMember pending{id, {}};
  pending.timer =
      ctx.after(request.session_timeout, Timer{TimerKind::kPendingMemberExpired, group.id.value, member_key(id)});
  group.pending.push_back(pending);
  refuse_join(ctx, to, group.id, id, ErrorCode::MEMBER_ID_REQUIRED);
}

void add_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to, MemberId id,
                const JoinGroupRequest& request) {
  GroupMember member;
  member.id = id;
  member.group_instance_id = request.group_instance_id;
  take_join(member, to, request);
  member.is_new = true;
  if (group.state == GroupState::PreparingRebalance && group.is_in_initial_delay) {
    group.new_member_added = true;
  }
  if (group.members.empty()) {
    group.protocol_type = request.protocol_type;
  }
  if (!group.leader.is_set()) {
    group.leader = id;
  }
  if (member.is_static()) {
    group.static_members.insert_or_assign(member.group_instance_id, id);
  }
  keep_alive(ctx, group, member, kNewMemberJoinTimeout);
  group.members.insert_or_assign(id, std::move(member));
  Note note;
  note.kind = NoteKind::kMemberJoined;
  note.group = group.id;
  note.a = id.client.value;
  note.b = id.serial;
  ctx.note(note);
  rebalance_or_complete_join(ctx, coordinator, group);
}

/// Source: GroupMetadataManager.acceptJoiningMember.
bool has_room_for(const Group& group, MemberId member, std::size_t max_size) {
  switch (group.state) {
    case GroupState::Empty:
    case GroupState::Dead: return true;
    case GroupState::PreparingRebalance: {
      const GroupMember* known = group.members.get(member);
      return (known != nullptr && known->join.is_set()) || group.awaiting_join_count() < max_size;
    }
    case GroupState::CompletingRebalance:
    case GroupState::Stable: return group.has(member) || group.members.size() < max_size;
    case GroupState::Assigning:
    case GroupState::Reconciling: break;
  }
  return true;
}

void join_new_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                     const JoinGroupRequest& request) {
  const MemberId id = issue_id(coordinator, group, to.node);
  const bool is_back = group.static_members.contains(request.group_instance_id);
  if (is_back && ctx.registry().planted_bug != PlantedBug::kStaticMemberTwice) {
    join_as_before(ctx, coordinator, group, to, id, request);
  } else if (request.group_instance_id.empty() && request.version >= kJoinRequiresMemberId) {
    require_member_id(ctx, group, to, id, request);
  } else {
    add_member(ctx, coordinator, group, to, id, request);
  }
}

/// Somebody joins with an id that was issued, and not used yet.
void join_pending_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                         const JoinGroupRequest& request) {
  if (!request.group_instance_id.empty()) {  // static members are members at once: there is no such pending one
    refuse_join(ctx, to, group.id, request.member, ErrorCode::UNKNOWN_SERVER_ERROR);
    return;
  }
  // Out of the list without completing the join: the member itself is added below.
  const auto issued = std::find_if(group.pending.begin(), group.pending.end(),
                                   [&](const PendingMember& pending) { return pending.id == request.member; });
  ctx.cancel(issued->timer);
  group.pending.erase(issued);
  add_member(ctx, coordinator, group, to, request.member, request);
}

void join_member(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                 const JoinGroupRequest& request) {
  if (const ErrorCode error = group.validate(request.member, request.group_instance_id); error != ErrorCode::NONE) {
    refuse_join(ctx, to, group.id, request.member, error);
    return;
  }
  GroupMember& member = group.members.at(request.member);
  const bool is_same = member.protocols == request.protocols;
  bool joins_again = true;
  switch (group.state) {
    case GroupState::PreparingRebalance: break;
    case GroupState::CompletingRebalance: joins_again = !is_same; break;  // else the answer was lost
    case GroupState::Stable:  // the leader joins again to force a new assignment
      joins_again = group.leader == member.id || !is_same;
      break;
    case GroupState::Empty:
    case GroupState::Dead:
    case GroupState::Assigning:
    case GroupState::Reconciling: refuse_join(ctx, to, group.id, request.member, ErrorCode::UNKNOWN_MEMBER_ID); return;
  }
  if (joins_again) {
    take_join(member, to, request);
    rebalance_or_complete_join(ctx, coordinator, group);
  } else {
    answer_join(ctx, group, member, to);
  }
}

void join_known_group(Ctx& ctx, GroupCoordinator& coordinator, Group& group, AwaitedAnswer to,
                      const JoinGroupRequest& request) {
  const auto max_size = static_cast<std::size_t>(ctx.registry().broker(ctx.self()).config.group_max_size);
  if (!has_room_for(group, request.member, max_size)) {
    remove_member(ctx, group, request.member, LeaveReason::kGroupFull);
    refuse_join(ctx, to, group.id, MemberId{}, ErrorCode::GROUP_MAX_SIZE_REACHED);
  } else if (!group.supports(request)) {
    refuse_join(ctx, to, group.id, request.member, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  } else if (!request.member.is_set()) {
    join_new_member(ctx, coordinator, group, to, request);
  } else if (group.is_pending(request.member)) {
    join_pending_member(ctx, coordinator, group, to, request);
  } else {
    join_member(ctx, coordinator, group, to, request);
  }
}

}  // namespace

void GroupCoordinator::join_group(Ctx& ctx, NodeId from, std::int64_t correlation_id, const JoinGroupRequest& request,
                                  const consumer_group::PartitionCounts& topics) {
  const AwaitedAnswer to{from, correlation_id};
  const BrokerConfig& config = ctx.registry().broker(ctx.self()).config;
  ErrorCode error = group_status(ctx, *this, request.group);
  if (error == ErrorCode::NONE && (request.session_timeout < config.group_min_session_timeout_ms ||
                                   request.session_timeout > config.group_max_session_timeout_ms)) {
    error = ErrorCode::INVALID_SESSION_TIMEOUT;
  }
  if (error == ErrorCode::NONE && has_consumer_members(*this, request.group)) {
    classic_join_to_consumer_group(ctx, *this, to, request, topics);
    return;
  }
  const bool is_emptied = error == ErrorCode::NONE && find_consumer_group(request.group) != nullptr;
  const bool is_new_group = error == ErrorCode::NONE && (is_emptied || find(request.group) == nullptr);
  if (is_new_group && request.member.is_set()) {
    error = ErrorCode::UNKNOWN_MEMBER_ID;
  }
  if (error != ErrorCode::NONE) {
    refuse_join(ctx, to, request.group, request.member, error);
    return;
  }
  Group& group = is_new_group ? add_group(ctx, *this, request.group) : groups.at(request.group);
  if (is_new_group) {
    PendingAppend pending;
    pending.kind = is_emptied ? PendingAppend::Kind::kConsumerGroup : PendingAppend::Kind::kGroupEmpty;
    std::vector<CoordinatorRecord> tombstones = delete_empty_consumer_group(ctx, *this, request.group, from);
    store_group(*this, group, std::move(pending), {}, std::move(tombstones));
  }
  join_known_group(ctx, *this, group, to, request);
}

}  // namespace kscope::sim
