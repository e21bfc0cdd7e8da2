#pragma once
// BrokerLifecycle: from process start to exit. Registers the broker in ZooKeeper (its ephemeral znode's czxid is the broker
// epoch), registers again after a lost session, fences requests of old controllers and of old lives, and shuts down in
// good order. Source: Kafka 3.9 KafkaServer, KafkaZkClient.registerBroker, BrokerState.
//
// from                      | event                            | to                        | effects
// NOT_RUNNING               | start                            | STARTING                  | ZooKeeper session
// STARTING                  | session opened                   | STARTING                  | create paths, create /brokers/ids/N
// STARTING                  | registered                       | RUNNING                   | Controller::startup
// STARTING, RUNNING         | znode of another session exists  |                           | try again after a while
// any but the last two      | session expired                  |                           | controller resigns; new session, register again
// RUNNING                   | clean shutdown                   | PENDING_CONTROLLED_SHUTDOWN | ControlledShutdown request to the controller
// PENDING_CONTROLLED_SHUTDOWN | no partition remains, or retries are used up | SHUTTING_DOWN | checkpoint, close the session
// SHUTTING_DOWN             | session closed                   |                           | the process exits

#include <cstdint>

#include "sim/world/vocabulary.h"
#include "sim/zookeeper/zk_client.h"

namespace kscope::sim {

struct Broker;

/// Kafka's own values (BrokerState).
enum class BrokerState : std::int8_t {
  NOT_RUNNING = 0,
  STARTING = 1,
  RECOVERY = 2,
  RUNNING = 3,
  PENDING_CONTROLLED_SHUTDOWN = 6,
  SHUTTING_DOWN = 7,
};

struct BrokerLifecycle {
  BrokerState state = BrokerState::NOT_RUNNING;
  BrokerEpoch broker_epoch{-1};  ///< czxid of /brokers/ids/N; -1 = not registered yet
  bool is_registering = false;
  bool is_registered = false;  ///< in the present session
  std::int32_t shutdown_retries_left = 0;
  std::int64_t shutdown_correlation = 0;  ///< of the ControlledShutdown request in flight; 0 = none
  NodeId shutdown_controller;             ///< whom it was sent to
  TimerId registration_timer;
  TimerId shutdown_timer;  ///< waits for the answer, or for the next try

  /// Process start. Effects: opens the ZooKeeper session.
  void start(Ctx& ctx, Broker& broker);
  /// CommandKind::kCleanShutdown. No effect unless the broker runs; a broker that is not registered just ends.
  void begin_shutdown(Ctx& ctx, Broker& broker);
  /// kBrokerZkRetry, kControlledShutdownRetry.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_controlled_shutdown_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                       const ControlledShutdownResponse& response);
  /// The controller that was asked to let this broker go may be the peer.
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);

  /// The test that LeaderAndIsr, UpdateMetadata and StopReplica pass first: STALE_BROKER_EPOCH for a request to an earlier
  /// life (KIP-380; a newer epoch than known is accepted, KAFKA-9839), STALE_CONTROLLER_EPOCH for a request of a zombie
  /// controller, else NONE. Effects: adopts a newer controller epoch (ReplicaManager::controller_epoch); note when refused.
  ErrorCode fence_controller_request(Ctx& ctx, Broker& broker, ControllerEpoch epoch, BrokerEpoch addressee);
};

// What ZkClient calls; hands on to the lifecycle, the controller or whoever asked.
void zk_session_opened(Ctx& ctx, Broker& broker);
/// Connected again with the same session: watches are gone, so what is watched is read again.
void zk_reconnected(Ctx& ctx, Broker& broker);
void zk_session_expired(Ctx& ctx, Broker& broker);
void zk_session_closed(Ctx& ctx, Broker& broker);
void zk_watch(Ctx& ctx, Broker& broker, const ZkWatchEvent& event);
void zk_reply(Ctx& ctx, Broker& broker, ZkPurpose purpose, const ZkResponse& response);

}  // namespace kscope::sim
