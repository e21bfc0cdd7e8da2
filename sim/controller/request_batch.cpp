#include "sim/controller/request_batch.h"

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

const ControllerPartition* with_leadership(const Broker& broker, TopicPartition partition) {
  const ControllerPartition* entry = broker.controller.context.partitions.get(partition);
  return entry != nullptr && entry->leadership ? entry : nullptr;
}

PartitionState state_of(const ControllerContext& context, TopicPartition partition, const ControllerPartition& entry) {
  PartitionState state = *entry.leadership;
  state.partition = partition;
  state.replicas = entry.replicas;
  if (const Uuid* id = context.topic_ids.get(partition.topic); id != nullptr) {
    state.topic_id = *id;
  }
  return state;
}

}  // namespace

void RequestBatch::add_leader_and_isr(BrokerId to, TopicPartition partition, bool is_new) {
  const ControllerPartition* entry = with_leadership(broker_, partition);
  if (entry == nullptr) {
    return;
  }
  PartitionState state = state_of(broker_.controller.context, partition, *entry);
  state.is_new = is_new;
  leader_and_isr_[to].insert_or_assign(partition, std::move(state));
  add_update_metadata(partition);
}

void RequestBatch::add_update_metadata() {
  for (const BrokerId id : broker_.controller.context.live_or_shutting_down()) {
    metadata_brokers_.insert(id);
  }
}

void RequestBatch::add_update_metadata(TopicPartition partition) {
  add_update_metadata();
  metadata_partitions_.insert(partition);
}

void RequestBatch::add_update_metadata(const std::vector<BrokerId>& to, const std::vector<TopicPartition>& partitions) {
  metadata_brokers_.insert(to.begin(), to.end());
  metadata_partitions_.insert(partitions.begin(), partitions.end());
}

void RequestBatch::add_stop_replica(BrokerId to, TopicPartition partition, bool delete_partition) {
  StopReplicaPartition stop;
  stop.partition = partition;
  stop.delete_partition = delete_partition;
  if (broker_.controller.context.deletion.is_queued(partition.topic)) {
    stop.leader_epoch = kEpochDuringDelete;
  } else if (const ControllerPartition* entry = with_leadership(broker_, partition); entry != nullptr) {
    stop.leader_epoch = entry->leadership->leader_epoch;
  }
  stop_replica_[to].push_back(stop);
}

void RequestBatch::send(Ctx& ctx) {
  send_leader_and_isr(ctx);
  send_update_metadata(ctx);
  send_stop_replica(ctx);
}

void RequestBatch::send_leader_and_isr(Ctx& ctx) {
  Controller& controller = broker_.controller;
  for (auto& [to, states] : leader_and_isr_) {
    if (!controller.context.is_live_or_shutting_down(to)) {
      continue;
    }
    LeaderAndIsrRequest request;
    request.controller = broker_.id;
    request.controller_epoch = controller.context.epoch;
    std::set<BrokerId> leaders;
    for (auto& [partition, state] : states) {
      leaders.insert(state.leader);
      request.partitions.push_back(std::move(state));
    }
    for (const BrokerId leader : leaders) {
      if (const LiveBroker* live = controller.context.brokers.get(leader); live != nullptr) {
        request.live_leaders.push_back({leader, live->node});
      }
    }
    controller.channels.send(ctx, broker_, to, std::move(request));
  }
}

void RequestBatch::send_update_metadata(Ctx& ctx) {
  Controller& controller = broker_.controller;
  UpdateMetadataRequest request;
  request.controller = broker_.id;
  request.controller_epoch = controller.context.epoch;
  for (const TopicPartition partition : metadata_partitions_) {
    if (const ControllerPartition* entry = with_leadership(broker_, partition); entry != nullptr) {
      request.partitions.push_back(state_of(controller.context, partition, *entry));
      if (controller.context.deletion.is_queued(partition.topic)) {
        request.partitions.back().leader = kLeaderDuringDelete;
      }
    }
  }
  for (const auto& [id, live] : controller.context.brokers) {
    request.live_brokers.push_back({id, live.node});
  }
  for (const BrokerId to : metadata_brokers_) {
    if (controller.context.is_live_or_shutting_down(to)) {
      controller.channels.send(ctx, broker_, to, request);
    }
  }
}

void RequestBatch::send_stop_replica(Ctx& ctx) {
  Controller& controller = broker_.controller;
  for (auto& [to, partitions] : stop_replica_) {
    if (!controller.context.is_live_or_shutting_down(to)) {
      continue;  // Its channel may already be that of its next life.
    }
    StopReplicaRequest request;
    request.controller = broker_.id;
    request.controller_epoch = controller.context.epoch;
    request.partitions = std::move(partitions);
    controller.channels.send(ctx, broker_, to, std::move(request));
  }
}

}  // namespace kscope::sim
