// What comes in, and who handles it. Source: ZooKeeper 3.8 QuorumPeer.
#include "sim/zookeeper/zk_server.h"

#include "engine/core/check.h"
#include "sim/zookeeper/quorum.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace quorum {

void send(Ctx& ctx, NodeId to, MessageBody body) {
  Message message{0, std::move(body)};
  const std::int64_t size = message_size(message);
  ctx.send(to, std::move(message), size);
}

void submit(Ctx& ctx, ZooKeeperServer& server, ZkTransaction transaction) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  if (leading == nullptr) {
    send(ctx, std::get<ZkFollowing>(server.state).leader, ZkForward{std::move(transaction)});
    return;
  }
  if (!transaction.opens_session) {
    const SessionTracker::Entry* session = leading->sessions.find(transaction.session);
    if (session != nullptr && session->owner != transaction.server) {
      // SessionMoved: the client has left that server, an old request must not overtake its new ones. If it has not (a late
      // attempt to connect elsewhere moved the session), it has to connect again.
      const ZkRevalidate moved{transaction.session, transaction.client, true, false};
      if (transaction.server == ctx.self()) {
        on_revalidated(ctx, server, moved);
      } else {
        send(ctx, transaction.server, moved);
      }
      return;
    }
    if (transaction.closes_session && transaction.xid == 0) {
      end_session(ctx, server, transaction.session);  // Behind the client's back, as if its time were over.
      return;
    }
    if (transaction.closes_session) {
      leading->sessions.set_closing(transaction.session);
    }
  }
  propose(ctx, server, std::move(transaction));
}

}  // namespace quorum

namespace {

/// Dispatch by message type. Whatever a server cannot receive is a failed check.
struct Dispatch {
  Ctx& ctx;
  ZooKeeperServer& server;
  NodeId from;

  void operator()(const ZkConnectRequest& m) const { quorum::on_connect(ctx, server, from, m); }
  void operator()(const ZkPing& m) const { quorum::on_ping(ctx, server, from, m); }
  void operator()(const ZkCloseSession& m) const { quorum::on_close_session(ctx, server, from, m); }
  void operator()(const ZkRequest& m) const { quorum::on_request(ctx, server, from, m); }
  void operator()(const ZkVote& m) const { quorum::on_vote(ctx, server, from, m); }
  void operator()(const ZkFollowerInfo& m) const { quorum::on_follower_info(ctx, server, from, m); }
  void operator()(const ZkSync& m) const { quorum::on_sync(ctx, server, from, m); }
  void operator()(const ZkForward& m) const { quorum::on_forward(ctx, server, from, m); }
  void operator()(const ZkProposal& m) const { quorum::on_proposal(ctx, server, from, m); }
  void operator()(const ZkAck& m) const { quorum::on_ack(ctx, server, from, m); }
  void operator()(const ZkCommit& m) const { quorum::on_commit(ctx, server, from, m); }
  void operator()(const ZkServerPing& m) const {
    if (m.is_answer) {
      quorum::on_follower_ping(ctx, server, from, m);
    } else {
      quorum::on_leader_ping(ctx, server, from, m);
    }
  }
  void operator()(const ZkRevalidate& m) const {
    if (m.is_answer) {
      quorum::on_revalidated(ctx, server, m);
    } else {
      quorum::on_revalidate(ctx, server, from, m);
    }
  }
  template <class Other>
  void operator()(const Other&) const {
    KSCOPE_CHECK(false, "a ZooKeeper server got a message that is not for it: look at who sent it");
  }
};

}  // namespace

bool ZooKeeperServer::is_leading() const {
  const auto* leading = std::get_if<ZkLeading>(&state);
  return leading != nullptr && leading->is_established;
}

bool ZooKeeperServer::is_serving() const {
  const auto* following = std::get_if<ZkFollowing>(&state);
  return is_leading() || (following != nullptr && following->is_serving);
}

std::int32_t ZooKeeperServer::epoch() const {
  if (const auto* leading = std::get_if<ZkLeading>(&state)) {
    return leading->epoch;
  }
  const auto* following = std::get_if<ZkFollowing>(&state);
  return following == nullptr ? -1 : following->epoch;
}

std::string_view ZooKeeperServer::state_name() const {
  if (std::holds_alternative<ZkLooking>(state)) {
    return "looking";
  }
  return std::holds_alternative<ZkLeading>(state) ? "leading" : "following";
}

void ZooKeeperServer::on_start(Ctx& ctx) { quorum::look_for_leader(ctx, *this); }

void ZooKeeperServer::on_message(Ctx& ctx, NodeId from, const Message& message) {
  std::visit(Dispatch{ctx, *this, from}, message.body);
}

void ZooKeeperServer::on_timer(Ctx& ctx, const Timer& timer) {
  if (timer.kind == TimerKind::kZkElection) {
    quorum::on_election_timer(ctx, *this, timer);
    return;
  }
  KSCOPE_CHECK(timer.kind == TimerKind::kZkTick, "a ZooKeeper server arms no other timers");
  if (std::holds_alternative<ZkLeading>(state)) {
    quorum::on_leader_tick(ctx, *this);
  } else if (std::holds_alternative<ZkFollowing>(state)) {
    quorum::on_follower_tick(ctx, *this);
  }
}

void ZooKeeperServer::on_disk(Ctx& ctx, const DiskDone& done) {
  is_flushing = false;
  if (done.is_error) {
    ctx.exit();  // ZooKeeper ends when it cannot write its log.
    return;
  }
  const DiskFile file = ctx.disk().file(kZkLogFile);
  if (file.flushed < file.written || done.token != flush_token) {
    quorum::flush(ctx, *this);
  }
  if (std::holds_alternative<ZkLeading>(state)) {
    quorum::on_leader_flushed(ctx, *this);
  } else if (std::holds_alternative<ZkFollowing>(state)) {
    quorum::on_follower_flushed(ctx, *this);
  }
}

void ZooKeeperServer::on_disconnect(Ctx& ctx, NodeId peer) {
  quorum::on_client_gone(*this, peer);
  quorum::on_follower_gone(ctx, *this, peer);
  const auto* following = std::get_if<ZkFollowing>(&state);
  if (following != nullptr && following->leader == peer) {
    quorum::look_for_leader(ctx, *this);
  }
}

void ZooKeeperServer::on_command(Ctx& ctx, const Command& command) {
  if (command.kind == CommandKind::kCleanShutdown) {
    ctx.exit();
    return;
  }
  if (!is_leading()) {
    return;
  }
  if (command.kind == CommandKind::kDeleteController) {
    if (const Znode* znode = database.tree.find(zk::kControllerPath); znode != nullptr) {
      ZkTransaction transaction;  // in the name of its owner's session; nobody waits for the answer
      transaction.session = znode->ephemeral_owner;
      transaction.operations = {zk::remove(zk::kControllerPath, ZnodeVersion{-1})};
      quorum::propose(ctx, *this, std::move(transaction));
    }
    return;
  }
  if (command.kind != CommandKind::kExpireSession) {
    return;
  }
  const NodeId client{static_cast<std::int32_t>(command.count)};
  std::vector<SessionId> sessions;
  for (const auto& [id, session] : database.sessions) {
    if (session.client == client) {
      sessions.push_back(id);
    }
  }
  for (const SessionId session : sessions) {
    quorum::end_session(ctx, *this, session);
  }
}

ZooKeeperServer make_zookeeper_server(const Registry& registry) {
  ZooKeeperServer server;
  server.ensemble = registry.zookeepers;
  server.config = registry.zookeeper_config;
  return server;
}

}  // namespace kscope::sim
