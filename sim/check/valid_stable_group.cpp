#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

/// Why a group of KIP-848 that calls itself Stable is not; empty: it is. Cost: O(members + partitions).
std::string instability(const CheckContext& c, const consumer_group::ConsumerGroup& group) {
  if (group.group_epoch != group.assignment_epoch) {
    return fmt::format("its epoch is {}, and that of its target {}", group.group_epoch.value,
                       group.assignment_epoch.value);
  }
  for (const auto& [id, member] : group.members) {
    if (member.current.state != consumer_group::MemberState::STABLE ||
        member.current.member_epoch != group.group_epoch) {
      return fmt::format("{} is {} at epoch {}", client_name(c, id), consumer_group::to_string(member.current.state),
                         member.current.member_epoch.value);
    }
    if (!member.current.pending_revocation.empty()) {
      return fmt::format("{} has to give up {} partitions", client_name(c, id),
                         member.current.pending_revocation.size());
    }
    if (member.current.assigned != group.target_of(id)) {
      return fmt::format("{} has {} partitions, and the target gives it others, {}", client_name(c, id),
                         member.current.assigned.size(), group.target_of(id).size());
    }
  }
  return {};
}

/// The group of the classic protocol as its coordinator has it; nullptr: it has none now.
const Group* classic_group(const CheckContext& c, GroupId id) {
  const PartitionWatch* p = c.watch.find(partition_of_group(c, id));
  const Broker* broker = p == nullptr ? nullptr : c.broker(c.registry().node_of(p->leader));
  return broker == nullptr ? nullptr : broker->groups.find(id);
}

/// Whether this note is the first about an assignment in its event, in which a member takes all that it was given.
bool is_first_of_assignment(const CheckContext& c) {
  const auto first = std::find_if(c.event.notes.begin(), c.event.notes.end(),
                                  [](const Note& note) { return note.kind == NoteKind::kPartitionAssigned; });
  return first != c.event.notes.end() && first->partition == c.note.partition;
}

/// Classic protocol: a member has taken what the leader's assignment of its generation says, no more, no less. Once for each
/// assignment. Cost: O(partitions of the member x log).
Finding check_member_of_stable_group(const CheckContext& c) {
  const Role* role = c.world.role(c.event.node);
  const Consumer* consumer = role == nullptr ? nullptr : std::get_if<Consumer>(role);
  const bool is_member = consumer != nullptr && !consumer->members && !consumer->has_manual_assignment();
  if (!is_member || consumer->membership.state != MemberState::STABLE || !is_first_of_assignment(c)) {
    return Finding::not_asked();
  }
  const Membership& membership = consumer->membership;
  const Group* group = classic_group(c, c.note.group);
  const GroupMember* member = group == nullptr ? nullptr : group->members.get(membership.member);
  // Who is asked after the next generation has begun had this one's assignment.
  if (member == nullptr || group->generation != membership.generation || group->state != GroupState::Stable) {
    return Finding::not_asked();
  }
  std::vector<TopicPartition> owned;
  for (const TopicPartitionState& partition : consumer->fetcher.assigned) {
    owned.push_back(partition.partition);
  }
  std::vector<TopicPartition> given = member->assignment;
  std::sort(given.begin(), given.end());
  if (owned == given) {
    return Finding::fine();
  }
  return unless_groups_lost(
      c, fmt::format("{} has {} partitions in generation {} of group {}, and its leader gave it {}",
                     c.node_name(c.event.node), owned.size(), membership.generation.value, group_name(c, c.note.group),
                     given.size()));
}

}  // namespace

/// In a group that is Stable every member is at the group's epoch and has its part of the target (KIP-848), or has what the
/// leader of its generation assigned to it (classic protocol), no more, no less.
Finding check_valid_stable_group(const CheckContext& c) {
  if (c.note.kind == NoteKind::kPartitionAssigned) {
    return check_member_of_stable_group(c);
  }
  const RecordBatch* batch = appended_group_records(c);
  const GroupCoordinator* coordinator = batch == nullptr ? nullptr : acting_coordinator(c);
  if (coordinator == nullptr || batch->coordinator_records->empty()) {
    return Finding::not_asked();
  }
  const CoordinatorRecord& first = batch->coordinator_records->front();  // a batch is about one group
  const consumer_group::ConsumerGroup* group =
      first.kind == CoordinatorRecordKind::kConsumerGroup ? coordinator->find_consumer_group(first.group) : nullptr;
  if (group == nullptr || group->state() != consumer_group::ConsumerGroupState::STABLE) {
    return Finding::not_asked();
  }
  const std::string fault = instability(c, *group);
  return fault.empty() ? Finding::fine()
                       : Finding::broken(fmt::format("group {} is Stable, and {}", group_name(c, first.group), fault));
}

}  // namespace kscope::sim
