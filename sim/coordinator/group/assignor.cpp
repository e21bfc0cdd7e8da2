#include "sim/coordinator/group/assignor.h"

#include "engine/core/check.h"
#include "sim/types/java_string.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace kscope::sim {
namespace {

std::vector<std::int32_t> places(std::size_t count) {
  std::vector<std::int32_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

bool is_before(const AssignorMember& a, const AssignorMember& b) {
  const bool is_a_static = !a.group_instance_id.empty();
  const bool is_b_static = !b.group_instance_id.empty();
  if (is_a_static && is_b_static) {
    return java_string_less(a.group_instance_id, b.group_instance_id);
  }
  if (is_a_static != is_b_static) {
    return is_a_static;
  }
  return java_string_less(a.member_id, b.member_id);
}

}  // namespace

std::vector<std::int32_t> members_in_order(const AssignorInput& input) {
  std::vector<std::int32_t> order = places(input.members.size());
  const auto member = [&](std::int32_t place) -> const AssignorMember& {
    return input.members[static_cast<std::size_t>(place)];
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return is_before(member(a), member(b)); });
  return order;
}

std::vector<std::int32_t> topics_in_order(const AssignorInput& input) {
  std::vector<std::int32_t> order = places(input.topics.size());
  const auto name = [&](std::int32_t place) -> std::string_view {
    return input.topics[static_cast<std::size_t>(place)].name;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return java_string_less(name(a), name(b)); });
  return order;
}

std::string_view protocol_name(AssignorName name) {
  switch (name) {
    case AssignorName::RANGE: return "range";
    case AssignorName::ROUND_ROBIN: return "roundrobin";
    case AssignorName::STICKY: return "sticky";
    case AssignorName::COOPERATIVE_STICKY: return "cooperative-sticky";
  }
  KSCOPE_CHECK(false, "an AssignorName outside the enumeration");
}

}  // namespace kscope::sim
