// LeaderAndIsr: the controller says who leads what, with which ISR. Partitions whose leader epoch is older than known are
// refused, those with the same epoch and a newer partition epoch are taken over, those with both the same are left alone.
// Source: KafkaApis.handleLeaderAndIsrRequest, ReplicaManager.becomeLeaderOrFollower, Kafka 3.9.
#include <algorithm>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {
namespace {

void lead_partition(Ctx& ctx, Broker& broker, const PartitionState& state) {
  broker.fetchers.remove(ctx, state.partition);
  const bool is_new_leader = broker.replicas.become_leader(ctx, broker, state);
  if (is_new_leader && state.partition.topic == kOffsetsTopic) {
    broker.groups.on_leadership_gained(ctx, broker, state.partition);
  } else if (is_new_leader && state.partition.topic == ctx.registry().transaction_topic) {
    broker.transactions.on_leadership_gained(ctx, state.partition, state.leader_epoch);
  }
}

void follow_partition(Ctx& ctx, Broker& broker, const PartitionState& state) {
  const Partition* before = broker.replicas.find(state.partition);
  const bool was_leader = before != nullptr && before->is_leader(broker.id);
  broker.replicas.become_follower(ctx, broker, state);
  const Partition& partition = *broker.replicas.find(state.partition);
  if (partition.is_leader(broker.id)) {
    return;  // an outdated partition epoch
  }
  if (was_leader && state.partition.topic == kOffsetsTopic) {
    broker.groups.on_leadership_lost(ctx, broker, state.partition);
  } else if (was_leader && state.partition.topic == ctx.registry().transaction_topic) {
    broker.transactions.on_leadership_lost(ctx, state.partition);
  }
  if (!partition.leader.is_valid()) {
    broker.fetchers.remove(ctx, state.partition);
    return;
  }
  if (ctx.registry().rules.is_old(Rule::kKafka7164) &&
      broker.fetchers.keep_with_epoch(state.partition, partition.leader, partition.leader_epoch)) {
    return;
  }
  PartitionFetchState initial;
  initial.partition = state.partition;
  initial.fetch_offset = partition.high_watermark;
  initial.current_leader_epoch = partition.leader_epoch;
  const PartitionLog& log = ReplicaManager::log_of(ctx, partition);
  if (truncates_on_fetch(ctx, broker) && log.epochs().latest_epoch().has_value()) {
    initial.phase = ReplicaFetchPhase::Fetching;
    initial.fetch_offset = log.log_end_offset();
  }
  broker.fetchers.add(ctx, partition.leader, initial);
}

}  // namespace

ErrorCode apply_partition_state(Ctx& ctx, Broker& broker, const PartitionState& state) {
  const Partition* partition = broker.replicas.find(state.partition);
  const HostedLog* hosted = ctx.durable().logs.find(state.partition);
  if (hosted != nullptr && !hosted->topic_id.is_zero() && hosted->topic_id != state.topic_id &&
      !state.topic_id.is_zero()) {
    return ErrorCode::INCONSISTENT_TOPIC_ID;  // The log is of a topic of the same name that was deleted.
  }
  if (partition != nullptr && state.leader_epoch < partition->leader_epoch) {
    return ErrorCode::STALE_CONTROLLER_EPOCH;
  }
  const bool is_known = partition != nullptr && state.leader_epoch == partition->leader_epoch &&
                        state.partition_epoch <= partition->partition_epoch;
  if (is_known) {
    return ErrorCode::NONE;  // told before: a change of the ISR that is under way must not be forgotten
  }
  if (std::find(state.replicas.begin(), state.replicas.end(), broker.id) == state.replicas.end()) {
    return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  }
  if (state.leader == broker.id) {
    lead_partition(ctx, broker, state);
  } else {
    follow_partition(ctx, broker, state);
  }
  return ErrorCode::NONE;
}

void handle_leader_and_isr(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                           const LeaderAndIsrRequest& request) {
  LeaderAndIsrResponse response;
  response.error =
      broker.lifecycle.fence_controller_request(ctx, broker, request.controller_epoch, request.broker_epoch);
  if (response.error == ErrorCode::NONE) {
    response.partitions.reserve(request.partitions.size());
    for (const PartitionState& state : request.partitions) {
      response.partitions.push_back({state.partition, apply_partition_state(ctx, broker, state)});
    }
    broker.fetchers.start(ctx, broker);
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
