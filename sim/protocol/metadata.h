#pragma once
// Metadata, CreateTopics, CreatePartitions, DeleteTopics, AlterPartitionReassignments, ElectLeaders: what clients and
// administrators ask about the cluster.

#include <optional>
#include <string>
#include <vector>

#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

struct MetadataRequest {
  std::vector<TopicId> topics;  ///< empty = brokers only
  bool allow_auto_topic_creation = true;
  KSCOPE_FIELDS(MetadataRequest, topics, allow_auto_topic_creation);
};
struct MetadataPartition {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;  ///< LEADER_NOT_AVAILABLE if there is none
  BrokerId leader;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> isr;
  KSCOPE_FIELDS(MetadataPartition, partition, error, leader, leader_epoch, replicas, isr);
};
struct MetadataTopic {
  TopicId topic;
  ErrorCode error = ErrorCode::NONE;  ///< UNKNOWN_TOPIC_OR_PARTITION if it does not exist
  std::vector<MetadataPartition> partitions;
  Uuid topic_id;  ///< another one when the topic was deleted and created again (KIP-516)
  KSCOPE_FIELDS(MetadataTopic, topic, error, partitions, topic_id);
};
struct MetadataBroker {
  BrokerId id;
  NodeId node;
  KSCOPE_FIELDS(MetadataBroker, id, node);
};
struct MetadataResponse {
  std::vector<MetadataBroker> brokers;
  BrokerId controller;
  std::vector<MetadataTopic> topics;
  KSCOPE_FIELDS(MetadataResponse, brokers, controller, topics);
};

struct CreateTopicsRequest {
  TopicId topic;                         ///< settings are the registry's; names were interned when the command came in
  std::int32_t partitions = -1;          ///< -1 = num.partitions
  std::int32_t replication_factor = -1;  ///< -1 = default.replication.factor
  std::vector<std::vector<BrokerId>> assignment;  ///< manual replica lists; empty = placed by the controller
  KSCOPE_FIELDS(CreateTopicsRequest, topic, partitions, replication_factor, assignment);
};
struct CreateTopicsResponse {
  TopicId topic;
  ErrorCode error = ErrorCode::NONE;
  // What Kafka's error_message says, in numbers; topic_refusal_text() makes the words. They are for people and for notes:
  // nothing is decided by them, so they are no fields that fingerprints see.
  std::int64_t asked = 0;  ///< INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR: how many were wanted
  /// INVALID_REPLICATION_FACTOR: brokers; INVALID_TOPIC_EXCEPTION: id of the topic that it collides with, -1 when the name
  /// itself is refused; TOPIC_ALREADY_EXISTS: 1 while it is being deleted.
  std::int64_t found = 0;
  KSCOPE_FIELDS(CreateTopicsResponse, topic, error);
};

/// More partitions for a topic; the controller places the replicas of the new ones. Left out: manual assignments.
struct CreatePartitionsRequest {
  TopicId topic;
  std::int32_t count = 0;  ///< how many the topic shall have, those that it has included
  KSCOPE_FIELDS(CreatePartitionsRequest, topic, count);
};
struct CreatePartitionsResponse {
  TopicId topic;
  ErrorCode error = ErrorCode::NONE;
  // For Kafka's error_message, as in CreateTopicsResponse.
  std::int64_t asked = 0;  ///< INVALID_PARTITIONS: `count`; INVALID_REPLICATION_FACTOR: of the topic
  std::int64_t found = 0;  ///< INVALID_PARTITIONS: partitions that there are; INVALID_REPLICATION_FACTOR: brokers
  KSCOPE_FIELDS(CreatePartitionsResponse, topic, error);
};

/// One topic that shall go, with all that is in it.
struct DeleteTopicsRequest {
  TopicId topic;
  KSCOPE_FIELDS(DeleteTopicsRequest, topic);
};
struct DeleteTopicsResponse {
  TopicId topic;
  ErrorCode error = ErrorCode::NONE;  ///< UNKNOWN_TOPIC_OR_PARTITION, TOPIC_DELETION_DISABLED, NOT_CONTROLLER
  KSCOPE_FIELDS(DeleteTopicsResponse, topic, error);
};

/// A partition that shall lie on other brokers (KIP-455). MODEL: one a request.
struct AlterPartitionReassignmentsRequest {
  TopicPartition partition;
  std::optional<std::vector<BrokerId>> replicas;  ///< first = preferred leader; none = cancel what is going on
  KSCOPE_FIELDS(AlterPartitionReassignmentsRequest, partition, replicas);
};
struct AlterPartitionReassignmentsResponse {
  TopicPartition partition;
  /// UNKNOWN_TOPIC_OR_PARTITION, INVALID_REPLICA_ASSIGNMENT, NO_REASSIGNMENT_IN_PROGRESS, NOT_CONTROLLER
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(AlterPartitionReassignmentsResponse, partition, error);
};

enum class ElectionType : std::uint8_t { kPreferred, kUnclean };
struct ElectLeadersRequest {
  ElectionType type = ElectionType::kPreferred;
  std::vector<TopicPartition> partitions;  ///< empty = all
  KSCOPE_FIELDS(ElectLeadersRequest, type, partitions);
};
struct ElectLeadersResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(ElectLeadersResult, partition, error);
};
struct ElectLeadersResponse {
  ErrorCode error = ErrorCode::NONE;
  std::vector<ElectLeadersResult> partitions;
  KSCOPE_FIELDS(ElectLeadersResponse, error, partitions);
};

}  // namespace kscope::sim
