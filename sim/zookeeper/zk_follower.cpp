// The follower: reports to the leader, is brought up to date, writes and flushes proposals before it acknowledges them,
// applies what is committed. Source: ZooKeeper 3.8 Learner, Follower, FollowerZooKeeperServer.
#include <algorithm>

#include "engine/core/check.h"
#include "sim/zookeeper/quorum.h"

namespace kscope::sim::quorum {
namespace {

constexpr Duration kInfoInterval = 1s;
constexpr std::int64_t kFollowerInfoTimer = 2;

/// This server's following state if it follows `leader` in `epoch` (-1 = is not synced yet), else nullptr. Notes that the
/// leader was heard.
ZkFollowing* following_of(ZooKeeperServer& server, NodeId leader, std::int32_t epoch) {
  auto* following = std::get_if<ZkFollowing>(&server.state);
  if (following == nullptr || following->leader != leader || following->epoch != epoch) {
    return nullptr;
  }
  following->half_ticks_silent = 0;
  return following;
}

}  // namespace

void start_following(Ctx& ctx, ZooKeeperServer& server, NodeId leader) {
  ZkFollowing following;
  following.leader = leader;
  following.tick_timer = ctx.after(server.config.tick_time / 2, Timer{TimerKind::kZkTick, 0, 0});
  server.state = following;
  send_follower_info(ctx, server);
}

void send_follower_info(Ctx& ctx, ZooKeeperServer& server) {
  auto* following = std::get_if<ZkFollowing>(&server.state);
  if (following == nullptr || following->epoch >= 0) {
    return;
  }
  // Again and again until the leader answers: it may not know yet that it was elected.
  const ZkTransactionLog& log = ctx.durable().zk_log;
  send(ctx, following->leader, ZkFollowerInfo{log.accepted_epoch, log.current_epoch, log.last_zxid()});
  following->info_timer = ctx.after(kInfoInterval, Timer{TimerKind::kZkElection, kFollowerInfoTimer, 0});
}

void on_sync(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkSync& sync) {
  ZkFollowing* following = following_of(server, from, -1);
  if (following == nullptr) {
    return;
  }
  ZkTransactionLog& log = ctx.durable().zk_log;
  if (sync.epoch < log.accepted_epoch) {
    look_for_leader(ctx, server);  // A promise to a later leader holds.
    return;
  }
  log.accepted_epoch = sync.epoch;
  truncate(ctx, server, log.count_until(sync.keep_until));
  KSCOPE_CHECK(log.last_zxid() == sync.keep_until,
               "a follower has the transaction up to which the leader lets it keep its log");
  for (const ZkTransaction& transaction : sync.transactions) {
    if (!append(ctx, server, transaction)) {
      return;
    }
  }
  ctx.cancel(following->info_timer);
  following->epoch = sync.epoch;
  following->sync_end = log.transactions.size();
  flush(ctx, server);
}

void on_proposal(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkProposal& proposal) {
  if (following_of(server, from, proposal.epoch) == nullptr) {
    return;
  }
  (void)append(ctx, server, proposal.transaction);
}

void on_follower_flushed(Ctx& ctx, ZooKeeperServer& server) {
  ZkFollowing& following = std::get<ZkFollowing>(server.state);
  if (following.epoch < 0) {
    return;
  }
  ZkTransactionLog& log = ctx.durable().zk_log;
  const auto flushed = static_cast<std::size_t>(ctx.disk().file(kZkLogFile).flushed);
  if (flushed < following.sync_end) {
    return;
  }
  if (!following.is_sync_acked) {
    // Only now is the history of the new epoch safe here, so only now may it speak for this server in an election.
    log.current_epoch = following.epoch;
    following.is_sync_acked = true;
  }
  send(ctx, following.leader, ZkAck{following.epoch, flushed_zxid(ctx)});
}

void on_commit(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkCommit& message) {
  ZkFollowing* following = following_of(server, from, message.epoch);
  if (following == nullptr) {
    return;
  }
  following->is_serving = true;
  commit(ctx, server, message.zxid);
}

void on_leader_ping(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkServerPing& ping) {
  ZkFollowing* following = following_of(server, from, ping.epoch);
  if (following == nullptr) {
    return;
  }
  ZkServerPing answer;
  answer.epoch = ping.epoch;
  answer.is_answer = true;
  answer.touched.assign(following->touched.begin(), following->touched.end());
  following->touched.clear();
  send(ctx, from, answer);
}

void on_follower_tick(Ctx& ctx, ZooKeeperServer& server) {
  ZkFollowing& following = std::get<ZkFollowing>(server.state);
  ++following.half_ticks_silent;
  const std::int64_t limit = following.is_serving ? server.config.sync_limit : server.config.init_limit;
  if (following.half_ticks_silent > 2 * limit) {
    look_for_leader(ctx, server);
    return;
  }
  following.tick_timer = ctx.after(server.config.tick_time / 2, Timer{TimerKind::kZkTick, 0, 0});
}

}  // namespace kscope::sim::quorum
