#pragma once
// When a committed offset has expired (KIP-211). Pure rules; who applies them is group_expiration.cpp.
//
//   the group is                      | its offsets of               | expire after offsets.retention.minutes since
//   classic, members came once, Empty | all topics                   | it became Empty; where its record does not say: the commit
//   classic, Stable                   | topics nobody subscribes to  | the commit
//   classic, rebalancing, Dead        | -                            | (never)
//   classic, no member ever came      | all topics                   | the commit
//   of KIP-848                        | topics nobody subscribes to  | the commit
//
// Kafka: OffsetExpirationCondition, ClassicGroup.offsetExpirationCondition, ConsumerGroup.offsetExpirationCondition.
// MODEL: no client asks for a retention of its own (OffsetCommit below version 5), so no offset has an expire_timestamp.

#include <cstdint>
#include <optional>

#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/group.h"
#include "sim/world/note.h"

namespace kscope::sim {

struct OffsetExpirationCondition {
  std::optional<std::int64_t> empty_since_ms;  ///< by the coordinator's clock; none: counted from each commit
  OffsetExpiry reason = OffsetExpiry::kNoMembers;

  /// Since when the retention of the offset counts, ms of the coordinator's clock.
  [[nodiscard]] std::int64_t base_timestamp_ms(const CommittedOffset& offset) const {
    return empty_since_ms.value_or(offset.commit_timestamp_ms);
  }
  /// Source: OffsetExpirationConditionImpl.isOffsetExpired.
  [[nodiscard]] bool is_expired(const CommittedOffset& offset, std::int64_t now_ms, Duration retention) const {
    return now_ms - base_timestamp_ms(offset) >= millis(retention);
  }
};

/// The condition for offsets of topics that the group does not subscribe to; none: nothing of it expires now.
/// Requires for the first: no group of KIP-848 has the name.
[[nodiscard]] std::optional<OffsetExpirationCondition> offset_expiration_condition(const Group& group);
[[nodiscard]] OffsetExpirationCondition offset_expiration_condition(const consumer_group::ConsumerGroup& group);

/// Whether a member subscribes to the topic in the protocol that was selected; nobody does while the group is Empty.
/// Source: ClassicGroup.isSubscribedToTopic. Cost: O(members x topics).
[[nodiscard]] bool is_subscribed_to(const Group& group, TopicId topic);

}  // namespace kscope::sim
