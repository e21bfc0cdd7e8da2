#pragma once
// What a group does with a member that is heard (KIP-848): the member is created or updated, the target assignment catches up
// with the group epoch, the member goes a step towards its part of it. The same for a heartbeat of the consumer protocol and
// for a JoinGroup of a classic member. Source: GroupMetadataManager.consumerGroupHeartbeat, classicGroupJoinToConsumerGroup
// (Kafka 3.9).

#include <optional>
#include <utility>
#include <vector>

#include "sim/coordinator/group/consumer/consumer_group_result.h"
#include "sim/coordinator/group/consumer/heartbeat_sender.h"

namespace kscope::sim::consumer_group {

/// One request on its way through the steps.
struct MemberSteps {
  const ConsumerGroup& group;
  const GroupSurroundings& around;
  const std::optional<std::vector<TopicPartition>>&
      owned;  ///< what the member says that it owns; none: it does not say
  ConsumerGroupResult result;

  void add(ConsumerGroupRecordData record) { result.records.push_back({group.id, std::move(record)}); }
};

/// `metadata`: what the member says of itself from now on. Result: the member after all steps; none: the assignor failed, and
/// there are no records. Effects, in `steps.result`: records, rebalance timer, deadline for looking at the topics again.
/// Requires: sender.error is NONE. Cost: that of the assignor if the group epoch moves, else O(partitions of the member).
[[nodiscard]] std::optional<ConsumerGroupMember> take_steps(MemberSteps& steps, const HeartbeatSender& sender,
                                                            const MemberMetadata& metadata);

}  // namespace kscope::sim::consumer_group
