// Leader election. Source: ZooKeeper 3.8 FastLeaderElection.
//
// A server in LOOKING votes for itself, tells everybody, and adopts any vote that is better: larger epoch of its history,
// then larger last zxid, then larger server id. When a quorum agrees and no better vote comes for 200 ms the vote is final.
// Rounds keep apart the votes of different elections: an older one is answered with the present vote, a newer one adopted.
// Servers that have a leader answer with it; a quorum of such answers, the leader's own among them, is joined at once.
//
// MODEL: votes are repeated after 200 ms, doubling up to 3.2 s; ZooKeeper goes up to 60 s, but also whenever it connects.
#include <tuple>

#include "sim/zookeeper/quorum.h"

namespace kscope::sim::quorum {
namespace {

constexpr Duration kFinalizeWait = 200ms;
constexpr Duration kMaxNotificationInterval = 3200ms;
enum ElectionTimer : std::int64_t { kResend = 0, kFinal = 1, kFollowerInfo = 2 };

bool is_better(const ZkVote& vote, const ZkVote& than) {
  return std::tuple(vote.epoch, vote.last_zxid, vote.candidate) >
         std::tuple(than.epoch, than.last_zxid, than.candidate);
}

ZkVote own_vote(Ctx& ctx, const ZooKeeperServer& server) {
  const ZkTransactionLog& log = ctx.durable().zk_log;
  return {server.round, ctx.self(), log.current_epoch, log.last_zxid(), true};
}

void tell_everybody(Ctx& ctx, const ZooKeeperServer& server, const ZkLooking& looking) {
  for (const NodeId peer : server.ensemble) {
    if (peer != ctx.self()) {
      send(ctx, peer, looking.proposal);
    }
  }
}

/// Servers, this one too, that vote in this round for what this server proposes.
std::size_t supporters(const ZkLooking& looking) {
  std::size_t count = 1;
  for (const auto& [peer, vote] : looking.received) {
    count += vote.candidate == looking.proposal.candidate ? 1 : 0;
  }
  return count;
}

void finish(Ctx& ctx, ZooKeeperServer& server, NodeId leader) {
  ZkLooking& looking = std::get<ZkLooking>(server.state);
  ctx.cancel(looking.resend_timer);
  ctx.cancel(looking.final_timer);
  server.last_vote = looking.proposal;
  server.last_vote.candidate = leader;
  server.last_vote.round = server.round;
  server.last_vote.is_looking = false;
  if (leader == ctx.self()) {
    start_leading(ctx, server);
  } else {
    start_following(ctx, server, leader);
  }
}

void adopt(Ctx& ctx, ZooKeeperServer& server, ZkLooking& looking, const ZkVote& vote) {
  looking.proposal = vote;
  looking.proposal.round = server.round;
  looking.proposal.is_looking = true;
  ctx.cancel(looking.final_timer);
  tell_everybody(ctx, server, looking);
}

void evaluate(Ctx& ctx, const ZooKeeperServer& server, ZkLooking& looking) {
  const bool has_quorum = supporters(looking) >= server.quorum();
  if (!has_quorum) {
    ctx.cancel(looking.final_timer);
  } else if (!ctx.is_armed(looking.final_timer)) {
    looking.final_timer = ctx.after(kFinalizeWait, Timer{TimerKind::kZkElection, kFinal, 0});
  }
}

void on_vote_of_round(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkVote& vote) {
  ZkLooking& looking = std::get<ZkLooking>(server.state);
  if (vote.round < server.round) {
    send(ctx, from, looking.proposal);
    return;
  }
  if (vote.round > server.round) {
    server.round = vote.round;
    looking.received.clear();
    const ZkVote own = own_vote(ctx, server);
    adopt(ctx, server, looking, is_better(vote, own) ? vote : own);
  } else if (is_better(vote, looking.proposal)) {
    adopt(ctx, server, looking, vote);
  }
  looking.received[from] = vote;
  evaluate(ctx, server, looking);
}

/// `from` follows or leads already.
void on_settled_vote(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkVote& vote) {
  ZkLooking& looking = std::get<ZkLooking>(server.state);
  looking.settled[from] = vote;
  if (vote.candidate == ctx.self()) {
    return;  // They wait for me: the round that elected me ends with my own timer, or a new one begins.
  }
  std::size_t agree = 0;
  for (const auto& [peer, settled] : looking.settled) {
    // Their rounds may differ: a server that joined late remembers the round in which it did (ZOOKEEPER-1732).
    agree += settled.candidate == vote.candidate ? 1 : 0;
  }
  const std::size_t with_me = vote.round == server.round && looking.proposal.candidate == vote.candidate ? 1 : 0;
  const bool leader_says_so = looking.settled.contains(vote.candidate);
  if (leader_says_so && agree + with_me >= server.quorum()) {
    server.round = looking.settled.at(vote.candidate).round;
    looking.proposal = vote;
    finish(ctx, server, vote.candidate);
  }
}

/// Ends what the server did until now as leader or follower.
void leave_state(Ctx& ctx, ZooKeeperServer& server) {
  if (auto* leading = std::get_if<ZkLeading>(&server.state)) {
    ctx.cancel(leading->tick_timer);
    for (const auto& [follower, state] : leading->followers) {
      ctx.disconnect(follower);
    }
  }
  if (auto* following = std::get_if<ZkFollowing>(&server.state)) {
    ctx.cancel(following->tick_timer);
    ctx.cancel(following->info_timer);
    ctx.disconnect(following->leader);
  }
  if (auto* looking = std::get_if<ZkLooking>(&server.state)) {
    ctx.cancel(looking->resend_timer);
    ctx.cancel(looking->final_timer);
  }
}

}  // namespace

void look_for_leader(Ctx& ctx, ZooKeeperServer& server) {
  leave_state(ctx, server);
  drop_clients(ctx, server);
  ++server.round;
  ZkLooking looking;
  looking.proposal = own_vote(ctx, server);
  looking.resend_after = kFinalizeWait;
  server.state = looking;
  if (server.quorum() == 1) {
    finish(ctx, server, ctx.self());
    return;
  }
  ZkLooking& now = std::get<ZkLooking>(server.state);
  tell_everybody(ctx, server, now);
  now.resend_timer = ctx.after(now.resend_after, Timer{TimerKind::kZkElection, kResend, 0});
}

void on_vote(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkVote& vote) {
  if (std::holds_alternative<ZkLooking>(server.state)) {
    if (vote.is_looking) {
      on_vote_of_round(ctx, server, from, vote);
    } else {
      on_settled_vote(ctx, server, from, vote);
    }
    return;
  }
  if (vote.is_looking) {
    send(ctx, from, server.last_vote);
  }
}

void on_election_timer(Ctx& ctx, ZooKeeperServer& server, const Timer& timer) {
  if (timer.a == kFollowerInfo) {
    send_follower_info(ctx, server);
    return;
  }
  auto* looking = std::get_if<ZkLooking>(&server.state);
  if (looking == nullptr) {
    return;
  }
  if (timer.a == kFinal) {
    looking->final_timer = TimerId{};
    if (supporters(*looking) >= server.quorum()) {
      finish(ctx, server, looking->proposal.candidate);
    }
    return;
  }
  tell_everybody(ctx, server, *looking);
  looking->resend_after = std::min(2 * looking->resend_after, kMaxNotificationInterval);
  looking->resend_timer = ctx.after(looking->resend_after, Timer{TimerKind::kZkElection, kResend, 0});
}

}  // namespace kscope::sim::quorum
