#include "sim/coordinator/group/consumer/heartbeat_sender.h"

#include "sim/coordinator/group/consumer/heartbeat_checks.h"

namespace kscope::sim::consumer_group {
namespace {

HeartbeatSender new_member(MemberId id) {
  HeartbeatSender sender;
  sender.member.member_id = id;
  return sender;
}

// Source: GroupMetadataManager.getOrMaybeSubscribeDynamicConsumerMember.
HeartbeatSender find_dynamic_member(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request) {
  if (const ConsumerGroupMember* member = group.members.get(request.member_id); member != nullptr) {
    return {check_member_epoch(*member, request), *member, {}};
  }
  if (request.member_epoch != kJoinGroupEpoch) {
    return {ErrorCode::UNKNOWN_MEMBER_ID, {}, {}};
  }
  return new_member(request.member_id);
}

HeartbeatSender known_or_new_sender(const ConsumerGroup& group, MemberId id) {
  const ConsumerGroupMember* known = group.members.get(id);
  return known == nullptr ? new_member(id) : HeartbeatSender{ErrorCode::NONE, *known, {}};
}

// `id` goes on with all that is known of the member that had its instance id.
HeartbeatSender successor_of(const ConsumerGroupMember& holder, MemberId id) {
  HeartbeatSender sender{ErrorCode::NONE, holder, holder.member_id};
  sender.member.member_id = id;
  sender.member.current.member_epoch = kJoinGroupEpoch;
  sender.member.current.previous_member_epoch = MemberEpoch{0};
  return sender;
}

// Who joins with an instance id that somebody has takes its place if that one left with -2, or speaks the classic protocol: then
// it cannot say that it will be back.
HeartbeatSender join_static_member(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request) {
  const ConsumerGroupMember* holder = group.static_member(*request.instance_id);
  if (holder == nullptr) {
    return known_or_new_sender(group, request.member_id);
  }
  if (!holder->uses_classic_protocol() && holder->current.member_epoch != kLeaveGroupStaticEpoch) {
    return {ErrorCode::UNRELEASED_INSTANCE_ID, {}, {}};
  }
  return successor_of(*holder, request.member_id);
}

// Source: GroupMetadataManager.getOrMaybeSubscribeStaticConsumerMember.
HeartbeatSender find_static_member(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request) {
  if (request.member_epoch == kJoinGroupEpoch) {
    return join_static_member(group, request);
  }
  const ConsumerGroupMember* holder = group.static_member(*request.instance_id);
  if (holder == nullptr) {
    return {ErrorCode::UNKNOWN_MEMBER_ID, {}, {}};
  }
  if (holder->member_id != request.member_id) {
    return {ErrorCode::FENCED_INSTANCE_ID, {}, {}};
  }
  return {check_member_epoch(*holder, request), *holder, {}};
}

}  // namespace

HeartbeatSender find_sender(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request,
                            const ConsumerGroupConfig& config) {
  if (request.member_epoch != kJoinGroupEpoch && !group.exists()) {
    return {ErrorCode::GROUP_ID_NOT_FOUND, {}, {}};
  }
  if (const ErrorCode error = check_group_size(group, request.member_id, config); error != ErrorCode::NONE) {
    return {error, {}, {}};
  }
  return request.instance_id.has_value() ? find_static_member(group, request) : find_dynamic_member(group, request);
}

HeartbeatSender find_classic_sender(const ConsumerGroup& group, const JoinGroupRequest& request, MemberId id) {
  if (request.group_instance_id.empty()) {
    return known_or_new_sender(group, id);
  }
  const ConsumerGroupMember* holder = group.static_member(request.group_instance_id);
  if (!request.member.is_set()) {
    return holder == nullptr ? known_or_new_sender(group, id) : successor_of(*holder, id);
  }
  if (holder == nullptr) {
    return {ErrorCode::UNKNOWN_MEMBER_ID, {}, {}};
  }
  return holder->member_id == request.member ? HeartbeatSender{ErrorCode::NONE, *holder, {}}
                                             : HeartbeatSender{ErrorCode::FENCED_INSTANCE_ID, {}, {}};
}

}  // namespace kscope::sim::consumer_group
