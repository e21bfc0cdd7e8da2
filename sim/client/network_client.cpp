#include "sim/client/network_client.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/client_backoff.h"

namespace kscope::sim {
namespace {

/// Correlation ids of one life of a process; far more than a client sends in a microsecond of its clock.
constexpr std::int64_t kIdsPerMicrosecond = 1;
/// Correlation ids of another client in the same process begin here: some 35 years of a clock.
constexpr std::int64_t kIdsPerPart = std::int64_t{1} << 50;

}  // namespace

void NetworkClient::start(const Ctx& ctx) {
  next_correlation_ = 1 + static_cast<std::int64_t>(part_) * kIdsPerPart +
                      std::max<std::int64_t>(nanos(ctx.now()), 0) / 1000 * kIdsPerMicrosecond;
}

std::int64_t NetworkClient::send(Ctx& ctx, NodeId to, MessageBody body, Duration timeout, std::int64_t token) {
  KSCOPE_CHECK(to.is_valid(), "a request needs a node to go to");
  InFlightRequest request;
  request.node = to;
  request.kind = static_cast<std::uint16_t>(body.index());
  request.token = token;
  request.sent_at = ctx.now();
  request.deadline = ctx.now() + timeout;
  request.correlation_id = send_request(ctx, next_correlation_, to, std::move(body));
  in_flight_.push_back(request);
  ++connection(to).in_flight;
  arm(ctx, request.deadline);
  return request.correlation_id;
}

void NetworkClient::send_without_answer(Ctx& ctx, NodeId to, MessageBody body) {
  KSCOPE_CHECK(to.is_valid(), "a request needs a node to go to");
  send_request(ctx, next_correlation_, to, std::move(body));
}

std::optional<InFlightRequest> NetworkClient::complete(NodeId from, std::int64_t correlation_id) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(), [&](const InFlightRequest& request) {
    return request.correlation_id == correlation_id;
  });
  if (found == in_flight_.end() || found->node != from) {
    return std::nullopt;
  }
  const InFlightRequest request = *found;
  in_flight_.erase(found);
  ClientConnection& link = connection(from);
  --link.in_flight;
  link.failures = 0;
  return request;
}

void NetworkClient::forget(std::int64_t correlation_id) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(), [&](const InFlightRequest& request) {
    return request.correlation_id == correlation_id;
  });
  if (found != in_flight_.end()) {
    --connection(found->node).in_flight;
    in_flight_.erase(found);
  }
}

std::vector<InFlightRequest> NetworkClient::on_disconnect(Ctx& ctx, NodeId peer) {
  std::vector<InFlightRequest> failed;
  fail_connection(ctx, peer, failed);
  return failed;
}

std::vector<NodeId> NetworkClient::late_nodes(LocalTime now) const {
  std::vector<NodeId> late;
  for (const InFlightRequest& request : in_flight_) {
    if (request.deadline <= now && std::find(late.begin(), late.end(), request.node) == late.end()) {
      late.push_back(request.node);
    }
  }
  return late;
}

bool NetworkClient::is_own(std::int64_t correlation_id) const {
  return correlation_id / kIdsPerPart == static_cast<std::int64_t>(part_);
}

std::vector<InFlightRequest> NetworkClient::on_timeout(Ctx& ctx) {
  std::vector<InFlightRequest> failed;
  for (const NodeId node : late_nodes(ctx.now())) {
    ctx.disconnect(node);
    fail_connection(ctx, node, failed);
  }
  if (!in_flight_.empty()) {
    const auto first =
        std::min_element(in_flight_.begin(), in_flight_.end(),
                         [](const InFlightRequest& a, const InFlightRequest& b) { return a.deadline < b.deadline; });
    arm(ctx, first->deadline);
  }
  return failed;
}

void NetworkClient::close(Ctx& ctx) {
  for (ClientConnection& link : connections_) {
    ctx.disconnect(link.node);
    link = ClientConnection{link.node, 0, 0, {}, {}};
  }
  in_flight_.clear();
  ctx.cancel(timer_);
}

void NetworkClient::throttle(const Ctx& ctx, NodeId node, Duration time) {
  ClientConnection& link = connection(node);
  link.throttled_until = std::max(link.throttled_until, ctx.now() + time);
}

bool NetworkClient::is_ready(NodeId node, LocalTime now) const {
  const ClientConnection* link = find(node);
  return is_connectable(node, now) && (link == nullptr || link->throttled_until <= now);
}

bool NetworkClient::is_connectable(NodeId node, LocalTime now) const {
  const ClientConnection* link = find(node);
  return link == nullptr || link->failures == 0 || link->backoff_until <= now;
}

std::int32_t NetworkClient::in_flight_count(NodeId node) const {
  const ClientConnection* link = find(node);
  return link == nullptr ? 0 : link->in_flight;
}

LocalTime NetworkClient::ready_at(NodeId node) const {
  const ClientConnection* link = find(node);
  return link == nullptr ? LocalTime{} : std::max(link->backoff_until, link->throttled_until);
}

LocalTime NetworkClient::connectable_at(NodeId node) const {
  const ClientConnection* link = find(node);
  return link == nullptr ? LocalTime{} : link->backoff_until;
}

NodeId NetworkClient::least_loaded(Ctx& ctx, const std::vector<NodeId>& candidates) const {
  if (candidates.empty()) {
    return NodeId{};
  }
  const auto count = static_cast<std::uint32_t>(candidates.size());
  const std::uint32_t start =
      count == 1 ? 0 : ctx.chooser().choose(ChoiceKind::client, client_label(ClientChoice::kLeastLoaded), count);
  NodeId best;
  std::int32_t fewest = INT32_MAX;
  for (std::uint32_t i = 0; i < count; ++i) {
    const NodeId node = candidates[(start + i) % count];
    if (is_ready(node, ctx.now()) && in_flight_count(node) < fewest) {
      best = node;
      fewest = in_flight_count(node);
    }
  }
  return best;
}

ClientConnection& NetworkClient::connection(NodeId node) {
  const auto at = std::lower_bound(connections_.begin(), connections_.end(), node,
                                   [](const ClientConnection& link, NodeId wanted) { return link.node < wanted; });
  if (at != connections_.end() && at->node == node) {
    return *at;
  }
  return *connections_.insert(at, ClientConnection{node, 0, 0, {}, {}});
}

const ClientConnection* NetworkClient::find(NodeId node) const {
  const auto at = std::lower_bound(connections_.begin(), connections_.end(), node,
                                   [](const ClientConnection& link, NodeId wanted) { return link.node < wanted; });
  return at != connections_.end() && at->node == node ? &*at : nullptr;
}

void NetworkClient::arm(Ctx& ctx, LocalTime deadline) {
  if (ctx.is_armed(timer_)) {
    if (timer_at_ <= deadline) {
      return;
    }
    ctx.cancel(timer_);
  }
  timer_at_ = deadline;
  const Duration delay = std::max(deadline - ctx.now(), Duration(0));
  timer_ = ctx.after(delay, Timer{TimerKind::kClientRequestTimeout, in_flight_.front().correlation_id,
                                  static_cast<std::int64_t>(part_)});
}

void NetworkClient::fail_connection(Ctx& ctx, NodeId node, std::vector<InFlightRequest>& failed) {
  for (const InFlightRequest& request : in_flight_) {
    if (request.node == node) {
      failed.push_back(request);
    }
  }
  std::erase_if(in_flight_, [&](const InFlightRequest& request) { return request.node == node; });
  ClientConnection& link = connection(node);
  link.in_flight = 0;
  link.throttled_until = LocalTime{};
  link.backoff_until = ctx.now() + client_backoff(ctx, {backoff_.initial, backoff_.max}, link.failures);
  ++link.failures;
}

}  // namespace kscope::sim
