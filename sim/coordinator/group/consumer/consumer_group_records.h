#pragma once
// What the coordinator of consumer groups writes to __consumer_offsets (KIP-848), and the one function that turns records
// into state. Every kind has a key (the group, or the group and a member) and a value; no value is a tombstone.
//
//   record                               value                              tombstone
//   ConsumerGroupMetadata                group epoch                        the group is deleted
//   ConsumerGroupPartitionMetadata       subscribed topics                  none of them exists
//   ConsumerGroupMemberMetadata          what the member said of itself     the member is gone
//   ConsumerGroupTargetAssignmentMetadata  epoch of the target              there is no target
//   ConsumerGroupTargetAssignmentMember  the member's part of the target    the member has none
//   ConsumerGroupCurrentMemberAssignment what the member has                the member has left
//
// Source: the schemas of these names, GroupMetadataManager.replay, GroupCoordinatorRecordHelpers (Kafka 3.9).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/fields.h"
#include "sim/coordinator/group/consumer/consumer_group.h"

namespace kscope::sim::consumer_group {

struct ConsumerGroupMetadata {
  std::optional<GroupEpoch> value;
  KSCOPE_FIELDS(ConsumerGroupMetadata, value);
};
struct ConsumerGroupPartitionMetadata {
  std::optional<PartitionCounts> value;
  KSCOPE_FIELDS(ConsumerGroupPartitionMetadata, value);
};
struct ConsumerGroupMemberMetadata {
  MemberId member;
  std::optional<MemberMetadata> value;
  KSCOPE_FIELDS(ConsumerGroupMemberMetadata, member, value);
};
struct ConsumerGroupTargetAssignmentMetadata {
  std::optional<GroupEpoch> value;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMetadata, value);
};
struct ConsumerGroupTargetAssignmentMember {
  MemberId member;
  std::optional<PartitionSet> value;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMember, member, value);
};
struct ConsumerGroupCurrentMemberAssignment {
  MemberId member;
  std::optional<CurrentAssignment> value;
  KSCOPE_FIELDS(ConsumerGroupCurrentMemberAssignment, member, value);
};

using ConsumerGroupRecordData = std::variant<ConsumerGroupMetadata, ConsumerGroupPartitionMetadata,
                                             ConsumerGroupMemberMetadata, ConsumerGroupTargetAssignmentMetadata,
                                             ConsumerGroupTargetAssignmentMember, ConsumerGroupCurrentMemberAssignment>;

struct ConsumerGroupRecord {
  GroupId group;
  ConsumerGroupRecordData data;
  KSCOPE_FIELDS(ConsumerGroupRecord, group, data);
};

/// Kafka's name of the kind of record.
[[nodiscard]] std::string_view type_name(const ConsumerGroupRecord& record);
/// Whether the record deletes its key.
[[nodiscard]] bool is_tombstone(const ConsumerGroupRecord& record);
/// Whether a compacted log keeps only the later one of the two.
[[nodiscard]] bool have_same_key(const ConsumerGroupRecord& a, const ConsumerGroupRecord& b);

/// The key as compaction compares it: equal for exactly those that have_same_key().
[[nodiscard]] std::string key_text(const ConsumerGroupRecord& record);
/// Topics and partitions that the value names. Requires: no tombstone.
[[nodiscard]] std::size_t entry_count(const ConsumerGroupRecord& record);

/// Applies one record to the group that it names; the only thing that changes what is stored of a group. A group that
/// does not exist begins with its first record, and with its last tombstone it does not exist again. Tombstones of what
/// is not there are passed over: a compacted log has them.
/// Requires: record.group == group.id; a member's ConsumerGroupMemberMetadata tombstone comes after those of its two
/// assignments; no partition gets a second owner. Cost: O(partitions of the member x log of all).
/// Source: GroupMetadataManager.replay, ConsumerGroup.updateMember.
void replay(ConsumerGroup& group, const ConsumerGroupRecord& record);

/// The tombstones that take a member away, in the order that replay() needs. Appended to `records`.
/// Source: GroupMetadataManager.removeMember.
void append_member_tombstones(std::vector<ConsumerGroupRecord>& records, GroupId group, MemberId member);

/// The tombstones that delete the whole group: DeleteGroups, or the group is empty and its offsets are gone.
/// Source: ConsumerGroup.createGroupTombstoneRecords.
[[nodiscard]] std::vector<ConsumerGroupRecord> group_tombstones(const ConsumerGroup& group);

}  // namespace kscope::sim::consumer_group
