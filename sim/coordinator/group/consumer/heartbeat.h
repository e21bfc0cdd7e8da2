#pragma once
// The coordinator's side of ConsumerGroupHeartbeat (KIP-848): who sends it is created or updated, the group's target
// assignment is computed anew when something changed, and the member goes a step towards its part of it. A pure function
// of the group: see consumer_group_result.h for what the caller does with the result.
// Left out: regular expressions. Members of the classic protocol in the same group: classic_members.h.
// Source: GroupMetadataManager.consumerGroupHeartbeat (Kafka 3.9).

#include "sim/coordinator/group/consumer/consumer_group_result.h"

namespace kscope::sim::consumer_group {

/// Answers one heartbeat, leaving included.
/// Errors: INVALID_REQUEST, UNSUPPORTED_ASSIGNOR, those of find_sender() and of consumer_group_leave();
/// UNKNOWN_SERVER_ERROR: the assignor failed. With an error there are no records and no timers.
/// Effects, in the result: records; session timer set anew, rebalance timer set or cancelled when the member's state is
/// stored; deadline for looking at the topics again. The answer has an assignment when it differs, or when the request
/// tells everything.
/// Requires: a request to join without a member id was given a new one. Cost: that of the assignor if the group epoch
/// moves, else O(partitions of the member).
[[nodiscard]] ConsumerGroupResult consumer_group_heartbeat(const ConsumerGroup& group,
                                                           const ConsumerGroupHeartbeatRequest& request,
                                                           const GroupSurroundings& around);

}  // namespace kscope::sim::consumer_group
