#pragma once
// Controller: the controller part of a broker, idle unless this broker holds the ephemeral znode /controller. It elects
// partition leaders, keeps the ISRs in ZooKeeper and tells brokers. Everything it does is an event in one queue; an event
// becomes a plan of steps; a step that needs ZooKeeper waits for it while the queue grows, as Kafka's one thread does.
// Source: Kafka 3.9 KafkaController (ZooKeeper mode), ZkPartitionStateMachine, ZkReplicaStateMachine.
//
//                  /controller created by us, epoch raised in one multi
//   STOPPED -> STANDBY ------------------------------------------> ACTIVE
//                 ^                                                  |
//                 +--------------------------------------------------+
//                  /controller is another's, session expired, or a write was refused by the guard on /controller_epoch
//
// from    | event                                     | to      | effects
// STOPPED | startup (registered)                      | STANDBY | watch /controller, elect
// STANDBY | no /controller, multi ok                  | ACTIVE  | load context, UpdateMetadata and LeaderAndIsr to all
// STANDBY | NodeExists or BadVersion                  | STANDBY | wait for the watch
// ACTIVE  | /controller names another, guard refuses  | STANDBY | resign: forget everything, answer NOT_CONTROLLER
// any     | session expired                           | STOPPED | resign; startup again after the new registration

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/controller/channel_manager.h"
#include "sim/controller/controller_context.h"
#include "sim/controller/controller_event.h"
#include "sim/controller/controller_step.h"
#include "sim/world/vocabulary.h"
#include "sim/zookeeper/zk_client.h"

namespace kscope::sim {

struct Broker;

struct Controller {
  enum class State : std::uint8_t { kStopped, kStandby, kActive };

  State state = State::kStopped;
  bool is_initialized = false;  ///< active, and the context is loaded (failover has finished)
  BrokerId active_controller;   ///< whom /controller names, as far as this broker knows
  ControllerContext context;
  ControllerChannelManager channels;

  std::deque<ControllerEvent> events;      ///< waiting
  std::optional<ControllerEvent> current;  ///< being carried out
  std::deque<ControllerStep> plan;         ///< rest of it; the front waits for ZooKeeper when `awaiting` > 0
  std::int64_t step_serial = 0;            ///< names the batch of ZooKeeper requests; answers to older ones are dropped
  std::int32_t awaiting = 0;               ///< answers that are still to come
  std::vector<ZkResponse> replies;         ///< by index within the batch
  std::vector<ElectLeadersResult> election_results;  ///< of the ElectLeaders request being carried out
  /// DeleteTopics requests whose topic this broker's metadata cache still has; they outlive the end of being controller.
  /// MODEL: they have no timeout of their own, since the one of who asks is over at the same time.
  std::vector<DeleteTopicEvent> delayed_delete_topics;
  TimerId preferred_leader_timer;

  [[nodiscard]] bool is_active() const { return state == State::kActive; }

  /// The broker is registered: watch /controller, try to become controller.
  void startup(Ctx& ctx, Broker& broker);
  /// The session is over, so is the right to be controller.
  void on_session_expired(Ctx& ctx, Broker& broker);
  /// The broker shuts down.
  void shutdown(Ctx& ctx, Broker& broker);
  void on_zk_reconnected(Ctx& ctx, Broker& broker);
  void on_zk_watch(Ctx& ctx, Broker& broker, const ZkWatchEvent& event);
  void on_zk_reply(Ctx& ctx, Broker& broker, ZkPurpose purpose, const ZkResponse& response);
  /// Answers to LeaderAndIsr, UpdateMetadata, StopReplica.
  void on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const MessageBody& response);
  /// kControllerRequestTimeout, kControllerRetry, kPreferredLeaderCheck.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// The metadata cache has changed: answers those DeleteTopics requests whose topic it has no more.
  /// Source: ZkAdminManager.tryCompleteDelayedTopicOperations.
  void complete_topic_deletions(Ctx& ctx, const Broker& broker);
  /// Queues an event and goes on with the queue.
  void put(Ctx& ctx, Broker& broker, ControllerEvent event);
};

void handle_controlled_shutdown(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                const ControlledShutdownRequest& request);
void handle_create_topics(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const CreateTopicsRequest& request);
void handle_create_partitions(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                              const CreatePartitionsRequest& request);
void handle_delete_topics(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const DeleteTopicsRequest& request);
void handle_alter_partition_reassignments(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                          const AlterPartitionReassignmentsRequest& request);
void handle_elect_leaders(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const ElectLeadersRequest& request);
void handle_alter_partition(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                            const AlterPartitionRequest& request);
void handle_allocate_producer_ids(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const AllocateProducerIdsRequest& request);

}  // namespace kscope::sim
