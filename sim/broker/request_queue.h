#pragma once
// RequestQueue: requests between the network and the handlers. A request is read from its connection, waits for one of
// num.io.threads, is served for a while and only then handled. Kafka: SocketServer, RequestChannel, KafkaRequestHandler (3.9).
//
//   arrives -> waits on its connection -> queued -> in service -> handled -> answered
//              (muted until the request before it is answered) \-> purgatory -> answered
//
// MODEL: the queue has no limit (queued.max.requests): requests wait in it instead of in the sockets of Kafka's network
// threads, in the same order.
// MODEL: the wire has one connection between two nodes where Kafka's processes open several (fetcher, controller, group
// coordinator, client). Requests are sorted into such channels here, so that a parked fetch delays what it would delay.

#include <cstdint>
#include <vector>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "sim/broker/purgatory.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// Which of its connections to this broker a peer would send a request on.
enum class ChannelKind : std::uint8_t { kController, kReplicaFetch, kToController, kCoordinator, kFetch, kClient };
inline constexpr std::size_t kChannelKindCount = 6;

/// A request that has arrived and is not handled yet.
struct QueuedRequest {
  NodeId from;
  ChannelIndex channel = -1;
  std::int32_t next = -1;  ///< the request behind it on its connection, or the next free place
  LocalTime arrived_at{};
  Message message;
};

/// One connection. At most one of its requests is queued, in service or unanswered; the others wait unread.
struct RequestChannel {
  NodeId peer;
  ChannelKind kind = ChannelKind::kClient;
  bool is_muted = false;
  LocalTime muted_until{};         ///< the client is throttled: no request is read before
  TimerId throttle_timer;          ///< armed when only the throttle time keeps it muted
  std::int32_t first_unread = -1;  ///< index of a QueuedRequest
  std::int32_t last_unread = -1;
};

class RequestQueue {
 public:
  /// A request arrived: reads it unless its connection is muted. Effects: may arm kRequestServed.
  void on_request(Ctx& ctx, Broker& broker, NodeId from, const Message& request);
  /// kRequestServed: the service time of request `number` is over. Handles it; un-mutes its connection unless the handler
  /// took it with keep_muted().
  void on_served(Ctx& ctx, Broker& broker, std::int64_t number);
  /// For a handler that answers later: the connection of the request being handled stays muted until release().
  [[nodiscard]] ChannelIndex keep_muted();
  /// The connection of the request that is being handled; -1 = it did not come through the queue.
  [[nodiscard]] ChannelIndex handled() const { return handled_; }
  /// The client of this connection is over its quota: after its answer nothing is read from it for so long.
  /// -1 or 0: nothing. Source: ThrottledChannel, SocketServer.ChannelMuteState, KIP-219.
  void throttle(const Ctx& ctx, ChannelIndex channel, Duration time);
  /// kChannelThrottled: the throttle time of the connection is over.
  void on_throttled(Ctx& ctx, Broker& broker, ChannelIndex channel);
  /// A request was answered that had kept its connection muted; the next one of that connection is read. -1 = none.
  void release(Ctx& ctx, Broker& broker, ChannelIndex channel);
  /// The connections to `peer` closed: unread requests are lost, read ones are still served.
  /// A new connection of the peer is not throttled.
  void on_disconnect(Ctx& ctx, NodeId peer);

  /// Requests read and waiting for an I/O thread.
  [[nodiscard]] std::int32_t queued_count() const { return static_cast<std::int32_t>(ready_.size() - ready_head_); }
  /// Requests that an I/O thread is busy with, at most num.io.threads.
  [[nodiscard]] std::int32_t in_service_count() const { return in_service_; }
  /// Requests that wait unread on muted connections.
  [[nodiscard]] std::int32_t unread_count() const { return unread_; }

 private:
  std::int32_t allocate();
  void free(std::int32_t place);
  ChannelIndex channel_of(NodeId from, ChannelKind kind);
  void dispatch(Ctx& ctx, const Broker& broker);

  std::vector<QueuedRequest> requests_;  // places; free ones are linked by `next`
  std::int32_t first_free_ = -1;
  std::vector<RequestChannel> channels_;       // in the order of their first request
  std::vector<ChannelIndex> channel_by_peer_;  // [node * kChannelKindCount + kind], -1 = none yet
  std::vector<std::int32_t> ready_;            // requests read, in order of arrival; the first ready_head_ are gone
  std::size_t ready_head_ = 0;
  std::int32_t in_service_ = 0;
  std::int32_t unread_ = 0;
  ChannelIndex handled_ = -1;  // channel of the request being handled
  bool is_kept_muted_ = false;
};

/// How long an I/O thread is busy with a request of this kind and size, without disk and without jitter.
[[nodiscard]] Duration base_service_time(const MessageBody& request);

}  // namespace kscope::sim
