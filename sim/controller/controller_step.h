#pragma once
// A step of what the controller is doing. In Kafka these are calls that block on ZooKeeper; here each is a small state that
// sends its requests, waits for all the answers, and then either goes on (`phase`) or is done. A step may put further steps
// before the rest of the plan.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/controller/controller_event.h"
#include "sim/controller/leader_election.h"

namespace kscope::sim {

/// Reads /controller with a watch; resigns if it is another; tries to become controller if there is none.
struct ReadControllerStep {
  int phase = 0;
};
/// One multi: create /controller (ephemeral), raise /controller_epoch. If that fails, looks whether it was done all the same.
struct BecomeControllerStep {
  int phase = 0;
  bool has_epoch_znode = false;
  ControllerEpoch new_epoch{0};
  ZnodeVersion expected_version{0};
};
/// Reads brokers, topics and partition states into the context (initializeControllerContext), then fails over.
struct LoadContextStep {
  int phase = 0;
  std::vector<BrokerId> brokers;
  std::vector<TopicId> topics;
  std::vector<TopicId> marked;  ///< for deletion
  std::vector<TopicPartition> partitions;
};
/// Compares /brokers/ids with the context: who is new, who is gone, who came back with a new epoch.
struct ReadBrokersStep {
  int phase = 0;
  std::vector<BrokerId> brokers;
};
/// A new broker learns everything; its partitions come online (onBrokerStartup).
struct BrokerStartupStep {
  FlatMap<BrokerId, LiveBroker> brokers;
};
/// Leaders of a dead broker's partitions are elected, it leaves the ISRs (onBrokerFailure).
struct BrokerFailureStep {
  std::vector<BrokerId> brokers;
};
/// Finds topics that are not in the context yet, and initialises their partitions.
struct ReadTopicsStep {
  int phase = 0;
  std::vector<TopicId> topics;
};
/// First leader and ISR of new partitions (initializeLeaderAndIsrForPartitions).
struct InitializePartitionsStep {
  int phase = 0;
  std::vector<TopicPartition> partitions;
  std::vector<PartitionState> states;
  std::size_t parents = 0;  ///< requests before those of `states`
};
/// Reads the states, elects, writes with the version; what had a bad version goes round again (doElectLeaderForPartitions).
struct ElectLeadersStep {
  ElectionStrategy strategy = ElectionStrategy::kOffline;
  std::vector<TopicPartition> partitions;  ///< of this round
  int phase = 0;
  std::int32_t rounds = 0;
  std::vector<PartitionState> before;  ///< what is being replaced, same order as `states`
  std::vector<PartitionState> states;  ///< what is being written
  std::vector<bool> is_unclean;
  std::vector<TopicPartition> elected;  ///< in all rounds; told to the brokers at the end
};
/// Takes a broker out of the ISR of these partitions (doRemoveReplicasFromIsr).
struct RemoveReplicaFromIsrStep {
  BrokerId broker;
  std::vector<TopicPartition> partitions;  ///< of this round
  int phase = 0;
  std::int32_t rounds = 0;
  std::vector<PartitionState> before;
  std::vector<PartitionState> states;
  std::vector<TopicPartition> done;  ///< in all rounds; told to the brokers at the end
};
/// Writes the ISRs that a leader asked for and that passed the checks; answers it.
struct AlterPartitionStep {
  AlterPartitionReceivedEvent event;
  int phase = 0;
  AlterPartitionResponse response;
  std::vector<PartitionState> before;
  std::vector<PartitionState> states;
  std::vector<TopicPartition> changed;
};
/// Checks, places replicas, writes /brokers/topics/T; the watch does the rest.
struct CreateTopicStep {
  CreateTopicEvent event;
  int phase = 0;
};
/// Reads /brokers/topics/T, checks, places the new replicas, writes it.
struct CreatePartitionsStep {
  CreatePartitionsEvent event;
  int phase = 0;
};
/// Finds partitions of a topic that are not in the context yet, and initialises them (processPartitionModifications).
struct ReadPartitionsStep {
  TopicId topic;
  int phase = 0;
};
/// The new partitions have leaders: answers the CreatePartitions request.
struct AnswerCreatePartitionsStep {
  CreatePartitionsEvent event;
};
/// Checks, writes /admin/delete_topics/T, queues the topic.
struct DeleteTopicStep {
  DeleteTopicEvent event;
  int phase = 0;
};
/// Does what can be done for the topics that are to go (resumeDeletions).
struct ResumeDeletionsStep {};
/// Has replicas deleted that have left their ISRs (ReplicaDeletionStarted).
struct DeleteReplicasStep {
  std::vector<PartitionAndReplica> replicas;
};
/// Removes the znodes of a topic whose replicas are all gone, and forgets it (completeDeleteTopic).
struct CompleteDeletionStep {
  TopicId topic;
  int phase = 0;
};
/// Unmarks topics that are not to go: topic deletion is disabled.
struct RemoveDeletionMarksStep {
  std::vector<TopicId> topics;
  int phase = 0;
};
/// Tells all brokers who is alive, without partitions.
struct SendMetadataStep {};
/// Moves leadership off the broker, stops its followers and takes them out of ISRs, then answers.
struct ControlledShutdownStep {
  ControlledShutdownEvent event;
  int phase = 0;
  std::vector<TopicPartition> followed;
};
/// The topic is there and its partitions have leaders: answers the CreateTopics request.
struct AnswerCreateTopicStep {
  CreateTopicEvent event;
};
/// Answers an ElectLeaders request with what was collected.
struct AnswerElectionStep {
  ControllerCaller caller;
};

/// Writes the next block of producer ids into its znode, again from the start when another was faster; answers the broker.
/// Takes over the ISRs that leaders wrote, tells all brokers, removes the notifications (processIsrChangeNotification).
struct ReadIsrChangesStep {
  int phase = 0;
  std::vector<std::string> notifications;  ///< paths
  std::vector<TopicPartition> partitions;
};
struct AllocateProducerIdsStep {
  AllocateProducerIdsEvent event;
  int phase = 0;
  ProducerIdsBlock block;
};

/// Checks, plans the reassignment and the answer.
struct AlterReassignmentStep {
  ApiPartitionReassignmentEvent event;
};
/// Brings a partition's replicas to an assignment, as far as that goes now: phase A when replicas of the target are not in
/// sync yet, phase B when all are (onPartitionReassignment).
struct ReassignPartitionStep {
  TopicPartition partition;
  ReplicaAssignment assignment;
  bool only_completes = false;      ///< phase A was done before, by this controller: B, or nothing yet
  std::vector<BrokerId> cancelled;  ///< target of the reassignment that this one cancels
  int phase = 0;
};
/// Raises the leader epoch and tells all replicas (updateLeaderEpochAndSendRequest), then the new ones that they are new.
struct RaiseLeaderEpochStep {
  TopicPartition partition;
  std::vector<BrokerId> new_replicas;
  int phase = 0;
  std::int32_t rounds = 0;
  std::vector<PartitionState> before;  ///< of the one partition; empty = it has no state
  std::vector<PartitionState> states;
};
/// Writes the topic's znode without the reassignment, tells all brokers (B6 to B8).
struct FinishReassignmentStep {
  TopicPartition partition;
  ReplicaAssignment before;  ///< what the znode says until then
  std::vector<BrokerId> cancelled;
  int phase = 0;
};
/// The reassignment has begun, or is done: answers the request.
struct AnswerReassignmentStep {
  ApiPartitionReassignmentEvent event;
};

using ControllerStep = std::variant<
    ReadControllerStep, BecomeControllerStep, LoadContextStep, ReadBrokersStep, BrokerStartupStep, BrokerFailureStep,
    ReadTopicsStep, InitializePartitionsStep, ElectLeadersStep, RemoveReplicaFromIsrStep, AlterPartitionStep,
    CreateTopicStep, SendMetadataStep, ControlledShutdownStep, AnswerCreateTopicStep, AnswerElectionStep,
    AllocateProducerIdsStep, ReadIsrChangesStep, CreatePartitionsStep, ReadPartitionsStep, AnswerCreatePartitionsStep,
    DeleteTopicStep, ResumeDeletionsStep, DeleteReplicasStep, CompleteDeletionStep, RemoveDeletionMarksStep,
    AlterReassignmentStep, ReassignPartitionStep, RaiseLeaderEpochStep, FinishReassignmentStep, AnswerReassignmentStep>;

}  // namespace kscope::sim
