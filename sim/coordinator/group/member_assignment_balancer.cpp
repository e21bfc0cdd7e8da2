#include "sim/coordinator/group/member_assignment_balancer.h"

#include "engine/core/check.h"

#include <algorithm>
#include <utility>

namespace kscope::sim {

MemberAssignmentBalancer::MemberAssignmentBalancer(const PartitionOwners& owners, std::vector<std::int32_t> subscribers)
    : owners_(owners), members_(std::move(subscribers)) {
  KSCOPE_CHECK(!members_.empty(), "a topic without subscribers has nobody to balance");
  std::stable_sort(members_.begin(), members_.end(),
                   [&](std::int32_t a, std::int32_t b) { return owners_.size_of(a) < owners_.size_of(b); });
  // Both ranges are empty and one step outside, so that the first question moves them in.
  least_loaded_size_ = owners_.size_of(members_.front()) - 1;
  most_loaded_size_ = owners_.size_of(members_.back()) + 1;
  most_loaded_begin_ = end();
  most_loaded_end_ = end();
  next_most_loaded_ = end() - 1;
}

std::int32_t MemberAssignmentBalancer::size_at(std::ptrdiff_t place) const {
  return owners_.size_of(members_[static_cast<std::size_t>(place)]);
}

std::int32_t MemberAssignmentBalancer::next_least_loaded() {
  if (next_least_loaded_ >= least_loaded_end_) {
    ++least_loaded_size_;
    while (least_loaded_end_ < end() && size_at(least_loaded_end_) == least_loaded_size_) {
      ++least_loaded_end_;
    }
    next_least_loaded_ = 0;
  }
  const std::int32_t member = members_[static_cast<std::size_t>(next_least_loaded_)];
  ++next_least_loaded_;
  return member;
}

std::int32_t MemberAssignmentBalancer::next_most_loaded() {
  if (next_most_loaded_ < most_loaded_begin_) {
    const bool is_range_empty = most_loaded_end_ <= most_loaded_begin_;
    if (is_range_empty && most_loaded_begin_ > 0) {
      // All of the range were excluded. Going down by one might miss the next member, whose size can be any.
      most_loaded_size_ = size_at(most_loaded_begin_ - 1);
    } else {
      --most_loaded_size_;
    }
    while (most_loaded_begin_ > 0 && size_at(most_loaded_begin_ - 1) == most_loaded_size_) {
      --most_loaded_begin_;
    }
    next_most_loaded_ = most_loaded_end_ - 1;
  }
  if (next_most_loaded_ < 0) {
    return kNoOwner;
  }
  const std::int32_t member = members_[static_cast<std::size_t>(next_most_loaded_)];
  --next_most_loaded_;
  return member;
}

void MemberAssignmentBalancer::exclude_most_loaded() {
  const std::ptrdiff_t named = next_most_loaded_ + 1;
  KSCOPE_CHECK(named < most_loaded_end_, "only a member that was just named can be excluded");
  --most_loaded_end_;
  std::swap(members_[static_cast<std::size_t>(named)], members_[static_cast<std::size_t>(most_loaded_end_)]);
}

}  // namespace kscope::sim
