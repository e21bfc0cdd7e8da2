#include "sim/coordinator/group/consumer/heartbeat_checks.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace kscope::sim::consumer_group {
namespace {

// Told, but with nothing in it than white space.
bool is_blank(const std::optional<std::string>& text) {
  return text.has_value() && text->find_first_not_of(" \t\n\v\f\r") == std::string::npos;
}

bool may_join(const ConsumerGroupHeartbeatRequest& request) {
  const bool owns_nothing = request.owned.has_value() && request.owned->empty();
  const bool subscribes = request.subscribed_topics.has_value() && !request.subscribed_topics->empty();
  return request.rebalance_timeout.has_value() && owns_nothing && subscribes;
}

bool is_valid(const ConsumerGroupHeartbeatRequest& request) {
  if (is_blank(request.instance_id) || is_blank(request.rack_id)) {
    return false;
  }
  if (request.member_epoch == kJoinGroupEpoch) {
    return may_join(request);
  }
  if (request.member_epoch == kLeaveGroupStaticEpoch && !request.instance_id.has_value()) {
    return false;
  }
  return request.member_epoch >= kLeaveGroupStaticEpoch && request.member_id.is_set();
}

// Whether the member owns nothing outside of `assigned`. One that does not say may own anything.
bool owns_only(const std::optional<std::vector<TopicPartition>>& owned, const PartitionSet& assigned) {
  return owned.has_value() && std::all_of(owned->begin(), owned->end(), [&assigned](const TopicPartition& partition) {
           return assigned.contains(partition);
         });
}

}  // namespace

ErrorCode check_request(const ConsumerGroupHeartbeatRequest& request, const ConsumerGroupConfig& config) {
  if (!is_valid(request)) {
    return ErrorCode::INVALID_REQUEST;
  }
  if (request.server_assignor.has_value()) {
    const std::optional<ServerAssignor> assignor = server_assignor_named(*request.server_assignor);
    const auto& known = config.assignors;
    if (!assignor.has_value() || std::find(known.begin(), known.end(), *assignor) == known.end()) {
      return ErrorCode::UNSUPPORTED_ASSIGNOR;
    }
  }
  return ErrorCode::NONE;
}

ErrorCode check_group_size(const ConsumerGroup& group, MemberId member, const ConsumerGroupConfig& config) {
  const bool is_full = static_cast<std::int64_t>(group.members.size()) >= config.max_size;
  return is_full && !group.members.contains(member) ? ErrorCode::GROUP_MAX_SIZE_REACHED : ErrorCode::NONE;
}

ErrorCode check_member_epoch(const ConsumerGroupMember& member, const ConsumerGroupHeartbeatRequest& request) {
  if (request.member_epoch > member.current.member_epoch) {
    return ErrorCode::FENCED_MEMBER_EPOCH;
  }
  if (request.member_epoch < member.current.member_epoch) {
    const bool missed_an_answer = request.member_epoch == member.current.previous_member_epoch &&
                                  owns_only(request.owned, member.current.assigned);
    return missed_an_answer ? ErrorCode::NONE : ErrorCode::FENCED_MEMBER_EPOCH;
  }
  return ErrorCode::NONE;
}

}  // namespace kscope::sim::consumer_group
