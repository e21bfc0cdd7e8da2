#include "sim/coordinator/group/consumer/consumer_group_records.h"

#include <string>

#include "engine/core/check.h"

namespace kscope::sim::consumer_group {
namespace {

template <class Data>
constexpr bool is_about_member = requires(const Data& data) {
  data.member;
};

void forget_epochs(ConsumerGroup& group, const PartitionSet& partitions, MemberEpoch expected) {
  for (const TopicPartition partition : partitions) {
    const MemberEpoch* epoch = group.partition_epochs.get(partition);
    KSCOPE_CHECK(epoch != nullptr, "a member loses a partition that nobody had: look at the records before this one");
    KSCOPE_CHECK(*epoch == expected, "a member loses a partition that another one has by now");
    group.partition_epochs.erase(partition);
  }
}

void remember_epochs(ConsumerGroup& group, const PartitionSet& partitions, MemberEpoch epoch) {
  for (const TopicPartition partition : partitions) {
    const bool is_free = group.partition_epochs.try_emplace(partition, epoch).second;
    KSCOPE_CHECK(is_free, "a partition gets a second owner: its first one has not released it");
  }
}

void forget_epochs_of(ConsumerGroup& group, const ConsumerGroupMember& member) {
  forget_epochs(group, member.current.assigned, member.current.member_epoch);
  forget_epochs(group, member.current.pending_revocation, member.current.member_epoch);
}

// Source: ConsumerGroup.updateMember.
void update_member(ConsumerGroup& group, const ConsumerGroupMember& member) {
  if (const ConsumerGroupMember* before = group.members.get(member.member_id); before != nullptr) {
    forget_epochs_of(group, *before);
  }
  remember_epochs(group, member.current.assigned, member.current.member_epoch);
  remember_epochs(group, member.current.pending_revocation, member.current.member_epoch);
  if (member.metadata.instance_id.has_value()) {
    group.static_members.insert_or_assign(*member.metadata.instance_id, member.member_id);
  }
  group.members.insert_or_assign(member.member_id, member);
}

// Source: ConsumerGroup.removeMember. The instance id may have a new member already.
void remove_member(ConsumerGroup& group, MemberId id) {
  const ConsumerGroupMember& member = group.members.at(id);
  forget_epochs_of(group, member);
  if (const std::optional<std::string>& instance_id = member.metadata.instance_id; instance_id.has_value()) {
    const MemberId* holder = group.static_members.get(*instance_id);
    if (holder != nullptr && *holder == id) {
      group.static_members.erase(*instance_id);
    }
  }
  group.members.erase(id);
}

ConsumerGroupMember known_or_new(const ConsumerGroup& group, MemberId id) {
  if (const ConsumerGroupMember* member = group.members.get(id); member != nullptr) {
    return *member;
  }
  ConsumerGroupMember member;
  member.member_id = id;
  return member;
}

void apply(ConsumerGroup& group, const ConsumerGroupMetadata& record) {
  if (!record.value.has_value()) {
    KSCOPE_CHECK(group.members.empty(), "a group with members is deleted");
    KSCOPE_CHECK(group.target_assignment.empty(), "a group with a target assignment is deleted");
  }
  group.group_epoch = record.value.value_or(GroupEpoch{0});
  if (!record.value.has_value()) {
    group.assignment_epoch = GroupEpoch{0};
    group.metadata_refresh = {};
  }
}

void apply(ConsumerGroup& group, const ConsumerGroupPartitionMetadata& record) {
  group.subscription_metadata = record.value.value_or(PartitionCounts{});
}

void apply(ConsumerGroup& group, const ConsumerGroupMemberMetadata& record) {
  if (record.value.has_value()) {
    ConsumerGroupMember member = known_or_new(group, record.member);
    member.metadata = *record.value;
    update_member(group, member);
    return;
  }
  const ConsumerGroupMember* member = group.members.get(record.member);
  if (member == nullptr) {
    return;
  }
  KSCOPE_CHECK(member->current.member_epoch == kLeaveGroupEpoch, "a member goes before its current assignment");
  KSCOPE_CHECK(!group.target_assignment.contains(record.member), "a member goes before its target assignment");
  remove_member(group, record.member);
}

void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMetadata& record) {
  if (!record.value.has_value()) {
    KSCOPE_CHECK(group.target_assignment.empty(), "the epoch of a target assignment goes before the assignment");
  }
  group.assignment_epoch = record.value.value_or(kNoAssignmentEpoch);
}

void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMember& record) {
  if (record.value.has_value()) {
    group.target_assignment.insert_or_assign(record.member, *record.value);
  } else {
    group.target_assignment.erase(record.member);
  }
}

void apply(ConsumerGroup& group, const ConsumerGroupCurrentMemberAssignment& record) {
  ConsumerGroupMember member = known_or_new(group, record.member);
  if (record.value.has_value()) {
    member.current = *record.value;
  } else if (group.members.contains(record.member)) {
    member.current.member_epoch = kLeaveGroupEpoch;
    member.current.previous_member_epoch = kLeaveGroupEpoch;
    member.current.assigned.clear();
    member.current.pending_revocation.clear();
  } else {
    return;
  }
  update_member(group, member);
}

}  // namespace

std::string_view type_name(const ConsumerGroupRecord& record) {
  return std::visit([]<class Data>(const Data&) { return Data::kTypeName; }, record.data);
}

bool is_tombstone(const ConsumerGroupRecord& record) {
  return std::visit([](const auto& data) { return !data.value.has_value(); }, record.data);
}

bool have_same_key(const ConsumerGroupRecord& a, const ConsumerGroupRecord& b) {
  if (a.group != b.group || a.data.index() != b.data.index()) {
    return false;
  }
  return std::visit(
      [&b]<class Data>(const Data& data) {
        if constexpr (is_about_member<Data>) {
          return data.member == std::get<Data>(b.data).member;
        } else {
          return true;
        }
      },
      a.data);
}

std::string key_text(const ConsumerGroupRecord& record) {
  std::string text = "consumer group " + std::to_string(record.group.value) + " " + std::string(type_name(record));
  std::visit(
      [&]<class Data>(const Data& data) {
        if constexpr (is_about_member<Data>) {
          text += " " + std::to_string(data.member.client.value) + " " + std::to_string(data.member.serial);
        }
      },
      record.data);
  return text;
}

std::size_t entry_count(const ConsumerGroupRecord& record) {
  struct Counter {
    std::size_t operator()(const ConsumerGroupMetadata&) const { return 0; }
    std::size_t operator()(const ConsumerGroupTargetAssignmentMetadata&) const { return 0; }
    std::size_t operator()(const ConsumerGroupPartitionMetadata& data) const { return data.value->size(); }
    std::size_t operator()(const ConsumerGroupMemberMetadata& data) const {
      std::size_t entries = data.value->subscribed_topics.size() + 3;  // client id, host and instance id are texts, too
      if (data.value->classic) {
        for (const JoinProtocol& protocol : data.value->classic->supported_protocols) {
          entries += 1 + protocol.topics.size() + protocol.owned.size();
        }
      }
      return entries;
    }
    std::size_t operator()(const ConsumerGroupTargetAssignmentMember& data) const { return data.value->size(); }
    std::size_t operator()(const ConsumerGroupCurrentMemberAssignment& data) const {
      return data.value->assigned.size() + data.value->pending_revocation.size();
    }
  };
  return std::visit(Counter{}, record.data);
}

void replay(ConsumerGroup& group, const ConsumerGroupRecord& record) {
  KSCOPE_CHECK(record.group == group.id, "a record of another group");
  std::visit([&group](const auto& data) { apply(group, data); }, record.data);
}

void append_member_tombstones(std::vector<ConsumerGroupRecord>& records, GroupId group, MemberId member) {
  records.push_back({group, ConsumerGroupCurrentMemberAssignment{member, std::nullopt}});
  records.push_back({group, ConsumerGroupTargetAssignmentMember{member, std::nullopt}});
  records.push_back({group, ConsumerGroupMemberMetadata{member, std::nullopt}});
}

std::vector<ConsumerGroupRecord> group_tombstones(const ConsumerGroup& group) {
  std::vector<ConsumerGroupRecord> records;
  for (const auto& [member, unused] : group.members) {
    records.push_back({group.id, ConsumerGroupCurrentMemberAssignment{member, std::nullopt}});
  }
  for (const auto& [member, unused] : group.members) {
    records.push_back({group.id, ConsumerGroupTargetAssignmentMember{member, std::nullopt}});
  }
  records.push_back({group.id, ConsumerGroupTargetAssignmentMetadata{}});
  for (const auto& [member, unused] : group.members) {
    records.push_back({group.id, ConsumerGroupMemberMetadata{member, std::nullopt}});
  }
  records.push_back({group.id, ConsumerGroupPartitionMetadata{}});
  records.push_back({group.id, ConsumerGroupMetadata{}});
  return records;
}

}  // namespace kscope::sim::consumer_group
