#pragma once
// ReplicaAssignment: on which brokers a partition lies, and, while it is being moved, which of them come and which go
// (KIP-455). Source: Kafka 3.9 ControllerContext.ReplicaAssignment (ZooKeeper mode).

#include <vector>

#include "engine/core/fields.h"
#include "sim/types/ids.h"

namespace kscope::sim {

struct ReplicaAssignment {
  std::vector<BrokerId> replicas;  ///< in order of preference; while it is moved the target, then those that go
  std::vector<BrokerId> adding;
  std::vector<BrokerId> removing;
  KSCOPE_FIELDS(ReplicaAssignment, replicas, adding, removing);

  [[nodiscard]] bool is_being_reassigned() const { return !adding.empty() || !removing.empty(); }
  /// Where the partition is to lie.
  [[nodiscard]] std::vector<BrokerId> target() const;
  /// Where it lay before it was moved.
  [[nodiscard]] std::vector<BrokerId> origin() const;
  /// The assignment that begins a move to `target`, away from where the partition lay before any move: what another move
  /// was adding and this one does not want is in no list any more. Source: ReplicaAssignment.reassignTo.
  [[nodiscard]] ReplicaAssignment reassign_to(const std::vector<BrokerId>& target) const;
};

/// Those of `list` that are not in `other`, in order.
[[nodiscard]] std::vector<BrokerId> difference(const std::vector<BrokerId>& list, const std::vector<BrokerId>& other);

}  // namespace kscope::sim
