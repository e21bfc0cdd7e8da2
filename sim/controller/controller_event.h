#pragma once
// What the controller is to do, one after the other: its single thread takes an event, carries it out to the end, waiting
// for ZooKeeper where it must, and takes the next. Source: Kafka 3.9 ControllerEventManager, KafkaController.process.

#include <cstdint>
#include <variant>

#include "engine/core/node_id.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/metadata.h"
#include "sim/protocol/producer_id.h"

namespace kscope::sim {

/// Whom to answer.
struct ControllerCaller {
  NodeId from;
  std::int64_t correlation_id = 0;
};

struct StartupEvent {};                ///< the broker is registered: watch /controller and try to become the controller
struct ControllerChangeEvent {};       ///< /controller changed, or may have changed unseen
struct BrokerChangeEvent {};           ///< children of /brokers/ids changed
struct TopicChangeEvent {};            ///< children of /brokers/topics changed
struct IsrChangeNotificationEvent {};  ///< leaders wrote ISRs themselves (before KIP-497)
struct AutoPreferredReplicaLeaderElectionEvent {};
struct ReplicaLeaderElectionEvent {
  ControllerCaller caller;
  ElectLeadersRequest request;
};
struct ControlledShutdownEvent {
  ControllerCaller caller;
  ControlledShutdownRequest request;
};
struct AlterPartitionReceivedEvent {
  ControllerCaller caller;
  AlterPartitionRequest request;
};
struct CreateTopicEvent {
  ControllerCaller caller;
  CreateTopicsRequest request;
};

struct CreatePartitionsEvent {
  ControllerCaller caller;
  CreatePartitionsRequest request;
};

struct DeleteTopicEvent {
  ControllerCaller caller;
  DeleteTopicsRequest request;
};
/// An administrator wants a partition elsewhere.
struct ApiPartitionReassignmentEvent {
  ControllerCaller caller;
  AlterPartitionReassignmentsRequest request;
};
/// A broker answered a StopReplica that had replicas deleted.
struct TopicDeletionStopReplicaResponseEvent {
  BrokerId broker;
  std::vector<TopicPartition> asked;
  StopReplicaResponse response;
};

struct AllocateProducerIdsEvent {
  ControllerCaller caller;
  AllocateProducerIdsRequest request;
};

using ControllerEvent =
    std::variant<StartupEvent, ControllerChangeEvent, BrokerChangeEvent, TopicChangeEvent,
                 AutoPreferredReplicaLeaderElectionEvent, ReplicaLeaderElectionEvent, ControlledShutdownEvent,
                 AlterPartitionReceivedEvent, CreateTopicEvent, AllocateProducerIdsEvent, IsrChangeNotificationEvent,
                 CreatePartitionsEvent, DeleteTopicEvent, TopicDeletionStopReplicaResponseEvent,
                 ApiPartitionReassignmentEvent>;

}  // namespace kscope::sim
