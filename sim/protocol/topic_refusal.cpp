// Why a topic is not created, does not get more partitions or is not deleted, in the words of Kafka's own messages.
#include <fmt/format.h>

#include "sim/protocol/message.h"
#include "sim/types/topic_name.h"
#include "sim/world/registry.h"

namespace kscope::sim {
namespace {

std::string topic_name(const Registry& registry, TopicId topic) {
  return topic.is_valid() ? registry.topics.at(static_cast<std::size_t>(topic.value)).name : "?";
}

std::string message_of(const CreateTopicsResponse& refusal, const Registry& registry) {
  const std::string name = topic_name(registry, refusal.topic);
  switch (refusal.error) {
    case ErrorCode::TOPIC_ALREADY_EXISTS:
      return fmt::format("Topic '{}' {}.", name, refusal.found == 1 ? "is marked for deletion" : "already exists");
    case ErrorCode::INVALID_PARTITIONS: return "Number of partitions must be larger than 0.";
    case ErrorCode::INVALID_REPLICATION_FACTOR:
      return refusal.asked <= 0 ? "Replication factor must be larger than 0."
                                : fmt::format("Replication factor: {} larger than available brokers: {}.",
                                              refusal.asked, refusal.found);
    case ErrorCode::INVALID_TOPIC_EXCEPTION:
      return refusal.found < 0 ? fmt::format("Topic name is invalid: {}", topic_name_problem(name))
                               : fmt::format("Topic '{}' collides with existing topics: {}", name,
                                             topic_name(registry, TopicId(static_cast<std::int32_t>(refusal.found))));
    default: return {};
  }
}

/// The two designs say it differently.
std::string not_an_increase(const CreatePartitionsResponse& refusal, const Registry& registry) {
  const bool is_same = refusal.asked == refusal.found;
  if (registry.is_kraft()) {
    return is_same ? fmt::format("Topic already has {} partition(s).", refusal.found)
                   : fmt::format("The topic {} currently has {} partition(s); {} would not be an increase.",
                                 topic_name(registry, refusal.topic), refusal.found, refusal.asked);
  }
  return is_same ? fmt::format("Topic already has {} partitions.", refusal.found)
                 : fmt::format("Topic currently has {} partitions, which is higher than the requested {}.",
                               refusal.found, refusal.asked);
}

std::string message_of(const CreatePartitionsResponse& refusal, const Registry& registry) {
  switch (refusal.error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
      return registry.is_kraft() ? std::string()
                                 : fmt::format("The topic '{}' does not exist.", topic_name(registry, refusal.topic));
    case ErrorCode::INVALID_PARTITIONS: return not_an_increase(refusal, registry);
    case ErrorCode::INVALID_REPLICATION_FACTOR:
      return registry.is_kraft() ? std::string()
                                 : fmt::format("Replication factor: {} larger than available brokers: {}.",
                                               refusal.asked, refusal.found);
    default: return {};
  }
}

}  // namespace

std::string topic_refusal_text(const CreateTopicsResponse& refusal, const Registry& registry) {
  const std::string message = message_of(refusal, registry);
  return fmt::format("{}{}{}", name(refusal.error), message.empty() ? "." : ": ", message);
}

std::string partitions_refusal_text(const CreatePartitionsResponse& refusal, const Registry& registry) {
  const std::string message = message_of(refusal, registry);
  return fmt::format("{}{}{}", name(refusal.error), message.empty() ? "." : ": ", message);
}

std::string deletion_refusal_text(const DeleteTopicsResponse& refusal) {
  switch (refusal.error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
      return "UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.";
    case ErrorCode::TOPIC_DELETION_DISABLED: return "TOPIC_DELETION_DISABLED: Topic deletion is disabled.";
    default: return fmt::format("{}.", name(refusal.error));
  }
}

std::string reassignment_refusal_text(const AlterPartitionReassignmentsResponse& refusal) {
  switch (refusal.error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION: return "UNKNOWN_TOPIC_OR_PARTITION: The partition does not exist.";
    case ErrorCode::INVALID_REPLICA_ASSIGNMENT: return "INVALID_REPLICA_ASSIGNMENT: Replica assignment is invalid.";
    case ErrorCode::NO_REASSIGNMENT_IN_PROGRESS:
      return "NO_REASSIGNMENT_IN_PROGRESS: No partition reassignment is in progress.";
    default: return fmt::format("{}.", name(refusal.error));
  }
}

}  // namespace kscope::sim
