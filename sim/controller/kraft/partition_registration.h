#pragma once
// PartitionRegistration: state of one partition as the metadata log tells it. Every controller and broker has it, built by
// replaying PartitionRecord and merging PartitionChangeRecords; nothing else changes it.
// Source: PartitionRegistration, Replicas and DirectoryId, Kafka 3.9.

#include <cstdint>
#include <vector>

#include "engine/core/fields.h"
#include "sim/controller/kraft/metadata_records.h"
#include "sim/controller/kraft/metadata_version.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim::kraft {

using ReplicaList = std::vector<BrokerId>;

inline constexpr BrokerId kNoLeader{-1};

/// Reserved ids of log directories (KIP-858): not told yet, the broker is still in ZooKeeper mode, or it failed.
inline constexpr Uuid kUnassignedDirectory{0, 0};
inline constexpr Uuid kLostDirectory{0, 1};
inline constexpr Uuid kMigratingDirectory{0, 2};

struct PartitionRegistration {
  ReplicaList replicas;           ///< first = preferred leader
  std::vector<Uuid> directories;  ///< of each replica, in the order of `replicas`
  ReplicaList isr;
  ReplicaList removing_replicas;
  ReplicaList adding_replicas;
  ReplicaList elr;  ///< eligible leader replicas: have everything committed, left the ISR below min.insync.replicas
  ReplicaList last_known_elr;  ///< with last-known-leader recovery: the one leader before the partition went leaderless
  BrokerId leader = kNoLeader;
  LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::kRecovered;
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  KSCOPE_FIELDS(PartitionRegistration, replicas, directories, isr, removing_replicas, adding_replicas, elr,
                last_known_elr, leader, leader_recovery_state, leader_epoch, partition_epoch);

  [[nodiscard]] bool has_leader() const { return leader != kNoLeader; }
  /// kNoLeader when there are no replicas.
  [[nodiscard]] BrokerId preferred_replica() const { return replicas.empty() ? kNoLeader : replicas.front(); }
  [[nodiscard]] bool has_preferred_leader() const { return leader == preferred_replica(); }
  [[nodiscard]] bool is_reassignment_in_progress() const {
    return !removing_replicas.empty() || !adding_replicas.empty();
  }
  /// Directory of the replica on `broker`; kUnassignedDirectory when it has none.
  [[nodiscard]] Uuid directory(BrokerId broker) const;
};

[[nodiscard]] bool contains(const ReplicaList& list, BrokerId broker);
/// Whether every broker of `part` is in `list`. Source: Replicas.contains, Kafka 3.9.
[[nodiscard]] bool contains_all(const ReplicaList& list, const ReplicaList& part);
/// The list without these brokers, in its order.
[[nodiscard]] ReplicaList without(const ReplicaList& list, const ReplicaList& excluded);

/// The state that a PartitionRecord begins. Source: PartitionRegistration(PartitionRecord).
[[nodiscard]] PartitionRegistration registration_of(const PartitionRecord& record);
/// The state after a change: what the record names replaces what was, a leader raises the leader epoch, and every record
/// raises the partition epoch. Source: PartitionRegistration.merge.
[[nodiscard]] PartitionRegistration merge(const PartitionRegistration& before, const PartitionChangeRecord& record);
/// The record that begins a partition in this state. Source: PartitionRegistration.toRecord.
[[nodiscard]] ApiMessageAndVersion record_of(const PartitionRegistration& partition, Uuid topic,
                                             std::int32_t partition_id, MetadataVersion metadata_version);

}  // namespace kscope::sim::kraft
