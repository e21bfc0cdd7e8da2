#include "sim/controller/kraft/reassignment.h"

#include <algorithm>

namespace kscope::sim::kraft {
namespace {

ReplicaList sorted_difference(const ReplicaList& list, const ReplicaList& excluded) {
  ReplicaList difference = without(list, excluded);
  std::sort(difference.begin(), difference.end());
  difference.erase(std::unique(difference.begin(), difference.end()), difference.end());
  return difference;
}

}  // namespace

Reassignment reassignment_between(const ReplicaList& current, const ReplicaList& target) {
  Reassignment result;
  result.removing = sorted_difference(current, target);
  result.adding = sorted_difference(target, current);
  result.replicas = target;
  result.replicas.insert(result.replicas.end(), result.removing.begin(), result.removing.end());
  return result;
}

std::optional<CompletedReassignment> maybe_complete_reassignment(const Reassignment& ongoing,
                                                                 const ReplicaList& target_isr) {
  if (ongoing.removing.empty() && ongoing.adding.empty()) {
    return std::nullopt;
  }
  CompletedReassignment completed{without(ongoing.replicas, ongoing.removing), without(target_isr, ongoing.removing)};
  const bool leaves_nothing = completed.isr.empty() || completed.replicas.empty();
  if (!ongoing.removing.empty() && leaves_nothing) {
    return std::nullopt;
  }
  if (!contains_all(completed.isr, completed.replicas)) {
    return std::nullopt;
  }
  return completed;
}

std::optional<ReassignmentRevert> revert_of(const PartitionRegistration& partition) {
  ReassignmentRevert revert;
  revert.replicas = without(partition.replicas, partition.adding_replicas);
  revert.isr = without(partition.isr, partition.adding_replicas);
  if (revert.isr.empty()) {
    if (revert.replicas.empty()) {
      return std::nullopt;
    }
    revert.isr = {revert.replicas.front()};
    revert.is_unclean = true;
  }
  return revert;
}

}  // namespace kscope::sim::kraft
