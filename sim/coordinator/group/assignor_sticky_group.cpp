// Brings the input into ranks and settles which claims hold.

#include "sim/coordinator/group/assignor_sticky.h"
#include "sim/types/java_string.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <string_view>

namespace kscope::sim {
namespace {

std::vector<std::int32_t> members_by_id(const AssignorInput& input) {
  std::vector<std::int32_t> order(input.members.size());
  std::iota(order.begin(), order.end(), 0);
  const auto id = [&](std::int32_t place) -> std::string_view {
    return input.members[static_cast<std::size_t>(place)].member_id;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return java_string_less(id(a), id(b)); });
  return order;
}

std::set<std::int32_t> places_of_topics(const AssignorMember& member) {
  return {member.topics.begin(), member.topics.end()};
}

// An empty subscription counts as equal to any, as long as no member before it subscribes to something: Kafka takes the
// first subscription that is not empty as the one to compare with.
bool are_equal(const AssignorInput& input, const std::vector<std::int32_t>& members) {
  std::set<std::int32_t> first;
  for (const std::int32_t place : members) {
    std::set<std::int32_t> topics = places_of_topics(input.members[static_cast<std::size_t>(place)]);
    if (first.empty()) {
      first = std::move(topics);
    } else if (topics != first) {
      return false;
    }
  }
  return true;
}

void rank_topics(const AssignorInput& input, StickyGroup& group, std::vector<std::size_t>& rank_of_topic) {
  std::vector<bool> is_wanted(input.topics.size());
  for (const AssignorMember& member : input.members) {
    for (const std::int32_t topic : member.topics) {
      is_wanted[static_cast<std::size_t>(topic)] = true;
    }
  }
  rank_of_topic.assign(input.topics.size(), kNoRank);
  for (const std::int32_t place : topics_in_order(input)) {
    const std::int32_t count = input.topics[static_cast<std::size_t>(place)].partition_count;
    if (is_wanted[static_cast<std::size_t>(place)] && count > 0) {
      rank_of_topic[static_cast<std::size_t>(place)] = group.topics.size();
      group.topics.push_back({place, 0, static_cast<std::size_t>(count)});
      group.existing_partition_count += static_cast<std::size_t>(count);
    }
  }
}

// A partition by rank of its topic and number, before it has a rank itself.
using Named = AssignedPartition;

void rank_partitions(StickyGroup& group, const std::vector<std::vector<Named>>& claims, std::vector<Named>& names) {
  for (std::size_t topic = 0; topic < group.topics.size(); ++topic) {
    for (std::size_t number = 0; number < group.topics[topic].partition_count; ++number) {
      names.push_back({static_cast<std::int32_t>(topic), static_cast<std::int32_t>(number)});
    }
  }
  const auto exists = [&](const Named& name) {
    return name.partition >= 0 && static_cast<std::size_t>(name.partition) <
                                      group.topics[static_cast<std::size_t>(name.topic)].partition_count;
  };
  for (const std::vector<Named>& of_member : claims) {
    std::copy_if(of_member.begin(), of_member.end(), std::back_inserter(names),
                 [&](const Named& name) { return !exists(name); });
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (std::size_t rank = 0; rank < names.size(); ++rank) {
    const auto topic = static_cast<std::size_t>(names[rank].topic);
    group.partitions.push_back({topic, names[rank].partition, exists(names[rank])});
    if (names[rank].partition == 0) {
      group.topics[topic].first_partition = rank;
    }
  }
}

/// Claims of generations below `least_generation` do not hold.
void settle_claims(StickyGroup& group, std::int32_t least_generation) {
  group.is_disputed.resize(group.partitions.size());
  std::vector<std::size_t> claimant(group.partitions.size(), kNoRank);
  const auto take_from = [&](std::size_t member, std::size_t partition) {
    std::vector<std::size_t>& owned = group.members[member].owned;
    const auto found = std::find(owned.begin(), owned.end(), partition);
    if (found != owned.end()) {
      owned.erase(found);
    }
  };
  for (std::size_t rank = 0; rank < group.members.size(); ++rank) {
    StickyMember& member = group.members[rank];
    group.max_generation_id = std::max(group.max_generation_id, member.generation_id);
    if (member.generation_id < least_generation) {
      continue;
    }
    for (const std::size_t partition : member.claimed) {
      const std::size_t other = claimant[partition];
      if (other == kNoRank) {
        member.owned.push_back(partition);
        claimant[partition] = rank;
        continue;
      }
      // Kafka compares the generation of the member data with that in the other's subscription, not in its member data.
      const std::int32_t other_generation_id = group.members[other].subscription_generation_id;
      if (member.generation_id < other_generation_id) {
        continue;
      }
      if (member.generation_id == other_generation_id) {
        group.is_disputed[partition] = true;
      } else {
        member.owned.push_back(partition);
      }
      take_from(other, partition);
      claimant[partition] = rank;
    }
  }
}

/// Below which generation no member is believed. Source: AbstractStickyAssignor.allSubscriptionsEqual, Kafka 3.0 to 3.4.0.
std::int32_t least_believed_generation(const StickyGroup& group, BelievedClaims believed) {
  std::int32_t highest = std::numeric_limits<std::int32_t>::min();
  for (const StickyMember& member : group.members) {
    highest = std::max(highest, member.generation_id);
  }
  const bool is_highest_only = believed == BelievedClaims::kHighestGeneration && group.are_subscriptions_equal;
  return is_highest_only ? highest : std::numeric_limits<std::int32_t>::min();
}

}  // namespace

StickyGroup make_sticky_group(const AssignorInput& input) {
  StickyGroup group;
  std::vector<std::size_t> rank_of_topic;
  rank_topics(input, group, rank_of_topic);

  const std::vector<std::int32_t> order = members_by_id(input);
  std::vector<std::vector<Named>> claims;
  for (const std::int32_t place : order) {
    const AssignorMember& from = input.members[static_cast<std::size_t>(place)];
    StickyMember member;
    member.place = place;
    member.generation_id = from.generation_id;
    member.subscription_generation_id = from.subscription_generation_id.value_or(from.generation_id);
    for (const std::int32_t topic : places_of_topics(from)) {
      if (rank_of_topic[static_cast<std::size_t>(topic)] != kNoRank) {
        member.topics.push_back(rank_of_topic[static_cast<std::size_t>(topic)]);
      }
    }
    std::sort(member.topics.begin(), member.topics.end());
    group.members.push_back(std::move(member));
    std::vector<Named>& of_member = claims.emplace_back();
    for (const AssignedPartition& partition : from.owned) {
      const std::size_t topic = rank_of_topic[static_cast<std::size_t>(partition.topic)];
      if (topic != kNoRank) {
        of_member.push_back({static_cast<std::int32_t>(topic), partition.partition});
      }
    }
  }
  group.are_subscriptions_equal = are_equal(input, order);

  std::vector<Named> names;
  rank_partitions(group, claims, names);
  for (std::size_t member = 0; member < claims.size(); ++member) {
    for (const Named& name : claims[member]) {
      const auto found = std::lower_bound(names.begin(), names.end(), name);
      group.members[member].claimed.push_back(static_cast<std::size_t>(found - names.begin()));
    }
  }
  settle_claims(group, least_believed_generation(group, input.believed));
  return group;
}

}  // namespace kscope::sim
