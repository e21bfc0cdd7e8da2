// Uniform assignment of Kafka 3.9 when members subscribe to different topics, in three steps:
// 1. Members keep the partitions of their targets that they are still subscribed to.
// 2. The partitions that are left go, one by one, to the least loaded subscriber that has room. A member has room while
//    it lacks some partition of its topics.
// 3. Pass after pass over the partitions that have not moved yet, a partition whose owner has at least two more than some
//    subscriber moves to the least loaded subscriber with room, until the group is balanced or a pass moves nothing.
//
// Step 3 gives up (PartitionAssignorException) when a partition is to move from B to A after another one of the topic
// moved from A to B. Kafka 3.9 means to take the earlier move back instead, but its check of that move's record is the
// wrong way round and always fails. It happens where A has become the smaller of the two by giving
// partitions of another topic to others meanwhile.

#include "engine/core/check.h"
#include "sim/coordinator/group/uniform_assignment_builder.h"

#include <algorithm>
#include <compare>
#include <set>
#include <tuple>
#include <utility>

namespace kscope::sim {
namespace {

struct Movement {
  std::int32_t topic = 0;
  std::int32_t from = 0;
  std::int32_t to = 0;
  auto operator<=>(const Movement&) const = default;
};

enum class Outcome : std::uint8_t { DONE, GIVEN_UP };

class Builder {
 public:
  explicit Builder(const GroupSpec& spec);

  [[nodiscard]] std::optional<Assignment> build();

 private:
  [[nodiscard]] std::vector<AssignedPartition> unassigned_partitions() const;
  [[nodiscard]] std::vector<AssignedPartition> reassignable_partitions() const;
  void sort_by_topic_rank(std::vector<AssignedPartition>& partitions) const;

  [[nodiscard]] bool has_room(std::int32_t member) const {
    return owners_.size_of(member) < max_sizes_[static_cast<std::size_t>(member)];
  }
  [[nodiscard]] std::int32_t least_loaded_with_room(std::int32_t topic) const;
  [[nodiscard]] std::int32_t smallest_size(std::int32_t topic) const;

  void assign_remaining();
  [[nodiscard]] Outcome balance();
  [[nodiscard]] Outcome reassign(AssignedPartition partition);
  void assign(AssignedPartition partition, std::int32_t member);

  [[nodiscard]] bool is_balanced();
  [[nodiscard]] bool find_helpful_move(std::int32_t topic);
  [[nodiscard]] bool is_helpful() const;

  const GroupSpec& spec_;
  PartitionOwners owners_;
  std::vector<std::int32_t> max_sizes_;                        // by member: the partitions of all its topics
  std::vector<std::int32_t> ranks_;                            // by topic
  std::set<std::pair<std::int32_t, std::int32_t>> with_room_;  // (size, member) of all members that have room
  std::set<Movement> movements_;
  // A move that would help when it was found. Only a hint where is_balanced() looks first.
  AssignedPartition helpful_partition_;
  std::int32_t helpful_member_ = kNoOwner;
};

Builder::Builder(const GroupSpec& spec) : spec_(spec), owners_(spec), ranks_(topic_ranks(spec)) {
  for (std::int32_t member = 0; member < spec.member_count(); ++member) {
    std::int32_t max_size = 0;
    for (const std::int32_t topic : spec.subscriptions[static_cast<std::size_t>(member)]) {
      max_size += spec.partition_count(topic);
    }
    max_sizes_.push_back(max_size);
    if (has_room(member)) {
      with_room_.emplace(owners_.size_of(member), member);
    }
  }
}

void Builder::sort_by_topic_rank(std::vector<AssignedPartition>& partitions) const {
  const auto key = [&](const AssignedPartition& one) {
    return std::tuple(ranks_[static_cast<std::size_t>(one.topic)], one.partition, one.topic);
  };
  std::sort(partitions.begin(), partitions.end(),
            [&](const AssignedPartition& a, const AssignedPartition& b) { return key(a) < key(b); });
}

std::vector<AssignedPartition> Builder::unassigned_partitions() const {
  std::vector<AssignedPartition> partitions;
  for (std::int32_t topic = 0; topic < spec_.topic_count(); ++topic) {
    if (spec_.subscribers_of(topic).empty()) {
      continue;
    }
    for (std::int32_t partition = 0; partition < spec_.partition_count(topic); ++partition) {
      if (owners_.of({topic, partition}) == kNoOwner) {
        partitions.push_back({topic, partition});
      }
    }
  }
  sort_by_topic_rank(partitions);
  return partitions;
}

std::vector<AssignedPartition> Builder::reassignable_partitions() const {
  std::vector<AssignedPartition> partitions;
  for (std::int32_t topic = 0; topic < spec_.topic_count(); ++topic) {
    if (spec_.subscribers_of(topic).size() < 2) {
      continue;
    }
    for (std::int32_t partition = 0; partition < spec_.partition_count(topic); ++partition) {
      partitions.push_back({topic, partition});
    }
  }
  sort_by_topic_rank(partitions);
  return partitions;
}

std::int32_t Builder::least_loaded_with_room(std::int32_t topic) const {
  std::int32_t best = kNoOwner;
  for (const std::int32_t member : spec_.subscribers_of(topic)) {
    if (has_room(member) && (best == kNoOwner || owners_.size_of(member) < owners_.size_of(best))) {
      best = member;
    }
  }
  return best;
}

// Of all subscribers of the topic, full ones too.
std::int32_t Builder::smallest_size(std::int32_t topic) const {
  std::int32_t smallest = INT32_MAX;
  for (const std::int32_t member : spec_.subscribers_of(topic)) {
    smallest = std::min(smallest, owners_.size_of(member));
  }
  return smallest;
}

void Builder::assign(AssignedPartition partition, std::int32_t member) {
  const std::int32_t owner = owners_.of(partition);
  for (const std::int32_t changed : {owner, member}) {
    if (changed != kNoOwner) {
      with_room_.erase({owners_.size_of(changed), changed});
    }
  }
  owners_.assign(partition, member);
  for (const std::int32_t changed : {owner, member}) {
    if (changed != kNoOwner && has_room(changed)) {
      with_room_.emplace(owners_.size_of(changed), changed);
    }
  }
}

void Builder::assign_remaining() {
  for (const AssignedPartition& partition : unassigned_partitions()) {
    const std::int32_t member = least_loaded_with_room(partition.topic);
    KSCOPE_CHECK(member != kNoOwner, "no subscriber has room for a partition that none of them has");
    assign(partition, member);
  }
}

// Moves the partition to the least loaded subscriber with room, even if that is its owner.
Outcome Builder::reassign(AssignedPartition partition) {
  const std::int32_t from = owners_.of(partition);
  const std::int32_t to = least_loaded_with_room(partition.topic);
  if (to == kNoOwner || movements_.contains({partition.topic, to, from})) {
    return Outcome::GIVEN_UP;
  }
  movements_.insert({partition.topic, from, to});
  assign(partition, to);
  return Outcome::DONE;
}

// Ends because no partition moves twice.
Outcome Builder::balance() {
  std::vector<AssignedPartition> partitions = reassignable_partitions();
  bool is_modified = true;
  while (is_modified) {
    std::vector<AssignedPartition> not_moved;
    is_modified = false;
    bool has_just_moved = false;  // at the start of a pass Kafka does not look whether the group is balanced
    for (const AssignedPartition& partition : partitions) {
      if (has_just_moved && is_balanced()) {
        return Outcome::DONE;
      }
      has_just_moved = owners_.size_of(owners_.of(partition)) > smallest_size(partition.topic) + 1;
      if (!has_just_moved) {
        not_moved.push_back(partition);
        continue;
      }
      is_modified = true;
      if (reassign(partition) == Outcome::GIVEN_UP) {
        return Outcome::GIVEN_UP;
      }
    }
    partitions = std::move(not_moved);
  }
  return Outcome::DONE;
}

// Whether the members with room are within one partition of each other, or none of them has a reason to get a partition
// of another member. Full members that stick out do not count against the former, but do against the latter.
bool Builder::is_balanced() {
  KSCOPE_CHECK(!with_room_.empty(), "whoever has just given a partition away has room");
  if (with_room_.begin()->first >= with_room_.rbegin()->first - 1) {
    return true;
  }
  if (is_helpful()) {
    return false;
  }
  const std::int32_t first = helpful_partition_.topic;
  for (std::int32_t i = 0; i < spec_.topic_count(); ++i) {
    if (find_helpful_move((first + i) % spec_.topic_count())) {
      return false;
    }
  }
  return true;
}

// Looks for a partition of the topic that a subscriber with room should rather have.
bool Builder::find_helpful_move(std::int32_t topic) {
  const std::vector<std::int32_t>& owners = owners_.of_topic(topic);
  helpful_member_ = owners.empty() ? kNoOwner : least_loaded_with_room(topic);
  if (helpful_member_ == kNoOwner) {
    return false;
  }
  const auto most_loaded = std::max_element(owners.begin(), owners.end(), [&](std::int32_t a, std::int32_t b) {
    return owners_.size_of(a) < owners_.size_of(b);
  });
  helpful_partition_ = {topic, static_cast<std::int32_t>(most_loaded - owners.begin())};
  return is_helpful();
}

bool Builder::is_helpful() const {
  return helpful_member_ != kNoOwner && has_room(helpful_member_) &&
         owners_.size_of(owners_.of(helpful_partition_)) > owners_.size_of(helpful_member_) + 1;
}

std::optional<Assignment> Builder::build() {
  assign_remaining();
  if (balance() == Outcome::GIVEN_UP) {
    return std::nullopt;
  }
  return owners_.by_member();
}

}  // namespace

std::optional<Assignment> build_heterogeneous(const GroupSpec& spec) { return Builder(spec).build(); }

}  // namespace kscope::sim
