#pragma once
// The epochs of the consumer group protocol (KIP-848). The group epoch, the epoch of the target assignment and the epochs
// of the members lie on one line: a member is at the epoch of the target that it has reached. So they share one type.
// Zero and below are words that a member says in ConsumerGroupHeartbeat. Source: ConsumerGroupHeartbeatRequest, Kafka 3.9.

#include <cstdint>

#include "engine/core/strong.h"

namespace kscope::sim::consumer_group {

using MemberEpoch = Ordinal<struct MemberEpochTag, std::int32_t>;
using GroupEpoch = MemberEpoch;

inline constexpr MemberEpoch kJoinGroupEpoch{0};          ///< the member joins, or rejoins with no partitions
inline constexpr MemberEpoch kLeaveGroupEpoch{-1};        ///< the member leaves for good
inline constexpr MemberEpoch kLeaveGroupStaticEpoch{-2};  ///< the static member leaves and will be back
inline constexpr MemberEpoch kNoPreviousMemberEpoch{-1};  ///< the member has had one epoch only
inline constexpr GroupEpoch kNoAssignmentEpoch{-1};       ///< the target assignment was deleted

}  // namespace kscope::sim::consumer_group
