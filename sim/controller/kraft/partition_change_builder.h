#pragma once
// What becomes of a partition when something about it changes: its ISR, its replicas, a broker that comes, goes or lost its
// disk. All rules of leader election in KRaft mode are here: who may lead, eligible leader replicas and the last known
// leader (KIP-966), unclean election, completing a reassignment, and when the leader epoch rises. Pure: state and wishes in,
// one PartitionChangeRecord (or nothing to change) out. Source: PartitionChangeBuilder, Kafka 3.9.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/controller/kraft/metadata_version.h"
#include "sim/controller/kraft/partition_registration.h"
#include "sim/rules/planted_bug.h"

namespace kscope::sim::kraft {

enum class Election : std::uint8_t {
  kPreferred,  ///< the first replica if it may lead, else as kOnline
  kOnline,     ///< keep the leader if it may lead, else the first replica that may
  kUnclean,    ///< as kOnline, and as a last resort any live replica
};

/// What is wanted. Absent targets stay as they are.
struct PartitionChange {
  Election election = Election::kOnline;
  MetadataVersion metadata_version = kLatestMetadataVersion;
  std::int32_t min_isr = 1;  ///< effective min.insync.replicas: not above the replication factor
  bool is_elr_enabled = false;
  /// Whether a partition that has neither ISR nor ELR may be led again by who led it last, as "balanced" recovery has it.
  bool use_last_known_leader = true;
  bool may_elect_fenced_last_leader = false;  ///< whether that one is alive or not, as before KAFKA-19522
  std::optional<ReplicaList> target_isr;
  std::optional<ReplicaList> target_replicas;
  std::optional<ReplicaList> target_removing;
  std::optional<ReplicaList> target_adding;
  std::optional<LeaderRecoveryState> target_leader_recovery_state;
  ReplicaList unclean_shutdown_replicas;  ///< never kept in the ELR: their logs may have lost what they had
  PlantedBug planted_bug = PlantedBug::kNone;
};

/// What the builder asks about brokers. Both are used during the call only.
struct BrokerOracle {
  // tidy:allow(no-closures-in-state): parameters only
  std::function<bool(BrokerId)> is_acceptable_leader;
  // tidy:allow(no-closures-in-state): parameters only
  std::function<Uuid(BrokerId)> default_directory;
};

/// Who leads after an election, and whether records may be lost by it.
struct ElectionResult {
  BrokerId leader = kNoLeader;
  bool is_unclean = false;
  bool operator==(const ElectionResult&) const = default;
};

/// Why nobody can lead a partition, for whoever asks what it waits for.
enum class LeaderBlocker : std::uint8_t {
  kNone,               ///< somebody may lead
  kIsrOffline,         ///< nobody of the ISR is alive, and unclean elections are not allowed
  kElrOffline,         ///< the ISR is empty and nobody of the ELR is alive
  kLastLeaderUnknown,  ///< ISR and ELR are empty and the last leader is not known (or may not be used)
  kNobodyAlive,        ///< an unclean election is allowed, but no replica is alive
};

/// The record that makes the change, none when it would change nothing. Steps, in this order: complete a reassignment
/// whose target is in sync; keep the ELR while the ISR is below `min_isr`; elect; raise the leader epoch where replicas
/// leave (and, before 3.6, where the ISR shrinks); remember the last known leader. Cost: O(replicas squared).
[[nodiscard]] std::optional<ApiMessageAndVersion> build_partition_change(const PartitionRegistration& partition,
                                                                         Uuid topic, std::int32_t partition_id,
                                                                         const PartitionChange& change,
                                                                         const BrokerOracle& brokers);

/// Whether applying the record changes nothing but the partition epoch. Source: PartitionChangeBuilder.changeRecordIsNoOp.
[[nodiscard]] bool is_no_op(const PartitionChangeRecord& record);

/// What a partition without a leader waits for. Source: the conditions of PartitionChangeBuilder.electAnyLeader.
[[nodiscard]] LeaderBlocker leader_waits_for(const PartitionRegistration& partition, const PartitionChange& change,
                                             const BrokerOracle& brokers);

}  // namespace kscope::sim::kraft
