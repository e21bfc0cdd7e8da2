#include "sim/coordinator/group/group_spec.h"

#include "engine/core/check.h"
#include "sim/types/java_string.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace kscope::sim {
namespace {

std::vector<std::size_t> places_by_member_id(const ServerAssignorInput& input) {
  std::vector<std::size_t> places(input.members.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const auto id = [&](std::size_t place) -> const std::string& { return input.members[place].member_id; };
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return java_string_less(id(a), id(b)); });
  const auto twin =
      std::adjacent_find(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return id(a) == id(b); });
  KSCOPE_CHECK(twin == places.end(), "two members with one member id");
  return places;
}

std::vector<std::int32_t> sorted_topics(const GroupSpec& spec, std::vector<std::int32_t> topics) {
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  if (!topics.empty()) {
    KSCOPE_CHECK(topics.front() >= 0, "a subscription to a topic that is not in the list");
    KSCOPE_CHECK(topics.back() < spec.topic_count(), "a subscription to a topic that is not in the list");
  }
  return topics;
}

void check_targets(const GroupSpec& spec) {
  std::vector<AssignedPartition> all;
  for (const std::vector<AssignedPartition>& target : spec.targets) {
    all.insert(all.end(), target.begin(), target.end());
  }
  std::sort(all.begin(), all.end());
  KSCOPE_CHECK(std::adjacent_find(all.begin(), all.end()) == all.end(), "a partition is the target of two members");
  for (const AssignedPartition& one : all) {
    KSCOPE_CHECK(one.topic >= 0 && one.topic < spec.topic_count(), "a target of a topic that is not in the list");
    KSCOPE_CHECK(one.partition >= 0 && one.partition < spec.partition_count(one.topic),
                 "a target that its topic does not have");
  }
}

}  // namespace

bool GroupSpec::is_subscribed(std::int32_t member, std::int32_t topic) const {
  const std::vector<std::int32_t>& topics = subscriptions[static_cast<std::size_t>(member)];
  return std::binary_search(topics.begin(), topics.end(), topic);
}

GroupSpec make_group_spec(const ServerAssignorInput& input) {
  GroupSpec spec;
  spec.partition_counts = input.partition_counts;
  spec.places = places_by_member_id(input);
  spec.subscribers.resize(input.partition_counts.size());
  for (std::int32_t member = 0; member < spec.member_count(); ++member) {
    const ServerAssignorMember& from = input.members[spec.places[static_cast<std::size_t>(member)]];
    spec.subscriptions.push_back(sorted_topics(spec, from.topics));
    for (const std::int32_t topic : spec.subscriptions.back()) {
      spec.subscribers[static_cast<std::size_t>(topic)].push_back(member);
    }
    spec.targets.push_back(from.target);
    std::sort(spec.targets.back().begin(), spec.targets.back().end());
  }
  check_targets(spec);
  const bool are_alike =
      std::all_of(spec.subscriptions.begin(), spec.subscriptions.end(),
                  [&](const std::vector<std::int32_t>& topics) { return topics == spec.subscriptions.front(); });
  const SubscriptionType by_topics = are_alike ? SubscriptionType::HOMOGENEOUS : SubscriptionType::HETEROGENEOUS;
  spec.subscription_type = input.subscription_type.value_or(by_topics);
  KSCOPE_CHECK(are_alike || spec.subscription_type == SubscriptionType::HETEROGENEOUS,
               "members with the same names of topics have the same topics");
  return spec;
}

Assignment in_input_order(const GroupSpec& spec, Assignment by_member) {
  Assignment assignment(by_member.size());
  for (std::size_t member = 0; member < by_member.size(); ++member) {
    std::sort(by_member[member].begin(), by_member[member].end());
    assignment[spec.places[member]] = std::move(by_member[member]);
  }
  return assignment;
}

}  // namespace kscope::sim
