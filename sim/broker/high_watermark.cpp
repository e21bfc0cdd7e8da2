// The high watermark: the smallest log end of all replicas that are in sync, or about to be. Records below it are on every
// replica that may become leader, so consumers see them and acks=all producers are answered.
#include <algorithm>
#include <utility>

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

/// Smallest log end over the maximal ISR and over followers that are caught up and may join it.
/// Source: Partition.maybeIncrementLeaderHW, Kafka 3.9.
Offset compute_high_watermark(const Ctx& ctx, const Broker& broker, const Partition& partition, Offset log_end) {
  const ProtocolRules& rules = ctx.registry().rules;
  Offset result = log_end;
  for (const FollowerState& follower : partition.followers) {
    if (follower.log_end_offset >= result) {
      continue;
    }
    const bool may_join = broker.replicas.as_of_now(follower).is_caught_up(
                              log_end, ctx.now(), broker.setup.config.replica_lag_time_max_ms) &&
                          (broker.metadata.is_alive(follower.broker) || rules.is_old(Rule::kKip841));
    const bool is_waited_for = rules.is_old(Rule::kMaximalIsr) ? partition.is_in_isr(follower.broker)
                                                               : partition.is_in_maximal_isr(follower.broker);
    if (is_waited_for || may_join) {
      result = follower.log_end_offset;
    }
  }
  return result;
}

}  // namespace

bool ReplicaManager::update_high_watermark(Ctx& ctx, const Broker& broker, Partition& partition) {
  const PlantedBug bug = ctx.registry().planted_bug;
  const TopicConfig& config = topic_config(ctx, partition.id);
  const Offset log_end = log_of(ctx, partition).log_end_offset();
  Offset computed = log_end;
  if (bug != PlantedBug::kHwIgnoresFollowers) {
    // The high watermark stands still while the ISR is smaller than min.insync.replicas (KAFKA-15583).
    if (std::cmp_less(partition.isr.size(), partition.effective_min_isr(config.min_insync_replicas)) &&
        !ctx.registry().rules.is_old(Rule::kKafka15583) && bug != PlantedBug::kHwBelowMinIsr) {
      return false;
    }
    computed = compute_high_watermark(ctx, broker, partition, log_end);
  }
  const bool may_fall = bug == PlantedBug::kHwMayFall;
  if (may_fall) {
    computed = std::max(computed, log_of(ctx, partition).log_start_offset());
  }
  if (computed == partition.high_watermark || (computed < partition.high_watermark && !may_fall)) {
    return false;
  }
  ctx.note({.kind = NoteKind::kHighWatermark,
            .partition = partition.id,
            .broker = broker.id,
            .a = computed.value,
            .b = partition.high_watermark.value});
  partition.high_watermark = computed;
  news_.add(partition.place);
  return true;
}

void ReplicaManager::complete_after_high_watermark(Ctx& ctx, Broker& broker, Partition& partition) {
  complete_awaited_appends(ctx, broker, partition);
  complete_consumer_fetches(ctx, broker, partition);
}

void ReplicaManager::update_follower(Ctx& ctx, Broker& broker, Partition& partition, FollowerState& follower,
                                     const FetchPartition& item) {
  const Offset log_end = log_of(ctx, partition).log_end_offset();
  const Offset before = follower.log_end_offset;
  // Caught up now, or at the time of its last fetch, if it now has what there was then. Source: Replica.updateFetchState.
  if (item.fetch_offset >= log_end) {
    follower.last_caught_up_time = std::max(follower.last_caught_up_time, ctx.now());
  } else if (follower.last_fetch_leader_log_end_offset >= Offset(0) &&
             item.fetch_offset >= follower.last_fetch_leader_log_end_offset) {
    follower.last_caught_up_time = std::max(follower.last_caught_up_time, follower.last_fetch_time);
  }
  follower.log_end_offset = item.fetch_offset;
  follower.log_start_offset = item.log_start_offset;
  follower.last_fetch_leader_log_end_offset = log_end;
  follower.last_fetch_time = ctx.now();
  if (delayed_deletes_.size() > 0) {
    complete_deletes(ctx, broker, partition);
  }
  if (!partition.is_in_isr(follower.broker)) {
    maybe_expand_isr(ctx, broker, partition, follower);
  }
  const bool acks_at_min_isr = ctx.registry().planted_bug == PlantedBug::kAckAtMinIsr;
  if (before != follower.log_end_offset && (update_high_watermark(ctx, broker, partition) || acks_at_min_isr)) {
    complete_after_high_watermark(ctx, broker, partition);
  }
}

void ReplicaManager::follow_high_watermark(Ctx& ctx, Partition& partition, Offset leader_high_watermark) {
  const PartitionLog& log = log_of(ctx, partition);
  Offset own = std::clamp(leader_high_watermark, log.log_start_offset(), log.log_end_offset());
  if (ctx.registry().planted_bug == PlantedBug::kFollowerTrustsLeaderHw) {
    own = leader_high_watermark;
  }
  if (own == partition.high_watermark) {
    return;
  }
  ctx.note({.kind = NoteKind::kHighWatermark,
            .partition = partition.id,
            .a = own.value,
            .b = partition.high_watermark.value});
  partition.high_watermark = own;
  news_.add(partition.place);
}

}  // namespace kscope::sim
