#include "sim/coordinator/group/assignor_sticky_loads.h"

#include "engine/core/check.h"

#include <algorithm>

namespace kscope::sim {
namespace {

void count_down(std::map<std::size_t, std::size_t>& counts, std::size_t key) {
  const auto found = counts.find(key);
  KSCOPE_CHECK(found != counts.end(), "only what was counted up can be counted down");
  if (--found->second == 0) {
    counts.erase(found);
  }
}

}  // namespace

StickyLoads::StickyLoads(const StickyGroup& group)
    : group_(group),
      partitions_(group.members.size()),
      owner_(group.partitions.size(), kNoRank),
      holders_(group.partitions.size()),
      is_subscribed_(group.members.size() * group.topics.size()),
      largest_possible_(group.members.size()),
      takes_part_(group.members.size(), true),
      held_(group.members.size()),
      load_counts_(group.topics.size()) {
  for (std::size_t member = 0; member < group.members.size(); ++member) {
    by_load_.insert({0, member});
    for (const std::size_t topic : group.members[member].topics) {
      is_subscribed_[member * group.topics.size() + topic] = true;
      largest_possible_[member] += group.topics[topic].partition_count;
    }
  }
}

std::size_t StickyLoads::owner(std::size_t partition) const {
  KSCOPE_CHECK(owner_[partition] != kNoRank, "every partition with subscribers has been given to one of them");
  return owner_[partition];
}

void StickyLoads::set_aside(std::size_t member) {
  by_load_.erase({load(member), member});
  takes_part_[member] = false;
}

void StickyLoads::give(std::size_t partition, std::size_t member) {
  const std::size_t before = load(member);
  partitions_[member].push_back(partition);
  owner_[partition] = member;
  std::vector<std::size_t>& holders = holders_[partition];
  holders.insert(std::upper_bound(holders.begin(), holders.end(), member), member);
  change_load(member, before);
  const std::size_t topic = group_.partitions[partition].topic;
  if (++held_[member][topic] == 1) {
    ++load_counts_[topic][load(member)];
  }
}

void StickyLoads::move(std::size_t partition, std::size_t member) {
  take(partition, owner(partition));
  give(partition, member);
}

void StickyLoads::take(std::size_t partition, std::size_t member) {
  const std::size_t before = load(member);
  std::vector<std::size_t>& list = partitions_[member];
  const auto found = std::find(list.begin(), list.end(), partition);
  KSCOPE_CHECK(found != list.end(), "the owner of a partition has it in its list");
  list.erase(found);
  std::vector<std::size_t>& holders = holders_[partition];
  holders.erase(std::lower_bound(holders.begin(), holders.end(), member));
  const std::size_t topic = group_.partitions[partition].topic;
  const auto held = held_[member].find(topic);
  if (--held->second == 0) {
    held_[member].erase(held);
    count_down(load_counts_[topic], before);
  }
  change_load(member, before);
}

void StickyLoads::change_load(std::size_t member, std::size_t before) {
  by_load_.erase({before, member});
  by_load_.insert({load(member), member});
  for (const auto& [topic, count] : held_[member]) {
    count_down(load_counts_[topic], before);
    ++load_counts_[topic][load(member)];
  }
}

bool StickyLoads::is_balanced() const {
  KSCOPE_CHECK(!by_load_.empty(), "whoever has partitions that could move takes part");
  if (by_load_.begin()->partition_count + 1 >= by_load_.rbegin()->partition_count) {
    return true;
  }
  for (const auto& [load, member] : by_load_) {
    if (load == largest_possible_[member]) {
      continue;
    }
    for (const std::size_t topic : group_.members[member].topics) {
      if (can_improve(member, topic)) {
        return false;
      }
    }
  }
  return true;
}

bool StickyLoads::can_improve(std::size_t member, std::size_t topic) const {
  const std::map<std::size_t, std::size_t>& loads = load_counts_[topic];
  if (loads.empty() || loads.rbegin()->first <= load(member) + 1) {
    return false;  // not even the fullest holder has enough
  }
  const StickyTopic& of = group_.topics[topic];
  for (std::size_t partition = of.first_partition; partition < of.first_partition + of.partition_count; ++partition) {
    const std::vector<std::size_t>& holders = holders_[partition];
    KSCOPE_CHECK(!holders.empty(), "every partition with subscribers has been given to one of them");
    if (!std::binary_search(holders.begin(), holders.end(), member) && load(member) + 1 < load(holders.back())) {
      return true;
    }
  }
  return false;
}

std::size_t StickyLoads::imbalance() const {
  std::size_t sum = 0;
  std::size_t loads_before = 0;
  std::size_t members_before = 0;
  for (const auto& [load, member] : by_load_) {
    sum += load * members_before - loads_before;
    loads_before += load;
    ++members_before;
  }
  return sum;
}

}  // namespace kscope::sim
