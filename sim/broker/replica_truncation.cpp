#include "sim/broker/replica_truncation.h"

#include <algorithm>

#include "sim/broker/broker.h"

namespace kscope::sim {

TruncationState compute_truncation(const PartitionLog& log, Offset high_watermark, const EpochEndOffset& leader) {
  if (leader.end_offset == kUnknownOffset) {
    return {high_watermark, true};  // the leader knows no epoch that old
  }
  if (leader.leader_epoch == kNoLeaderEpoch) {
    return {std::min(leader.end_offset, log.log_end_offset()), true};
  }
  const EpochEnd own = log.epochs().end_offset_for(leader.leader_epoch, log.log_end_offset());
  if (own.end_offset == kUnknownOffset) {
    return {std::min(leader.end_offset, log.log_end_offset()), true};
  }
  if (own.epoch != leader.leader_epoch) {
    // We never saw the epoch that the leader names: cut to the end of the one before and ask about that one (KIP-279).
    return {std::min(own.end_offset, log.log_end_offset()), false};
  }
  return {std::min({own.end_offset, leader.end_offset, log.log_end_offset()}), true};
}

void finish_truncation(Ctx& ctx, Broker& broker, PartitionFetchState& state, TruncationState truncation,
                       LeaderEpoch asked) {
  Partition& partition = *broker.replicas.find(state.partition);
  const PlantedBug bug = ctx.registry().planted_bug;
  if (bug == PlantedBug::kTruncateToHighWatermark) {
    truncation = {partition.high_watermark, true};
  }
  if (bug == PlantedBug::kNoTruncation) {
    truncation.is_completed = true;
  } else if (bug == PlantedBug::kCutBelowLogStart &&
             truncation.offset < ReplicaManager::log_of(ctx, partition).log_end_offset()) {
    broker.replicas.truncate_fully_and_start_at(ctx, partition, Offset(0));
  } else {
    broker.replicas.truncate_to(ctx, partition, truncation.offset, asked);
  }
  if (truncation.is_completed) {
    state.fetch_offset = ReplicaManager::log_of(ctx, partition).log_end_offset();
    state.phase = ReplicaFetchPhase::Fetching;
  }
}

void truncate_where_logs_part(Ctx& ctx, Broker& broker, PartitionFetchState& state,
                              const FetchPartitionResult& result) {
  const Partition& partition = *broker.replicas.find(state.partition);
  const PartitionLog& log = ReplicaManager::log_of(ctx, partition);
  const LeaderEpoch latest = log.epochs().latest_epoch().value_or(kNoLeaderEpoch);
  const EpochEndOffset leader{state.partition, ErrorCode::NONE, result.diverging_epoch, result.diverging_end_offset};
  TruncationState truncation = compute_truncation(log, partition.high_watermark, leader);
  truncation.is_completed = true;
  finish_truncation(ctx, broker, state, truncation, latest);
}

bool reset_to_leader(Ctx& ctx, Broker& broker, PartitionFetchState& state, LeaderLogRange leader) {
  Partition& partition = *broker.replicas.find(state.partition);
  const PartitionLog& log = ReplicaManager::log_of(ctx, partition);
  if (leader.log_end < log.log_end_offset()) {
    if (ctx.registry().planted_bug == PlantedBug::kNoTruncation) {
      return false;
    }
    broker.replicas.truncate_to(ctx, partition, leader.log_end, kNoLeaderEpoch);
  } else if (leader.log_start > log.log_end_offset()) {
    broker.replicas.truncate_fully_and_start_at(ctx, partition, leader.log_start);
  }
  if (log.log_end_offset() < leader.log_start) {
    broker.replicas.truncate_fully_and_start_at(ctx, partition, leader.log_start);
  }
  state.fetch_offset = log.log_end_offset();
  state.phase = ReplicaFetchPhase::Fetching;
  return true;
}

}  // namespace kscope::sim
