#include "sim/coordinator/group/uniform_assignment_builder.h"

#include <algorithm>

namespace kscope::sim {
namespace {

struct TopicLoad {
  std::int32_t topic = 0;
  std::int64_t partition_count = 0;
  std::int64_t subscriber_count = 0;
};

// Whether a has more partitions a subscriber than b, or, when equal, fewer subscribers. Products instead of quotients:
// both stay below 2^62, and no rounding decides.
bool weighs_more(const TopicLoad& a, const TopicLoad& b) {
  const std::int64_t load_a = a.partition_count * b.subscriber_count;
  const std::int64_t load_b = b.partition_count * a.subscriber_count;
  return load_a != load_b ? load_a > load_b : a.subscriber_count < b.subscriber_count;
}

}  // namespace

PartitionOwners::PartitionOwners(const GroupSpec& spec) : sizes_(spec.places.size()) {
  for (const std::int32_t partition_count : spec.partition_counts) {
    owners_.emplace_back(static_cast<std::size_t>(partition_count), kNoOwner);
  }
  for (std::int32_t member = 0; member < spec.member_count(); ++member) {
    for (const AssignedPartition& partition : spec.targets[static_cast<std::size_t>(member)]) {
      if (spec.is_subscribed(member, partition.topic)) {
        assign(partition, member);
      }
    }
  }
}

void PartitionOwners::assign(AssignedPartition partition, std::int32_t member) {
  std::int32_t& owner = owners_[static_cast<std::size_t>(partition.topic)][at(partition)];
  if (owner != kNoOwner) {
    --sizes_[static_cast<std::size_t>(owner)];
  }
  owner = member;
  ++sizes_[static_cast<std::size_t>(member)];
}

Assignment PartitionOwners::by_member() const {
  Assignment assignment(sizes_.size());
  for (std::size_t topic = 0; topic < owners_.size(); ++topic) {
    for (std::size_t partition = 0; partition < owners_[topic].size(); ++partition) {
      const std::int32_t owner = owners_[topic][partition];
      if (owner != kNoOwner) {
        assignment[static_cast<std::size_t>(owner)].push_back(
            {static_cast<std::int32_t>(topic), static_cast<std::int32_t>(partition)});
      }
    }
  }
  return assignment;
}

std::vector<std::int32_t> topic_ranks(const GroupSpec& spec) {
  std::vector<TopicLoad> loads;
  for (std::int32_t topic = 0; topic < spec.topic_count(); ++topic) {
    if (!spec.subscribers_of(topic).empty()) {
      loads.push_back(
          {topic, spec.partition_count(topic), static_cast<std::int64_t>(spec.subscribers_of(topic).size())});
    }
  }
  std::sort(loads.begin(), loads.end(), weighs_more);
  std::vector<std::int32_t> ranks(spec.partition_counts.size(), -1);
  std::int32_t rank = 0;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (i > 0 && weighs_more(loads[i - 1], loads[i])) {
      ++rank;
    }
    ranks[static_cast<std::size_t>(loads[i].topic)] = rank;
  }
  return ranks;
}

}  // namespace kscope::sim
