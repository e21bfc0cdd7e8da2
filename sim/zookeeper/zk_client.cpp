#include "sim/zookeeper/zk_client.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/client/zookeeper_consumer.h"

namespace kscope::sim {
namespace {

constexpr Duration kReconnectSpread = 1s;  ///< ClientCnxn waits up to a second before it connects again
constexpr Duration kSpinDelay = 1s;        ///< and another one when every server has been tried

void send(Ctx& ctx, NodeId to, MessageBody body) {
  Message message{0, std::move(body)};
  const std::int64_t size = message_size(message);
  ctx.send(to, std::move(message), size);
}

}  // namespace

void ZkClient::start(Ctx& ctx, Duration timeout) {
  KSCOPE_CHECK(state == State::kClosed, "a client is started once");
  servers = ctx.registry().zookeepers;
  KSCOPE_CHECK(!servers.empty(), "a cluster needs a ZooKeeper ensemble");
  requested_timeout = timeout;
  session_timeout = requested_timeout;
  const auto count = static_cast<std::uint32_t>(servers.size());
  server = ctx.chooser().choose(ChoiceKind::client, Label{0, ctx.self().value, 0}, count);
  connect(ctx);
}

void ZkClient::connect(Ctx& ctx) {
  state = State::kConnecting;
  ++attempts;
  send(ctx, servers[server], ZkConnectRequest{session, requested_timeout, last_zxid});
  // Each server gets its share of the session timeout, so that all can be tried before the session is over.
  ctx.cancel(silence_timer);
  const auto share = static_cast<std::int64_t>(servers.size());
  silence_timer = ctx.after(session_timeout / share, Timer{TimerKind::kZkSessionTimeout, 0, 0});
}

void ZkClient::connection_lost(Ctx& ctx) {
  state = State::kConnecting;
  ctx.cancel(ping_timer);
  ctx.cancel(silence_timer);
  for (Pending& request : pending) {
    request.is_sent = false;
  }
  server = (server + 1) % servers.size();
  Duration wait = ctx.chooser().spread(ChoiceKind::client, Label{1, ctx.self().value, 0}, kReconnectSpread);
  if (attempts >= servers.size()) {
    attempts = 0;
    wait += kSpinDelay;
  }
  ctx.cancel(reconnect_timer);
  reconnect_timer = ctx.after(wait, Timer{TimerKind::kZkReconnect, 0, 0});
}

void ZkClient::heard(Ctx& ctx) {
  last_heard = ctx.now();
  ctx.cancel(silence_timer);
  silence_timer = ctx.after(session_timeout * 2 / 3, Timer{TimerKind::kZkSessionTimeout, 0, 0});
}

void ZkClient::send_pending(Ctx& ctx) {
  for (Pending& request : pending) {
    if (!request.is_sent) {
      request.xid = next_xid++;
      request.is_sent = true;
      send(ctx, servers[server], ZkRequest{session, request.xid, request.operations});
    }
  }
}

void ZkClient::request(Ctx& ctx, ZkPurpose purpose, std::vector<ZkOperation> operations) {
  pending.push_back({0, purpose, std::move(operations), false});
  if (state == State::kConnected) {
    send_pending(ctx);
  }
}

template <class Owner>
void ZkClient::close(Ctx& ctx, Owner& owner) {
  ctx.cancel(ping_timer);
  ctx.cancel(reconnect_timer);
  pending.clear();
  if (state != State::kConnected) {
    closed(ctx, owner);  // The ensemble finds out by the session timeout.
    return;
  }
  state = State::kClosing;
  send(ctx, servers[server], ZkCloseSession{session, next_xid++});
}

template <class Owner>
void ZkClient::closed(Ctx& ctx, Owner& owner) {
  ctx.cancel(silence_timer);
  state = State::kClosed;
  session = SessionId{};
  zk_session_closed(ctx, owner);
}

void ZkClient::expire(Ctx& ctx) {
  if (state == State::kConnected) {
    send(ctx, servers[server], ZkCloseSession{session, 0});
  }
}

template <class Owner>
void ZkClient::on_connected(Ctx& ctx, Owner& owner, const ZkConnectResponse& response) {
  if (response.code != ZkCode::kOk) {
    previous_session = session;
    session = SessionId{};
    pending.clear();
    zk_session_expired(ctx, owner);
    connect(ctx);
    return;
  }
  const bool is_new = session != response.session;
  session = response.session;
  session_timeout = response.session_timeout;
  state = State::kConnected;
  attempts = 0;
  heard(ctx);
  ctx.cancel(ping_timer);
  ping_timer = ctx.after(session_timeout / 3, Timer{TimerKind::kZkPing, 0, 0});
  send_pending(ctx);
  if (is_new) {
    zk_session_opened(ctx, owner);
  } else {
    zk_reconnected(ctx, owner);
  }
}

template <class Owner>
void ZkClient::on_response(Ctx& ctx, Owner& owner, const ZkResponse& response) {
  if (state == State::kClosing) {
    closed(ctx, owner);
    return;
  }
  last_zxid = std::max(last_zxid, response.zxid);
  const auto at = std::find_if(pending.begin(), pending.end(),
                               [&](const Pending& request) { return request.is_sent && request.xid == response.xid; });
  if (at == pending.end()) {
    return;  // Asked before the connection broke, and asked again since.
  }
  const ZkPurpose purpose = at->purpose;
  pending.erase(at);
  zk_reply(ctx, owner, purpose, response);
}

template <class Owner>
void ZkClient::on_message(Ctx& ctx, Owner& owner, NodeId from, const Message& message) {
  if (state == State::kClosed || from != servers[server] || ctx.is_armed(reconnect_timer)) {
    return;  // A connection that this client has given up.
  }
  if (const auto* connected = std::get_if<ZkConnectResponse>(&message.body)) {
    if (state == State::kConnecting) {
      on_connected(ctx, owner, *connected);
    }
    return;
  }
  if (state == State::kConnecting) {
    return;
  }
  heard(ctx);
  if (const auto* response = std::get_if<ZkResponse>(&message.body)) {
    on_response(ctx, owner, *response);
  } else if (const auto* event = std::get_if<ZkWatchEvent>(&message.body)) {
    if (state == State::kConnected) {
      zk_watch(ctx, owner, *event);
    }
  }
}

template <class Owner>
void ZkClient::on_timer(Ctx& ctx, Owner& owner, const Timer& timer) {
  if (timer.kind == TimerKind::kZkReconnect) {
    connect(ctx);
    return;
  }
  if (timer.kind == TimerKind::kZkPing) {
    send(ctx, servers[server], ZkPing{session});
    ping_timer = ctx.after(session_timeout / 3, Timer{TimerKind::kZkPing, 0, 0});
    return;
  }
  ctx.disconnect(servers[server]);
  if (state == State::kClosing) {
    closed(ctx, owner);
  } else {
    connection_lost(ctx);
  }
}

template <class Owner>
void ZkClient::on_disconnect(Ctx& ctx, Owner& owner, NodeId peer) {
  if (state == State::kClosed || peer != servers[server] || ctx.is_armed(reconnect_timer)) {
    return;
  }
  if (state == State::kClosing) {
    closed(ctx, owner);
  } else {
    connection_lost(ctx);
  }
}

template void ZkClient::close(Ctx&, Broker&);
template void ZkClient::on_message(Ctx&, Broker&, NodeId, const Message&);
template void ZkClient::on_timer(Ctx&, Broker&, const Timer&);
template void ZkClient::on_disconnect(Ctx&, Broker&, NodeId);
template void ZkClient::close(Ctx&, Consumer&);
template void ZkClient::on_message(Ctx&, Consumer&, NodeId, const Message&);
template void ZkClient::on_timer(Ctx&, Consumer&, const Timer&);
template void ZkClient::on_disconnect(Ctx&, Consumer&, NodeId);

Duration ZkClient::time_left(LocalTime now) const { return std::max(Duration{0}, last_heard + session_timeout - now); }

}  // namespace kscope::sim
