#include "sim/coordinator/group/consumer/target_assignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "engine/core/check.h"
#include "sim/coordinator/group/server_assignor.h"

namespace kscope::sim::consumer_group {
namespace {

// Places of topics in the assignor's input, and back.
class TopicPlaces {
 public:
  explicit TopicPlaces(const PartitionCounts& topics) {
    for (const auto& [topic, partition_count] : topics) {
      topics_.push_back(topic);
      counts_.push_back(partition_count);
    }
  }

  [[nodiscard]] const std::vector<std::int32_t>& partition_counts() const { return counts_; }

  // -1: the topic is not assigned.
  [[nodiscard]] std::int32_t place_of(TopicId topic) const {
    const auto at = std::lower_bound(topics_.begin(), topics_.end(), topic);
    return at != topics_.end() && *at == topic ? static_cast<std::int32_t>(at - topics_.begin()) : -1;
  }

  [[nodiscard]] PartitionSet partitions(const std::vector<AssignedPartition>& assigned) const {
    std::vector<TopicPartition> partitions;
    partitions.reserve(assigned.size());
    for (const AssignedPartition& each : assigned) {
      partitions.push_back({topics_[static_cast<std::size_t>(each.topic)], each.partition});
    }
    return {partitions.begin(), partitions.end()};
  }

 private:
  std::vector<TopicId> topics_;
  std::vector<std::int32_t> counts_;
};

// Text that sorts as the id does: the assignors take members in the order of their ids as text.
std::string text_of(MemberId id) { return fmt::format("{:010}-{:010}", id.client.value, id.serial); }

ServerAssignorMember spec_of(const ConsumerGroupMember& member, const PartitionSet& target, const TopicPlaces& places) {
  ServerAssignorMember spec;
  spec.member_id = text_of(member.member_id);
  spec.instance_id = member.metadata.instance_id.value_or("");
  for (const TopicId topic : member.metadata.subscribed_topics) {
    if (const std::int32_t place = places.place_of(topic); place >= 0) {
      spec.topics.push_back(place);
    }
  }
  for (const TopicPartition& partition : target) {
    if (const std::int32_t place = places.place_of(partition.topic); place >= 0) {
      spec.target.push_back({place, partition.partition});
    }
  }
  return spec;
}

Assignment assign(ServerAssignor assignor, const ServerAssignorInput& input) {
  switch (assignor) {
    case ServerAssignor::kRange: return assign_server_range(input);
    case ServerAssignor::kUniform: return assign_server_uniform(input);
  }
  return {};
}

}  // namespace

std::optional<TargetAssignment> compute_target_assignment(const TargetAssignmentInput& input) {
  const ConsumerGroup& group = input.group;
  KSCOPE_CHECK(input.change.updated != nullptr, "a target assignment is computed for a member's heartbeat");
  const std::vector<const ConsumerGroupMember*> members = members_after(group, input.change);
  const TopicPlaces places(input.subscription_metadata);

  ServerAssignorInput spec;
  spec.partition_counts = places.partition_counts();
  for (const ConsumerGroupMember* member : members) {
    const bool replaces = member == input.change.updated && input.change.gone.is_set();
    const MemberId heir_of = replaces ? input.change.gone : member->member_id;
    spec.members.push_back(spec_of(*member, group.target_of(heir_of), places));
  }
  spec.subscription_type = subscription_type(members);
  const Assignment assignment = assign(preferred_server_assignor(members).value_or(input.default_assignor), spec);
  if (is_assignor_exception(spec, assignment)) {
    return std::nullopt;
  }

  TargetAssignment result;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const MemberId id = members[i]->member_id;
    const PartitionSet target = places.partitions(assignment[i]);
    const PartitionSet* before = group.target_assignment.get(id);
    if (before == nullptr || *before != target) {
      result.records.push_back({group.id, ConsumerGroupTargetAssignmentMember{id, target}});
    }
    if (members[i] == input.change.updated) {
      result.of_updated = target;
    }
  }
  result.records.push_back({group.id, ConsumerGroupTargetAssignmentMetadata{input.group_epoch}});
  return result;
}

}  // namespace kscope::sim::consumer_group
