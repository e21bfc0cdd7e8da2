// Topics: creation, deletion, and more partitions for a topic that there is.

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/controller/kraft/replication_control.h"
#include "sim/controller/replica_placement.h"
#include "sim/types/topic_name.h"

namespace kscope::sim::kraft {
ReplicaList ReplicationControl::active_of(const ReplicaList& replicas) const {
  ReplicaList active;
  std::copy_if(replicas.begin(), replicas.end(), std::back_inserter(active),
               [&](BrokerId broker) { return image_.is_active(broker); });
  return active;
}

ApiMessageAndVersion ReplicationControl::new_partition(Uuid topic_id, std::int32_t partition,
                                                       const ReplicaList& replicas, const ReplicaList& isr) const {
  PartitionRegistration registration;
  registration.replicas = replicas;
  for (const BrokerId replica : replicas) {
    registration.directories.push_back(default_directory(replica));
  }
  registration.isr = isr;
  registration.leader = isr.front();
  return record_of(registration, topic_id, partition, settings_.metadata_version);
}

ErrorCode ReplicationControl::validate_manual_assignment(const ReplicaList& replicas,
                                                         std::optional<std::size_t> replication_factor) const {
  ReplicaList sorted = replicas;
  std::sort(sorted.begin(), sorted.end());
  const bool is_unknown =
      std::any_of(sorted.begin(), sorted.end(), [&](BrokerId broker) { return image_.broker(broker) == nullptr; });
  const bool is_twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  const bool is_other_factor = replication_factor.has_value() && *replication_factor != sorted.size();
  return sorted.empty() || is_unknown || is_twice || is_other_factor ? ErrorCode::INVALID_REPLICA_ASSIGNMENT
                                                                     : ErrorCode::NONE;
}

// Brokers that leave get no new replicas; fenced ones may, but never first.
ErrorCode ReplicationControl::place(std::int32_t count, std::int32_t replication_factor, const DrawBelow& draw,
                                    std::vector<ReplicaList>& out) const {
  std::vector<PlacementBroker> usable;
  for (const auto& [id, state] : heartbeats_.brokers()) {
    const BrokerRegistration* registration = image_.broker(id);
    if (!state.is_shutting_down() && registration != nullptr) {
      usable.push_back({id, registration->rack.value_or(""), state.is_fenced});
    }
  }
  PlacementResult placed = place_replicas_striped(usable, {count, replication_factor, 0}, draw);
  out = std::move(placed.replicas);
  return placed.error;
}

ControllerResult<ErrorCode> ReplicationControl::create_topic(const CreatableTopic& topic, Uuid topic_id,
                                                             const DrawBelow& draw) const {
  if (!topic_name_problem(topic.name).empty()) {
    return {{}, ErrorCode::INVALID_TOPIC_EXCEPTION};
  }
  if (image_.topic_named(topic.name) != nullptr) {
    return {{}, ErrorCode::TOPIC_ALREADY_EXISTS};
  }
  for (const auto& [id, other] : image_.topics()) {
    if (topic_names_collide(other.name, topic.name)) {
      return {{}, ErrorCode::INVALID_TOPIC_EXCEPTION};
    }
  }
  std::vector<ReplicaList> replicas = topic.assignments;
  ErrorCode nobody_active = ErrorCode::INVALID_REPLICA_ASSIGNMENT;
  if (!replicas.empty()) {
    if (topic.replication_factor != -1 || topic.partition_count != -1) {
      return {{}, ErrorCode::INVALID_REQUEST};
    }
    for (const ReplicaList& list : replicas) {
      if (validate_manual_assignment(list, replicas.front().size()) != ErrorCode::NONE) {
        return {{}, ErrorCode::INVALID_REPLICA_ASSIGNMENT};
      }
    }
  } else {
    if (topic.replication_factor < -1 || topic.replication_factor == 0) {
      return {{}, ErrorCode::INVALID_REPLICATION_FACTOR};
    }
    if (topic.partition_count < -1 || topic.partition_count == 0) {
      return {{}, ErrorCode::INVALID_PARTITIONS};
    }
    const std::int32_t count = topic.partition_count == -1 ? settings_.default_partition_count : topic.partition_count;
    const std::int32_t factor =
        topic.replication_factor == -1 ? settings_.default_replication_factor : topic.replication_factor;
    if (const ErrorCode error = place(count, factor, draw, replicas); error != ErrorCode::NONE) {
      return {{}, error};
    }
    nobody_active = ErrorCode::INVALID_REPLICATION_FACTOR;
  }
  ControllerResult<ErrorCode> result;
  result.records.push_back({TopicRecord{topic.name, topic_id}, 0});
  for (const auto& [name, value] : topic.configs) {
    result.records.push_back({ConfigRecord{ConfigResourceType::kTopic, topic.name, name, value}, 0});
  }
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const ReplicaList isr = active_of(replicas[i]);
    if (isr.empty()) {
      return {{}, nobody_active};
    }
    result.records.push_back(new_partition(topic_id, static_cast<std::int32_t>(i), replicas[i], isr));
  }
  return result;
}

ControllerResult<ErrorCode> ReplicationControl::delete_topic(Uuid topic_id) const {
  if (image_.topic(topic_id) == nullptr) {
    return {{}, ErrorCode::UNKNOWN_TOPIC_ID};
  }
  return {{{RemoveTopicRecord{topic_id}, 0}}, ErrorCode::NONE};
}

ControllerResult<ErrorCode> ReplicationControl::create_partitions(const CreatePartitionsTopic& request,
                                                                  const DrawBelow& draw) const {
  const TopicImage* topic = image_.topic_named(request.name);
  if (topic == nullptr) {
    return {{}, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION};
  }
  const auto present = static_cast<std::int32_t>(topic->partitions.size());
  const std::int32_t additional = request.count - present;
  if (additional <= 0) {
    return {{}, ErrorCode::INVALID_PARTITIONS};
  }
  const std::size_t replication_factor = topic->partitions.front().replicas.size();
  std::vector<ReplicaList> replicas;
  ErrorCode nobody_active = ErrorCode::INVALID_REPLICATION_FACTOR;
  if (request.assignments.has_value()) {
    if (request.assignments->size() != static_cast<std::size_t>(additional)) {
      return {{}, ErrorCode::INVALID_REPLICA_ASSIGNMENT};
    }
    for (const ReplicaList& list : *request.assignments) {
      if (validate_manual_assignment(list, replication_factor) != ErrorCode::NONE) {
        return {{}, ErrorCode::INVALID_REPLICA_ASSIGNMENT};
      }
    }
    replicas = *request.assignments;
    nobody_active = ErrorCode::INVALID_REPLICA_ASSIGNMENT;
  } else if (const ErrorCode error = place(additional, static_cast<std::int32_t>(replication_factor), draw, replicas);
             error != ErrorCode::NONE) {
    return {{}, error};
  }
  ControllerResult<ErrorCode> result;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const ReplicaList isr = active_of(replicas[i]);
    if (isr.empty()) {
      return {{}, nobody_active};
    }
    result.records.push_back(new_partition(topic->id, present + static_cast<std::int32_t>(i), replicas[i], isr));
  }
  return result;
}

}  // namespace kscope::sim::kraft
