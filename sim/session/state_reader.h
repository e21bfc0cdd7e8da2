#pragma once
// RunReader: answers the quantities of the condition language from a run at the playhead.

#include "sim/scenario/condition.h"
#include "sim/session/run.h"

namespace kscope::session {

class RunReader final : public scenario::StateReader {
 public:
  explicit RunReader(const Run& run) : run_(run) {}
  [[nodiscard]] scenario::Value read(const scenario::Term& term) const override;

 private:
  [[nodiscard]] scenario::Value read_partition(const scenario::Term& term) const;
  [[nodiscard]] scenario::Value read_cluster(const scenario::Term& term) const;
  [[nodiscard]] scenario::Value read_group(const scenario::Term& term) const;
  [[nodiscard]] scenario::Value read_client(const scenario::Term& term) const;
  [[nodiscard]] scenario::Value read_group_so_far(const scenario::Term& term) const;

  const Run& run_;
};

/// The group as its coordinator has it now; nullptr while there is no coordinator.
const sim::Group* find_group(const sim::World& world, sim::GroupId group);
/// The same if its members speak the consumer protocol (KIP-848); else nullptr.
const sim::consumer_group::ConsumerGroup* find_consumer_group(const sim::World& world, sim::GroupId group);
/// The consumer's role if its process runs.
const sim::Consumer* find_consumer(const sim::World& world, NodeId node);
const sim::Producer* find_producer(const sim::World& world, NodeId node);
const sim::Broker* find_broker(const sim::World& world, NodeId node);
/// The controller that has read the most of the metadata log, the active one first; null when none runs.
[[nodiscard]] const sim::KraftController* find_controller(const sim::World& world);
/// The tree of the ZooKeeper server that leads the ensemble, else of the one that has applied most; null when none runs.
[[nodiscard]] const sim::ZnodeTree* find_znodes(const sim::World& world);
/// Whether the group's members are old consumers, which keep its offsets in ZooKeeper (offsets.storage=zookeeper).
[[nodiscard]] bool is_in_zookeeper(const sim::Registry& registry, sim::GroupId group);
/// The replica as the broker has it, nullptr if it hosts none or is down.
const sim::Partition* find_replica(const sim::World& world, NodeId node, sim::TopicPartition partition);
/// The broker that leads by the controller's word, if it runs and agrees.
NodeId leader_node(const Run& run, sim::TopicPartition partition);
/// What a consumer subscribes to, or has assigned itself: now if it runs, else from its start on.
const std::vector<sim::TopicId>& topics_of(const sim::World& world, NodeId consumer);
/// Nodes of the group's consumers.
std::vector<NodeId> members_of(const sim::Registry& registry, sim::GroupId group);

}  // namespace kscope::session
