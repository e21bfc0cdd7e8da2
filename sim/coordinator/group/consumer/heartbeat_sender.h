#pragma once
// Whose heartbeat it is (KIP-848): a member that is known, a new one, or one that takes the place of a static member that
// left for a while. Source: GroupMetadataManager.getOrMaybeSubscribeDynamicConsumerMember and ...StaticConsumerMember
// (Kafka 3.9).

#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/consumer/consumer_group_config.h"
#include "sim/protocol/group_classic.h"
#include "sim/protocol/group_consumer.h"
#include "sim/types/error_code.h"

namespace kscope::sim::consumer_group {

struct HeartbeatSender {
  ErrorCode error = ErrorCode::NONE;  ///< with any other the heartbeat is refused, and the rest says nothing
  ConsumerGroupMember member;         ///< as it was before this heartbeat
  MemberId replaced;  ///< the static member that it takes over from, with all that one had; not set: nobody
};

/// Errors: GROUP_ID_NOT_FOUND: only a member that joins creates a group; GROUP_MAX_SIZE_REACHED; UNKNOWN_MEMBER_ID: no such
/// member, or nobody has the instance id; FENCED_MEMBER_EPOCH; UNRELEASED_INSTANCE_ID: joins with the instance id of a
/// member that did not leave with -2; FENCED_INSTANCE_ID: another member has the instance id.
/// Requires: a valid request that does not leave.
[[nodiscard]] HeartbeatSender find_sender(const ConsumerGroup& group, const ConsumerGroupHeartbeatRequest& request,
                                          const ConsumerGroupConfig& config);

/// The same for a JoinGroup of the classic protocol to a group of the consumer protocol; `id`: that of the request, or the one
/// that was issued for it. A classic member has no epoch to be checked, and with its instance id it replaces whoever has that.
/// Errors: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID: it is static, names a member id, and is not that member.
[[nodiscard]] HeartbeatSender find_classic_sender(const ConsumerGroup& group, const JoinGroupRequest& request,
                                                  MemberId id);

}  // namespace kscope::sim::consumer_group
