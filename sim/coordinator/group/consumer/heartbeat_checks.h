#pragma once
// What a heartbeat is refused for before it is acted on (KIP-848): questions whose answers are error codes, NONE being
// "go on". Source: GroupMetadataManager.throwIf..., Kafka 3.9.

#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/consumer/consumer_group_config.h"
#include "sim/protocol/group_consumer.h"
#include "sim/types/error_code.h"

namespace kscope::sim::consumer_group {

/// INVALID_REQUEST: fields that do not go with the member epoch, or empty texts; UNSUPPORTED_ASSIGNOR: the assignor is
/// not in group.consumer.assignors. Source: throwIfConsumerGroupHeartbeatRequestIsInvalid.
[[nodiscard]] ErrorCode check_request(const ConsumerGroupHeartbeatRequest& request, const ConsumerGroupConfig& config);

/// GROUP_MAX_SIZE_REACHED: the group is full and the id is not one of its members, even if it would replace one.
/// Source: throwIfConsumerGroupIsFull.
[[nodiscard]] ErrorCode check_group_size(const ConsumerGroup& group, MemberId member,
                                         const ConsumerGroupConfig& config);

/// FENCED_MEMBER_EPOCH: the request's epoch is ahead of the member's, or behind it. One behind is let through when the
/// member owns nothing but what it is assigned: then only the answer with the new epoch was lost.
/// Source: throwIfConsumerGroupMemberEpochIsInvalid.
[[nodiscard]] ErrorCode check_member_epoch(const ConsumerGroupMember& member,
                                           const ConsumerGroupHeartbeatRequest& request);

}  // namespace kscope::sim::consumer_group
