#pragma once
// Reassignment of a partition to other brokers (KIP-455), as pure functions on replica lists. While it goes on, the replica
// list holds the target and behind it those that will go; when all of the target is in sync, the change that says so ends it.
// Source: PartitionReassignmentReplicas and PartitionReassignmentRevert, Kafka 3.9.

#include <optional>

#include "sim/controller/kraft/partition_registration.h"

namespace kscope::sim::kraft {

struct Reassignment {
  ReplicaList removing;
  ReplicaList adding;
  ReplicaList replicas;  ///< the target in its order, then the removing ones
  KSCOPE_FIELDS(Reassignment, removing, adding, replicas);
};
/// What begins a move from one list to the other. `removing` and `adding` ascend.
[[nodiscard]] Reassignment reassignment_between(const ReplicaList& current, const ReplicaList& target);

struct CompletedReassignment {
  ReplicaList replicas;
  ReplicaList isr;
  KSCOPE_FIELDS(CompletedReassignment, replicas, isr);
};
/// The lists when the reassignment ends with this ISR; none while a replica of the target is not in sync, when none is
/// going on, or when nothing would remain. Source: PartitionReassignmentReplicas.maybeCompleteReassignment.
[[nodiscard]] std::optional<CompletedReassignment> maybe_complete_reassignment(const Reassignment& ongoing,
                                                                               const ReplicaList& target_isr);

struct ReassignmentRevert {
  ReplicaList replicas;
  ReplicaList isr;
  bool is_unclean = false;  ///< only adding replicas were in sync: the first old one has to be taken instead
  KSCOPE_FIELDS(ReassignmentRevert, replicas, isr, is_unclean);
};
/// The lists when a reassignment is cancelled; none when every replica is being added.
[[nodiscard]] std::optional<ReassignmentRevert> revert_of(const PartitionRegistration& partition);

}  // namespace kscope::sim::kraft
