// Which followers are in sync: proposals to the controller and its answers (KIP-497). The state table is in partition.h.
// Source: Partition.maybeShrinkIsr, maybeExpandIsr, handleAlterPartitionUpdate, DefaultAlterPartitionManager, Kafka 3.9.
#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

constexpr Duration kAlterPartitionRetryBackoff = 50ms;

bool is_about(const AlterPartitionItem& item, TopicPartition partition) { return item.partition == partition; }

}  // namespace

void ReplicaManager::maybe_expand_isr(Ctx& ctx, Broker& broker, Partition& partition, const FollowerState& follower) {
  if (partition.is_isr_pending() || partition.is_in_isr(follower.broker)) {
    return;
  }
  // It must have all committed records, and all that was in the log when this leader's epoch began (KAFKA-7128).
  const ProtocolRules& rules = ctx.registry().rules;
  const PlantedBug bug = ctx.registry().planted_bug;
  const bool has_epoch_start = follower.log_end_offset >= *partition.leader_epoch_start_offset ||
                               rules.is_old(Rule::kKafka7128) || bug == PlantedBug::kExpandBelowEpochStart;
  const bool has_committed =
      follower.log_end_offset >= partition.high_watermark || bug == PlantedBug::kExpandBelowHighWatermark;
  const bool is_in_sync = (has_committed && has_epoch_start) || bug == PlantedBug::kExpandIsrTooEarly;
  const bool is_eligible = broker.metadata.is_alive(follower.broker) || rules.is_old(Rule::kKip841);
  if (!is_in_sync || !is_eligible) {
    return;
  }
  std::vector<BrokerId> isr = partition.isr;
  isr.push_back(follower.broker);
  if (submit_alter_partition(ctx, broker, partition, std::move(isr))) {
    partition.isr_state = PendingExpandIsr{follower.broker};
    ctx.note({.kind = NoteKind::kIsrExpandProposed,
              .partition = partition.id,
              .broker = follower.broker,
              .a = follower.log_end_offset.value});
    send_alter_partition(ctx, broker);
  }
}

void ReplicaManager::maybe_shrink_isr(Ctx& ctx, Broker& broker, Partition& partition) {
  if (!partition.is_leader(broker.id) || partition.is_isr_pending()) {
    return;
  }
  const Offset log_end = log_of(ctx, partition).log_end_offset();
  const Duration max_lag = broker.setup.config.replica_lag_time_max_ms;
  std::vector<BrokerId> remaining;
  PendingShrinkIsr proposal;
  for (const BrokerId member : partition.isr) {
    const FollowerState* follower = partition.follower(member);
    const bool is_in_sync =
        member == broker.id || (follower != nullptr && as_of_now(*follower).is_caught_up(log_end, ctx.now(), max_lag));
    (is_in_sync ? remaining : proposal.out_of_sync_replicas).push_back(member);
  }
  if (proposal.out_of_sync_replicas.empty() || !submit_alter_partition(ctx, broker, partition, std::move(remaining))) {
    return;
  }
  for (const BrokerId leaving : proposal.out_of_sync_replicas) {
    const FollowerState* follower = partition.follower(leaving);
    const LocalTime caught_up = follower != nullptr ? as_of_now(*follower).last_caught_up_time : LocalTime::min();
    ctx.note({.kind = NoteKind::kIsrShrinkProposed,
              .partition = partition.id,
              .broker = leaving,
              .a = follower != nullptr ? follower->log_end_offset.value : -1,
              .b = caught_up != LocalTime::min() ? millis(ctx.now() - caught_up) : -1});
  }
  partition.isr_state = std::move(proposal);
  send_alter_partition(ctx, broker);
}

bool uses_alter_partition(const Ctx& ctx, const Broker& broker) {
  return ctx.registry().is_kraft() || (!ctx.registry().rules.is_old(Rule::kKip497) &&
                                       broker.setup.config.inter_broker_protocol_version >= kIbpAlterPartition);
}

bool ReplicaManager::submit_alter_partition(Ctx& ctx, Broker& broker, const Partition& partition,
                                            std::vector<BrokerId> isr) {
  if (!uses_alter_partition(ctx, broker)) {
    return write_isr(ctx, broker, partition, std::move(isr));
  }
  std::vector<AlterPartitionItem>& unsent = alter_partition_.unsent;
  const bool is_asked =
      std::any_of(unsent.begin(), unsent.end(), [&](const auto& item) { return is_about(item, partition.id); });
  if (is_asked) {
    return false;  // an earlier proposal, made void by LeaderAndIsr, is not answered yet (OPERATION_NOT_ATTEMPTED)
  }
  AlterPartitionItem item{partition.id, partition.leader_epoch, partition.partition_epoch, std::move(isr), {}};
  if (!ctx.registry().rules.is_old(Rule::kKip903)) {
    for (const BrokerId member : item.new_isr) {
      const FollowerState* follower = partition.follower(member);
      const BrokerEpoch unknown{-1};  // the controller does not look at such a member
      item.new_isr_epochs.push_back(member == broker.id   ? broker.lifecycle.broker_epoch
                                    : follower != nullptr ? follower->broker_epoch
                                                          : unknown);
    }
  }
  unsent.push_back(std::move(item));
  return true;
}

void ReplicaManager::send_alter_partition(Ctx& ctx, Broker& broker) {
  if (alter_partition_.outstanding != 0 || alter_partition_.unsent.empty()) {
    return;
  }
  ctx.cancel(alter_partition_.timer);
  alter_partition_.controller = broker.metadata.controller_node();
  if (!alter_partition_.controller.is_valid()) {
    retry_alter_partition_later(ctx);
    return;
  }
  AlterPartitionRequest request;
  request.broker = broker.id;
  request.broker_epoch = broker.lifecycle.broker_epoch;
  request.partitions = alter_partition_.unsent;
  alter_partition_.outstanding =
      send_request(ctx, broker.next_correlation, alter_partition_.controller, std::move(request));
  alter_partition_.timer =
      ctx.after(broker.setup.config.controller_socket_timeout_ms, Timer{TimerKind::kAlterPartitionRetry});
}

void ReplicaManager::retry_alter_partition_later(Ctx& ctx) {
  ctx.cancel(alter_partition_.timer);
  alter_partition_.timer = ctx.after(kAlterPartitionRetryBackoff, Timer{TimerKind::kAlterPartitionRetry});
}

void ReplicaManager::on_alter_partition_response(Ctx& ctx, Broker& broker, NodeId, std::int64_t correlation_id,
                                                 const AlterPartitionResponse& response) {
  if (correlation_id != alter_partition_.outstanding) {
    return;  // given up by timeout or disconnect
  }
  alter_partition_.outstanding = 0;
  ctx.cancel(alter_partition_.timer);
  if (response.error != ErrorCode::NONE) {
    retry_alter_partition_later(ctx);  // NOT_CONTROLLER, STALE_BROKER_EPOCH: another controller, or after registration
    return;
  }
  for (const AlterPartitionResult& result : response.partitions) {
    std::vector<AlterPartitionItem>& unsent = alter_partition_.unsent;
    const auto at =
        std::find_if(unsent.begin(), unsent.end(), [&](const auto& item) { return is_about(item, result.partition); });
    if (at == unsent.end()) {
      continue;
    }
    const AlterPartitionItem asked = std::move(*at);
    unsent.erase(at);
    on_alter_partition_result(ctx, broker, asked, result);
  }
  send_alter_partition(ctx, broker);
}

void ReplicaManager::on_alter_partition_result(Ctx& ctx, Broker& broker, const AlterPartitionItem& asked,
                                               const AlterPartitionResult& result) {
  Partition* partition = find(asked.partition);
  const bool is_current = partition != nullptr && partition->is_leader(broker.id) && partition->is_isr_pending() &&
                          partition->leader_epoch == asked.leader_epoch &&
                          partition->partition_epoch == asked.partition_epoch;
  if (!is_current) {
    return;  // LeaderAndIsr was faster
  }
  switch (result.error) {
    case ErrorCode::NONE: break;
    case ErrorCode::OPERATION_NOT_ATTEMPTED:
    case ErrorCode::INELIGIBLE_REPLICA: partition->isr_state = CommittedIsr{}; return;
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::FENCED_LEADER_EPOCH:
    case ErrorCode::INVALID_UPDATE_VERSION:
    case ErrorCode::INVALID_REQUEST:
    case ErrorCode::NEW_LEADER_ELECTED:
      return;  // the controller knows more: the proposal stays pending until LeaderAndIsr tells
    default:
      submit_alter_partition(ctx, broker, *partition, asked.new_isr);  // sent again with the next request
      return;
  }
  if (result.leader_epoch > partition->leader_epoch || result.partition_epoch < partition->partition_epoch) {
    return;
  }
  news_.add(partition->place);
  partition->isr = result.isr;
  partition->partition_epoch = result.partition_epoch;
  partition->isr_state = CommittedIsr{};
  if (update_high_watermark(ctx, broker, *partition)) {
    complete_after_high_watermark(ctx, broker, *partition);
  }
}

}  // namespace kscope::sim
