#pragma once
// ControllerChannelManager: one ordered queue of requests per broker, one in flight, sent again until the broker answers or
// is gone. Source: Kafka 3.9 ControllerChannelManager, RequestSendThread.

#include <cstdint>
#include <deque>
#include <optional>

#include "engine/core/flat_map.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

struct ControllerChannel {
  NodeId node;
  BrokerEpoch broker_epoch{-1};     ///< of the life that the queue is for
  std::deque<MessageBody> queue;    ///< front is in flight when `correlation_id` is set
  std::int64_t correlation_id = 0;  ///< 0 = nothing in flight
  TimerId timeout_timer;            ///< controller.socket.timeout.ms
  TimerId retry_timer;              ///< 100 ms after a broken connection
};

struct ControllerChannelManager {
  FlatMap<BrokerId, ControllerChannel> channels;

  void add_broker(Ctx& ctx, BrokerId broker, NodeId node, BrokerEpoch epoch);
  /// Forgets the queue with all that it holds.
  void remove_broker(Ctx& ctx, BrokerId broker);
  void clear(Ctx& ctx);
  /// Queues a request; fills in the broker epoch. No effect when the broker has no channel.
  void send(Ctx& ctx, Broker& broker, BrokerId to, MessageBody request);
  struct Answered {
    BrokerId broker;
    MessageBody request;
  };
  /// What the response answers, if it was in flight; the next request goes out.
  std::optional<Answered> on_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id);
  void on_disconnect(Ctx& ctx, NodeId peer);
  /// kControllerRequestTimeout, kControllerRetry.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);

 private:
  void send_next(Ctx& ctx, Broker& broker, BrokerId to);
};

}  // namespace kscope::sim
