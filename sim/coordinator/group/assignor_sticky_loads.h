#pragma once
// Who has which partitions while the general sticky algorithm moves them about: the lists, the members in the order of
// their loads, and whether any move would still improve the balance.
// A claim to a partition that does not exist can make Kafka's algorithm give a partition to a second member or twice to
// one; the lists follow it in that.
// Models currentAssignment, currentPartitionConsumer and sortedCurrentSubscriptions in AbstractStickyAssignor of Kafka
// 3.9.

#include "sim/coordinator/group/assignor_sticky.h"

#include <compare>
#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace kscope::sim {

class StickyLoads {
 public:
  struct Load {
    std::size_t partition_count = 0;
    std::size_t member = 0;
    auto operator<=>(const Load&) const = default;
  };

  explicit StickyLoads(const StickyGroup& group);

  [[nodiscard]] const std::vector<std::vector<std::size_t>>& partitions() const { return partitions_; }
  [[nodiscard]] std::size_t load(std::size_t member) const { return partitions_[member].size(); }

  /// The member that got the partition last. Requires: some member got it.
  [[nodiscard]] std::size_t owner(std::size_t partition) const;

  [[nodiscard]] bool is_subscribed(std::size_t member, std::size_t topic) const {
    return is_subscribed_[member * group_.topics.size() + topic];
  }

  /// Number of partitions of all topics that the member subscribes to.
  [[nodiscard]] std::size_t largest_possible_load(std::size_t member) const { return largest_possible_[member]; }

  /// Members that take part, those with the fewest partitions first, equals by rank.
  [[nodiscard]] const std::set<Load>& by_load() const { return by_load_; }
  [[nodiscard]] bool takes_part(std::size_t member) const { return takes_part_[member]; }

  /// The member keeps what it has and takes no part in what follows.
  void set_aside(std::size_t member);

  /// Adds the partition to the end of the member's list. Cost: O(topics of the member x log members).
  void give(std::size_t partition, std::size_t member);

  /// Takes the partition from its owner and gives it to the member. Cost as give() and O(load of the owner).
  void move(std::size_t partition, std::size_t member);

  /// Whether no partition could go to a member that has at least two fewer than the partition's owner.
  /// Cost: O(1) when loads differ by at most one, else at most O(members x topics + partitions of a topic).
  [[nodiscard]] bool is_balanced() const;

  /// Sum over all pairs of members that take part of how much their loads differ. Cost: O(members).
  [[nodiscard]] std::size_t imbalance() const;

 private:
  void take(std::size_t partition, std::size_t member);
  void change_load(std::size_t member, std::size_t before);
  [[nodiscard]] bool can_improve(std::size_t member, std::size_t topic) const;

  const StickyGroup& group_;
  std::vector<std::vector<std::size_t>> partitions_;  // by member
  std::vector<std::size_t> owner_;                    // by partition
  std::vector<std::vector<std::size_t>> holders_;     // by partition, sorted: whose lists it is in
  std::vector<bool> is_subscribed_;                   // by member and topic
  std::vector<std::size_t> largest_possible_;         // by member
  std::set<Load> by_load_;
  std::vector<bool> takes_part_;                          // by member
  std::vector<std::map<std::size_t, std::size_t>> held_;  // by member: topic and number of its partitions in the list
  std::vector<std::map<std::size_t, std::size_t>> load_counts_;  // by topic: load and number of its holders with it
};

}  // namespace kscope::sim
