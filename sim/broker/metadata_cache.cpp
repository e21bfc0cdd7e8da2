#include "sim/broker/metadata_cache.h"

#include <algorithm>

namespace kscope::sim {

std::vector<TopicPartition> MetadataCache::update(const UpdateMetadataRequest& request) {
  controller = request.controller;
  alive_brokers.clear();
  for (const MetadataBroker& broker : request.live_brokers) {
    alive_brokers[broker.id] = broker.node;
  }
  std::vector<TopicPartition> deleted;
  if (request.partitions.empty()) {
    return deleted;
  }
  FlatMap<TopicPartition, PartitionState>& known = partitions.write();
  for (const PartitionState& state : request.partitions) {
    if (state.leader != kLeaderDuringDelete) {
      known[state.partition] = state;
    } else if (known.erase(state.partition) > 0) {
      deleted.push_back(state.partition);
    }
  }
  return deleted;
}

bool MetadataCache::contains(TopicId topic) const { return partition_count(topic) > 0; }

std::int32_t MetadataCache::partition_count(TopicId topic) const {
  std::int32_t count = 0;
  for (auto at = partitions->lower_bound(TopicPartition{topic, 0}); at != partitions->end(); ++at) {
    if (at->first.topic != topic) {
      break;
    }
    ++count;
  }
  return count;
}

BrokerId MetadataCache::leader_of(TopicPartition partition) const {
  const PartitionState* state = partitions->get(partition);
  return state != nullptr && is_alive(state->leader) ? state->leader : BrokerId{};
}

NodeId MetadataCache::node_of(BrokerId broker) const {
  const NodeId* node = alive_brokers.get(broker);
  return node == nullptr ? NodeId{} : *node;
}

MetadataResponse MetadataCache::build_response(const std::vector<TopicId>& topics) const {
  MetadataResponse response;
  response.controller = is_alive(controller) ? controller : BrokerId{};
  for (const auto& [id, node] : alive_brokers) {
    response.brokers.push_back({id, node});
  }
  for (const TopicId topic : topics) {
    MetadataTopic entry;
    entry.topic = topic;
    for (auto at = partitions->lower_bound(TopicPartition{topic, 0}); at != partitions->end(); ++at) {
      if (at->first.topic != topic) {
        break;
      }
      const PartitionState& state = at->second;
      entry.topic_id = state.topic_id;
      const bool has_leader = is_alive(state.leader);
      entry.partitions.push_back({at->first, has_leader ? ErrorCode::NONE : ErrorCode::LEADER_NOT_AVAILABLE,
                                  has_leader ? state.leader : BrokerId{}, state.leader_epoch, state.replicas,
                                  state.isr});
    }
    entry.error = entry.partitions.empty() ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : ErrorCode::NONE;
    response.topics.push_back(std::move(entry));
  }
  return response;
}

}  // namespace kscope::sim
