#include "sim/coordinator/group/consumer/consumer_group.h"

#include <algorithm>

namespace kscope::sim::consumer_group {

std::string_view to_string(MemberState state) {
  switch (state) {
    case MemberState::STABLE: return "STABLE";
    case MemberState::UNREVOKED_PARTITIONS: return "UNREVOKED_PARTITIONS";
    case MemberState::UNRELEASED_PARTITIONS: return "UNRELEASED_PARTITIONS";
  }
  return "?";
}

std::string_view to_string(ConsumerGroupState state) {
  switch (state) {
    case ConsumerGroupState::EMPTY: return "Empty";
    case ConsumerGroupState::ASSIGNING: return "Assigning";
    case ConsumerGroupState::RECONCILING: return "Reconciling";
    case ConsumerGroupState::STABLE: return "Stable";
  }
  return "?";
}

ConsumerGroupState ConsumerGroup::state() const {
  if (members.empty()) {
    return ConsumerGroupState::EMPTY;
  }
  if (group_epoch > assignment_epoch) {
    return ConsumerGroupState::ASSIGNING;
  }
  const bool is_stable = std::all_of(members.begin(), members.end(), [this](const auto& entry) {
    return entry.second.is_reconciled_to(assignment_epoch);
  });
  return is_stable ? ConsumerGroupState::STABLE : ConsumerGroupState::RECONCILING;
}

const ConsumerGroupMember* ConsumerGroup::static_member(const std::string& instance_id) const {
  const MemberId* member = static_members.get(instance_id);
  return member == nullptr ? nullptr : members.get(*member);
}

PartitionSet ConsumerGroup::target_of(MemberId member) const {
  const PartitionSet* target = target_assignment.get(member);
  return target == nullptr ? PartitionSet{} : *target;
}

bool ConsumerGroup::is_subscribed_to(TopicId topic) const {
  return std::any_of(members.begin(), members.end(),
                     [topic](const auto& entry) { return entry.second.metadata.subscribed_topics.contains(topic); });
}

std::size_t ConsumerGroup::classic_member_count() const {
  return static_cast<std::size_t>(std::count_if(
      members.begin(), members.end(), [](const auto& entry) { return entry.second.uses_classic_protocol(); }));
}

void ConsumerGroup::on_topic_changed(TopicId topic) {
  if (is_subscribed_to(topic)) {
    metadata_refresh = {};
  }
}

}  // namespace kscope::sim::consumer_group
