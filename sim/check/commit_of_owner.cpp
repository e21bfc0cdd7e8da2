#include <fmt/format.h>

#include <algorithm>

#include "sim/check/accepted_commit.h"

namespace kscope::sim {
namespace {

bool has(const std::vector<TopicPartition>& partitions, TopicPartition partition) {
  return std::find(partitions.begin(), partitions.end(), partition) != partitions.end();
}

/// The other member that has the partition, as the coordinator gave it out; not set: nobody, or who commits has it, too.
/// Cost: O(partitions of the member), and of all members only where that does not have it.
MemberId other_owner(const GroupCoordinator& coordinator, const PendingAppend& commit, TopicPartition partition) {
  if (const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(commit.group)) {
    const consumer_group::ConsumerGroupMember* sender = consumers->members.get(commit.member);
    if (sender != nullptr &&
        (sender->current.assigned.contains(partition) || sender->current.pending_revocation.contains(partition))) {
      return MemberId{};
    }
    const auto owner = std::find_if(consumers->members.begin(), consumers->members.end(), [&](const auto& entry) {
      return entry.second.current.assigned.contains(partition);
    });
    return owner == consumers->members.end() ? MemberId{} : MemberId(owner->first);
  }
  const Group* group = coordinator.find(commit.group);
  if (group == nullptr) {
    return MemberId{};
  }
  const GroupMember* sender = group->members.get(commit.member);
  if (sender != nullptr && has(sender->assignment, partition)) {
    return MemberId{};
  }
  const auto owner = std::find_if(group->members.begin(), group->members.end(),
                                  [&](const auto& entry) { return has(entry.second.assignment, partition); });
  return owner == group->members.end() ? MemberId{} : MemberId(owner->first);
}

/// Whether generations keep former owners out. A producer of before KIP-447 names none. A member of the consumer protocol has an
/// epoch that is its own: a commit that is sent again, after its partitions went to others, goes with the present epoch.
bool keeps_former_owners_out(const CheckContext& c, const PendingAppend& commit) {
  const bool is_nameless = commit.kind == PendingAppend::Kind::kTxnOffsetCommit && !commit.member.is_set();
  const consumer_group::ConsumerGroup* consumers = acting_coordinator(c)->find_consumer_group(commit.group);
  const bool has_own_epoch = consumers != nullptr && consumers->members.contains(commit.member);
  return !is_nameless && !has_own_epoch;
}

}  // namespace

/// Once a partition is another member's, no commit of its former owner is applied: the group would go back to where that one was.
Finding check_commit_of_owner(const CheckContext& c) {
  const PendingAppend* commit = accepted_commit(c);
  if (commit == nullptr) {
    return Finding::not_asked();
  }
  for (const OffsetCommitPartition& item : commit->offsets) {
    const MemberId owner = other_owner(*acting_coordinator(c), *commit, item.partition);
    if (!owner.is_set()) {
      continue;
    }
    std::string detail =
        fmt::format("group {}: a commit of {} for {} is accepted, which is {}'s", group_name(c, commit->group),
                    commit->member.is_set() ? client_name(c, commit->member) : "nobody",
                    c.registry().partition_name(item.partition), client_name(c, owner));
    return keeps_former_owners_out(c, *commit) ? Finding::broken(std::move(detail))
                                               : Finding::permitted(std::move(detail));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
