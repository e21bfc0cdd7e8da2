#pragma once
// MetadataCache: what this broker knows of the cluster, as the controller's UpdateMetadata requests told it. It answers
// clients and says where leaders and the controller are; it may be old. Source: Kafka 3.9 ZkMetadataCache.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/copy_on_write.h"
#include "engine/core/flat_map.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/metadata.h"
#include "sim/world/registry.h"

namespace kscope::sim {

struct MetadataCache {
  CopyOnWrite<FlatMap<TopicPartition, PartitionState>> partitions;
  FlatMap<BrokerId, NodeId> alive_brokers;
  BrokerId controller;       ///< none until the first UpdateMetadata
  NodeId quorum_controller;  ///< KRaft: the active controller, which is no broker

  /// Takes in what the controller says: its partitions replace the known ones, its list of brokers replaces the whole list.
  /// A partition with kLeaderDuringDelete is forgotten; the result names those that were known.
  std::vector<TopicPartition> update(const UpdateMetadataRequest& request);

  [[nodiscard]] bool contains(TopicId topic) const;
  [[nodiscard]] const PartitionState* find(TopicPartition partition) const { return partitions->get(partition); }
  /// Number of partitions of the topic, 0 if it is unknown. Cost O(log n + partitions of the topic).
  [[nodiscard]] std::int32_t partition_count(TopicId topic) const;
  /// Leader of the partition if it is known and alive; else not valid.
  [[nodiscard]] BrokerId leader_of(TopicPartition partition) const;
  [[nodiscard]] bool is_alive(BrokerId broker) const { return alive_brokers.contains(broker); }
  /// Node of a live broker; not valid if it is not known to live.
  [[nodiscard]] NodeId node_of(BrokerId broker) const;
  /// Node of the controller; not valid while none is known or it is not alive.
  [[nodiscard]] NodeId controller_node() const {
    return quorum_controller.is_valid() ? quorum_controller : node_of(controller);
  }

  /// Answer to a Metadata request for these topics. A topic that does not exist has UNKNOWN_TOPIC_OR_PARTITION, a partition
  /// without a live leader LEADER_NOT_AVAILABLE.
  [[nodiscard]] MetadataResponse build_response(const std::vector<TopicId>& topics) const;
};

}  // namespace kscope::sim
