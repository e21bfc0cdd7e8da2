// StopReplica: the controller wants a replica to stop fetching (before a shutdown) or to go with its log (deletion).
// An outdated leader epoch is refused (KIP-570). Source: ReplicaManager.stopReplicas, Kafka 3.9.
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {
namespace {

ErrorCode stop_one(Ctx& ctx, Broker& broker, const StopReplicaPartition& item) {
  const Partition* partition = broker.replicas.find(item.partition);
  if (partition == nullptr) {
    if (item.delete_partition) {
      broker.replicas.delete_log(ctx, item.partition);  // of an earlier process, which nobody told to host it again
    }
    return ErrorCode::NONE;
  }
  const bool is_checked = !ctx.registry().rules.is_old(Rule::kKip570);
  if (is_checked && item.leader_epoch >= LeaderEpoch(0) && item.leader_epoch < partition->leader_epoch) {
    return ErrorCode::FENCED_LEADER_EPOCH;
  }
  stop_hosted(ctx, broker, item.partition, item.delete_partition);
  return ErrorCode::NONE;
}

}  // namespace

void stop_hosted(Ctx& ctx, Broker& broker, TopicPartition id, bool delete_partition) {
  const Partition* partition = broker.replicas.find(id);
  if (partition == nullptr) {
    return;
  }
  const bool was_leader = partition->is_leader(broker.id);
  broker.fetchers.remove(ctx, id);
  broker.replicas.stop_replica(ctx, broker, id, delete_partition);
  if (was_leader && delete_partition && id.topic == kOffsetsTopic) {
    broker.groups.on_leadership_lost(ctx, broker, id);
  } else if (was_leader && delete_partition && id.topic == ctx.registry().transaction_topic) {
    broker.transactions.on_leadership_lost(ctx, id);
  }
}

void handle_stop_replica(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const StopReplicaRequest& request) {
  StopReplicaResponse response;
  response.error =
      broker.lifecycle.fence_controller_request(ctx, broker, request.controller_epoch, request.broker_epoch);
  if (response.error == ErrorCode::NONE) {
    response.partitions.reserve(request.partitions.size());
    for (const StopReplicaPartition& item : request.partitions) {
      response.partitions.push_back({item.partition, stop_one(ctx, broker, item)});
    }
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
