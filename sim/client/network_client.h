#pragma once
// NetworkClient: what every client knows about its connections: requests without an answer, by correlation id, their time
// limits, and how long to leave a broker alone after a connection to it failed. One part of Producer, Consumer and Admin.
// A request that takes too long closes its connection, so everything else on that connection fails with it, as in Kafka.
// Kafka: org.apache.kafka.clients.NetworkClient, InFlightRequests, ClusterConnectionStates (3.9).
// Not here: API versions, authentication.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// A request whose answer has not come yet.
struct InFlightRequest {
  std::int64_t correlation_id = 0;
  NodeId node;
  std::uint16_t kind = 0;  ///< message kind of the request
  std::int64_t token = 0;  ///< the sender's own number, told back when it ends
  LocalTime sent_at{};
  LocalTime deadline{};  ///< request.timeout.ms after it was sent
};

/// What is known of the connection to one node.
struct ClientConnection {
  NodeId node;
  std::int32_t in_flight = 0;
  std::int32_t failures = 0;    ///< in a row; reconnect backoff grows with it
  LocalTime backoff_until{};    ///< no request before this
  LocalTime throttled_until{};  ///< the broker muted the connection until then (KIP-219)
};

/// reconnect.backoff.ms and reconnect.backoff.max.ms.
struct ReconnectBackoff {
  Duration initial{0};
  Duration max{0};
};

/// Which client of a process: a consumer may have a producer beside itself. Tells their answers and timers apart.
enum class ClientPart : std::int8_t { kWhole, kProducerOfConsumer };

class NetworkClient {
 public:
  NetworkClient() = default;
  explicit NetworkClient(ReconnectBackoff backoff, ClientPart part = ClientPart::kWhole)
      : backoff_(backoff), part_(part) {}

  /// Begins to count correlation ids at a number taken from the clock, so that an answer to a request of an earlier life
  /// of this process is not taken for one of this life.
  void start(const Ctx& ctx);
  /// Sends a request that wants an answer within `timeout`. Returns its correlation id.
  /// Effects: the message; kClientRequestTimeout armed for the earliest deadline.
  std::int64_t send(Ctx& ctx, NodeId to, MessageBody body, Duration timeout, std::int64_t token = 0);
  /// Sends a request that nobody answers (produce with acks=0).
  void send_without_answer(Ctx& ctx, NodeId to, MessageBody body);
  /// The request that this response ends, or nothing when none is waiting for it: it was given up already.
  std::optional<InFlightRequest> complete(NodeId from, std::int64_t correlation_id);
  /// Forgets a request whose answer does not matter any more.
  void forget(std::int64_t correlation_id);
  /// The connection to `peer` is gone: returns what was in flight on it, oldest first, and starts the reconnect backoff.
  std::vector<InFlightRequest> on_disconnect(Ctx& ctx, NodeId peer);
  /// kClientRequestTimeout fired: closes the connections on which a request is too old and returns all that was in
  /// flight on them, oldest first. Effects: disconnects; the timer armed again while anything is in flight.
  std::vector<InFlightRequest> on_timeout(Ctx& ctx);
  /// Nodes with a request that is too old: on_timeout() closes the connections to them.
  [[nodiscard]] std::vector<NodeId> late_nodes(LocalTime now) const;
  /// Whether an answer belongs to a request of this client, or of an earlier life of it.
  [[nodiscard]] bool is_own(std::int64_t correlation_id) const;
  /// Closes every connection and forgets what is in flight. Effects: disconnects.
  void close(Ctx& ctx);

  /// The broker throttles this client: nothing is sent to it for so long. A connection that closes ends it.
  /// Source: NetworkClient.maybeThrottle, ClusterConnectionStates.throttle.
  void throttle(const Ctx& ctx, NodeId node, Duration time);
  /// What is known of the nodes that it has spoken to, by node.
  [[nodiscard]] const std::vector<ClientConnection>& connections() const { return connections_; }

  /// Whether a request may go to `node` now: no backoff after a failed connection, and not throttled.
  [[nodiscard]] bool is_ready(NodeId node, LocalTime now) const;
  [[nodiscard]] std::int32_t in_flight_count(NodeId node) const;
  [[nodiscard]] const std::vector<InFlightRequest>& in_flight() const { return in_flight_; }
  /// The same for a connection of its own, as the group coordinator has one: what throttles fetches does not count.
  [[nodiscard]] bool is_connectable(NodeId node, LocalTime now) const;
  [[nodiscard]] LocalTime connectable_at(NodeId node) const;
  /// When is_ready() holds; in the past if it does.
  [[nodiscard]] LocalTime ready_at(NodeId node) const;
  /// Kafka's least loaded node among `candidates`: starts at a chosen one, takes the first without a request in flight,
  /// else the one with the fewest; not valid when all of them are in backoff. Draws one choice if there is more than one.
  /// Source: NetworkClient.leastLoadedNode, Kafka 3.9.
  NodeId least_loaded(Ctx& ctx, const std::vector<NodeId>& candidates) const;

 private:
  ClientConnection& connection(NodeId node);
  [[nodiscard]] const ClientConnection* find(NodeId node) const;
  void arm(Ctx& ctx, LocalTime deadline);
  void fail_connection(Ctx& ctx, NodeId node, std::vector<InFlightRequest>& failed);

  ReconnectBackoff backoff_;
  ClientPart part_ = ClientPart::kWhole;
  std::int64_t next_correlation_ = 1;
  std::vector<InFlightRequest> in_flight_;     // ascending correlation ids
  std::vector<ClientConnection> connections_;  // ascending nodes
  TimerId timer_;
  LocalTime timer_at_{};
};

}  // namespace kscope::sim
