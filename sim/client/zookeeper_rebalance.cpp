// The old consumer's rebalance: every member does the same for itself, and the owner znodes show whether they agree.
// Source: ZookeeperConsumerConnector.ZKRebalancerListener, kafka.consumer.RangeAssignor (0.10).
#include <algorithm>

#include "sim/client/zookeeper_consumer.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace {

using Phase = ZookeeperPhase;

const std::string& group_name_of(const Ctx& ctx, const Consumer& consumer) {
  return ctx.registry().groups[static_cast<std::size_t>(consumer.setup.group.value)].name;
}

const std::string& topic_name_of(const Ctx& ctx, TopicId topic) {
  return ctx.registry().topics[static_cast<std::size_t>(topic.value)].name;
}

std::string owner_path_of(const Ctx& ctx, const Consumer& consumer, TopicPartition partition) {
  return zk::consumer_owner_path(group_name_of(ctx, consumer), topic_name_of(ctx, partition.topic),
                                 partition.partition);
}

/// Each operation is a request of its own; the step is over with the last answer.
void begin_step(Ctx& ctx, Consumer& consumer, Phase phase, const std::vector<ZkOperation>& operations) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  zookeeper.phase = phase;
  ++zookeeper.step;
  zookeeper.unanswered = operations.size();
  zookeeper.has_failed = false;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    zookeeper.zk.request(ctx, {ZkPurpose::Kind::kConsumerStep, static_cast<std::int64_t>(i), zookeeper.step},
                         {operations[i]});
  }
}

/// Reads that are answered together.
void begin_reading(Ctx& ctx, Consumer& consumer, Phase phase, std::vector<ZkOperation> reads) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  zookeeper.phase = phase;
  ++zookeeper.step;
  zookeeper.unanswered = 1;
  zookeeper.has_failed = false;
  zookeeper.zk.request(ctx, {ZkPurpose::Kind::kConsumerStep, 0, zookeeper.step}, std::move(reads));
}

/// The ids of the group, then of each of its topics whether it exists, and its partitions.
std::vector<ZkOperation> watched_reads(const Ctx& ctx, const Consumer& consumer) {
  std::vector<ZkOperation> reads{zk::get_children(zk::consumer_ids_path(group_name_of(ctx, consumer)), true)};
  for (const TopicId topic : consumer.setup.topics) {
    const std::string path = zk::topic_path(topic_name_of(ctx, topic));
    reads.push_back(zk::exists(path, true));
    reads.push_back(zk::get_data(path));
  }
  return reads;
}

/// Partitions of each of its topics; 0 = there is no such topic.
std::vector<std::int32_t> partition_counts_in(const ZkResponse& response) {
  std::vector<std::int32_t> counts;
  for (std::size_t i = 2; i < response.results.size(); i += 2) {
    counts.push_back(static_cast<std::int32_t>(response.results[i].data.assignment.size()));
  }
  return counts;
}

void back_off_rebalance(Ctx& ctx, Consumer& consumer) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  if (zookeeper.attempts < consumer.setup.config.rebalance_max_retries) {
    zookeeper.phase = Phase::BACKING_OFF;
    zookeeper.retry_at = ctx.now() + consumer.setup.config.rebalance_backoff_ms;
    return;
  }
  zookeeper.phase = Phase::GIVEN_UP;  // ConsumerRebalanceFailedException: the next watch is its next chance
  if (!zookeeper.has_owned) {
    fail_application(ctx, consumer, ErrorCode::UNKNOWN_SERVER_ERROR);  // createMessageStreams() throws it
  }
}

/// The try came to nothing: what was claimed is given back.
void fail_attempt(Ctx& ctx, Consumer& consumer) {
  std::vector<ZkOperation> deletes;
  for (const TopicPartition partition : consumer.zookeeper->claimed) {
    deletes.push_back(zk::remove(owner_path_of(ctx, consumer, partition), ZnodeVersion{-1}));
  }
  if (deletes.empty()) {
    back_off_rebalance(ctx, consumer);
  } else {
    begin_step(ctx, consumer, Phase::UNCLAIMING, deletes);
  }
}

void own_share(Ctx& ctx, Consumer& consumer) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  zookeeper.phase = Phase::OWNING;
  zookeeper.has_owned = true;
  take_assignment(ctx, consumer, zookeeper.wanted);
  for (std::size_t i = 0; i < zookeeper.wanted.size(); ++i) {
    zookeeper.checkpointed.insert_or_assign(zookeeper.wanted[i], zookeeper.committed[i]);
    if (TopicPartitionState* partition = consumer.fetcher.find(zookeeper.wanted[i])) {
      start_from_committed(ctx, consumer, *partition, zookeeper.committed[i], kNoLeaderEpoch);
    }
  }
}

void claim_share(Ctx& ctx, Consumer& consumer) {
  std::vector<ZkOperation> creates;
  for (const TopicPartition partition : consumer.zookeeper->wanted) {
    ZnodeData data;
    data.node = ctx.self();
    creates.push_back(zk::create(owner_path_of(ctx, consumer, partition), std::move(data), ZkCreateMode::kEphemeral));
  }
  if (creates.empty()) {
    own_share(ctx, consumer);
  } else {
    begin_step(ctx, consumer, Phase::CLAIMING, creates);
  }
}

void read_members(Ctx& ctx, Consumer& consumer) {
  begin_reading(ctx, consumer, Phase::READING_MEMBERS, watched_reads(ctx, consumer));
}

void on_members_read(Ctx& ctx, Consumer& consumer, const ZkResponse& response) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  zookeeper.members = response.results.front().children;
  zookeeper.partition_counts = partition_counts_in(response);
  if (zookeeper.members.empty()) {
    fail_attempt(ctx, consumer);
    return;
  }
  std::vector<ZkOperation> reads;
  for (const std::string& member : zookeeper.members) {
    reads.push_back(zk::get_data(zk::consumer_id_path(group_name_of(ctx, consumer), member)));
  }
  begin_reading(ctx, consumer, Phase::READING_SUBSCRIPTIONS, std::move(reads));
}

bool subscribes_to(const ZnodeData& id, TopicId topic) {
  return std::any_of(id.partitions.begin(), id.partitions.end(),
                     [&](TopicPartition named) { return named.topic == topic; });
}

void on_subscriptions_read(Ctx& ctx, Consumer& consumer, const ZkResponse& response) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  const bool is_gone = std::any_of(response.results.begin(), response.results.end(),
                                   [](const ZkResult& result) { return result.code != ZkCode::kOk; });
  if (is_gone) {
    fail_attempt(ctx, consumer);  // a member has left since: the watch has told so, or will
    return;
  }
  zookeeper.wanted.clear();
  for (std::size_t t = 0; t < consumer.setup.topics.size(); ++t) {
    const TopicId topic = consumer.setup.topics[t];
    std::int32_t member_count = 0;
    std::int32_t own_place = -1;
    for (std::size_t i = 0; i < zookeeper.members.size(); ++i) {
      if (zookeeper.members[i] == zookeeper.consumer_id) {
        own_place = member_count;
      }
      member_count += subscribes_to(response.results[i].data, topic) ? 1 : 0;
    }
    const RangeShare share =
        own_place < 0 ? RangeShare{} : range_share(zookeeper.partition_counts[t], member_count, own_place);
    for (std::int32_t p = share.first; p < share.first + share.count; ++p) {
      zookeeper.wanted.push_back(TopicPartition{topic, p});
    }
  }
  std::sort(zookeeper.wanted.begin(), zookeeper.wanted.end());
  zookeeper.committed.clear();
  std::vector<ZkOperation> reads;
  for (const TopicPartition partition : zookeeper.wanted) {
    reads.push_back(zk::get_data(zk::consumer_offset_path(group_name_of(ctx, consumer),
                                                          topic_name_of(ctx, partition.topic), partition.partition)));
  }
  if (reads.empty()) {
    claim_share(ctx, consumer);
  } else {
    begin_reading(ctx, consumer, Phase::READING_OFFSETS, std::move(reads));
  }
}

void on_committed_read(Ctx& ctx, Consumer& consumer, const ZkResponse& response) {
  for (const ZkResult& result : response.results) {
    consumer.zookeeper->committed.push_back(result.code == ZkCode::kOk ? Offset(result.data.number) : kUnknownOffset);
  }
  claim_share(ctx, consumer);
}

/// All requests of the step are answered.
void end_step(Ctx& ctx, Consumer& consumer, const ZkResponse& last) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  switch (zookeeper.phase) {
    case Phase::REGISTERING: begin_zookeeper_rebalance(ctx, consumer); return;
    case Phase::RELEASING:
      zookeeper.claimed.clear();
      read_members(ctx, consumer);
      return;
    case Phase::READING_MEMBERS: on_members_read(ctx, consumer, last); return;
    case Phase::READING_SUBSCRIPTIONS: on_subscriptions_read(ctx, consumer, last); return;
    case Phase::READING_OFFSETS: on_committed_read(ctx, consumer, last); return;
    case Phase::CLAIMING: zookeeper.has_failed ? fail_attempt(ctx, consumer) : own_share(ctx, consumer); return;
    case Phase::UNCLAIMING:
      zookeeper.claimed.clear();
      back_off_rebalance(ctx, consumer);
      return;
    case Phase::CONNECTING:
    case Phase::STOPPING:
    case Phase::BACKING_OFF:
    case Phase::OWNING:
    case Phase::GIVEN_UP:
    case Phase::CLOSED: return;
  }
}

}  // namespace

void register_consumer(Ctx& ctx, Consumer& consumer) {
  const std::string& group = group_name_of(ctx, consumer);
  std::vector<ZkOperation> creates;
  for (const std::string& path : zk::consumer_group_paths(group)) {
    creates.push_back(zk::create(path));
  }
  ZnodeData id;
  id.node = ctx.self();
  for (const TopicId topic : consumer.setup.topics) {
    creates.push_back(zk::create(zk::consumer_owners_path(group, topic_name_of(ctx, topic))));
    creates.push_back(zk::create(zk::consumer_offsets_path(group, topic_name_of(ctx, topic))));
    id.partitions.push_back(TopicPartition{topic, -1});
  }
  creates.push_back(zk::create(zk::consumer_id_path(group, consumer.zookeeper->consumer_id), std::move(id),
                               ZkCreateMode::kEphemeral));
  begin_step(ctx, consumer, Phase::REGISTERING, creates);
}

void read_watched_again(Ctx& ctx, Consumer& consumer) {
  consumer.zookeeper->zk.request(ctx, {ZkPurpose::Kind::kConsumerStep, -1, 0}, watched_reads(ctx, consumer));
}

void on_watched_read(Consumer& consumer, const ZkResponse& response) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  const bool is_other = response.results.front().children != zookeeper.members ||
                        partition_counts_in(response) != zookeeper.partition_counts;
  zookeeper.is_rebalance_wanted = zookeeper.is_rebalance_wanted || is_other;
}

void begin_zookeeper_rebalance(Ctx& ctx, Consumer& consumer) {
  consumer.zookeeper->is_rebalance_wanted = false;
  consumer.zookeeper->attempts = 0;
  try_zookeeper_rebalance(ctx, consumer);
}

void try_zookeeper_rebalance(Ctx& ctx, Consumer& consumer) {
  ++consumer.zookeeper->attempts;
  consumer.zookeeper->phase = Phase::STOPPING;
  if (consumer.commits_automatically()) {
    begin_commit(ctx, consumer, CommitReason::kBeforeRevoke);
  }
}

void release_ownership(Ctx& ctx, Consumer& consumer) {
  revoke_all(ctx, consumer);
  std::vector<ZkOperation> deletes;
  for (const TopicPartition partition : consumer.zookeeper->claimed) {
    deletes.push_back(zk::remove(owner_path_of(ctx, consumer, partition), ZnodeVersion{-1}));
  }
  if (deletes.empty()) {
    read_members(ctx, consumer);
  } else {
    begin_step(ctx, consumer, Phase::RELEASING, deletes);
  }
}

void on_zookeeper_step(Ctx& ctx, Consumer& consumer, std::size_t index, const ZkResponse& response) {
  ZookeeperMembership& zookeeper = *consumer.zookeeper;
  if (zookeeper.phase == Phase::CLAIMING) {
    if (response.code == ZkCode::kOk) {
      zookeeper.claimed.push_back(zookeeper.wanted[index]);
    } else {
      zookeeper.has_failed = true;  // NodeExists: its owner has not given it up yet
    }
  }
  if (--zookeeper.unanswered == 0) {
    end_step(ctx, consumer, response);
  }
}

RangeShare range_share(std::int32_t partition_count, std::int32_t member_count, std::int32_t index) {
  const std::int32_t each = partition_count / member_count;
  const std::int32_t extra = partition_count % member_count;
  return {each * index + std::min(index, extra), each + (index < extra ? 1 : 0)};
}

}  // namespace kscope::sim
