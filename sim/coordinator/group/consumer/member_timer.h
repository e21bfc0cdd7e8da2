#pragma once
// The timers of a member (KIP-848). They are not stored: a coordinator that takes a group over sets them anew. A change of
// a timer is data, so that whoever keeps the timers, and nobody else, knows how.
// Source: GroupMetadataManager.scheduleConsumerGroupSessionTimeout, ...RebalanceTimeout, ...JoinTimeoutIfAbsent, ...SyncTimeout
// (Kafka 3.9).

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/member_epoch.h"
#include "sim/types/ids.h"

namespace kscope::sim::consumer_group {

enum class MemberTimerKind : std::uint8_t {
  kSession,    ///< no heartbeat for group.consumer.session.timeout.ms
  kRebalance,  ///< partitions were not given up within the member's rebalance timeout
  kJoin,       ///< a classic member was told to rejoin, and has not within its rebalance timeout
  kSync,       ///< a classic member has joined, and sent no SyncGroup within its rebalance timeout
};
inline constexpr std::size_t kMemberTimerKindCount = 4;
/// Kafka's name of the timer, without group and member: "session-timeout", "rebalance-timeout", "join", "sync".
[[nodiscard]] std::string_view to_string(MemberTimerKind kind);

/// Which timer; a member has one of each kind at most.
struct MemberTimer {
  MemberTimerKind kind = MemberTimerKind::kSession;
  MemberId member;
  constexpr auto operator<=>(const MemberTimer&) const = default;
  KSCOPE_FIELDS(MemberTimer, kind, member);
};

/// A timer is set, in place of its earlier setting if it runs, or cancelled, if it runs.
struct MemberTimerChange {
  MemberTimer timer;
  std::optional<LocalTime> fires_at;  ///< none: cancelled
  MemberEpoch member_epoch{0};        ///< kRebalance: the epoch that the member has to leave until then
  bool is_if_absent = false;          ///< no effect while the timer runs already
  KSCOPE_FIELDS(MemberTimerChange, timer, fires_at, member_epoch, is_if_absent);
};

}  // namespace kscope::sim::consumer_group
