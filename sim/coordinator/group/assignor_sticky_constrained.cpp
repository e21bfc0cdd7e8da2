// The constrained algorithm. With P partitions and M members, P % M of them end with P / M + 1 partitions ("over the
// minimum") and all others with P / M ("the minimum"). Two lists say who may still get more:
//   under_minimum_   members that have not reached the minimum
//   at_minimum_      members that have reached it and could be one of those that get one more

#include "sim/coordinator/group/assignor_sticky_algorithms.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace kscope::sim {
namespace {

using Ranks = std::vector<std::size_t>;

class ConstrainedAssignment {
 public:
  ConstrainedAssignment(const StickyGroup& group, const StickyRacks& racks)
      : group_(group),
        racks_(racks),
        minimum_(group.existing_partition_count / group.members.size()),
        over_minimum_wanted_(group.existing_partition_count % group.members.size()),
        maximum_(minimum_ + (over_minimum_wanted_ > 0 ? 1 : 0)),
        assigned_(group.members.size()),
        revoked_from_(group.partitions.size(), kNoRank) {}

  std::optional<StickyAssignment> build() {
    for (std::size_t member = 0; member < group_.members.size(); ++member) {
      keep_owned(member);
    }
    Ranks unassigned = racks_.rarest_first(unassigned_partitions());
    if (racks_.are_used()) {
      unassigned = assign_within_racks(unassigned);
    }
    if (!assign_in_turn(unassigned) || !under_minimum_.empty()) {
      return std::nullopt;
    }
    return StickyAssignment{std::move(assigned_), std::move(transfers_)};
  }

 private:
  void keep_owned(std::size_t member) {
    Ranks owned;
    for (const std::size_t partition : group_.members[member].owned) {
      if (racks_.mismatch(member, partition)) {
        revoked_from_[partition] = member;
      } else if (!group_.is_disputed[partition]) {
        owned.push_back(partition);
      }
    }
    std::sort(owned.begin(), owned.end(), [&](std::size_t a, std::size_t b) {
      const StickyPartition& first = group_.partitions[a];
      const StickyPartition& second = group_.partitions[b];
      return first.number != second.number ? first.number < second.number : first.topic < second.topic;
    });
    std::size_t kept = owned.size();
    if (owned.size() < minimum_) {
      under_minimum_.push_back(member);
    } else if (owned.size() >= maximum_ && over_minimum_ < over_minimum_wanted_) {
      kept = maximum_;
      count_over_minimum();
    } else {
      kept = minimum_;
      if (over_minimum_ < over_minimum_wanted_) {
        at_minimum_.push_back(member);
      }
    }
    for (std::size_t i = 0; i < owned.size(); ++i) {
      if (i < kept) {
        assigned_[member].push_back(owned[i]);
      } else {
        revoked_from_[owned[i]] = member;
      }
    }
  }

  // Once as many members as wanted are over the minimum, those at the minimum are done.
  void count_over_minimum() {
    ++over_minimum_;
    if (over_minimum_ == over_minimum_wanted_) {
      at_minimum_.clear();
    }
  }

  // Walks the kept partitions and all that exist side by side. A kept partition that does not exist holds up the first
  // walk for good, so that every kept partition behind it counts as unassigned: so does Kafka, and then it mostly
  // throws.
  [[nodiscard]] Ranks unassigned_partitions() const {
    Ranks kept;
    for (const Ranks& of_member : assigned_) {
      kept.insert(kept.end(), of_member.begin(), of_member.end());
    }
    std::sort(kept.begin(), kept.end());
    Ranks unassigned;
    std::size_t next = 0;
    for (std::size_t partition = 0; partition < group_.partitions.size(); ++partition) {
      if (!group_.partitions[partition].exists) {
        continue;
      }
      if (next < kept.size() && kept[next] == partition) {
        ++next;
      } else {
        unassigned.push_back(partition);
      }
    }
    return unassigned;
  }

  // Place in the list of the first member in the rack of a replica, beginning at `start` and going around.
  template <typename List>
  [[nodiscard]] std::size_t find_in_rack(std::size_t partition, const List& members, std::size_t start) const {
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::size_t at = (start + i) % members.size();
      if (racks_.match(members[at], partition)) {
        return at;
      }
    }
    return kNoRank;
  }

  // Gives what partitions it can to members in the rack of a replica; returns the rest.
  Ranks assign_within_racks(const Ranks& partitions) {
    Ranks rest;
    std::size_t turn = 0;
    for (const std::size_t partition : partitions) {
      std::size_t at = find_in_rack(partition, under_minimum_, turn);
      if (at != kNoRank) {
        const std::size_t member = under_minimum_[at];
        give(partition, member);
        if (assigned_[member].size() < minimum_) {
          ++at;
        } else {
          under_minimum_.erase(under_minimum_.begin() + static_cast<std::ptrdiff_t>(at));
          if (assigned_[member].size() < maximum_ && over_minimum_ < over_minimum_wanted_) {
            at_minimum_.push_back(member);
          }
        }
        turn = under_minimum_.empty() ? 0 : at % under_minimum_.size();
        continue;
      }
      at = find_in_rack(partition, at_minimum_, 0);
      if (at == kNoRank) {
        rest.push_back(partition);
        continue;
      }
      const std::size_t member = at_minimum_[at];
      give(partition, member);
      if (assigned_[member].size() == maximum_) {
        at_minimum_.erase(at_minimum_.begin() + static_cast<std::ptrdiff_t>(at));
        count_over_minimum();
      }
    }
    return rest;
  }

  // Fills the members in turn up to the minimum, then those at the minimum with one more. False when nobody is left.
  bool assign_in_turn(const Ranks& partitions) {
    std::size_t turn = 0;
    for (const std::size_t partition : partitions) {
      if (under_minimum_.empty() && at_minimum_.empty()) {
        return false;
      }
      if (under_minimum_.empty()) {
        const std::size_t member = at_minimum_.front();
        at_minimum_.pop_front();
        give(partition, member);
        continue;
      }
      turn = turn < under_minimum_.size() ? turn : 0;
      const std::size_t member = under_minimum_[turn];
      give(partition, member);
      if (assigned_[member].size() == minimum_) {
        under_minimum_.erase(under_minimum_.begin() + static_cast<std::ptrdiff_t>(turn));
        at_minimum_.push_back(member);
      } else {
        ++turn;
      }
    }
    return true;
  }

  void give(std::size_t partition, std::size_t member) {
    assigned_[member].push_back(partition);
    const std::size_t former = revoked_from_[partition];
    if ((former != kNoRank && former != member) || group_.is_disputed[partition]) {
      transfers_.push_back({partition, member});
    }
  }

  const StickyGroup& group_;
  const StickyRacks& racks_;
  std::size_t minimum_ = 0;
  std::size_t over_minimum_wanted_ = 0;
  std::size_t maximum_ = 0;
  std::size_t over_minimum_ = 0;
  std::vector<Ranks> assigned_;  // by member
  Ranks revoked_from_;           // by partition
  Ranks under_minimum_;
  std::deque<std::size_t> at_minimum_;
  std::vector<StickyAssignment::Transfer> transfers_;
};

}  // namespace

std::optional<StickyAssignment> assign_constrained(const StickyGroup& group, const StickyRacks& racks) {
  return ConstrainedAssignment(group, racks).build();
}

}  // namespace kscope::sim
