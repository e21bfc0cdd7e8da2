// Range assignment. One TopicState for each topic says who takes part, who may still get how many partitions, and which
// partitions are left. First, where racks make a difference, partitions go to members in the rack of a replica; then what
// is left goes in runs to whoever may still have some. Both steps respect the same shares, so racks never unbalance.

#include "engine/core/check.h"
#include "sim/coordinator/group/assignor.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>

namespace kscope::sim {
namespace {

using Racks = std::set<std::string>;

struct TopicState {
  std::int32_t topic = 0;
  std::int32_t partition_count = 0;
  std::vector<std::int32_t> members;       // who subscribes, in the order of members_in_order()
  std::vector<std::int32_t> assigned;      // how many partitions each of them has so far
  std::vector<bool> is_taken;              // by partition
  std::int32_t share = 0;                  // partitions that every member gets
  std::int32_t extras = 0;                 // members that still get one more
  std::vector<Racks> racks_of_partitions;  // empty when no member tells its rack
  bool needs_racks = false;

  [[nodiscard]] std::int32_t assignable(std::size_t member) const {
    return std::max(0, share + (extras > 0 ? 1 : 0) - assigned[member]);
  }
};

bool have_common(const Racks& a, const Racks& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& rack) { return b.contains(rack); });
}

// Racks matter when some member is in a rack that has replicas and the partitions do not all have the same racks.
void learn_racks(const AssignorInput& input, TopicState& state) {
  Racks of_members;
  for (const std::int32_t place : state.members) {
    const std::string& rack = input.members[static_cast<std::size_t>(place)].rack;
    if (!rack.empty()) {
      of_members.insert(rack);
    }
  }
  if (of_members.empty()) {
    return;
  }
  const AssignorTopic& topic = input.topics[static_cast<std::size_t>(state.topic)];
  Racks of_all;
  for (std::size_t partition = 0; partition < static_cast<std::size_t>(state.partition_count); ++partition) {
    Racks racks;
    if (partition < topic.replica_racks.size()) {
      racks.insert(topic.replica_racks[partition].begin(), topic.replica_racks[partition].end());
      racks.erase("");
    }
    of_all.insert(racks.begin(), racks.end());
    state.racks_of_partitions.push_back(std::move(racks));
  }
  const bool are_alike = std::all_of(state.racks_of_partitions.begin(), state.racks_of_partitions.end(),
                                     [&](const Racks& racks) { return racks == of_all; });
  state.needs_racks = have_common(of_members, of_all) && !are_alike;
}

TopicState make_state(const AssignorInput& input, std::int32_t topic, std::span<const std::int32_t> member_order) {
  TopicState state;
  state.topic = topic;
  state.partition_count = input.topics[static_cast<std::size_t>(topic)].partition_count;
  for (const std::int32_t place : member_order) {
    const std::vector<std::int32_t>& topics = input.members[static_cast<std::size_t>(place)].topics;
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) {
      state.members.push_back(place);
    }
  }
  state.assigned.resize(state.members.size());
  state.is_taken.resize(static_cast<std::size_t>(state.partition_count));
  if (!state.members.empty()) {
    const auto member_count = static_cast<std::int32_t>(state.members.size());
    state.share = state.partition_count / member_count;
    state.extras = state.partition_count % member_count;
  }
  learn_racks(input, state);
  return state;
}

// Whether the member may have the partition as far as racks go: members that do not tell theirs take any.
bool racks_match(const AssignorInput& input, const TopicState& state, std::size_t member, std::int32_t partition) {
  const std::string& rack = input.members[static_cast<std::size_t>(state.members[member])].rack;
  if (rack.empty()) {
    return true;
  }
  return !state.racks_of_partitions.empty() &&
         state.racks_of_partitions[static_cast<std::size_t>(partition)].contains(rack);
}

// Gives the partitions to the member. A member above its share uses up one of the extras, as often as it gets something:
// Kafka counts so too, and with its callers it happens once a member.
void give(TopicState& state, std::size_t member, std::span<const std::int32_t> partitions, Assignment& assignment) {
  for (const std::int32_t partition : partitions) {
    KSCOPE_CHECK(!state.is_taken[static_cast<std::size_t>(partition)], "a partition must not get two owners");
    state.is_taken[static_cast<std::size_t>(partition)] = true;
    assignment[static_cast<std::size_t>(state.members[member])].push_back({state.topic, partition});
  }
  state.assigned[member] += static_cast<std::int32_t>(partitions.size());
  if (state.assigned[member] > state.share) {
    --state.extras;
  }
}

using MayAssign = std::function<bool(std::size_t member, std::int32_t partition)>;

void assign_runs(TopicState& state, const MayAssign& may_assign, Assignment& assignment) {
  for (std::size_t member = 0; member < state.members.size(); ++member) {
    const auto limit = static_cast<std::size_t>(state.assignable(member));
    std::vector<std::int32_t> run;
    for (std::int32_t partition = 0; partition < state.partition_count && run.size() < limit; ++partition) {
      if (!state.is_taken[static_cast<std::size_t>(partition)] && may_assign(member, partition)) {
        run.push_back(partition);
      }
    }
    if (!run.empty()) {
      give(state, member, run, assignment);
    }
  }
}

// Topics with the same members and equally many partitions: partition n of all of them goes to one member.
void assign_alike(const AssignorInput& input, std::span<TopicState* const> states, Assignment& assignment) {
  const TopicState& first = *states.front();
  const auto can_take = [&](std::size_t member, std::int32_t partition) {
    return std::all_of(states.begin(), states.end(), [&](const TopicState* state) {
      return racks_match(input, *state, member, partition) && state->assignable(member) > 0;
    });
  };
  for (std::int32_t partition = 0; partition < first.partition_count; ++partition) {
    for (std::size_t member = 0; member < first.members.size(); ++member) {
      if (can_take(member, partition)) {
        for (TopicState* state : states) {
          give(*state, member, std::span(&partition, 1), assignment);
        }
        break;
      }
    }
  }
}

void assign_by_racks(const AssignorInput& input, std::vector<TopicState>& states, Assignment& assignment) {
  std::vector<bool> is_done(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (is_done[i]) {
      continue;
    }
    std::vector<TopicState*> alike;
    for (std::size_t j = i; j < states.size(); ++j) {
      if (states[j].members == states[i].members && states[j].partition_count == states[i].partition_count) {
        is_done[j] = true;
        alike.push_back(&states[j]);
      }
    }
    if (alike.size() > 1) {
      assign_alike(input, alike, assignment);
    } else if (states[i].needs_racks) {
      const MayAssign by_rack = [&](std::size_t member, std::int32_t partition) {
        return racks_match(input, states[i], member, partition);
      };
      assign_runs(states[i], by_rack, assignment);
    }
  }
}

}  // namespace

Assignment assign_range(const AssignorInput& input) {
  Assignment assignment(input.members.size());
  const std::vector<std::int32_t> member_order = members_in_order(input);
  std::vector<TopicState> states;
  for (const std::int32_t topic : topics_in_order(input)) {
    states.push_back(make_state(input, topic, member_order));
  }
  const auto needs_racks = [](const TopicState& state) { return state.needs_racks; };
  if (std::any_of(states.begin(), states.end(), needs_racks)) {
    assign_by_racks(input, states, assignment);
  }
  const MayAssign any = [](std::size_t, std::int32_t) { return true; };
  for (TopicState& state : states) {
    assign_runs(state, any, assignment);
  }
  std::vector<std::int32_t> rank(input.topics.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    rank[static_cast<std::size_t>(states[i].topic)] = static_cast<std::int32_t>(i);
  }
  const auto is_before = [&](const AssignedPartition& a, const AssignedPartition& b) {
    const std::int32_t rank_a = rank[static_cast<std::size_t>(a.topic)];
    const std::int32_t rank_b = rank[static_cast<std::size_t>(b.topic)];
    return rank_a != rank_b ? rank_a < rank_b : a.partition < b.partition;
  };
  for (std::vector<AssignedPartition>& partitions : assignment) {
    std::sort(partitions.begin(), partitions.end(), is_before);
  }
  return assignment;
}

}  // namespace kscope::sim
