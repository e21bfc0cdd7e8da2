// Who hosts what: finding partitions, becoming leader or follower, stopping; timers and disconnects handed to the parts.
#include "sim/broker/replica_manager.h"

#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

// Kafka's LogManager waits so long after the start before it looks at retention (InitialTaskDelayMs).
constexpr Duration kInitialTaskDelay = 30s;

/// The state of a follower when its leader's epoch begins. Source: Replica.resetReplicaState, Kafka 3.9.
FollowerState reset_follower(const Partition& partition, BrokerId broker, bool is_new_leader, bool is_in_isr,
                             LocalTime now, bool keeps_position) {
  FollowerState state;
  const FollowerState* known = partition.follower(broker);
  if (known != nullptr && (!is_new_leader || keeps_position)) {
    state = *known;
    state.last_fetch_leader_log_end_offset = *partition.leader_epoch_start_offset;
  } else if (known != nullptr) {
    state.delayed_fetch = known->delayed_fetch;
  }
  state.broker = broker;
  state.last_fetch_time = is_in_isr && !is_new_leader ? now : LocalTime::min();
  state.last_caught_up_time = is_in_isr ? now : LocalTime::min();
  return state;
}

bool keeps_follower_positions(const Ctx& ctx) {
  return ctx.registry().rules.is_old(Rule::kKip320ResetFollowers) ||
         ctx.registry().planted_bug == PlantedBug::kKeepFollowerPositions;
}

}  // namespace

void ReplicaManager::on_start(Ctx& ctx, Broker& broker) {
  ctx.durable().logs.was_clean_shutdown = false;
  const BrokerConfig& config = broker.setup.config;
  ctx.after(config.replica_lag_time_max_ms / 2, Timer{TimerKind::kIsrCheck});
  ctx.after(config.replica_high_watermark_checkpoint_interval_ms, Timer{TimerKind::kHighWatermarkCheckpoint});
  ctx.after(kInitialTaskDelay, Timer{TimerKind::kLogRetention});
  ctx.after(kInitialTaskDelay, Timer{TimerKind::kLogFlush});
  ctx.after(kInitialTaskDelay, Timer{TimerKind::kRecoveryPointCheckpoint});
  ctx.after(kInitialTaskDelay, Timer{TimerKind::kLogStartCheckpoint});
  delete_left_files(ctx);
}

Partition* ReplicaManager::find_led(const Broker& broker, TopicPartition id, LeaderEpoch epoch, ErrorCode& error) {
  Partition* partition = find(id);
  if (partition == nullptr) {
    error =
        broker.metadata.find(id) != nullptr ? ErrorCode::NOT_LEADER_OR_FOLLOWER : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    return nullptr;
  }
  if (epoch != kNoLeaderEpoch && epoch != partition->leader_epoch) {
    error = epoch < partition->leader_epoch ? ErrorCode::FENCED_LEADER_EPOCH : ErrorCode::UNKNOWN_LEADER_EPOCH;
    return nullptr;
  }
  if (!partition->is_leader(broker.id)) {
    error = ErrorCode::NOT_LEADER_OR_FOLLOWER;
    return nullptr;
  }
  error = ErrorCode::NONE;
  return partition;
}

Partition& ReplicaManager::find_or_create(Ctx& ctx, TopicPartition id, Uuid topic_id) {
  if (Partition* known = find(id); known != nullptr) {
    return *known;
  }
  const auto topic = static_cast<std::size_t>(id.topic.value);
  const auto number = static_cast<std::size_t>(id.partition);
  if (topic >= place_.size()) {
    place_.resize(topic + 1);
  }
  if (number >= place_[topic].size()) {
    place_[topic].resize(number + 1, -1);
  }
  std::int32_t& place = place_[topic][number];
  if (place < 0) {
    place = static_cast<std::int32_t>(partitions_.size());
    partitions_.emplace_back();
  }
  Partition& partition = partitions_[static_cast<std::size_t>(place)];
  partition = Partition{};
  partition.id = id;
  partition.place = place;
  partition.is_hosted = true;
  news_.add(place);
  HostedLog& hosted = ctx.durable().logs.find_or_create(id);
  if (hosted.topic_id.is_zero()) {
    hosted.topic_id = topic_id;
  }
  partition.topic_id = hosted.topic_id;
  partition.file = hosted.file;
  partition.recovery_point = std::min(hosted.recovery_point, hosted.log.log_end_offset());
  partition.last_flush_time = ctx.now();
  partition.high_watermark =
      std::clamp(hosted.checkpointed_high_watermark, hosted.log.log_start_offset(), hosted.log.log_end_offset());
  return partition;
}

bool ReplicaManager::become_leader(Ctx& ctx, Broker& broker, const PartitionState& state) {
  Partition& partition = find_or_create(ctx, state.partition, state.topic_id);
  if (state.partition_epoch < partition.partition_epoch) {
    return false;  // an AlterPartition response told us more already
  }
  const bool is_new_leader = !partition.is_leader(broker.id);
  const bool is_new_epoch = state.leader_epoch > partition.leader_epoch;
  news_.add(partition.place);
  for (FollowerState& follower : partition.followers) {
    unsettle(follower);
  }
  PartitionLog& log = log_of(ctx, partition);
  if (is_new_epoch) {
    partition.leader_epoch = state.leader_epoch;
    partition.leader_epoch_start_offset = log.log_end_offset();
    if (!ctx.registry().rules.is_old(Rule::kKip279)) {  // before, an epoch was noted by its first append
      const bool is_misplaced = ctx.registry().planted_bug == PlantedBug::kEpochStartsAtHighWatermark;
      log.assign_epoch_start(state.leader_epoch, is_misplaced ? partition.high_watermark : log.log_end_offset());
    }
  } else if (is_new_leader) {
    partition.leader_epoch_start_offset = log.log_end_offset();
  }
  partition.leader = broker.id;
  partition.partition_epoch = state.partition_epoch;
  partition.replicas = state.replicas;
  partition.isr = state.isr;
  partition.isr_state = CommittedIsr{};
  std::vector<FollowerState> followers;
  for (const BrokerId replica : state.replicas) {
    if (replica == broker.id) {
      continue;
    }
    const FollowerState* known = partition.follower(replica);
    const bool is_reset = is_new_epoch || is_new_leader || known == nullptr;
    followers.push_back(is_reset ? reset_follower(partition, replica, is_new_leader, partition.is_in_isr(replica),
                                                  ctx.now(), keeps_follower_positions(ctx))
                                 : *known);
  }
  partition.followers = std::move(followers);
  if (is_new_epoch) {
    ctx.note({.kind = NoteKind::kBecameLeader,
              .partition = partition.id,
              .broker = broker.id,
              .a = state.leader_epoch.value,
              .b = log.log_end_offset().value});
  }
  if (ctx.registry().planted_bug == PlantedBug::kExpandWithoutFetch && is_new_leader) {
    for (FollowerState& follower : partition.followers) {
      follower.log_end_offset = log.log_end_offset();  // Planted: what nobody has told.
      maybe_expand_isr(ctx, broker, partition, follower);
    }
  }
  if (update_high_watermark(ctx, broker, partition)) {
    complete_after_high_watermark(ctx, broker, partition);
  }
  return is_new_leader;
}

bool ReplicaManager::become_follower(Ctx& ctx, Broker& broker, const PartitionState& state) {
  Partition& partition = find_or_create(ctx, state.partition, state.topic_id);
  if (state.partition_epoch < partition.partition_epoch) {
    return false;
  }
  const bool was_leader = partition.is_leader(broker.id);
  const bool is_new_epoch = state.leader_epoch > partition.leader_epoch;
  news_.add(partition.place);
  for (FollowerState& follower : partition.followers) {
    unsettle(follower);
  }
  partition.partition_epoch = state.partition_epoch;
  partition.leader_epoch = std::max(partition.leader_epoch, state.leader_epoch);
  if (ctx.registry().planted_bug == PlantedBug::kFollowerKeepsLeading && was_leader) {
    log_of(ctx, partition).assign_epoch_start(partition.leader_epoch);
    return false;
  }
  partition.leader = state.leader;
  partition.leader_epoch_start_offset.reset();
  partition.verifications.clear();
  partition.replicas = state.replicas;
  partition.isr.clear();
  partition.isr_state = CommittedIsr{};
  const std::vector<FollowerState> followers = std::exchange(partition.followers, {});
  if (keeps_follower_positions(ctx)) {
    partition.followers = followers;
    for (FollowerState& follower : partition.followers) {
      follower.delayed_fetch = DelayedId{};
    }
  }
  if (is_new_epoch) {
    ctx.note({.kind = NoteKind::kBecameFollower,
              .partition = partition.id,
              .broker = state.leader,
              .a = state.leader_epoch.value,
              .b = state.leader.value});
  }
  fail_awaited_appends(ctx, broker, partition, ErrorCode::NOT_LEADER_OR_FOLLOWER);
  complete_deletes(ctx, broker, partition);
  for (const FollowerState& follower : followers) {
    try_complete(ctx, broker, follower.delayed_fetch);
  }
  complete_consumer_fetches(ctx, broker, partition);
  return is_new_epoch;
}

void ReplicaManager::stop_replica(Ctx& ctx, Broker& broker, TopicPartition id, bool delete_partition) {
  Partition* partition = find(id);
  KSCOPE_CHECK(partition != nullptr, "only a hosted partition can be stopped");
  ctx.note({.kind = NoteKind::kReplicaStopped, .partition = id, .broker = broker.id});
  if (!delete_partition) {
    return;
  }
  // Who waits is told whether others have the partition. Source: ReplicaManager.getPartitionOrError.
  const bool is_known = broker.metadata.find(id) != nullptr;
  fail_awaited_appends(ctx, broker, *partition,
                       is_known ? ErrorCode::NOT_LEADER_OR_FOLLOWER : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  delete_log(ctx, id);
  partition->is_hosted = false;
  news_.add(partition->place);
  for (FollowerState& follower : partition->followers) {
    unsettle(follower);
  }
  complete_deletes(ctx, broker, *partition);
  const std::vector<FollowerState> followers = std::exchange(partition->followers, {});
  for (const FollowerState& follower : followers) {
    try_complete(ctx, broker, follower.delayed_fetch);
  }
  complete_consumer_fetches(ctx, broker, *partition);
}

void ReplicaManager::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  const BrokerConfig& config = broker.setup.config;
  if (timer.kind == TimerKind::kDelayedProduceTimeout) {
    expire_produces(ctx, broker);
  } else if (timer.kind == TimerKind::kDelayedFetchTimeout) {
    expire_fetches(ctx, broker);
  } else if (timer.kind == TimerKind::kDelayedDeleteTimeout) {
    expire_deletes(ctx, broker);
  } else if (timer.kind == TimerKind::kIsrCheck) {
    for (Partition& partition : partitions_) {
      maybe_shrink_isr(ctx, broker, partition);
    }
    ctx.after(config.replica_lag_time_max_ms / 2, Timer{TimerKind::kIsrCheck});
  } else if (timer.kind == TimerKind::kHighWatermarkCheckpoint) {
    write_high_watermark_checkpoint(ctx);
    ctx.after(config.replica_high_watermark_checkpoint_interval_ms, Timer{TimerKind::kHighWatermarkCheckpoint});
  } else if (timer.kind == TimerKind::kLogRetention) {
    delete_old_segments(ctx);
    forget_idle_producers(ctx, config.producer_id_expiration_ms);
    ctx.after(config.log_retention_check_interval_ms, Timer{TimerKind::kLogRetention});
  } else if (timer.kind == TimerKind::kLogFlush) {
    flush_dirty_logs(ctx);
    if (config.log_flush_scheduler_interval_ms != Duration::max()) {
      ctx.after(config.log_flush_scheduler_interval_ms, Timer{TimerKind::kLogFlush});
    }
  } else if (timer.kind == TimerKind::kFileDelete) {
    ctx.durable().logs.delete_files(timer.a);
  } else if (timer.kind == TimerKind::kRecoveryPointCheckpoint) {
    write_recovery_points(ctx);
    ctx.after(config.log_flush_offset_checkpoint_interval_ms, Timer{TimerKind::kRecoveryPointCheckpoint});
  } else if (timer.kind == TimerKind::kLogStartCheckpoint) {
    write_log_starts(ctx);
    ctx.after(config.log_flush_start_offset_checkpoint_interval_ms, Timer{TimerKind::kLogStartCheckpoint});
  } else if (timer.kind == TimerKind::kLogCleaner) {
    clean_filthiest_log(ctx, broker);
  } else if (timer.kind == TimerKind::kAlterPartitionRetry && timer.a == 1) {
    propagate_isr_changes(ctx, broker);
  } else if (timer.kind == TimerKind::kAlterPartitionRetry) {
    alter_partition_.outstanding = 0;
    send_alter_partition(ctx, broker);
  } else {
    KSCOPE_CHECK(false, "a timer of another part came to the replica manager");
  }
}

void ReplicaManager::on_disconnect(Ctx& ctx, Broker& broker, NodeId peer) {
  std::vector<DelayedId> gone;
  delayed_fetches_.for_each([&](DelayedId id, const DelayedFetch& fetch) {
    if (fetch.from == peer) {
      gone.push_back(id);
    }
  });
  for (const DelayedId id : gone) {
    const DelayedFetch fetch = delayed_fetches_.take(id);
    broker.request_queue.release(ctx, broker, fetch.channel);
  }
  std::vector<ChannelIndex> channels;
  delayed_produces_.for_each([&](DelayedId, DelayedProduce& produce) {
    if (produce.from == peer) {
      channels.push_back(produce.channel);
      produce.from = NodeId{};
      produce.channel = -1;
    }
  });
  delayed_deletes_.for_each([&](DelayedId, DelayedDeleteRecords& deletion) {
    if (deletion.from == peer) {
      channels.push_back(deletion.channel);
      deletion.from = NodeId{};
      deletion.channel = -1;
    }
  });
  for (const ChannelIndex channel : channels) {
    broker.request_queue.release(ctx, broker, channel);
  }
  if (alter_partition_.outstanding != 0 && alter_partition_.controller == peer) {
    alter_partition_.outstanding = 0;
    retry_alter_partition_later(ctx);
  }
}

}  // namespace kscope::sim
