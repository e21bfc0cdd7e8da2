#pragma once
// Partitions of any topics, each at most once, in order of topic and number: what a member has, should have or gives up.
// Kafka keeps a map of topic id to set of numbers; a topic with no partitions in it is nothing here.

#include <algorithm>
#include <iterator>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/types/ids.h"

namespace kscope::sim::consumer_group {

using PartitionSet = FlatSet<TopicPartition>;

/// What is in both. Cost: O(a + b).
[[nodiscard]] inline PartitionSet in_both(const PartitionSet& a, const PartitionSet& b) {
  std::vector<TopicPartition> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return {common.begin(), common.end()};
}

/// What is in `a` and not in `b`. Cost: O(a + b).
[[nodiscard]] inline PartitionSet without(const PartitionSet& a, const PartitionSet& b) {
  std::vector<TopicPartition> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return {rest.begin(), rest.end()};
}

/// What is in either. Cost: O(a + b).
[[nodiscard]] inline PartitionSet in_either(const PartitionSet& a, const PartitionSet& b) {
  std::vector<TopicPartition> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return {all.begin(), all.end()};
}

}  // namespace kscope::sim::consumer_group
