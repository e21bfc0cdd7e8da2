#include "sim/coordinator/group/consumer/subscription.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kscope::sim::consumer_group {

std::vector<const ConsumerGroupMember*> members_after(const ConsumerGroup& group, const MemberChange& change) {
  std::vector<const ConsumerGroupMember*> members;
  for (const auto& [id, member] : group.members) {
    const bool is_updated = change.updated != nullptr && change.updated->member_id == id;
    if (id != change.gone && !is_updated) {
      members.push_back(&member);
    }
  }
  if (change.updated != nullptr) {
    const auto at = std::find_if(members.begin(), members.end(), [&change](const ConsumerGroupMember* member) {
      return change.updated->member_id < member->member_id;
    });
    members.insert(at, change.updated);
  }
  return members;
}

PartitionCounts compute_subscription_metadata(const std::vector<const ConsumerGroupMember*>& members,
                                              const PartitionCounts& topics) {
  PartitionCounts subscribed;
  for (const ConsumerGroupMember* member : members) {
    for (const TopicId topic : member->metadata.subscribed_topics) {
      if (const std::int32_t* partition_count = topics.get(topic); partition_count != nullptr) {
        subscribed.insert_or_assign(topic, *partition_count);
      }
    }
  }
  return subscribed;
}

SubscriptionType subscription_type(const std::vector<const ConsumerGroupMember*>& members) {
  const bool are_alike = std::all_of(members.begin(), members.end(), [&members](const ConsumerGroupMember* member) {
    return member->metadata.subscribed_topics == members.front()->metadata.subscribed_topics;
  });
  return are_alike ? SubscriptionType::HOMOGENEOUS : SubscriptionType::HETEROGENEOUS;
}

std::optional<ServerAssignor> preferred_server_assignor(const std::vector<const ConsumerGroupMember*>& members) {
  std::array<std::int32_t, kServerAssignorCount> votes{};
  for (const ConsumerGroupMember* member : members) {
    if (member->metadata.server_assignor.has_value()) {
      ++votes[static_cast<std::size_t>(*member->metadata.server_assignor)];
    }
  }
  const auto most = std::max_element(votes.begin(), votes.end());
  if (*most == 0) {
    return std::nullopt;
  }
  return static_cast<ServerAssignor>(most - votes.begin());
}

}  // namespace kscope::sim::consumer_group
