#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/check/invariant.h"
#include "sim/types/java_string.h"

namespace kscope::sim {
namespace {

constexpr Duration kSettlingMargin = 30s;  ///< requests that are sent again, and one look that comes late
constexpr std::int32_t kLooksInARow = 2;   ///< a group may just be rebalancing

/// A member that runs.
struct RunningMember {
  NodeId node;
  const Consumer* consumer = nullptr;
};

std::vector<std::vector<RunningMember>> members_by_group(const LivenessLook& look) {
  std::vector<std::vector<RunningMember>> members(look.registry().groups.size());
  const std::vector<NodeEntry>& nodes = look.registry().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    const Consumer* consumer = nodes[i].role == NodeRole::kConsumer ? look.consumer(node) : nullptr;
    if (consumer != nullptr && !consumer->has_manual_assignment() && !consumer->setup.topics.empty()) {
      members[static_cast<std::size_t>(consumer->setup.group.value)].push_back({node, consumer});
    }
  }
  return members;
}

/// How long a group may need: until a member that is gone is missed, all others have come back to poll(), and who was just asking
/// a broker that died asks another.
Duration time_to_settle(const LivenessLook& look, const std::vector<RunningMember>& members) {
  Duration longest{0};
  for (const RunningMember& member : members) {
    const ConsumerConfig& config = member.consumer->setup.config;
    longest =
        std::max(longest, config.session_timeout_ms + config.max_poll_interval_ms + 2 * config.request_timeout_ms);
  }
  Duration of_brokers{0};
  for (const BrokerSetup& broker : *look.registry().brokers) {
    of_brokers = std::max(
        of_brokers, broker.config.group_initial_rebalance_delay_ms + broker.config.group_consumer_session_timeout_ms);
  }
  return longest + of_brokers + kSettlingMargin;
}

/// Since when the group could settle: nothing has disturbed brokers and members, and they could know of all partitions.
Calm calm_of(const LivenessLook& look, const std::vector<RunningMember>& members) {
  Calm calm = look.core();
  SimTime first_start = SimTime::max();
  Duration max_age{0};
  for (const RunningMember& member : members) {
    const SimTime started = look.watch().clients().at(static_cast<std::size_t>(member.node.value)).started_at;
    first_start = std::min(first_start, started);
    max_age = std::max(max_age, member.consumer->setup.config.metadata_max_age_ms);
    calm = calm.with(look.client(member.node));
  }
  for (const RunningMember& member : members) {
    for (const TopicId topic : member.consumer->setup.topics) {
      const SimTime grown = look.watch().grown_at(topic);
      calm.since = std::max(calm.since, grown > first_start ? grown + max_age : grown);
    }
  }
  return calm;
}

/// What keeps the group from becoming Stable without a mistake of anybody; "" = nothing.
std::string trouble_of(const LivenessLook& look, const std::vector<RunningMember>& members, const Calm& calm) {
  if (!calm.trouble.empty()) {
    return calm.trouble;
  }
  for (const RunningMember& member : members) {
    const ConsumerSetup& setup = member.consumer->setup;
    if (setup.processing_time * setup.config.max_poll_records > setup.config.max_poll_interval_ms) {
      return fmt::format("what a poll() of {} returns may take longer than max.poll.interval.ms",
                         look.name(member.node));
    }
    for (const TopicId topic : setup.topics) {
      const auto index = static_cast<std::size_t>(topic.value);
      if (index >= look.watch().topics().size() || look.watch().topics()[index].empty() ||
          !look.watch().topics()[index].front().exists) {
        return look.registry().topics.at(index).name + " does not exist";
      }
    }
  }
  return look.trouble_of_topic(kOffsetsTopic);
}

/// The first partition that the group subscribes to and that nobody who runs has; none: all are somebody's.
std::optional<TopicPartition> unowned(const LivenessLook& look, const std::vector<RunningMember>& members) {
  FlatSet<TopicId> topics;
  std::vector<TopicPartition> owned;
  for (const RunningMember& member : members) {
    for (const TopicId topic : member.consumer->setup.topics) {
      topics.insert(topic);
    }
    for (const TopicPartitionState& partition : member.consumer->fetcher.assigned) {
      owned.push_back(partition.partition);
    }
  }
  std::sort(owned.begin(), owned.end());
  for (const TopicId topic : topics) {
    const auto count = look.watch().topics().at(static_cast<std::size_t>(topic.value)).size();
    for (std::size_t i = 0; i < count; ++i) {
      const TopicPartition partition{topic, static_cast<std::int32_t>(i)};
      if (!std::binary_search(owned.begin(), owned.end(), partition)) {
        return partition;
      }
    }
  }
  return std::nullopt;
}

/// What its coordinator says of a group that is not Stable; "" = it is. A new coordinator reads the state off its log and tells
/// nobody, so the coordinator itself is looked at.
std::string instability_of(const LivenessLook& look, GroupId id) {
  const std::string& name = look.registry().groups.at(static_cast<std::size_t>(id.value)).name;
  const std::int32_t count = look.registry().topics.at(static_cast<std::size_t>(kOffsetsTopic.value)).partitions;
  const Partition* hosted = nullptr;
  const Broker* coordinator = look.leader(TopicPartition{kOffsetsTopic, coordinator_partition(name, count)}, hosted);
  if (coordinator == nullptr) {
    return "nobody coordinates it";
  }
  if (const consumer_group::ConsumerGroup* consumers = coordinator->groups.find_consumer_group(id)) {
    const bool is_stable = consumers->state() == consumer_group::ConsumerGroupState::STABLE;
    return is_stable ? std::string{} : fmt::format("it is {}", consumer_group::to_string(consumers->state()));
  }
  const Group* group = coordinator->groups.find(id);
  if (group == nullptr) {
    return "its coordinator does not know it";
  }
  return group->state == GroupState::Stable ? std::string{} : fmt::format("it is {}", group_state_name(group->state));
}

/// What is wrong with the group; "" = nothing.
std::string fault_of(const LivenessLook& look, std::size_t group, const std::vector<RunningMember>& members) {
  if (std::string unstable = instability_of(look, GroupId(static_cast<std::int32_t>(group))); !unstable.empty()) {
    return unstable;
  }
  const std::optional<TopicPartition> missing = unowned(look, members);
  return missing ? look.registry().partition_name(*missing) + " is nobody's" : std::string{};
}

}  // namespace

/// Every group that has members comes to rest when nothing disturbs it. Cost: O(members + partitions) each look.
void look_at_groups(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings) {
  const std::vector<std::vector<RunningMember>> members = members_by_group(look);
  memory.unstable_looks.resize(members.size(), 0);
  for (std::size_t group = 0; group < members.size(); ++group) {
    std::int32_t& unstable_looks = memory.unstable_looks[group];
    const std::string& name = look.registry().groups[group].name;
    if (members[group].empty()) {
      unstable_looks = 0;
      findings.push_back(Finding::excused(fmt::format("no member of group {} runs", name)));
      continue;
    }
    const Calm calm = calm_of(look, members[group]);
    const std::string trouble = trouble_of(look, members[group], calm);
    const Duration needed = time_to_settle(look, members[group]);
    if (!trouble.empty() || look.now() < calm.since + needed) {
      unstable_looks = 0;
      findings.push_back(Finding::excused(
          !trouble.empty()
              ? fmt::format("group {}: {}", name, trouble)
              : fmt::format("group {} was disturbed, and may need {} to settle", name, in_seconds(needed))));
      continue;
    }
    const std::string fault = fault_of(look, group, members[group]);
    unstable_looks = fault.empty() ? 0 : unstable_looks + 1;
    if (fault.empty()) {
      findings.push_back(Finding::fine());
    } else if (unstable_looks >= kLooksInARow) {
      findings.push_back(Finding::broken(fmt::format("nothing has disturbed group {} for {}, and {}", name,
                                                     in_seconds(look.now() - calm.since), fault)));
    }
  }
}

}  // namespace kscope::sim
