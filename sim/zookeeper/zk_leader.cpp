// The leader: gathers a quorum of followers, gives the epoch its number, brings followers up to date, proposes, commits,
// keeps sessions. Source: ZooKeeper 3.8 Leader, LearnerHandler, PrepRequestProcessor, LeaderSessionTracker.
//
// MODEL: ZooKeeper tells the new epoch (LEADERINFO), hears promises (ACKEPOCH) and then sends the history (DIFF, TRUNC) and
// NEWLEADER; here ZkSync is all of these. A follower takes part in one leader's epoch only, so at most one leader of an
// epoch finds a quorum.
#include <algorithm>
#include <tuple>

#include "engine/core/check.h"
#include "sim/zookeeper/quorum.h"

namespace kscope::sim::quorum {
namespace {

Zxid make_zxid(std::int32_t epoch, std::int32_t counter) {
  return Zxid{(static_cast<std::int64_t>(epoch) << 32) | static_cast<std::int64_t>(counter)};
}

/// The follower keeps its log up to the last transaction that the leader has too, and gets all that comes after.
/// Source: LearnerHandler.syncFollower.
void send_sync(Ctx& ctx, const ZkLeading& leading, NodeId to, ZkFollower& follower) {
  const ZkTransactionLog& log = ctx.durable().zk_log;
  const std::size_t keep = log.count_until(follower.info.last_zxid);
  ZkSync sync;
  sync.epoch = leading.epoch;
  sync.keep_until = keep == 0 ? Zxid{0} : log.transactions[keep - 1].zxid;
  for (std::size_t i = keep; i < log.transactions.size(); ++i) {
    sync.transactions.push_back(log.transactions[i]);
  }
  follower.is_sync_sent = true;
  send(ctx, to, std::move(sync));
}

/// A quorum has reported: the epoch gets a number larger than any of them has promised to follow.
void begin_epoch(Ctx& ctx, ZooKeeperServer& server, ZkLeading& leading) {
  ZkTransactionLog& log = ctx.durable().zk_log;
  std::int32_t largest = log.accepted_epoch;
  for (const auto& [peer, follower] : leading.followers) {
    largest = std::max(largest, follower.info.accepted_epoch);
  }
  leading.epoch = largest + 1;
  leading.history_end = log.last_zxid();
  log.accepted_epoch = leading.epoch;
  for (auto& [peer, follower] : leading.followers) {
    send_sync(ctx, leading, peer, follower);
  }
  flush(ctx, server);
}

/// Largest zxid that a quorum has flushed, this server among them or not; -1 if there is none yet.
Zxid quorum_zxid(Ctx& ctx, const ZooKeeperServer& server, const ZkLeading& leading) {
  std::vector<Zxid> acked{flushed_zxid(ctx)};
  for (const auto& [peer, follower] : leading.followers) {
    acked.push_back(follower.acked);
  }
  if (acked.size() < server.quorum()) {
    return Zxid{-1};
  }
  std::sort(acked.begin(), acked.end(), [](Zxid x, Zxid y) { return y < x; });
  return acked[server.quorum() - 1];
}

void send_commits(Ctx& ctx, const ZooKeeperServer& server, const ZkLeading& leading) {
  for (const auto& [peer, follower] : leading.followers) {
    if (follower.acked >= leading.history_end) {
      send(ctx, peer, ZkCommit{leading.epoch, server.committed});
    }
  }
}

/// A quorum has the leader's history: it is committed, and clients are served from now on.
void establish(Ctx& ctx, ZooKeeperServer& server, ZkLeading& leading) {
  leading.is_established = true;
  leading.sessions = SessionTracker(server.config.tick_time);
  Note note;
  note.kind = NoteKind::kZkLeaderElected;
  note.a = leading.epoch;
  ctx.note(note);
  commit(ctx, server, leading.history_end);
  for (const auto& [id, session] : server.database.sessions) {
    leading.sessions.add(id, session.timeout, ctx.self());
  }
  send_commits(ctx, server, leading);
}

void advance(Ctx& ctx, ZooKeeperServer& server) {
  ZkLeading& leading = std::get<ZkLeading>(server.state);
  if (leading.epoch < 0) {
    return;
  }
  const Zxid reached = quorum_zxid(ctx, server, leading);
  if (!leading.is_established) {
    if (reached >= leading.history_end) {
      establish(ctx, server, leading);
    }
    return;
  }
  if (reached > server.committed) {
    commit(ctx, server, reached);
    send_commits(ctx, server, leading);
  }
}

/// Whether enough synced followers were heard within syncLimit.
bool has_live_quorum(const ZooKeeperServer& server, const ZkLeading& leading) {
  std::size_t live = 1;
  for (const auto& [peer, follower] : leading.followers) {
    live += follower.acked >= leading.history_end ? 1 : 0;
  }
  return live >= server.quorum();
}

}  // namespace

void start_leading(Ctx& ctx, ZooKeeperServer& server) {
  ZkLeading leading;
  leading.tick_timer = ctx.after(server.config.tick_time / 2, Timer{TimerKind::kZkTick, 0, 0});
  server.state = leading;
  if (server.quorum() == 1) {
    begin_epoch(ctx, server, std::get<ZkLeading>(server.state));
  }
}

void on_follower_info(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkFollowerInfo& info) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  if (leading == nullptr) {
    return;  // Not elected in this server's eyes, or not yet: the other asks again.
  }
  const ZkTransactionLog& log = ctx.durable().zk_log;
  const bool is_ahead = !leading->is_established &&
                        std::tuple(info.current_epoch, info.last_zxid) > std::tuple(log.current_epoch, log.last_zxid());
  // MODEL: ZooKeeper leaves a server that promised to follow a later epoch out until the next election; here that
  // election begins at once.
  const bool promised_more = leading->epoch >= 0 && info.accepted_epoch > leading->epoch;
  if (is_ahead || promised_more) {
    look_for_leader(ctx, server);
    return;
  }
  // A follower that asks once more has perhaps started again without this server noticing: it is brought up to date from
  // the beginning. If the sync is only slow, it ignores the second one, and what it acknowledges comes after this question.
  leading->followers[from] = ZkFollower{info, false, Zxid{-1}, 0};
  if (leading->epoch >= 0) {
    send_sync(ctx, *leading, from, leading->followers.at(from));
  } else if (leading->followers.size() + 1 >= server.quorum()) {
    begin_epoch(ctx, server, *leading);
  }
}

void on_ack(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkAck& ack) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  ZkFollower* follower = leading == nullptr ? nullptr : leading->followers.get(from);
  if (follower == nullptr || ack.epoch != leading->epoch) {
    return;
  }
  follower->half_ticks_silent = 0;
  const bool was_synced = follower->acked >= leading->history_end;
  follower->acked = std::max(follower->acked, ack.zxid);
  const bool was_established = leading->is_established;
  if (was_established && !was_synced && follower->acked >= leading->history_end) {
    send(ctx, from, ZkCommit{leading->epoch, server.committed});
  }
  advance(ctx, server);
}

void on_leader_flushed(Ctx& ctx, ZooKeeperServer& server) {
  const ZkLeading& leading = std::get<ZkLeading>(server.state);
  if (leading.epoch >= 0 && flushed_zxid(ctx) >= leading.history_end) {
    ctx.durable().zk_log.current_epoch = leading.epoch;
  }
  advance(ctx, server);
}

void propose(Ctx& ctx, ZooKeeperServer& server, ZkTransaction transaction) {
  ZkLeading& leading = std::get<ZkLeading>(server.state);
  KSCOPE_CHECK(leading.is_established, "a leader proposes after a quorum has its history");
  transaction.zxid = make_zxid(leading.epoch, leading.next_counter++);
  if (!append(ctx, server, transaction)) {
    return;
  }
  for (const auto& [peer, follower] : leading.followers) {
    if (follower.is_sync_sent) {
      send(ctx, peer, ZkProposal{leading.epoch, transaction});
    }
  }
}

void on_forward(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkForward& forward) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  if (leading == nullptr || !leading->is_established) {
    return;  // The follower that sent it notices the end of this leader and drops its clients.
  }
  if (ZkFollower* follower = leading->followers.get(from); follower != nullptr) {
    follower->half_ticks_silent = 0;
  }
  submit(ctx, server, forward.transaction);
}

void on_revalidate(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkRevalidate& question) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  if (leading == nullptr || !leading->is_established) {
    return;
  }
  ZkRevalidate answer = question;
  answer.is_answer = true;
  answer.is_valid = leading->sessions.touch(question.session);
  if (answer.is_valid) {
    leading->sessions.set_owner(question.session, from);
  }
  send(ctx, from, answer);
}

void on_follower_ping(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkServerPing& ping) {
  (void)ctx;
  auto* leading = std::get_if<ZkLeading>(&server.state);
  ZkFollower* follower = leading == nullptr ? nullptr : leading->followers.get(from);
  if (follower == nullptr || ping.epoch != leading->epoch) {
    return;
  }
  follower->half_ticks_silent = 0;
  for (const SessionId session : ping.touched) {
    (void)leading->sessions.touch(session);
  }
}

void end_session(Ctx& ctx, ZooKeeperServer& server, SessionId session) {
  ZkLeading& leading = std::get<ZkLeading>(server.state);
  const SessionTracker::Entry* entry = leading.sessions.find(session);
  if (entry == nullptr || entry->is_closing) {
    return;
  }
  const NodeId client = server.database.sessions.at(session).client;
  Note note;
  note.kind = NoteKind::kZkSessionExpired;
  if (ctx.registry().nodes.at(static_cast<std::size_t>(client.value)).role == NodeRole::kBroker) {
    note.broker = ctx.registry().broker(client).id;
  } else {
    note.b = client.value;
  }
  note.a = session.value;
  ctx.note(note);
  ZkTransaction transaction;
  transaction.session = session;
  transaction.client = client;
  transaction.closes_session = true;
  leading.sessions.set_closing(session);
  propose(ctx, server, std::move(transaction));
}

void track_session(ZooKeeperServer& server, const ZkTransaction& transaction) {
  auto* leading = std::get_if<ZkLeading>(&server.state);
  if (leading == nullptr || !leading->is_established) {
    return;
  }
  if (transaction.opens_session) {
    leading->sessions.add(SessionId{transaction.zxid.value}, transaction.session_timeout, transaction.server);
  }
  if (transaction.closes_session) {
    leading->sessions.remove(transaction.session);
  }
}

void on_leader_tick(Ctx& ctx, ZooKeeperServer& server) {
  ZkLeading& leading = std::get<ZkLeading>(server.state);
  ++leading.half_ticks;
  const bool is_whole_tick = leading.half_ticks % 2 == 0;
  std::vector<NodeId> silent;
  for (auto& [peer, follower] : leading.followers) {
    ++follower.half_ticks_silent;
    const bool is_synced = leading.epoch >= 0 && follower.acked >= leading.history_end;
    if (follower.half_ticks_silent >
        std::int64_t{2} * (is_synced ? server.config.sync_limit : server.config.init_limit)) {
      silent.push_back(peer);
    } else if (leading.epoch >= 0) {
      send(ctx, peer, ZkServerPing{leading.epoch, false, {}});
    }
  }
  for (const NodeId peer : silent) {
    leading.followers.erase(peer);
    ctx.disconnect(peer);
  }
  const bool is_too_late = !leading.is_established && leading.half_ticks > std::int64_t{2} * server.config.init_limit;
  const bool lost_quorum = leading.is_established && is_whole_tick && !has_live_quorum(server, leading);
  if (is_too_late || lost_quorum) {
    look_for_leader(ctx, server);
    return;
  }
  leading.tick_timer = ctx.after(server.config.tick_time / 2, Timer{TimerKind::kZkTick, 0, 0});
  if (leading.is_established && is_whole_tick) {
    leading.sessions.on_tick();
    for (const SessionId session : leading.sessions.expired()) {
      end_session(ctx, server, session);
    }
  }
}

void on_follower_gone(Ctx& ctx, ZooKeeperServer& server, NodeId follower) {
  (void)ctx;
  // Whether a quorum is left is looked at with the next tick, as in ZooKeeper.
  if (auto* leading = std::get_if<ZkLeading>(&server.state)) {
    leading->followers.erase(follower);
  }
}

}  // namespace kscope::sim::quorum
