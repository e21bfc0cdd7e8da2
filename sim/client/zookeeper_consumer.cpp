#include "sim/client/zookeeper_consumer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/check.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace {

constexpr std::int64_t kClosesSession = -1;  // Consumer::leave_correlation while the session is being closed

bool is_closing_or_closed(const Consumer& consumer) {
  return consumer.application == ApplicationState::kClosing || consumer.application == ApplicationState::kClosed;
}

std::string offset_path_of(const Ctx& ctx, const Consumer& consumer, TopicPartition partition) {
  const Registry& registry = ctx.registry();
  return zk::consumer_offset_path(registry.groups[static_cast<std::size_t>(consumer.setup.group.value)].name,
                                  registry.topics[static_cast<std::size_t>(partition.topic.value)].name,
                                  partition.partition);
}

/// `creates`: the znode is not there yet.
void send_write(Ctx& ctx, Consumer& consumer, const OffsetWrite& write, bool creates) {
  ZnodeData data;
  data.number = write.offset.value;
  const std::string path = offset_path_of(ctx, consumer, write.partition);
  consumer.zookeeper->zk.request(
      ctx, {ZkPurpose::Kind::kOffsetWrite, write.number, 0},
      {creates ? zk::create(path, std::move(data)) : zk::set_data(path, std::move(data), ZnodeVersion{-1})});
}

void finish_offset_commit(Ctx& ctx, Consumer& consumer, std::int64_t id) {
  const auto done = std::find_if(consumer.commits.begin(), consumer.commits.end(),
                                 [&](const PendingCommit& commit) { return commit.correlation_id == id; });
  if (done != consumer.commits.end()) {
    const CommitReason reason = done->reason;
    consumer.commits.erase(done);
    on_commit_done(ctx, consumer, reason);
  }
}

void on_offset_written(Ctx& ctx, Consumer& consumer, std::int64_t number, const ZkResponse& response) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  const auto at = std::find_if(zookeeper.writes.begin(), zookeeper.writes.end(),
                               [&](const OffsetWrite& write) { return write.number == number; });
  if (at == zookeeper.writes.end()) {
    return;
  }
  if (response.code == ZkCode::kNoNode || response.code == ZkCode::kNodeExists) {
    send_write(ctx, consumer, *at, response.code == ZkCode::kNoNode);
    return;
  }
  if (response.code != ZkCode::kOk) {
    return;  // the session is over: the next one sends it again
  }
  const OffsetWrite written = *at;
  zookeeper.writes.erase(at);
  zookeeper.checkpointed.insert_or_assign(written.partition, written.offset);
  if (TopicPartitionState* partition = consumer.fetcher.find(written.partition)) {
    partition->committed = written.offset;
  }
  const bool has_more = std::any_of(zookeeper.writes.begin(), zookeeper.writes.end(),
                                    [&](const OffsetWrite& write) { return write.commit == written.commit; });
  if (!has_more) {
    finish_offset_commit(ctx, consumer, written.commit);
  }
}

}  // namespace

std::string_view phase_text(ZookeeperPhase phase) {
  switch (phase) {
    case ZookeeperPhase::CONNECTING: return "opens a ZooKeeper session";
    case ZookeeperPhase::REGISTERING: return "registers its id in ZooKeeper";
    case ZookeeperPhase::STOPPING: return "commits before it gives up its partitions";
    case ZookeeperPhase::RELEASING: return "deletes its owner znodes";
    case ZookeeperPhase::READING_MEMBERS: return "reads who is in the group";
    case ZookeeperPhase::READING_SUBSCRIPTIONS: return "reads what the others subscribe to";
    case ZookeeperPhase::READING_OFFSETS: return "reads committed offsets";
    case ZookeeperPhase::CLAIMING: return "creates owner znodes";
    case ZookeeperPhase::UNCLAIMING: return "found a partition owned by another one";
    case ZookeeperPhase::BACKING_OFF: return "waits for rebalance.backoff.ms";
    case ZookeeperPhase::OWNING: return "owns its share";
    case ZookeeperPhase::GIVEN_UP: return "has given up after rebalance.max.retries";
    case ZookeeperPhase::CLOSED: return "closed";
  }
  return "?";
}

void start_zookeeper(Ctx& ctx, Consumer& consumer) {
  consumer.membership.rejoin_needed = false;
  consumer.membership.generation = GenerationId(0);  // there are none, and nobody asks for one
  consumer.next_auto_commit = ctx.now() + consumer.setup.config.auto_commit_interval_ms;
  consumer.zookeeper->zk.start(ctx, consumer.setup.config.zookeeper_session_timeout_ms);
}

void drive_zookeeper(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  if (!consumer.zookeeper || is_closing_or_closed(consumer)) {
    return;
  }
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  maybe_auto_commit(ctx, consumer, wakeup);
  const bool is_at_rest = zookeeper.phase == ZookeeperPhase::OWNING || zookeeper.phase == ZookeeperPhase::GIVEN_UP;
  if (is_at_rest && zookeeper.is_rebalance_wanted) {
    begin_zookeeper_rebalance(ctx, consumer);
  }
  if (zookeeper.phase == ZookeeperPhase::BACKING_OFF) {
    if (ctx.now() < zookeeper.retry_at) {
      wakeup.consider(zookeeper.retry_at, TimerKind::kCoordinatorRetry);
    } else {
      try_zookeeper_rebalance(ctx, consumer);
    }
  }
  if (zookeeper.phase == ZookeeperPhase::STOPPING && !is_commit_pending(consumer, CommitReason::kBeforeRevoke)) {
    release_ownership(ctx, consumer);
  }
}

bool on_zookeeper_message(Ctx& ctx, Consumer& consumer, NodeId from, const Message& message) {
  const bool is_of_session =
      std::holds_alternative<ZkConnectResponse>(message.body) || std::holds_alternative<ZkResponse>(message.body) ||
      std::holds_alternative<ZkPingResponse>(message.body) || std::holds_alternative<ZkWatchEvent>(message.body);
  if (!consumer.zookeeper || !is_of_session) {
    return false;
  }
  consumer.zookeeper->zk.on_message(ctx, consumer, from, message);
  return true;
}

bool on_zookeeper_timer(Ctx& ctx, Consumer& consumer, const Timer& timer) {
  const bool is_of_session = timer.kind == TimerKind::kZkPing || timer.kind == TimerKind::kZkSessionTimeout ||
                             timer.kind == TimerKind::kZkReconnect;
  if (!consumer.zookeeper || !is_of_session) {
    return false;
  }
  consumer.zookeeper->zk.on_timer(ctx, consumer, timer);
  return true;
}

bool on_zookeeper_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer) {
  const std::vector<NodeId>& servers = ctx.registry().zookeepers;
  if (!consumer.zookeeper || std::find(servers.begin(), servers.end(), peer) == servers.end()) {
    return false;
  }
  consumer.zookeeper->zk.on_disconnect(ctx, consumer, peer);
  return true;
}

bool write_offsets(Ctx& ctx, Consumer& consumer, PendingCommit commit) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  commit.correlation_id = zookeeper.next_number++;
  bool has_news = false;
  for (const OffsetCommitPartition& item : commit.offsets) {
    const Offset* known = zookeeper.checkpointed.get(item.partition);
    if (known != nullptr && *known == item.committed.offset) {
      continue;
    }
    has_news = true;
    zookeeper.writes.push_back(
        OffsetWrite{zookeeper.next_number++, item.partition, item.committed.offset, commit.correlation_id});
    send_write(ctx, consumer, zookeeper.writes.back(), false);
  }
  if (has_news) {
    consumer.commits.push_back(std::move(commit));
  }
  return has_news;
}

std::int64_t leave_zookeeper(Ctx& ctx, Consumer& consumer) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  zookeeper.phase = ZookeeperPhase::CLOSED;
  zookeeper.writes.clear();
  const bool is_answered = zookeeper.zk.is_connected();
  zookeeper.zk.close(ctx, consumer);
  return is_answered ? kClosesSession : 0;
}

void zk_session_opened(Ctx& ctx, Consumer& consumer) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  if (is_closing_or_closed(consumer)) {
    return;
  }
  if (zookeeper.consumer_id.empty()) {
    // Source: group id, then host, time and a random part. MODEL: name, and the number of the first session.
    zookeeper.consumer_id =
        fmt::format("{}_{}-{}", ctx.registry().groups[static_cast<std::size_t>(consumer.setup.group.value)].name,
                    consumer.setup.name, zookeeper.zk.session.value);
  }
  // A write that the lost session has not done is tried again in this one, however old it is: ZkClient.retryUntilConnected.
  const std::vector<OffsetWrite> writes = zookeeper.writes;
  for (const OffsetWrite& write : writes) {
    send_write(ctx, consumer, write, false);
  }
  register_consumer(ctx, consumer);
}

void zk_reconnected(Ctx& ctx, Consumer& consumer) {
  if (!is_closing_or_closed(consumer)) {
    read_watched_again(ctx, consumer);
  }
}

void zk_session_expired(Ctx& ctx, Consumer& consumer) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  revoke_all(ctx, consumer);
  zookeeper.claimed.clear();
  zookeeper.is_rebalance_wanted = false;
  zookeeper.phase = ZookeeperPhase::CONNECTING;
  ++zookeeper.step;
}

void zk_session_closed(Ctx&, Consumer& consumer) { consumer.leave_correlation = 0; }

void zk_watch(Ctx&, Consumer& consumer, const ZkWatchEvent&) { consumer.zookeeper->is_rebalance_wanted = true; }

void zk_reply(Ctx& ctx, Consumer& consumer, ZkPurpose purpose, const ZkResponse& response) {
  if (purpose.kind == ZkPurpose::Kind::kOffsetWrite) {
    on_offset_written(ctx, consumer, purpose.a, response);
    return;
  }
  KSCOPE_CHECK(purpose.kind == ZkPurpose::Kind::kConsumerStep, "a consumer got an answer that a broker waits for");
  if (is_closing_or_closed(consumer)) {
    return;
  }
  if (purpose.a < 0) {
    on_watched_read(consumer, response);
  } else if (purpose.b == consumer.zookeeper->step) {
    on_zookeeper_step(ctx, consumer, static_cast<std::size_t>(purpose.a), response);
  }
}

}  // namespace kscope::sim
