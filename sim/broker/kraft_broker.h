#pragma once
// KraftBroker: what a broker does instead of ZooKeeper. It observes the metadata quorum (fetches the log, replays it into an
// image, applies what changed to its partitions and its metadata cache), registers with the active controller, sends it
// heartbeats, and goes in good order. Source: BrokerServer, BrokerLifecycleManager, BrokerMetadataPublisher, Kafka 3.9.
//
//   from                        | event                                     | to                          | effects
//   NOT_RUNNING                 | start                                     | STARTING                    | fetch, register
//   STARTING                    | the controller says that it has caught up | RECOVERY                    | partitions are set up by then
//   RECOVERY                    | unfenced by the controller                | RUNNING                     |
//   STARTING, RECOVERY          | clean shutdown                            | SHUTTING_DOWN               | the process ends
//   RUNNING                     | clean shutdown                            | PENDING_CONTROLLED_SHUTDOWN | heartbeats ask for it
//   PENDING_CONTROLLED_SHUTDOWN | the controller lets it go, or is silent   | SHUTTING_DOWN               | the process ends
//   any                         | STALE_BROKER_EPOCH                        | the same                    | the heartbeat again: it registers once
//
// MODEL: the metadata log is not kept over a restart, the broker fetches it anew; Kafka has it on disk. A client's request for
// the controller is forwarded as it is, without an Envelope.

#include <cstdint>
#include <map>

#include "sim/controller/kraft/metadata_image.h"
#include "sim/raft/raft_client.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

struct KraftBroker {
  raft::RaftClient raft;
  raft::RaftDurable log;       ///< of this process
  kraft::MetadataImage image;  ///< up to `applied`
  Offset applied{0};
  Uuid incarnation_id;
  BrokerEpoch previous_epoch{-1};  ///< of the process before, if it shut down in good order (KIP-966)
  bool is_published = false;       ///< its own registration is in the image: partitions follow the image from now on
  bool is_fenced = true;
  bool has_shutdown_answer = false;
  NodeId asked;                  ///< the controller that a registration or heartbeat was sent to
  std::int64_t outstanding = 0;  ///< its correlation id; 0 = none
  LocalTime shutdown_deadline;
  TimerId raft_timer;
  TimerId heartbeat_timer;
  struct Forwarded {
    NodeId client;
    std::int64_t correlation_id = 0;
    NodeId controller;
    MessageBody failure;  ///< what the client is told when the controller does not answer
  };
  std::map<std::int64_t, Forwarded> forwarded;  ///< by own correlation id

  /// Process start.
  void start(Ctx& ctx, Broker& broker);
  /// A message of the metadata quorum.
  void on_raft_message(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                       const raft::RaftMessage& message);
  void on_registration_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                const BrokerRegistrationResponse& response);
  void on_heartbeat_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                             const BrokerHeartbeatResponse& response);
  /// kQuorumPoll, kBrokerHeartbeat.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// CommandKind::kCleanShutdown.
  void begin_shutdown(Ctx& ctx, Broker& broker);
  /// A client asks for what only the controller does. Effects: the answer comes when the controller has answered.
  void forward(Ctx& ctx, Broker& broker, NodeId client, std::int64_t correlation_id, const MessageBody& request);
  /// True when the response was to a forwarded request: the client has it now.
  bool return_forwarded(Ctx& ctx, std::int64_t correlation_id, const MessageBody& response);
};

}  // namespace kscope::sim
