#include "sim/controller/replica_assignment.h"

#include <algorithm>
#include <iterator>

namespace kscope::sim {

std::vector<BrokerId> difference(const std::vector<BrokerId>& list, const std::vector<BrokerId>& other) {
  std::vector<BrokerId> out;
  std::copy_if(list.begin(), list.end(), std::back_inserter(out),
               [&](BrokerId broker) { return std::find(other.begin(), other.end(), broker) == other.end(); });
  return out;
}

std::vector<BrokerId> ReplicaAssignment::target() const { return difference(replicas, removing); }

std::vector<BrokerId> ReplicaAssignment::origin() const { return difference(replicas, adding); }

ReplicaAssignment ReplicaAssignment::reassign_to(const std::vector<BrokerId>& target) const {
  const std::vector<BrokerId> before = origin();
  ReplicaAssignment moved{target, difference(target, before), difference(before, target)};
  moved.replicas.insert(moved.replicas.end(), moved.removing.begin(), moved.removing.end());
  return moved;
}

}  // namespace kscope::sim
