#include "sim/coordinator/group/consumer/heartbeat.h"

#include <optional>

#include "engine/core/check.h"
#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat_checks.h"
#include "sim/coordinator/group/consumer/heartbeat_sender.h"
#include "sim/coordinator/group/consumer/member_steps.h"

namespace kscope::sim::consumer_group {
namespace {

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
  metadata.classic.reset();  // whatever the member spoke before
  return metadata;
}

}  // namespace

ConsumerGroupResult consumer_group_heartbeat(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request,
                                             const GroupSurroundings& around) {
  ConsumerGroupResult refused;
  refused.response.error_code = check_request(request, around.config);
  if (refused.response.error_code != ErrorCode::NONE) {
    return refused;
  }
  if (request.is_leave()) {
    return consumer_group_leave(group, request, around.topics);
  }
  KSCOPE_CHECK(request.member_id.is_set(), "whoever receives a request to join issues a member id first");
  const HeartbeatSender sender = find_sender(group, request, around.config);
  if (sender.error != ErrorCode::NONE) {
    refused.response.error_code = sender.error;
    return refused;
  }
  MemberSteps steps{group, around, request.owned, {}};
  const std::optional<ConsumerGroupMember> member =
      take_steps(steps, sender, updated_metadata(sender.member.metadata, request));
  if (!member.has_value()) {
    steps.result.response.error_code = ErrorCode::UNKNOWN_SERVER_ERROR;
    return steps.result;
  }
  steps.result.timers.push_back(
      {{MemberTimerKind::kSession, member->member_id}, around.now + around.config.session_timeout, {}});

  ConsumerGroupHeartbeatResponse& response = steps.result.response;
  response.member_id = member->member_id;
  response.member_epoch = member->current.member_epoch;
  response.heartbeat_interval = around.config.heartbeat_interval;
  const bool joins = request.member_epoch == kJoinGroupEpoch;
  if (joins || request.is_full() || member->current.assigned != sender.member.current.assigned) {
    response.assignment = member->current.assigned;
  }
  return steps.result;
}

}  // namespace kscope::sim::consumer_group
