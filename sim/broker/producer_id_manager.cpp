#include "sim/broker/producer_id_manager.h"

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

constexpr Duration kRetryBackoff = 50ms;
constexpr std::int32_t kPrefetchPercent = 90;

}  // namespace

std::optional<ProducerId> ProducerIdManager::generate(Ctx& ctx, Broker& broker) {
  if (used_ == current_.size) {
    if (!next_.has_value()) {
      request_block(ctx, broker);
      return std::nullopt;
    }
    current_ = *next_;
    next_.reset();
    used_ = 0;
  }
  const ProducerId id(current_.first.value + used_);
  if (used_ == current_.size * kPrefetchPercent / 100) {
    request_block(ctx, broker);
  }
  ++used_;
  return id;
}

void ProducerIdManager::request_block(Ctx& ctx, Broker& broker) {
  if (is_wanted_) {
    return;
  }
  is_wanted_ = true;
  send(ctx, broker);
}

void ProducerIdManager::send(Ctx& ctx, Broker& broker) {
  controller_ = broker.metadata.controller_node();
  if (!controller_.is_valid()) {
    retry_later(ctx);
    return;
  }
  ctx.cancel(timer_);
  outstanding_ = send_request(ctx, broker.next_correlation, controller_,
                              AllocateProducerIdsRequest{broker.id, broker.lifecycle.broker_epoch});
  timer_ = ctx.after(broker.setup.config.controller_socket_timeout_ms, Timer{TimerKind::kProducerIdsRetry, 0, 0});
}

void ProducerIdManager::retry_later(Ctx& ctx) {
  outstanding_ = 0;
  ctx.cancel(timer_);
  timer_ = ctx.after(kRetryBackoff, Timer{TimerKind::kProducerIdsRetry, 0, 0});
}

void ProducerIdManager::on_response(Ctx& ctx, Broker&, std::int64_t correlation_id,
                                    const AllocateProducerIdsResponse& response) {
  if (correlation_id != outstanding_) {
    return;  // given up by timeout or disconnect
  }
  if (response.error != ErrorCode::NONE) {
    retry_later(ctx);  // NOT_CONTROLLER, STALE_BROKER_EPOCH: another controller, or after registration
    return;
  }
  outstanding_ = 0;
  ctx.cancel(timer_);
  next_ = response.block;
  is_wanted_ = false;
}

void ProducerIdManager::on_timer(Ctx& ctx, Broker& broker) { send(ctx, broker); }

void ProducerIdManager::on_disconnect(Ctx& ctx, NodeId peer) {
  if (outstanding_ != 0 && peer == controller_) {
    retry_later(ctx);
  }
}

void handle_init_producer_id(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                             const InitProducerIdRequest& request) {
  if (request.transactional_id.is_valid()) {
    broker.transactions.init_producer_id(
        ctx, broker, TransactionCaller{TransactionCaller::Kind::kInitProducerId, from, correlation_id}, request);
    return;
  }
  InitProducerIdResponse response;
  if (const std::optional<ProducerId> id = broker.producer_ids.generate(ctx, broker); id.has_value()) {
    response.producer_id = *id;
    response.producer_epoch = ProducerEpoch(0);
  } else {
    response.error = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
  }
  send_response(ctx, from, correlation_id, response);
}

}  // namespace kscope::sim
