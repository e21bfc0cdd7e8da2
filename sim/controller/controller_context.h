#pragma once
// ControllerContext: what the active controller knows: brokers with their epochs, topics with their replicas, partition
// states as they stand in ZooKeeper. Volatile; read anew by every new controller. Source: Kafka 3.9 ControllerContext.

#include <optional>
#include <set>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/controller/replica_assignment.h"
#include "sim/controller/topic_deletion.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

/// Kafka's PartitionState of the controller's state machine; what is being deleted has none (TopicDeletion).
enum class PartitionPhase : std::uint8_t { kNew, kOnline, kOffline };

struct ControllerPartition {
  PartitionPhase phase = PartitionPhase::kNew;
  std::vector<BrokerId> replicas;            ///< in order of preference
  std::vector<BrokerId> adding;              ///< of `replicas`: not there before the reassignment that goes on
  std::vector<BrokerId> removing;            ///< of `replicas`: go when it is complete
  std::optional<PartitionState> leadership;  ///< as written to the state znode; none = not initialised yet

  [[nodiscard]] ReplicaAssignment assignment() const { return {replicas, adding, removing}; }
  void set_assignment(ReplicaAssignment assignment);
};

struct LiveBroker {
  NodeId node;
  BrokerEpoch epoch{-1};
};

struct ControllerContext {
  ControllerEpoch epoch{0};               ///< this controller's
  ZnodeVersion epoch_zk_version{0};       ///< version of /controller_epoch; guards every write (KAFKA-6082)
  FlatMap<BrokerId, LiveBroker> brokers;  ///< registered: alive or shutting down
  std::set<BrokerId> shutting_down;
  std::set<TopicId> topics;
  FlatMap<TopicId, Uuid> topic_ids;  ///< of `topics`
  FlatMap<TopicPartition, ControllerPartition> partitions;
  TopicDeletion deletion;

  [[nodiscard]] bool is_live(BrokerId broker) const;  ///< registered and not shutting down
  [[nodiscard]] bool is_live_or_shutting_down(BrokerId broker) const { return brokers.contains(broker); }
  [[nodiscard]] std::vector<BrokerId> live_or_shutting_down() const;
  [[nodiscard]] std::vector<BrokerId> live_replicas(const ControllerPartition& partition) const;
  /// Partitions with a replica on the broker, in order.
  [[nodiscard]] std::vector<TopicPartition> partitions_on(BrokerId broker) const;
  /// Partitions whose leader is not alive (or that have none), in order. Not those that are to be deleted.
  [[nodiscard]] std::vector<TopicPartition> partitions_with_offline_leader() const;
  /// Partitions in this phase, in order. Not those that are to be deleted.
  [[nodiscard]] std::vector<TopicPartition> partitions_in(PartitionPhase phase) const;
  /// All partitions of a topic, in order.
  [[nodiscard]] std::vector<TopicPartition> partitions_of(TopicId topic) const;
  /// Partitions that are being moved to other brokers, in order.
  [[nodiscard]] std::vector<TopicPartition> partitions_being_reassigned() const;
  [[nodiscard]] bool is_being_reassigned(TopicId topic) const;
  /// Forgets the topic with all that is known of it.
  void remove_topic(TopicId topic);
};

}  // namespace kscope::sim
