// Clients of this server: sessions, requests in each client's order, watches. Reads are answered here; writes go through
// the leader's log, and a read waits for the writes of the same client before it.
// Source: ZooKeeper 3.8 ZooKeeperServer, FollowerRequestProcessor, CommitProcessor, FinalRequestProcessor.
#include "sim/zookeeper/quorum.h"

namespace kscope::sim::quorum {
namespace {

void touch(ZooKeeperServer& server, SessionId session) {
  if (auto* leading = std::get_if<ZkLeading>(&server.state)) {
    (void)leading->sessions.touch(session);
  } else if (auto* following = std::get_if<ZkFollowing>(&server.state)) {
    following->touched.insert(session);
  }
}

/// The client's connection if it speaks for this session, else nullptr; the stray client is disconnected.
ZkConnection* connection_of(Ctx& ctx, ZooKeeperServer& server, NodeId client, SessionId session) {
  const auto at = server.connections.find(client);
  if (at == server.connections.end() || at->second.session != session || !session.is_valid()) {
    on_client_gone(server, client);
    ctx.disconnect(client);
    return nullptr;
  }
  touch(server, session);
  return &at->second;
}

void answer_connect(Ctx& ctx, NodeId client, ZkCode code, SessionId session, Duration timeout) {
  send(ctx, client, ZkConnectResponse{code, session, timeout});
}

void answer_read(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkRequest& request) {
  ZkResponse response = server.database.read(request);
  for (std::size_t i = 0; i < request.operations.size(); ++i) {
    const ZkOperation& operation = request.operations[i];
    const bool is_there = response.results[i].code == ZkCode::kOk;
    if (operation.watch && (is_there || operation.op == ZkOp::kExists)) {
      server.watches.add(operation.op, operation.path, client);
    }
  }
  send(ctx, client, std::move(response));
}

/// The write at the head of the queue is done; the reads that waited for it follow.
void answer_write(Ctx& ctx, ZooKeeperServer& server, NodeId client, ZkConnection& connection, ZkResponse response) {
  if (connection.queue.empty() || connection.queue.front().request.xid != response.xid) {
    return;  // Asked over an earlier connection of this client: nobody waits for the answer any more.
  }
  connection.queue.pop_front();
  send(ctx, client, std::move(response));
  while (!connection.queue.empty() && !connection.queue.front().is_write) {
    answer_read(ctx, server, client, connection.queue.front().request);
    connection.queue.pop_front();
  }
}

void open_session(Ctx& ctx, ZooKeeperServer& server, NodeId client, Duration requested) {
  ZkTransaction transaction;
  transaction.server = ctx.self();
  transaction.client = client;
  transaction.opens_session = true;
  transaction.session_timeout = server.config.negotiated_session_timeout(requested);
  submit(ctx, server, std::move(transaction));
}

void after_session_opened(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction) {
  const auto at = server.connections.find(transaction.client);
  if (transaction.server != ctx.self() || at == server.connections.end() || at->second.session.is_valid()) {
    return;
  }
  // MODEL: ZooKeeper makes session ids from server id and time; here it is the zxid that opened the session.
  at->second.session = SessionId{transaction.zxid.value};
  answer_connect(ctx, transaction.client, ZkCode::kOk, at->second.session, transaction.session_timeout);
}

void after_session_closed(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction, ZkResponse response) {
  const auto at = server.connections.find(transaction.client);
  if (at == server.connections.end() || at->second.session != transaction.session) {
    return;
  }
  const bool asked_by_client = at->second.is_closing;
  on_client_gone(server, transaction.client);
  if (asked_by_client) {
    send(ctx, transaction.client, std::move(response));
  } else {
    ctx.disconnect(transaction.client);  // It learns that its session is over when it connects again.
  }
}

}  // namespace

void on_connect(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkConnectRequest& request) {
  on_client_gone(server, client);
  if (!server.is_serving() || request.last_zxid > server.database.last_applied) {
    ctx.disconnect(client);
    return;
  }
  server.connections[client] = ZkConnection{};
  if (!request.session.is_valid()) {
    open_session(ctx, server, client, request.session_timeout);
    return;
  }
  ZkRevalidate question{request.session, client, false, false};
  if (auto* leading = std::get_if<ZkLeading>(&server.state)) {
    question.is_valid = leading->sessions.touch(request.session);
    leading->sessions.set_owner(request.session, ctx.self());
    on_revalidated(ctx, server, question);
  } else {
    send(ctx, std::get<ZkFollowing>(server.state).leader, question);
  }
}

void on_revalidated(Ctx& ctx, ZooKeeperServer& server, const ZkRevalidate& answer) {
  const auto at = server.connections.find(answer.client);
  if (at == server.connections.end()) {
    return;
  }
  if (at->second.session.is_valid()) {
    if (!answer.is_valid && at->second.session == answer.session) {
      on_client_gone(server, answer.client);  // The session has moved: this connection has no right to it.
      ctx.disconnect(answer.client);
    }
    return;
  }
  const auto session = server.database.sessions.find(answer.session);
  if (!answer.is_valid || session == server.database.sessions.end()) {
    on_client_gone(server, answer.client);
    answer_connect(ctx, answer.client, ZkCode::kSessionExpired, SessionId{}, Duration{0});
    return;
  }
  at->second.session = answer.session;
  answer_connect(ctx, answer.client, ZkCode::kOk, answer.session, session->second.timeout);
}

void on_ping(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkPing& ping) {
  if (connection_of(ctx, server, client, ping.session) != nullptr) {
    send(ctx, client, ZkPingResponse{ping.session, ZkCode::kOk});
  }
}

void on_close_session(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkCloseSession& close) {
  ZkConnection* connection = connection_of(ctx, server, client, close.session);
  if (connection == nullptr) {
    return;
  }
  connection->is_closing = close.xid != 0;  // xid 0: somebody else ends it behind the client's back
  ZkTransaction transaction;
  transaction.session = close.session;
  transaction.server = ctx.self();
  transaction.client = client;
  transaction.xid = close.xid;
  transaction.closes_session = true;
  submit(ctx, server, std::move(transaction));
}

void on_request(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkRequest& request) {
  ZkConnection* connection = connection_of(ctx, server, client, request.session);
  if (connection == nullptr) {
    return;
  }
  if (is_read_only(request)) {
    if (connection->queue.empty()) {
      answer_read(ctx, server, client, request);
    } else {
      connection->queue.push_back({request, false});
    }
    return;
  }
  connection->queue.push_back({ZkRequest{request.session, request.xid, {}}, true});
  ZkTransaction transaction;
  transaction.session = request.session;
  transaction.server = ctx.self();
  transaction.client = client;
  transaction.xid = request.xid;
  transaction.operations = request.operations;
  submit(ctx, server, std::move(transaction));
}

void on_client_gone(ZooKeeperServer& server, NodeId client) {
  if (server.connections.erase(client) > 0) {
    server.watches.remove_client(client);
  }
}

void after_apply(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction, ZkApplied applied) {
  for (const auto& [op, path] : applied.writes) {
    for (const TriggeredWatch& watch : server.watches.trigger(op, path)) {
      send(ctx, watch.client, watch.event);
    }
  }
  if (transaction.opens_session) {
    after_session_opened(ctx, server, transaction);
  } else if (transaction.closes_session) {
    after_session_closed(ctx, server, transaction, std::move(applied.response));
  } else if (transaction.server == ctx.self()) {
    const auto at = server.connections.find(transaction.client);
    if (at != server.connections.end() && at->second.session == transaction.session) {
      answer_write(ctx, server, transaction.client, at->second, std::move(applied.response));
    }
  }
}

void drop_clients(Ctx& ctx, ZooKeeperServer& server) {
  for (const auto& [client, connection] : server.connections) {
    ctx.disconnect(client);
  }
  server.connections.clear();
  server.watches.clear();
}

}  // namespace kscope::sim::quorum
