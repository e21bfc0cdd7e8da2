// The sticky assignment without what would have two owners for a while.

#include "sim/coordinator/group/assignor_sticky.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {
namespace {

using Ranks = std::vector<std::size_t>;
using Transfer = StickyAssignment::Transfer;

// ConsumerProtocol writes OwnedPartitions sorted.
AssignorInput with_sorted_claims(AssignorInput input) {
  std::vector<std::int32_t> rank(input.topics.size());
  std::int32_t next = 0;
  for (const std::int32_t place : topics_in_order(input)) {
    rank[static_cast<std::size_t>(place)] = next++;
  }
  for (AssignorMember& member : input.members) {
    std::stable_sort(member.owned.begin(), member.owned.end(),
                     [&](const AssignedPartition& a, const AssignedPartition& b) {
                       const std::int32_t rank_a = rank[static_cast<std::size_t>(a.topic)];
                       const std::int32_t rank_b = rank[static_cast<std::size_t>(b.topic)];
                       return rank_a != rank_b ? rank_a < rank_b : a.partition < b.partition;
                     });
  }
  return input;
}

Ranks sorted(Ranks ranks) {
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

// Partitions that some member has to give up and another one gets. Who claimed a partition does not get it anew, even
// when its claim was void.
std::vector<Transfer> find_transfers(const StickyGroup& group, const std::vector<Ranks>& partitions) {
  Ranks new_owner(group.partitions.size(), kNoRank);
  std::vector<bool> is_revoked(group.partitions.size());
  for (std::size_t member = 0; member < group.members.size(); ++member) {
    const Ranks claimed = sorted(group.members[member].claimed);
    const Ranks assigned = sorted(partitions[member]);
    for (const std::size_t partition : assigned) {
      if (!std::binary_search(claimed.begin(), claimed.end(), partition)) {
        new_owner[partition] = member;
      }
    }
    for (const std::size_t partition : claimed) {
      if (!std::binary_search(assigned.begin(), assigned.end(), partition)) {
        is_revoked[partition] = true;
      }
    }
  }
  std::vector<Transfer> transfers;
  for (std::size_t partition = 0; partition < group.partitions.size(); ++partition) {
    if (new_owner[partition] != kNoRank && is_revoked[partition]) {
      transfers.push_back({partition, new_owner[partition]});
    }
  }
  return transfers;
}

}  // namespace

Assignment assign_cooperative_sticky(const AssignorInput& input) {
  if (input.members.empty()) {
    return {};
  }
  const AssignorInput sorted_input = with_sorted_claims(input);
  const StickyGroup group = make_sticky_group(sorted_input);
  std::optional<StickyAssignment> assignment = compute_sticky_assignment(sorted_input, group);
  if (!assignment) {
    return {};
  }
  const std::vector<Transfer> transfers =
      assignment->transfers ? std::move(*assignment->transfers) : find_transfers(group, assignment->partitions);
  for (const Transfer& transfer : transfers) {
    Ranks& given = assignment->partitions[transfer.member];
    const auto found = std::find(given.begin(), given.end(), transfer.partition);
    if (found != given.end()) {
      given.erase(found);
    }
  }
  return assignment_by_place(group, assignment->partitions);
}

}  // namespace kscope::sim
