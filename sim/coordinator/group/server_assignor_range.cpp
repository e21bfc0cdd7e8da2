// Range assignment on the server: every topic for itself is cut into runs, one for each subscriber in order. Static
// members come first, by instance id, so that a member that comes back under its instance id gets the same runs again.
// Members of one topic stand in one order for all topics: with equal subscriptions and equal numbers of partitions,
// partition n of all topics goes to one member.

#include "sim/coordinator/group/group_spec.h"
#include "sim/coordinator/group/server_assignor.h"
#include "sim/types/java_string.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace kscope::sim {
namespace {

// By member of the spec its rank in the order in which range assignment takes members.
std::vector<std::int32_t> member_ranks(const ServerAssignorInput& input, const GroupSpec& spec) {
  std::vector<std::int32_t> order(spec.places.size());
  std::iota(order.begin(), order.end(), 0);
  const auto instance_id = [&](std::int32_t member) -> const std::string& {
    return input.members[spec.places[static_cast<std::size_t>(member)]].instance_id;
  };
  // Dynamic members stay in the order of their member ids, which is that of the spec.
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    if (instance_id(a).empty() || instance_id(b).empty()) {
      return !instance_id(a).empty() && instance_id(b).empty();
    }
    return java_string_less(instance_id(a), instance_id(b));
  });
  std::vector<std::int32_t> ranks(order.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    ranks[static_cast<std::size_t>(order[rank])] = static_cast<std::int32_t>(rank);
  }
  return ranks;
}

// `members` in the order in which they get their runs; not empty.
void assign_runs(const GroupSpec& spec, std::int32_t topic, const std::vector<std::int32_t>& members,
                 Assignment& by_member) {
  const auto member_count = static_cast<std::int32_t>(members.size());
  const std::int32_t minimum_quota = spec.partition_count(topic) / member_count;
  std::int32_t extra_partitions = spec.partition_count(topic) % member_count;
  std::int32_t next = 0;
  for (const std::int32_t member : members) {
    const std::int32_t end = next + minimum_quota + (extra_partitions > 0 ? 1 : 0);
    --extra_partitions;
    for (; next < end; ++next) {
      by_member[static_cast<std::size_t>(member)].push_back({topic, next});
    }
  }
}

}  // namespace

Assignment assign_server_range(const ServerAssignorInput& input) {
  const GroupSpec spec = make_group_spec(input);
  const std::vector<std::int32_t> ranks = member_ranks(input, spec);
  Assignment by_member(spec.places.size());
  for (std::int32_t topic = 0; topic < spec.topic_count(); ++topic) {
    std::vector<std::int32_t> members = spec.subscribers_of(topic);
    if (members.empty()) {
      continue;
    }
    std::sort(members.begin(), members.end(), [&](std::int32_t a, std::int32_t b) {
      return ranks[static_cast<std::size_t>(a)] < ranks[static_cast<std::size_t>(b)];
    });
    assign_runs(spec, topic, members, by_member);
  }
  return in_input_order(spec, std::move(by_member));
}

}  // namespace kscope::sim
