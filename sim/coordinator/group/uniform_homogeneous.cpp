// Uniform assignment when all members subscribe to the same topics. The first members in order may have one partition more
// than the others; members give away what is above their quota, and members below it are filled up in order.

#include "engine/core/check.h"
#include "sim/coordinator/group/uniform_assignment_builder.h"

namespace kscope::sim {
namespace {

struct Unfilled {
  std::int32_t member = 0;
  std::int32_t quota = 0;  // how many more it may have
};

// Partitions of subscribed topics that are nobody's target, by topic and partition.
std::vector<AssignedPartition> unassigned_partitions(const GroupSpec& spec) {
  const PartitionOwners owners(spec);
  std::vector<AssignedPartition> unassigned;
  for (const std::int32_t topic : spec.subscriptions.front()) {
    for (std::int32_t partition = 0; partition < spec.partition_count(topic); ++partition) {
      if (owners.of({topic, partition}) == kNoOwner) {
        unassigned.push_back({topic, partition});
      }
    }
  }
  return unassigned;
}

std::int32_t count_partitions(const GroupSpec& spec) {
  std::int32_t count = 0;
  for (const std::int32_t topic : spec.subscriptions.front()) {
    count += spec.partition_count(topic);
  }
  return count;
}

}  // namespace

Assignment build_homogeneous(const GroupSpec& spec) {
  Assignment by_member(spec.places.size());
  if (by_member.empty()) {
    return by_member;
  }
  const std::int32_t minimum_quota = count_partitions(spec) / spec.member_count();
  const std::int32_t members_with_one_more = count_partitions(spec) % spec.member_count();
  // What members give away queues behind what nobody had, in the order of the members.
  std::vector<AssignedPartition> unassigned = unassigned_partitions(spec);
  std::vector<Unfilled> unfilled;
  for (std::int32_t member = 0; member < spec.member_count(); ++member) {
    std::int32_t quota = minimum_quota + (member < members_with_one_more ? 1 : 0);
    for (const AssignedPartition& one : spec.targets[static_cast<std::size_t>(member)]) {
      if (!spec.is_subscribed(member, one.topic)) {
        continue;
      }
      if (quota > 0) {
        --quota;
        by_member[static_cast<std::size_t>(member)].push_back(one);
      } else {
        unassigned.push_back(one);
      }
    }
    if (quota > 0) {
      unfilled.push_back({member, quota});
    }
  }
  std::size_t next = 0;
  for (const Unfilled& one : unfilled) {
    for (std::int32_t quota = one.quota; quota > 0 && next < unassigned.size(); --quota) {
      by_member[static_cast<std::size_t>(one.member)].push_back(unassigned[next]);
      ++next;
    }
  }
  KSCOPE_CHECK(next == unassigned.size(), "the quotas of a group are fewer than its partitions");
  return by_member;
}

}  // namespace kscope::sim
