#include "sim/controller/controller_context.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {

void ControllerPartition::set_assignment(ReplicaAssignment assignment) {
  replicas = std::move(assignment.replicas);
  adding = std::move(assignment.adding);
  removing = std::move(assignment.removing);
}

bool ControllerContext::is_live(BrokerId broker) const {
  return brokers.contains(broker) && !shutting_down.contains(broker);
}

std::vector<BrokerId> ControllerContext::live_or_shutting_down() const {
  std::vector<BrokerId> ids;
  for (const auto& [id, broker] : brokers) {
    ids.push_back(id);
  }
  return ids;
}

std::vector<BrokerId> ControllerContext::live_replicas(const ControllerPartition& partition) const {
  std::vector<BrokerId> live;
  for (const BrokerId replica : partition.replicas) {
    if (is_live(replica)) {
      live.push_back(replica);
    }
  }
  return live;
}

std::vector<TopicPartition> ControllerContext::partitions_on(BrokerId broker) const {
  std::vector<TopicPartition> found;
  for (const auto& [partition, entry] : partitions) {
    if (std::find(entry.replicas.begin(), entry.replicas.end(), broker) != entry.replicas.end()) {
      found.push_back(partition);
    }
  }
  return found;
}

std::vector<TopicPartition> ControllerContext::partitions_with_offline_leader() const {
  std::vector<TopicPartition> found;
  for (const auto& [partition, entry] : partitions) {
    if (entry.leadership && !is_live(entry.leadership->leader) && !deletion.is_queued(partition.topic)) {
      found.push_back(partition);
    }
  }
  return found;
}

std::vector<TopicPartition> ControllerContext::partitions_in(PartitionPhase phase) const {
  std::vector<TopicPartition> found;
  for (const auto& [partition, entry] : partitions) {
    if (entry.phase == phase && !deletion.is_queued(partition.topic)) {
      found.push_back(partition);
    }
  }
  return found;
}

std::vector<TopicPartition> ControllerContext::partitions_of(TopicId topic) const {
  std::vector<TopicPartition> found;
  for (const auto& [partition, entry] : partitions) {
    if (partition.topic == topic) {
      found.push_back(partition);
    }
  }
  return found;
}

std::vector<TopicPartition> ControllerContext::partitions_being_reassigned() const {
  std::vector<TopicPartition> found;
  for (const auto& [partition, entry] : partitions) {
    if (!entry.adding.empty() || !entry.removing.empty()) {
      found.push_back(partition);
    }
  }
  return found;
}

bool ControllerContext::is_being_reassigned(TopicId topic) const {
  const std::vector<TopicPartition> moving = partitions_being_reassigned();
  return std::any_of(moving.begin(), moving.end(), [&](TopicPartition partition) { return partition.topic == topic; });
}

void ControllerContext::remove_topic(TopicId topic) {
  topics.erase(topic);
  topic_ids.erase(topic);
  partitions.erase_if([&](TopicPartition partition, const ControllerPartition&) { return partition.topic == topic; });
  deletion.forget(topic);
}

}  // namespace kscope::sim
