// Why a topic is not created, in the words of Kafka's own messages.
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
    case ErrorCode::TOPIC_ALREADY_EXISTS: return fmt::format("Topic '{}' already exists.", name);
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

}  // namespace

std::string topic_refusal_text(const CreateTopicsResponse& refusal, const Registry& registry) {
  const std::string message = message_of(refusal, registry);
  return fmt::format("{}{}{}", name(refusal.error), message.empty() ? "." : ": ", message);
}

}  // namespace kscope::sim
