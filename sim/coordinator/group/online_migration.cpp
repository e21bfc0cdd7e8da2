#include "sim/coordinator/group/online_migration.h"

#include <algorithm>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroupMember;
using consumer_group::ConsumerGroupRecord;
using consumer_group::MemberEpoch;
using consumer_group::PartitionSet;

/// What the member subscribes to under the protocol that the group has selected.
const JoinProtocol& selected_subscription(const Group& group, const GroupMember& member) {
  const auto found = std::find_if(member.protocols.begin(), member.protocols.end(),
                                  [&](const JoinProtocol& protocol) { return protocol.name == group.protocol; });
  KSCOPE_CHECK(found != member.protocols.end(), "a member without the protocol of its group");
  return *found;
}

consumer_group::MemberMetadata metadata_of(const Group& group, const GroupMember& member) {
  const JoinProtocol& subscription = selected_subscription(group, member);
  consumer_group::MemberMetadata metadata;
  if (member.is_static()) {
    metadata.instance_id = member.group_instance_id;
  }
  if (!subscription.rack.empty()) {
    metadata.rack_id = subscription.rack;
  }
  metadata.rebalance_timeout = member.rebalance_timeout;
  metadata.subscribed_topics = {subscription.topics.begin(), subscription.topics.end()};
  metadata.classic = consumer_group::ClassicMemberMetadata{member.session_timeout, member.protocols};
  return metadata;
}

PartitionSet assigned_to(const GroupMember& member) { return {member.assignment.begin(), member.assignment.end()}; }

GroupMember classic_member_of(const ConsumerGroupMember& member, const PartitionSet& target) {
  GroupMember classic;
  classic.id = member.member_id;
  classic.group_instance_id = member.metadata.instance_id.value_or("");
  classic.session_timeout = member.metadata.classic->session_timeout;
  classic.rebalance_timeout = member.metadata.rebalance_timeout;
  classic.protocols = member.metadata.classic->supported_protocols;
  classic.assignment = {target.begin(), target.end()};
  return classic;
}

void add_classic_member(Group& group, GroupMember member) {
  if (member.is_static()) {
    group.static_members.insert_or_assign(member.group_instance_id, member.id);
  }
  const MemberId id = member.id;
  group.members.insert_or_assign(id, std::move(member));
}

}  // namespace

ErrorCode upgrade_error(const Group& group, const consumer_group::ConsumerGroupConfig& config) {
  const bool is_allowed = config.is_upgrade_enabled && group.protocol_type == "consumer" &&
                          static_cast<std::int64_t>(group.members.size()) <= config.max_size;
  if (!is_allowed) {
    return ErrorCode::GROUP_ID_NOT_FOUND;
  }
  return group.protocol.empty() ? ErrorCode::UNKNOWN_SERVER_ERROR : ErrorCode::NONE;
}

std::vector<ConsumerGroupRecord> upgrade_records(const Group& group) {
  const MemberEpoch epoch{group.generation.value};
  std::vector<ConsumerGroupRecord> records;
  for (const auto& [id, member] : group.members) {
    records.push_back({group.id, consumer_group::ConsumerGroupMemberMetadata{id, metadata_of(group, member)}});
  }
  records.push_back({group.id, consumer_group::ConsumerGroupMetadata{epoch}});
  for (const auto& [id, member] : group.members) {
    records.push_back({group.id, consumer_group::ConsumerGroupTargetAssignmentMember{id, assigned_to(member)}});
  }
  records.push_back({group.id, consumer_group::ConsumerGroupTargetAssignmentMetadata{epoch}});
  for (const auto& [id, member] : group.members) {
    consumer_group::CurrentAssignment current;
    current.member_epoch = epoch;
    current.previous_member_epoch = epoch;
    current.assigned = assigned_to(member);
    records.push_back({group.id, consumer_group::ConsumerGroupCurrentMemberAssignment{id, std::move(current)}});
  }
  return records;
}

std::vector<consumer_group::MemberTimerChange> timers_after_upgrade(const Group& group, LocalTime now) {
  std::vector<consumer_group::MemberTimerChange> timers;
  for (const auto& [id, member] : group.members) {
    timers.push_back({{consumer_group::MemberTimerKind::kSession, id}, now + member.session_timeout, {}});
  }
  return timers;
}

void downgrade_to(Group& classic, const Downgrade& downgrade) {
  classic.generation = GenerationId(downgrade.group.group_epoch.value);
  classic.protocol_type = "consumer";
  classic.state = GroupState::Stable;
  classic.members.clear();
  classic.static_members.clear();
  for (const auto& [id, member] : downgrade.group.members) {
    if (id != downgrade.gone) {
      add_classic_member(classic, classic_member_of(member, downgrade.group.target_of(id)));
    }
  }
  classic.leader = classic.members.empty() ? MemberId{} : classic.members.begin()->first;
  if (downgrade.heir != nullptr) {
    add_classic_member(classic, classic_member_of(*downgrade.heir, downgrade.group.target_of(downgrade.gone)));
  }
  KSCOPE_CHECK(!classic.members.empty(), "only a group with members becomes a classic one");
  classic.leader = classic.leader.is_set() ? classic.leader : downgrade.heir->member_id;
  classic.protocol = classic.select_protocol();
}

std::vector<ConsumerGroupRecord> downgrade_tombstones(const Downgrade& downgrade) {
  std::vector<ConsumerGroupRecord> records = consumer_group::group_tombstones(downgrade.group);
  if (downgrade.heir == nullptr) {
    return records;
  }
  const auto rename = [&](auto& data) {
    if constexpr (requires { data.member; }) {
      if (data.member == downgrade.gone) {
        data.member = downgrade.heir->member_id;
      }
    }
  };
  for (ConsumerGroupRecord& record : records) {
    std::visit(rename, record.data);
  }
  return records;
}

}  // namespace kscope::sim
