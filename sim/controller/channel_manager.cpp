#include "sim/controller/channel_manager.h"

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

constexpr Duration kRetryBackoff = 100ms;  ///< RequestSendThread's pause after a broken connection

void address(MessageBody& request, BrokerEpoch epoch) {
  if (auto* leader_and_isr = std::get_if<LeaderAndIsrRequest>(&request)) {
    leader_and_isr->broker_epoch = epoch;
  } else if (auto* metadata = std::get_if<UpdateMetadataRequest>(&request)) {
    metadata->broker_epoch = epoch;
  } else if (auto* stop = std::get_if<StopReplicaRequest>(&request)) {
    stop->broker_epoch = epoch;
  }
}

void disarm(Ctx& ctx, ControllerChannel& channel) {
  ctx.cancel(channel.timeout_timer);
  ctx.cancel(channel.retry_timer);
}

void retry_later(Ctx& ctx, BrokerId broker, ControllerChannel& channel) {
  channel.correlation_id = 0;
  disarm(ctx, channel);
  channel.retry_timer = ctx.after(kRetryBackoff, Timer{TimerKind::kControllerRetry, broker.value, 0});
}

}  // namespace

void ControllerChannelManager::add_broker(Ctx& ctx, BrokerId broker, NodeId node, BrokerEpoch epoch) {
  remove_broker(ctx, broker);
  ControllerChannel channel;
  channel.node = node;
  channel.broker_epoch = epoch;
  channels.insert_or_assign(broker, std::move(channel));
}

void ControllerChannelManager::remove_broker(Ctx& ctx, BrokerId broker) {
  if (ControllerChannel* channel = channels.get(broker); channel != nullptr) {
    disarm(ctx, *channel);
    channels.erase(broker);
  }
}

void ControllerChannelManager::clear(Ctx& ctx) {
  for (auto& [broker, channel] : channels) {
    disarm(ctx, channel);
  }
  channels.clear();
}

void ControllerChannelManager::send(Ctx& ctx, Broker& broker, BrokerId to, MessageBody request) {
  ControllerChannel* channel = channels.get(to);
  if (channel == nullptr) {
    return;
  }
  address(request, channel->broker_epoch);
  channel->queue.push_back(std::move(request));
  send_next(ctx, broker, to);
}

void ControllerChannelManager::send_next(Ctx& ctx, Broker& broker, BrokerId to) {
  ControllerChannel& channel = channels.at(to);
  if (channel.queue.empty() || channel.correlation_id != 0 || ctx.is_armed(channel.retry_timer)) {
    return;
  }
  channel.correlation_id = send_request(ctx, broker.next_correlation, channel.node, channel.queue.front());
  channel.timeout_timer = ctx.after(broker.setup.config.controller_socket_timeout_ms,
                                    Timer{TimerKind::kControllerRequestTimeout, to.value, channel.correlation_id});
}

std::optional<ControllerChannelManager::Answered> ControllerChannelManager::on_response(Ctx& ctx, Broker& broker,
                                                                                        std::int64_t correlation_id) {
  for (auto& [id, channel] : channels) {
    if (channel.correlation_id == correlation_id) {
      channel.correlation_id = 0;
      ctx.cancel(channel.timeout_timer);
      Answered answered{id, std::move(channel.queue.front())};
      channel.queue.pop_front();
      send_next(ctx, broker, id);
      return answered;
    }
  }
  return std::nullopt;
}

void ControllerChannelManager::on_disconnect(Ctx& ctx, NodeId peer) {
  for (auto& [id, channel] : channels) {
    if (channel.node == peer && channel.correlation_id != 0) {
      retry_later(ctx, id, channel);
    }
  }
}

void ControllerChannelManager::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  const BrokerId to(static_cast<std::int32_t>(timer.a));
  ControllerChannel* channel = channels.get(to);
  if (channel == nullptr) {
    return;
  }
  if (timer.kind == TimerKind::kControllerRetry) {
    channel->retry_timer = TimerId{};
    send_next(ctx, broker, to);
  } else if (channel->correlation_id == timer.b) {
    retry_later(ctx, to, *channel);
  }
}

}  // namespace kscope::sim
