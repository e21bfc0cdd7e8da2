#include "sim/coordinator/group/offset_expiration.h"

#include <algorithm>
#include <string_view>

namespace kscope::sim {
namespace {

constexpr std::string_view kTypeOfConsumers = "consumer";  // Kafka: ConsumerProtocol.PROTOCOL_TYPE

}  // namespace

std::optional<OffsetExpirationCondition> offset_expiration_condition(const Group& group) {
  if (group.protocol_type.empty()) {
    return OffsetExpirationCondition{std::nullopt, OffsetExpiry::kNoMembers};
  }
  if (group.state == GroupState::Empty) {
    const bool is_known = group.current_state_timestamp_ms.has_value();
    return OffsetExpirationCondition{group.current_state_timestamp_ms,
                                     is_known ? OffsetExpiry::kGroupEmpty : OffsetExpiry::kNoMembers};
  }
  if (group.state == GroupState::Stable && group.protocol_type == kTypeOfConsumers) {
    return OffsetExpirationCondition{std::nullopt, OffsetExpiry::kNotSubscribed};
  }
  return std::nullopt;
}

OffsetExpirationCondition offset_expiration_condition(const consumer_group::ConsumerGroup& group) {
  return {std::nullopt, group.members.empty() ? OffsetExpiry::kNoMembers : OffsetExpiry::kNotSubscribed};
}

bool is_subscribed_to(const Group& group, TopicId topic) {
  return std::any_of(group.members.begin(), group.members.end(), [&](const auto& entry) {
    const std::vector<JoinProtocol>& protocols = entry.second.protocols;
    const auto selected = std::find_if(protocols.begin(), protocols.end(),
                                       [&](const JoinProtocol& protocol) { return protocol.name == group.protocol; });
    return selected != protocols.end() &&
           std::find(selected->topics.begin(), selected->topics.end(), topic) != selected->topics.end();
  });
}

}  // namespace kscope::sim
