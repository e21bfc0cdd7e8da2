#include "sim/coordinator/group/consumer/classic_members.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat_checks.h"
#include "sim/coordinator/group/consumer/heartbeat_sender.h"
#include "sim/coordinator/group/consumer/member_steps.h"
#include "sim/coordinator/group/consumer/subscription.h"

namespace kscope::sim::consumer_group {
namespace {

// The sticky assignor says what it had in its user data, which only itself reads; every other subscription says what the member
// owns now: nothing, if it rebalances eagerly. Source: ConsumerProtocolSubscription.ownedPartitions.
std::vector<TopicPartition> owned_in(const JoinProtocol& protocol) {
  return protocol.name == "sticky" ? std::vector<TopicPartition>{} : protocol.owned;
}

MemberMetadata joined_metadata(MemberMetadata metadata, const JoinGroupRequest& request) {
  const JoinProtocol& subscription = request.protocols.front();  // all have the same topics
  if (!request.group_instance_id.empty()) {
    metadata.instance_id = request.group_instance_id;
  }
  if (!subscription.rack.empty()) {
    metadata.rack_id = subscription.rack;
  }
  metadata.rebalance_timeout = request.rebalance_timeout;
  metadata.subscribed_topics = {subscription.topics.begin(), subscription.topics.end()};
  metadata.classic = ClassicMemberMetadata{request.session_timeout, request.protocols};
  return metadata;
}

ClassicJoin refused_join(ErrorCode error, MemberId id = {}) {
  ClassicJoin join;
  join.response.error = error;
  join.response.member = id;
  return join;
}

// A classic member, or why there is none such. Source: validateConsumerGroupMember, throwIfMemberDoesNotUseClassicProtocol.
struct ClassicLookup {
  ErrorCode error = ErrorCode::NONE;
  const ConsumerGroupMember* member = nullptr;
};
ClassicLookup find_classic(const ConsumerGroup& group, MemberId id, const std::string& instance_id) {
  const ConsumerGroupMember* member = instance_id.empty() ? group.members.get(id) : group.static_member(instance_id);
  if (member == nullptr) {
    return {ErrorCode::UNKNOWN_MEMBER_ID, nullptr};
  }
  if (!instance_id.empty() && member->member_id != id) {
    return {ErrorCode::FENCED_INSTANCE_ID, nullptr};
  }
  return member->uses_classic_protocol() ? ClassicLookup{ErrorCode::NONE, member}
                                         : ClassicLookup{ErrorCode::UNKNOWN_MEMBER_ID, nullptr};
}
template <class Request>
ClassicLookup find_sender_of(const ConsumerGroup& group, const Request& request) {
  const ClassicLookup found = find_classic(group, request.member, request.group_instance_id);
  const bool is_current =
      found.member != nullptr && found.member->current.member_epoch.value == request.generation.value;
  return found.error == ErrorCode::NONE && !is_current ? ClassicLookup{ErrorCode::ILLEGAL_GENERATION, nullptr} : found;
}

MemberTimerChange timer_in(MemberTimerKind kind, const ConsumerGroupMember& member, LocalTime at) {
  return {{kind, member.member_id}, at, {}};
}
// Who is told to rejoin twice has had its time since the first.
MemberTimerChange time_to_rejoin(const ConsumerGroupMember& member, LocalTime now) {
  MemberTimerChange timer = timer_in(MemberTimerKind::kJoin, member, now + member.metadata.rebalance_timeout);
  timer.is_if_absent = true;
  return timer;
}

// Whether others hold something that the target gives the member. Source: ConsumerGroup.waitingOnUnreleasedPartition.
bool waits_for_unreleased(const ConsumerGroup& group, const ConsumerGroupMember& member) {
  const PartitionSet target = group.target_of(member.member_id);
  return std::any_of(target.begin(), target.end(), [&](TopicPartition partition) {
    return !member.current.assigned.contains(partition) && group.partition_epochs.contains(partition);
  });
}

// Whether there is a step that the member can only take by joining again.
bool must_rejoin(const ConsumerGroup& group, const ConsumerGroupMember& member) {
  switch (member.current.state) {
    case MemberState::STABLE: return member.current.member_epoch < group.group_epoch;
    case MemberState::UNREVOKED_PARTITIONS: return true;
    case MemberState::UNRELEASED_PARTITIONS:
      return member.current.member_epoch < group.group_epoch || !waits_for_unreleased(group, member);
  }
  return false;
}

}  // namespace

bool supports_classic_protocols(const ConsumerGroup& group, const JoinGroupRequest& request) {
  const auto offers = [](const ConsumerGroupMember& member, const std::string& name) {
    const std::vector<JoinProtocol>& offered = member.metadata.classic->supported_protocols;
    return std::any_of(offered.begin(), offered.end(), [&](const JoinProtocol& one) { return one.name == name; });
  };
  const auto is_common = [&](const JoinProtocol& protocol) {
    return std::all_of(group.members.begin(), group.members.end(), [&](const auto& entry) {
      return !entry.second.uses_classic_protocol() || offers(entry.second, protocol.name);
    });
  };
  return request.protocol_type == "consumer" &&
         std::any_of(request.protocols.begin(), request.protocols.end(), is_common);
}

ClassicJoin classic_group_join(const ConsumerGroup& group, const JoinGroupRequest& request, MemberId new_id,
                               const GroupSurroundings& around) {
  const MemberId id = request.member.is_set() ? request.member : new_id;
  if (const ErrorCode error = check_group_size(group, id, around.config); error != ErrorCode::NONE) {
    return refused_join(error);
  }
  if (!supports_classic_protocols(group, request)) {
    return refused_join(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  }
  if (!request.member.is_set() && request.group_instance_id.empty() && request.version >= kJoinRequiresMemberId) {
    return refused_join(ErrorCode::MEMBER_ID_REQUIRED, new_id);
  }
  const HeartbeatSender sender = find_classic_sender(group, request, id);
  if (sender.error != ErrorCode::NONE) {
    return refused_join(sender.error);
  }
  const std::optional<std::vector<TopicPartition>> owned = owned_in(request.protocols.front());
  MemberSteps steps{group, around, owned, {}};
  const std::optional<ConsumerGroupMember> member =
      take_steps(steps, sender, joined_metadata(sender.member.metadata, request));
  if (!member.has_value()) {
    return refused_join(ErrorCode::UNKNOWN_SERVER_ERROR);
  }
  ClassicJoin join;
  join.changes = std::move(steps.result);
  join.member = *member;
  join.replaced = sender.replaced;
  join.response.group = group.id;
  join.response.member = id;
  join.response.generation = GenerationId(member->current.member_epoch.value);
  join.response.protocol = request.protocols.front().name;
  return join;
}

std::vector<MemberTimerChange> after_join(const ConsumerGroupMember& member, LocalTime now) {
  return {{{MemberTimerKind::kJoin, member.member_id}, std::nullopt, {}},
          timer_in(MemberTimerKind::kSession, member, now + member.metadata.classic->session_timeout),
          timer_in(MemberTimerKind::kSync, member, now + member.metadata.rebalance_timeout)};
}

ClassicSync classic_group_sync(const ConsumerGroup& group, const SyncGroupRequest& request, LocalTime now) {
  ClassicSync sync;
  sync.response.group = group.id;
  const auto [error, member] = find_sender_of(group, request);
  sync.response.error = error;
  if (member == nullptr) {
    return sync;
  }
  if (group.group_epoch > member->current.member_epoch && member->current.state != MemberState::UNREVOKED_PARTITIONS) {
    sync.response.error = ErrorCode::REBALANCE_IN_PROGRESS;
    sync.timers.push_back(time_to_rejoin(*member, now));
    return sync;
  }
  sync.response.assignment = {member->current.assigned.begin(), member->current.assigned.end()};
  return sync;
}

std::vector<MemberTimerChange> after_sync(const ConsumerGroupMember& member, LocalTime now) {
  return {{{MemberTimerKind::kSync, member.member_id}, std::nullopt, {}},
          timer_in(MemberTimerKind::kSession, member, now + member.metadata.classic->session_timeout)};
}

ClassicHeartbeat classic_group_heartbeat(const ConsumerGroup& group, const HeartbeatRequest& request, LocalTime now) {
  ClassicHeartbeat heartbeat;
  heartbeat.response.group = group.id;
  const auto [error, member] = find_sender_of(group, request);
  heartbeat.response.error = error;
  if (member == nullptr) {
    return heartbeat;
  }
  heartbeat.timers.push_back(
      timer_in(MemberTimerKind::kSession, *member, now + member->metadata.classic->session_timeout));
  if (must_rejoin(group, *member)) {
    heartbeat.response.error = ErrorCode::REBALANCE_IN_PROGRESS;
    heartbeat.timers.push_back(time_to_rejoin(*member, now));
  }
  return heartbeat;
}

ClassicLeave classic_group_leave(const ConsumerGroup& group, const LeaveGroupRequest& request,
                                 const PartitionCounts& topics) {
  ClassicLeave leave;
  leave.response.group = group.id;
  FlatSet<MemberId> gone;
  for (const MemberIdentity& identity : request.members) {
    const bool is_by_instance = !identity.member.is_set() && !identity.group_instance_id.empty();
    const ConsumerGroupMember* holder = is_by_instance ? group.static_member(identity.group_instance_id) : nullptr;
    const MemberId id = holder == nullptr ? identity.member : holder->member_id;
    const auto [error, member] = find_classic(group, id, identity.group_instance_id);
    leave.response.members.push_back(LeaveGroupMemberResult{{id, identity.group_instance_id}, error});
    if (member != nullptr && gone.insert(id)) {
      append_member_tombstones(leave.changes.records, group.id, id);
      append_cancelled_timers(leave.changes.timers, *member);
    }
  }
  if (gone.empty()) {
    return leave;
  }
  std::vector<const ConsumerGroupMember*> left;
  for (const auto& [id, member] : group.members) {
    if (!gone.contains(id)) {
      left.push_back(&member);
    }
  }
  const PartitionCounts subscription_metadata = compute_subscription_metadata(left, topics);
  if (subscription_metadata != group.subscription_metadata) {
    leave.changes.records.push_back({group.id, ConsumerGroupPartitionMetadata{subscription_metadata}});
  }
  leave.changes.records.push_back({group.id, ConsumerGroupMetadata{group.group_epoch + 1}});
  return leave;
}

bool may_downgrade(const ConsumerGroup& group, MemberId gone, std::size_t heirs, const ConsumerGroupConfig& config) {
  const ConsumerGroupMember* last = group.members.get(gone);
  const std::size_t left = group.members.size() - 1;
  const bool is_last = last != nullptr && !last->uses_classic_protocol() && group.classic_member_count() == left;
  const std::size_t members = left + heirs;
  return is_last && members > 0 && config.is_downgrade_enabled &&
         members <= static_cast<std::size_t>(config.classic_max_size);
}

}  // namespace kscope::sim::consumer_group
