#include "sim/coordinator/group/assignor_sticky_movements.h"

namespace kscope::sim {

std::size_t StickyMovements::partition_to_move(const Move& wanted) const {
  const auto moved = route_by_partition_.find(wanted.partition);
  const std::size_t from = moved == route_by_partition_.end() ? wanted.from : moved->second.from;
  const auto back = partitions_by_route_.find(route({wanted.partition, wanted.to, from}));
  return back == partitions_by_route_.end() ? wanted.partition : *back->second.begin();
}

void StickyMovements::add(const Move& move) {
  Route now = route(move);
  const auto moved = route_by_partition_.find(move.partition);
  if (moved != route_by_partition_.end()) {
    const Route before = moved->second;
    route_by_partition_.erase(moved);
    const auto others = partitions_by_route_.find(before);
    others->second.erase(move.partition);
    if (others->second.empty()) {
      partitions_by_route_.erase(others);
    }
    if (before.from == move.to) {
      return;
    }
    now.from = before.from;
  }
  route_by_partition_[move.partition] = now;
  partitions_by_route_[now].insert(move.partition);
}

}  // namespace kscope::sim
