#pragma once
// A consumer group as its coordinator knows it (KIP-848). Plain data: replay() in consumer_group_records.h alone changes
// it, from records, so that another coordinator comes to the same group by reading them. A default group with an id
// stands for a group that does not exist.
// A member may speak the classic protocol still, or again: see classic_members.h.
// Left out: metrics, regular expressions. Source: ConsumerGroup, ModernGroup (Kafka 3.9).
//
//   state        when                                                     leaves it by
//   EMPTY        it has no members                                        a member joins
//   ASSIGNING    group epoch > epoch of the target assignment             the next heartbeat computes a target
//   RECONCILING  some member has not reached the target assignment        the last of them reaches it
//   STABLE       every member has reached it                              group epoch + 1

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/consumer_group_member.h"
#include "sim/coordinator/group/consumer/member_epoch.h"
#include "sim/coordinator/group/consumer/partition_set.h"
#include "sim/types/ids.h"

namespace kscope::sim::consumer_group {

/// Kafka: ConsumerGroup.ConsumerGroupState; Dead, which a group that does not exist is described as, is not stored.
enum class ConsumerGroupState : std::uint8_t { EMPTY, ASSIGNING, RECONCILING, STABLE };
inline constexpr std::size_t kConsumerGroupStateCount = 4;
/// Kafka's name of the state: "Empty", "Assigning", "Reconciling", "Stable".
[[nodiscard]] std::string_view to_string(ConsumerGroupState state);

/// Topics with their numbers of partitions. A topic that does not exist is left out.
/// MODEL: Kafka compares topic ids and the racks of replicas too; here a topic keeps its identity for the whole run.
using PartitionCounts = FlatMap<TopicId, std::int32_t>;

/// Until when the topics need not be looked at again, and the group epoch that this was said for. Not stored: a new
/// coordinator looks at once. Kafka: ModernGroup.DeadlineAndEpoch.
struct MetadataRefreshDeadline {
  LocalTime deadline{};
  GroupEpoch epoch{0};
  KSCOPE_FIELDS(MetadataRefreshDeadline, deadline, epoch);
};

struct ConsumerGroup {
  GroupId id;
  GroupEpoch group_epoch{0};              ///< + 1 whenever members, subscriptions or topics change
  GroupEpoch assignment_epoch{0};         ///< group epoch that the target assignment was computed for
  PartitionCounts subscription_metadata;  ///< the subscribed topics as the last computation saw them
  FlatMap<MemberId, ConsumerGroupMember> members;
  FlatMap<MemberId, PartitionSet> target_assignment;

  // Follow from the members; kept by replay().
  FlatMap<std::string, MemberId> static_members;          ///< who has the group.instance.id
  FlatMap<TopicPartition, MemberEpoch> partition_epochs;  ///< epoch of whoever holds the partition, revoking or not

  MetadataRefreshDeadline metadata_refresh;  ///< not stored
  KSCOPE_FIELDS(ConsumerGroup, id, group_epoch, assignment_epoch, subscription_metadata, members, target_assignment,
                static_members, partition_epochs, metadata_refresh);

  [[nodiscard]] bool exists() const { return group_epoch > GroupEpoch{0} || !members.empty(); }
  /// Cost: O(members). Source: ConsumerGroup.maybeUpdateGroupState.
  [[nodiscard]] ConsumerGroupState state() const;
  /// The member that has the instance id; nullptr: nobody.
  [[nodiscard]] const ConsumerGroupMember* static_member(const std::string& instance_id) const;
  /// The member's part of the target; empty when it has none.
  [[nodiscard]] PartitionSet target_of(MemberId member) const;
  /// Whether the subscribed topics have to be looked at again. Source: ModernGroup.hasMetadataExpired.
  [[nodiscard]] bool has_metadata_expired(LocalTime now) const {
    return now >= metadata_refresh.deadline || group_epoch < metadata_refresh.epoch;
  }
  /// Whether a member subscribes to the topic, existing or not. Cost: O(members log topics).
  [[nodiscard]] bool is_subscribed_to(TopicId topic) const;
  /// How many members speak the classic protocol. Cost: O(members). Source: ConsumerGroup.numClassicProtocolMembers.
  [[nodiscard]] std::size_t classic_member_count() const;
  /// The topic changed: the next heartbeat looks at it. No effect when nobody subscribes to it.
  /// Source: GroupMetadataManager.onNewMetadataImage, ModernGroup.requestMetadataRefresh.
  void on_topic_changed(TopicId topic);
};

}  // namespace kscope::sim::consumer_group
