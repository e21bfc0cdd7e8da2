#pragma once
// TopicDeletion: which topics are to go and how far each of their replicas is. Part of the controller's context (ZooKeeper
// mode); it decides, the steps of topic_deletion_steps.cpp write and send. Volatile: a new controller reads the znodes below
// /admin/delete_topics and begins with it anew. Source: Kafka 3.9 TopicDeletionManager, ReplicaStateMachine.
//
//   OfflineReplica -> ReplicaDeletionStarted -> ReplicaDeletionSuccessful -> (all of the topic: it is gone)
//         ^                    |
//         |                    v
//         +------- ReplicaDeletionIneligible
//
// from                      | event                                     | to                        | effects
// (online)                  | the topic is queued, its broker is alive  | OfflineReplica            | leaves the ISR, StopReplica
// (online)                  | the topic is queued, its broker is gone   | ReplicaDeletionIneligible | the topic waits
// OfflineReplica            |                                           | ReplicaDeletionStarted    | StopReplica with delete
// ReplicaDeletionStarted    | StopReplica answered without error        | ReplicaDeletionSuccessful |
// ReplicaDeletionStarted    | answered with an error, or broker gone    | ReplicaDeletionIneligible | the topic waits
// ReplicaDeletionIneligible | a broker with a replica of the topic came | OfflineReplica            | once none is Started
// ReplicaDeletionSuccessful | so are all replicas of the topic          | (none)                    | znodes removed

#include <cstdint>
#include <set>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/types/ids.h"

namespace kscope::sim {

struct ControllerContext;

/// The states that deletion uses; a replica without an entry is online or offline as its broker is.
enum class ReplicaState : std::uint8_t {
  OfflineReplica,
  ReplicaDeletionStarted,
  ReplicaDeletionSuccessful,
  ReplicaDeletionIneligible,
};

struct PartitionAndReplica {
  TopicPartition partition;
  BrokerId replica;
  constexpr auto operator<=>(const PartitionAndReplica&) const = default;
};

/// What is to be done for the topics that are queued.
struct DeletionWork {
  std::vector<TopicId> begun;                 ///< brokers are told to forget them; for the first time, or once more
  std::vector<PartitionAndReplica> replicas;  ///< to be stopped and deleted, all of `begun`
  std::vector<PartitionAndReplica> dead;      ///< of `begun`, on brokers that are gone: the topic waits for these
  std::vector<TopicId> complete;              ///< every replica is deleted
};

struct TopicDeletion {
  std::set<TopicId> to_be_deleted;  ///< from the request until every replica and znode is gone
  std::set<TopicId> started;        ///< brokers were told of it at least once by this controller
  std::set<TopicId> ineligible;     ///< wait for a broker
  FlatMap<PartitionAndReplica, ReplicaState> states;

  [[nodiscard]] bool is_queued(TopicId topic) const { return to_be_deleted.contains(topic); }
  /// Whether any replica of the topic is in the state.
  [[nodiscard]] bool is_any_in(TopicId topic, ReplicaState state) const;

  /// A new controller found these marked. Those with a replica on a broker that is gone wait, and those that are being moved.
  /// Source: KafkaController.fetchTopicDeletionsInProgress, ReplicaStateMachine.startup.
  void init(const ControllerContext& context, const std::vector<TopicId>& marked);
  /// The topic is to go. While a partition of it is being moved it waits. Source: KafkaController.processTopicDeletion.
  void enqueue(const ControllerContext& context, TopicId topic);
  /// Replicas of queued topics could not be deleted: their brokers are gone, or refused.
  void fail_replica_deletion(const std::vector<PartitionAndReplica>& replicas);
  /// Brokers have deleted these.
  void complete_replica_deletion(const std::vector<PartitionAndReplica>& replicas);
  /// Something happened that lets these go on: a broker with their replicas is back.
  void resume(const std::vector<TopicId>& topics);
  /// Decides what can be done now and takes the replicas into the states in which it will be. Source: resumeDeletions.
  [[nodiscard]] DeletionWork next_work(const ControllerContext& context);
  /// Every trace of the topic is gone.
  void forget(TopicId topic);

 private:
  [[nodiscard]] bool is_complete(const ControllerContext& context, TopicId topic) const;
  void begin(const ControllerContext& context, TopicId topic, DeletionWork& work);
};

}  // namespace kscope::sim
