#pragma once
// What the ZooKeeper-mode controller tells brokers, and what brokers ask of it. Every request carries the controller
// epoch (a zombie controller is refused: STALE_CONTROLLER_EPOCH) and the broker epoch of the addressee (a request meant
// for an earlier life of the broker is refused: STALE_BROKER_EPOCH, KIP-380).

#include <vector>

#include "sim/protocol/metadata.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

/// Leader of every partition of a topic that is being deleted, as UpdateMetadata tells it: brokers forget the partition.
/// Source: LeaderAndIsr.LeaderDuringDelete, Kafka 3.9.
inline constexpr BrokerId kLeaderDuringDelete{-2};
/// Leader epoch of a StopReplica for such a partition: it holds against every epoch (KIP-570).
/// Source: LeaderAndIsr.EpochDuringDelete, Kafka 3.9.
inline constexpr LeaderEpoch kEpochDuringDelete{-2};

/// State of one partition as the controller keeps it in /brokers/topics/<t>/partitions/<p>/state.
struct PartitionState {
  TopicPartition partition;
  BrokerId leader;  ///< none = offline (Kafka writes -1)
  LeaderEpoch leader_epoch{0};
  std::vector<BrokerId> isr;
  std::vector<BrokerId> replicas;       ///< first = preferred leader
  PartitionEpoch partition_epoch{0};    ///< zkVersion of the state znode
  ControllerEpoch controller_epoch{0};  ///< of the controller that wrote it
  bool is_new = false;                  ///< LeaderAndIsr: the topic was just created
  Uuid topic_id;                        ///< of the topic as it was created this time (KIP-516)
  KSCOPE_FIELDS(PartitionState, partition, leader, leader_epoch, isr, replicas, partition_epoch, controller_epoch,
                is_new, topic_id);
};

struct LeaderAndIsrRequest {
  BrokerId controller;
  ControllerEpoch controller_epoch{0};
  BrokerEpoch broker_epoch{-1};
  std::vector<PartitionState> partitions;
  std::vector<MetadataBroker> live_leaders;
  KSCOPE_FIELDS(LeaderAndIsrRequest, controller, controller_epoch, broker_epoch, partitions, live_leaders);
};
struct PartitionError {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(PartitionError, partition, error);
};
struct LeaderAndIsrResponse {
  ErrorCode error = ErrorCode::NONE;
  std::vector<PartitionError> partitions;
  KSCOPE_FIELDS(LeaderAndIsrResponse, error, partitions);
};

struct UpdateMetadataRequest {
  BrokerId controller;
  ControllerEpoch controller_epoch{0};
  BrokerEpoch broker_epoch{-1};
  std::vector<PartitionState> partitions;
  std::vector<MetadataBroker> live_brokers;
  KSCOPE_FIELDS(UpdateMetadataRequest, controller, controller_epoch, broker_epoch, partitions, live_brokers);
};
struct UpdateMetadataResponse {
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(UpdateMetadataResponse, error);
};

struct StopReplicaPartition {
  TopicPartition partition;
  LeaderEpoch leader_epoch{-1};  ///< KIP-570; -1 and kEpochDuringDelete = not checked
  bool delete_partition = false;
  KSCOPE_FIELDS(StopReplicaPartition, partition, leader_epoch, delete_partition);
};
struct StopReplicaRequest {
  BrokerId controller;
  ControllerEpoch controller_epoch{0};
  BrokerEpoch broker_epoch{-1};
  std::vector<StopReplicaPartition> partitions;
  KSCOPE_FIELDS(StopReplicaRequest, controller, controller_epoch, broker_epoch, partitions);
};
struct StopReplicaResponse {
  ErrorCode error = ErrorCode::NONE;
  std::vector<PartitionError> partitions;
  KSCOPE_FIELDS(StopReplicaResponse, error, partitions);
};

struct ControlledShutdownRequest {
  BrokerId broker;
  BrokerEpoch broker_epoch{-1};
  KSCOPE_FIELDS(ControlledShutdownRequest, broker, broker_epoch);
};
struct ControlledShutdownResponse {
  ErrorCode error = ErrorCode::NONE;
  std::vector<TopicPartition> remaining;  ///< partitions that the broker still leads; not empty = retry
  KSCOPE_FIELDS(ControlledShutdownResponse, error, remaining);
};

/// A leader asks for a changed ISR (KIP-497). The controller writes the state znode if the partition epoch is current.
struct AlterPartitionItem {
  TopicPartition partition;
  LeaderEpoch leader_epoch{0};
  PartitionEpoch partition_epoch{0};
  std::vector<BrokerId> new_isr;
  std::vector<BrokerEpoch> new_isr_epochs;  ///< of each member (KIP-903), -1 = not known; empty = not told
  KSCOPE_FIELDS(AlterPartitionItem, partition, leader_epoch, partition_epoch, new_isr, new_isr_epochs);
};
struct AlterPartitionRequest {
  BrokerId broker;
  BrokerEpoch broker_epoch{-1};
  std::vector<AlterPartitionItem> partitions;
  KSCOPE_FIELDS(AlterPartitionRequest, broker, broker_epoch, partitions);
};
struct AlterPartitionResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;  ///< FENCED_LEADER_EPOCH, INVALID_UPDATE_VERSION, INELIGIBLE_REPLICA ...
  BrokerId leader;
  LeaderEpoch leader_epoch{0};
  PartitionEpoch partition_epoch{0};
  std::vector<BrokerId> isr;
  KSCOPE_FIELDS(AlterPartitionResult, partition, error, leader, leader_epoch, partition_epoch, isr);
};
struct AlterPartitionResponse {
  ErrorCode error = ErrorCode::NONE;  ///< NOT_CONTROLLER, STALE_BROKER_EPOCH
  std::vector<AlterPartitionResult> partitions;
  KSCOPE_FIELDS(AlterPartitionResponse, error, partitions);
};

}  // namespace kscope::sim
