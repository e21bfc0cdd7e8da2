// Uniform assignment of Kafka 4.0 when members subscribe to different topics, in three steps:
// 1. Members keep the partitions of their targets that they are still subscribed to.
// 2. Topic by topic, in the order of topic_ranks(), the partitions that are left go to the least loaded subscribers.
// 3. Round after round, topic by topic in the same order, partitions move from the most loaded to the least loaded
//    subscribers until their sizes differ by one at most. It ends when a whole round moves nothing, or after 16 rounds:
//    where subscriptions overlap, topics can pull against each other for long.

#include "engine/core/check.h"
#include "sim/coordinator/group/member_assignment_balancer.h"
#include "sim/coordinator/group/uniform_assignment_builder.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {
namespace {

constexpr int kMaxRounds = 16;

std::vector<std::int32_t> topics_by_rank(const GroupSpec& spec) {
  const std::vector<std::int32_t> ranks = topic_ranks(spec);
  std::vector<std::int32_t> topics;
  for (std::int32_t topic = 0; topic < spec.topic_count(); ++topic) {
    if (!spec.subscribers_of(topic).empty()) {
      topics.push_back(topic);
    }
  }
  std::stable_sort(topics.begin(), topics.end(), [&](std::int32_t a, std::int32_t b) {
    return ranks[static_cast<std::size_t>(a)] < ranks[static_cast<std::size_t>(b)];
  });
  return topics;
}

void assign_remaining(const GroupSpec& spec, std::int32_t topic, PartitionOwners& owners) {
  std::vector<std::int32_t> unassigned;
  for (std::int32_t partition = 0; partition < spec.partition_count(topic); ++partition) {
    if (owners.of({topic, partition}) == kNoOwner) {
      unassigned.push_back(partition);
    }
  }
  if (unassigned.empty()) {
    return;
  }
  MemberAssignmentBalancer balancer(owners, spec.subscribers_of(topic));
  for (const std::int32_t partition : unassigned) {
    owners.assign({topic, partition}, balancer.next_least_loaded());
  }
}

// What members of a topic had when its balancing began, each member's highest partition at the end. What they get
// meanwhile is not given on.
class Givers {
 public:
  Givers(const std::vector<std::int32_t>& owners, std::int32_t member_count)
      : partitions_(static_cast<std::size_t>(member_count)) {
    for (std::size_t partition = 0; partition < owners.size(); ++partition) {
      KSCOPE_CHECK(owners[partition] != kNoOwner, "balancing begins when every partition has an owner");
      partitions_[static_cast<std::size_t>(owners[partition])].push_back(static_cast<std::int32_t>(partition));
    }
  }

  [[nodiscard]] bool has_any(std::int32_t member) const { return !of(member).empty(); }

  std::int32_t take_last(std::int32_t member) {
    std::vector<std::int32_t>& own = partitions_[static_cast<std::size_t>(member)];
    const std::int32_t partition = own.back();
    own.pop_back();
    return partition;
  }

 private:
  [[nodiscard]] const std::vector<std::int32_t>& of(std::int32_t member) const {
    return partitions_[static_cast<std::size_t>(member)];
  }

  std::vector<std::vector<std::int32_t>> partitions_;  // by member
};

std::int32_t next_giver(MemberAssignmentBalancer& balancer, const Givers& givers) {
  std::int32_t member = balancer.next_most_loaded();
  while (member != kNoOwner && !givers.has_any(member)) {
    balancer.exclude_most_loaded();
    member = balancer.next_most_loaded();
  }
  return member;
}

// Returns whether a partition moved.
bool balance_topic(const GroupSpec& spec, std::int32_t topic, PartitionOwners& owners) {
  const std::vector<std::int32_t>& subscribers = spec.subscribers_of(topic);
  const auto [least, most] =
      std::minmax_element(subscribers.begin(), subscribers.end(),
                          [&](std::int32_t a, std::int32_t b) { return owners.size_of(a) < owners.size_of(b); });
  if (owners.size_of(*most) - owners.size_of(*least) <= 1) {
    return false;
  }
  MemberAssignmentBalancer balancer(owners, subscribers);
  Givers givers(owners.of_topic(topic), spec.member_count());
  bool has_moved = false;
  while (true) {
    const std::int32_t from = next_giver(balancer, givers);
    if (from == kNoOwner) {
      return has_moved;
    }
    const std::int32_t to = balancer.next_least_loaded();
    if (balancer.is_balanced()) {
      return has_moved;
    }
    owners.assign({topic, givers.take_last(from)}, to);
    has_moved = true;
  }
}

void balance(const GroupSpec& spec, std::vector<std::int32_t> topics, PartitionOwners& owners) {
  const auto has_one_subscriber = [&](std::int32_t topic) { return spec.subscribers_of(topic).size() < 2; };
  topics.erase(std::remove_if(topics.begin(), topics.end(), has_one_subscriber), topics.end());
  if (topics.empty()) {
    return;
  }
  // When it is this topic's turn again, all others have been looked at since and nothing has moved.
  std::int32_t last_balanced = kNoOwner;
  for (int round = 0; round < kMaxRounds; ++round) {
    for (const std::int32_t topic : topics) {
      if (topic == last_balanced) {
        return;
      }
      if (balance_topic(spec, topic, owners) || last_balanced == kNoOwner) {
        last_balanced = topic;
      }
    }
  }
}

}  // namespace

Assignment build_heterogeneous_4_0(const GroupSpec& spec) {
  PartitionOwners owners(spec);
  const std::vector<std::int32_t> topics = topics_by_rank(spec);
  for (const std::int32_t topic : topics) {
    assign_remaining(spec, topic, owners);
  }
  balance(spec, topics, owners);
  return owners.by_member();
}

}  // namespace kscope::sim
