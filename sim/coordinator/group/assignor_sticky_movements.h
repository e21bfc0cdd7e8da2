#pragma once
// Which partitions the general sticky algorithm has moved from whom to whom, so that two members do not exchange
// partitions of a topic: when one is to go from A to B although another of the same topic has come from B to A, that
// one goes back instead.
// Models PartitionMovements in AbstractStickyAssignor of Kafka 3.9.

#include "sim/coordinator/group/assignor_sticky.h"

#include <compare>
#include <cstddef>
#include <map>
#include <set>

namespace kscope::sim {

class StickyMovements {
 public:
  struct Move {
    std::size_t partition = 0;
    std::size_t from = 0;
    std::size_t to = 0;
  };

  explicit StickyMovements(const StickyGroup& group) : group_(group) {}

  /// The partition to move instead of the wanted one, which is the wanted one unless there is one to move back.
  [[nodiscard]] std::size_t partition_to_move(const Move& wanted) const;

  /// Notes the move. A partition that moves on counts as moved from where it was first; one that returns there as not
  /// moved at all.
  void add(const Move& move);

 private:
  // Everything that was moved within a topic from one member to another.
  struct Route {
    std::size_t topic = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    auto operator<=>(const Route&) const = default;
  };

  [[nodiscard]] Route route(const Move& move) const {
    return {group_.partitions[move.partition].topic, move.from, move.to};
  }

  const StickyGroup& group_;
  std::map<Route, std::set<std::size_t>> partitions_by_route_;
  std::map<std::size_t, Route> route_by_partition_;
};

}  // namespace kscope::sim
