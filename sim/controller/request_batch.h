#pragma once
// RequestBatch: what one change of state has to tell the brokers, gathered by broker and then sent in Kafka's order:
// LeaderAndIsr, UpdateMetadata, StopReplica. Source: Kafka 3.9 AbstractControllerBrokerRequestBatch.

#include <map>
#include <set>
#include <vector>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

class RequestBatch {
 public:
  explicit RequestBatch(Broker& broker) : broker_(broker) {}

  /// `to` learns the partition's leadership, and every live broker the metadata. No effect without a leadership.
  void add_leader_and_isr(BrokerId to, TopicPartition partition, bool is_new);
  /// All live brokers learn who is alive; with the partition, also its state (of one that is to be deleted: to forget it).
  void add_update_metadata();
  void add_update_metadata(TopicPartition partition);
  /// Only these brokers learn of these partitions.
  void add_update_metadata(const std::vector<BrokerId>& to, const std::vector<TopicPartition>& partitions);
  /// With `delete_partition` the broker deletes the log, too.
  void add_stop_replica(BrokerId to, TopicPartition partition, bool delete_partition = false);
  /// Effects: one request of each kind per broker, queued in its channel.
  void send(Ctx& ctx);

 private:
  void send_leader_and_isr(Ctx& ctx);
  void send_update_metadata(Ctx& ctx);
  void send_stop_replica(Ctx& ctx);

  Broker& broker_;
  std::map<BrokerId, std::map<TopicPartition, PartitionState>> leader_and_isr_;
  std::set<BrokerId> metadata_brokers_;
  std::set<TopicPartition> metadata_partitions_;
  std::map<BrokerId, std::vector<StopReplicaPartition>> stop_replica_;
};

}  // namespace kscope::sim
