// The general algorithm: keep, assign, balance. Members whose partitions nobody else could have are set aside first. A
// balancing that did not improve anything is undone, so that partitions never move for nothing.

#include "sim/coordinator/group/assignor_sticky_algorithms.h"
#include "sim/coordinator/group/assignor_sticky_loads.h"
#include "sim/coordinator/group/assignor_sticky_movements.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {
namespace {

// MODEL: Kafka goes on until a pass moves nothing. Moving back in place of moving on can in principle go in circles.
constexpr int kLargestPassCount = 1'000;

using Ranks = std::vector<std::size_t>;

class GeneralAssignment {
 public:
  GeneralAssignment(const StickyGroup& group, const StickyRacks& racks)
      : group_(group),
        racks_(racks),
        loads_(group),
        movements_(group),
        subscribers_(group.topics.size()),
        earlier_owner_(group.partitions.size(), kNoRank) {
    for (std::size_t member = 0; member < group.members.size(); ++member) {
      for (const std::size_t topic : group.members[member].topics) {
        subscribers_[topic].push_back(member);
      }
    }
  }

  std::optional<StickyAssignment> build() {
    learn_earlier_owners();
    keep_owned();
    const Ranks all = all_partitions();
    const Ranks unassigned = unassigned_partitions(all);
    const bool is_initial = loads_.by_load().rbegin()->partition_count == 0;

    assign(racks_.are_used() ? assign_within_racks(unassigned) : unassigned);
    set_fixed_members_aside();

    const std::vector<Ranks> before = loads_.partitions();
    const std::size_t imbalance_before = loads_.imbalance();
    bool did_move = false;
    // What was not assigned yet moves first, unless something has to move anyway.
    if (!did_revoke_ && !reassign(movable(unassigned), did_move)) {
      return std::nullopt;
    }
    did_move = false;
    if (!reassign(movable(all), did_move)) {
      return std::nullopt;
    }
    const bool is_undone = !is_initial && did_move && loads_.imbalance() >= imbalance_before;
    return StickyAssignment{is_undone ? before : loads_.partitions(), std::nullopt};
  }

 private:
  // Claims of generations before the highest, the latest of each partition.
  void learn_earlier_owners() {
    std::vector<std::int32_t> generation_ids(group_.partitions.size());
    for (std::size_t rank = 0; rank < group_.members.size(); ++rank) {
      const StickyMember& member = group_.members[rank];
      if (member.generation_id >= group_.max_generation_id) {
        continue;
      }
      for (const std::size_t partition : member.claimed) {
        if (earlier_owner_[partition] == kNoRank || member.generation_id > generation_ids[partition]) {
          earlier_owner_[partition] = rank;
          generation_ids[partition] = member.generation_id;
        }
      }
    }
  }

  void keep_owned() {
    for (std::size_t member = 0; member < group_.members.size(); ++member) {
      for (const std::size_t partition : group_.members[member].owned) {
        if (!loads_.is_subscribed(member, group_.partitions[partition].topic) || racks_.mismatch(member, partition)) {
          did_revoke_ = true;
        } else {
          loads_.give(partition, member);
        }
      }
    }
  }

  // By number of subscribers of the topic, name of the topic and number of the partition.
  [[nodiscard]] bool is_before(std::size_t a, std::size_t b) const {
    const std::size_t subscribers_of_a = subscribers_[group_.partitions[a].topic].size();
    const std::size_t subscribers_of_b = subscribers_[group_.partitions[b].topic].size();
    return subscribers_of_a != subscribers_of_b ? subscribers_of_a < subscribers_of_b : a < b;
  }

  void sort(Ranks& partitions) const {
    std::sort(partitions.begin(), partitions.end(), [&](std::size_t a, std::size_t b) { return is_before(a, b); });
  }

  [[nodiscard]] Ranks all_partitions() const {
    Ranks all;
    for (std::size_t partition = 0; partition < group_.partitions.size(); ++partition) {
      if (group_.partitions[partition].exists) {
        all.push_back(partition);
      }
    }
    sort(all);
    return all;
  }

  // As in the constrained algorithm, a kept partition that does not exist makes all kept ones behind it count as
  // unassigned. Here they are then assigned a second time.
  [[nodiscard]] Ranks unassigned_partitions(const Ranks& all) const {
    Ranks kept;
    for (const Ranks& of_member : loads_.partitions()) {
      kept.insert(kept.end(), of_member.begin(), of_member.end());
    }
    sort(kept);
    Ranks unassigned;
    std::size_t next = 0;
    for (const std::size_t partition : all) {
      if (next < kept.size() && kept[next] == partition) {
        ++next;
      } else {
        unassigned.push_back(partition);
      }
    }
    return unassigned;
  }

  // Gives what partitions it can to members in the rack of a replica, or in no known rack; returns the rest.
  Ranks assign_within_racks(const Ranks& partitions) {
    Ranks rest;
    for (const std::size_t partition : partitions) {
      const std::size_t member =
          emptiest([&](std::size_t one) { return is_subscriber(one, partition) && !racks_.mismatch(one, partition); });
      if (member == kNoRank) {
        rest.push_back(partition);
      } else {
        loads_.give(partition, member);
      }
    }
    return rest;
  }

  void assign(const Ranks& partitions) {
    for (const std::size_t partition : partitions) {
      const std::size_t member = emptiest_subscriber(partition);
      if (member != kNoRank) {
        loads_.give(partition, member);
      }
    }
  }

  [[nodiscard]] bool is_subscriber(std::size_t member, std::size_t partition) const {
    return loads_.is_subscribed(member, group_.partitions[partition].topic);
  }

  template <typename Predicate>
  [[nodiscard]] std::size_t emptiest(const Predicate& is_allowed) const {
    for (const StickyLoads::Load& load : loads_.by_load()) {
      if (is_allowed(load.member)) {
        return load.member;
      }
    }
    return kNoRank;
  }

  [[nodiscard]] std::size_t emptiest_subscriber(std::size_t partition) const {
    return emptiest([&](std::size_t member) { return is_subscriber(member, partition); });
  }

  [[nodiscard]] bool can_move(std::size_t partition) const {
    return subscribers_[group_.partitions[partition].topic].size() >= 2;
  }

  [[nodiscard]] Ranks movable(Ranks partitions) const {
    const auto is_fixed = [&](std::size_t partition) { return !can_move(partition); };
    partitions.erase(std::remove_if(partitions.begin(), partitions.end(), is_fixed), partitions.end());
    return partitions;
  }

  // Members that have all they can get, none of which anybody else can get.
  void set_fixed_members_aside() {
    for (std::size_t member = 0; member < group_.members.size(); ++member) {
      const Ranks& partitions = loads_.partitions()[member];
      if (partitions.size() >= loads_.largest_possible_load(member) &&
          std::none_of(partitions.begin(), partitions.end(), [&](std::size_t one) { return can_move(one); })) {
        loads_.set_aside(member);
      }
    }
  }

  // Moves the partitions until the balance cannot be improved. False where Kafka looks for the load of a member that
  // was set aside and finds none.
  bool reassign(const Ranks& partitions, bool& did_move) {
    for (int pass = 0; pass < kLargestPassCount; ++pass) {
      bool did_pass_move = false;
      for (const std::size_t partition : partitions) {
        if (loads_.is_balanced()) {
          break;
        }
        const Improvement improvement = find_improvement(partition);
        if (improvement.kind == Improvement::Kind::UNKNOWN_LOAD) {
          return false;
        }
        if (improvement.kind == Improvement::Kind::MOVE) {
          move(partition, improvement.member);
          did_pass_move = true;
        }
      }
      did_move = did_move || did_pass_move;
      if (!did_pass_move) {
        break;
      }
    }
    return true;
  }

  struct Improvement {
    enum class Kind { NONE, MOVE, UNKNOWN_LOAD };
    Kind kind = Kind::NONE;
    std::size_t member = kNoRank;
  };

  [[nodiscard]] Improvement find_improvement(std::size_t partition) const {
    const std::size_t owner = loads_.owner(partition);
    // Kafka does not ask whether an earlier owner still subscribes to the topic.
    const std::size_t earlier = earlier_owner_[partition];
    if (earlier != kNoRank) {
      if (!loads_.takes_part(earlier)) {
        return {Improvement::Kind::UNKNOWN_LOAD, kNoRank};
      }
      if (loads_.load(owner) > loads_.load(earlier) + 1) {
        return {Improvement::Kind::MOVE, earlier};
      }
    }
    // With a better member in the rack as without, it is the emptiest subscriber that gets the partition.
    if (racks_.match(owner, partition)) {
      const Improvement in_rack = find_better(partition, [&](std::size_t one) { return racks_.match(one, partition); });
      if (in_rack.kind != Improvement::Kind::NONE) {
        return in_rack;
      }
    }
    return find_better(partition, [](std::size_t) { return true; });
  }

  template <typename Predicate>
  [[nodiscard]] Improvement find_better(std::size_t partition, const Predicate& is_allowed) const {
    const std::size_t load = loads_.load(loads_.owner(partition));
    for (const std::size_t other : subscribers_[group_.partitions[partition].topic]) {
      if (!is_allowed(other)) {
        continue;
      }
      if (!loads_.takes_part(other)) {
        return {Improvement::Kind::UNKNOWN_LOAD, kNoRank};
      }
      if (load > loads_.load(other) + 1) {
        return {Improvement::Kind::MOVE, emptiest_subscriber(partition)};
      }
    }
    return {};
  }

  void move(std::size_t wanted, std::size_t to) {
    const std::size_t partition = movements_.partition_to_move({wanted, loads_.owner(wanted), to});
    movements_.add({partition, loads_.owner(partition), to});
    loads_.move(partition, to);
  }

  const StickyGroup& group_;
  const StickyRacks& racks_;
  StickyLoads loads_;
  StickyMovements movements_;
  std::vector<Ranks> subscribers_;  // by topic: members
  Ranks earlier_owner_;             // by partition
  bool did_revoke_ = false;
};

}  // namespace

std::optional<StickyAssignment> assign_general(const StickyGroup& group, const StickyRacks& racks) {
  return GeneralAssignment(group, racks).build();
}

}  // namespace kscope::sim
