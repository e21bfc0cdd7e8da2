#pragma once
// A group moves between the classic and the consumer protocol (KIP-848). While it has members that takes a config of the broker,
// group.consumer.migration.policy; an empty group becomes whatever the next member speaks.
//
// from                     | event                                          | guard              | to
// classic, Empty           | ConsumerGroupHeartbeat that joins              |                    | consumer, epoch 0: it begins anew
// classic, with members    | ConsumerGroupHeartbeat that joins              | policy: upgrade    | consumer, at the epoch of the
//                          |                                                |                    | generation; its members stay classic
// classic, with members    | the same                                       | else               | (the same) GROUP_ID_NOT_FOUND
// consumer, EMPTY          | JoinGroup                                      |                    | classic, generation 0
// consumer, with members   | JoinGroup                                      |                    | (the same) with a classic member
// consumer, one member of  | that one leaves, or is fenced                  | policy: downgrade, | classic, Stable in the generation of
// the consumer protocol    |                                                | others are classic | the group epoch, and rebalances
// the same, it is static   | JoinGroup with its group.instance.id           | the same           | classic, Stable: no rebalance
//
// Pure functions; who carries them out is group_migration.cpp. Source: GroupMetadataManager.getOrMaybeCreateConsumerGroup,
// validateOnlineUpgrade, convertToConsumerGroup, convertToClassicGroup, maybeDeleteEmptyConsumerGroup,
// ConsumerGroup.fromClassicGroup, ClassicGroup.fromConsumerGroup (Kafka 3.9).

#include <vector>

#include "sim/coordinator/group/consumer/consumer_group_config.h"
#include "sim/coordinator/group/consumer/consumer_group_records.h"
#include "sim/coordinator/group/consumer/member_timer.h"
#include "sim/coordinator/group/group.h"

namespace kscope::sim {

/// NONE; GROUP_ID_NOT_FOUND: the policy does not allow it, its members are no consumers, or there are more of them than
/// group.consumer.max.size; UNKNOWN_SERVER_ERROR: the group is in its first rebalance and has selected no protocol yet, which
/// Kafka does not expect. Requires: the group is not Empty.
[[nodiscard]] ErrorCode upgrade_error(const Group& group, const consumer_group::ConsumerGroupConfig& config);

/// The records that make a group of the consumer protocol out of a classic one: subscriptions, epoch, target assignment and its
/// epoch, current assignments. The members are STABLE at the epoch of the generation, with what they were assigned last.
/// Requires: a protocol was selected. Source: ConsumerGroup.fromClassicGroup, createConsumerGroupRecords.
[[nodiscard]] std::vector<consumer_group::ConsumerGroupRecord> upgrade_records(const Group& group);
/// The sessions of those members: session.timeout.ms of each.
[[nodiscard]] std::vector<consumer_group::MemberTimerChange> timers_after_upgrade(const Group& group, LocalTime now);

/// What becomes of a group when its last member of the consumer protocol goes.
struct Downgrade {
  const consumer_group::ConsumerGroup& group;  ///< before
  MemberId gone;
  const consumer_group::ConsumerGroupMember* heir =
      nullptr;  ///< static: the classic member in its place; nullptr: nobody
};
/// Makes the members, the generation and the protocol of `classic`, which is Stable then. Each member has its part of the target
/// assignment, the heir that of the member that is gone; of the others the one with the lowest id leads. Timers are left to the caller.
/// Requires: may_downgrade(). Source: ClassicGroup.fromConsumerGroup.
void downgrade_to(Group& classic, const Downgrade& downgrade);
/// The tombstones of the group of the consumer protocol; where the member that is gone has an heir, whose records were written
/// before, of the heir instead. Source: ConsumerGroup.createGroupTombstoneRecords, ...WithReplacedMember.
[[nodiscard]] std::vector<consumer_group::ConsumerGroupRecord> downgrade_tombstones(const Downgrade& downgrade);

}  // namespace kscope::sim
