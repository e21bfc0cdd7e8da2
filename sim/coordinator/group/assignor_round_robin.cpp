#include "sim/coordinator/group/assignor.h"

#include <algorithm>
#include <cstddef>

namespace kscope::sim {
namespace {

bool is_subscribed(const AssignorMember& member, std::int32_t topic) {
  return std::find(member.topics.begin(), member.topics.end(), topic) != member.topics.end();
}

}  // namespace

Assignment assign_round_robin(const AssignorInput& input) {
  Assignment assignment(input.members.size());
  const std::vector<std::int32_t> members = members_in_order(input);
  const auto subscribes = [&](std::size_t turn, std::int32_t topic) {
    return is_subscribed(input.members[static_cast<std::size_t>(members[turn])], topic);
  };
  std::size_t turn = 0;
  for (const std::int32_t topic : topics_in_order(input)) {
    std::size_t subscribers = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      subscribers += subscribes(i, topic) ? 1 : 0;
    }
    if (subscribers == 0) {
      continue;
    }
    for (std::int32_t partition = 0; partition < input.topics[static_cast<std::size_t>(topic)].partition_count;
         ++partition) {
      while (!subscribes(turn, topic)) {
        turn = (turn + 1) % members.size();
      }
      assignment[static_cast<std::size_t>(members[turn])].push_back({topic, partition});
      turn = (turn + 1) % members.size();
    }
  }
  return assignment;
}

}  // namespace kscope::sim
