#include <algorithm>

#include "sim/client/consumer_parts.h"
#include "sim/coordinator/group/assignor.h"

namespace kscope::sim {
namespace {

/// MODEL: sticky assignors are not modelled; a consumer that lists nothing else offers range, the default's first.
std::vector<AssignorName> offered_assignors(const Consumer& consumer) {
  std::vector<AssignorName> offered;
  for (const AssignorName name : consumer.setup.config.partition_assignment_strategy) {
    if (name == AssignorName::RANGE || name == AssignorName::ROUND_ROBIN) {
      offered.push_back(name);
    }
  }
  if (offered.empty()) {
    offered.push_back(AssignorName::RANGE);
  }
  return offered;
}

}  // namespace

std::vector<JoinProtocol> join_protocols(const Consumer& consumer) {
  std::vector<JoinProtocol> protocols;
  for (const AssignorName name : offered_assignors(consumer)) {
    protocols.push_back(JoinProtocol{std::string(protocol_name(name)), consumer.setup.topics, {}});
  }
  return protocols;
}

std::vector<MemberAssignment> compute_assignment(const Ctx& ctx, const Consumer& consumer,
                                                 const JoinGroupResponse& response) {
  AssignorInput input;
  std::vector<TopicId> topics;
  for (const TopicId topic : consumer.membership.group_topics) {
    const std::int32_t count = consumer.metadata.partition_count(topic);
    if (count > 0) {
      AssignorTopic known;
      known.name = ctx.registry().topics[static_cast<std::size_t>(topic.value)].name;
      known.partition_count = count;
      input.topics.push_back(std::move(known));
      topics.push_back(topic);
    }
  }
  for (const JoinGroupMember& member : response.members) {
    AssignorMember subscribed;
    subscribed.member_id = ctx.registry().member_text(member.member);
    for (std::size_t i = 0; i < topics.size(); ++i) {
      const std::vector<TopicId>& wanted = member.subscription.topics;
      if (std::find(wanted.begin(), wanted.end(), topics[i]) != wanted.end()) {
        subscribed.topics.push_back(static_cast<std::int32_t>(i));
      }
    }
    input.members.push_back(std::move(subscribed));
  }
  const bool is_round_robin = response.protocol == protocol_name(AssignorName::ROUND_ROBIN);
  const Assignment assignment = is_round_robin ? assign_round_robin(input) : assign_range(input);
  std::vector<MemberAssignment> result;
  for (std::size_t i = 0; i < response.members.size(); ++i) {
    MemberAssignment given{response.members[i].member, {}};
    for (const AssignedPartition& partition : assignment[i]) {
      given.partitions.push_back(
          TopicPartition{topics[static_cast<std::size_t>(partition.topic)], partition.partition});
    }
    result.push_back(std::move(given));
  }
  if (ctx.registry().planted_bug == PlantedBug::kAssignTwice && result.size() > 1 && !result[0].partitions.empty()) {
    result[1].partitions.push_back(result[0].partitions[0]);
  }
  return result;
}

}  // namespace kscope::sim
