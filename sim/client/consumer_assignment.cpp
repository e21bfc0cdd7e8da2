#include <algorithm>

#include "sim/client/consumer_parts.h"
#include "sim/coordinator/group/assignor.h"

namespace kscope::sim {
namespace {

/// What the sticky assignor sends with a subscription in its user data: what it was assigned last, by name of generation.
/// The cooperative one reads what the subscription says of every consumer: what it owns now.
/// Source: StickyAssignor.memberData, CooperativeStickyAssignor.memberData, ConsumerCoordinator.metadata.
JoinProtocol subscription(const Consumer& consumer, AssignorName name) {
  const Membership& membership = consumer.membership;
  JoinProtocol protocol;
  protocol.name = protocol_name(name);
  protocol.topics = consumer.setup.topics;
  protocol.rack = consumer.setup.config.client_rack;
  if (name == AssignorName::STICKY) {
    protocol.owned = membership.sticky_partitions;
    protocol.generation = membership.sticky_generation;
    return protocol;
  }
  for (const TopicPartitionState& owned : consumer.fetcher.assigned) {
    protocol.owned.push_back(owned.partition);
  }
  protocol.generation = membership.generation;
  return protocol;
}

/// The racks of the replicas of each partition. MODEL: the racks are those of the brokers' configs, not of the nodes in metadata.
std::vector<std::vector<std::string>> replica_racks(const Ctx& ctx, const Consumer& consumer, TopicId topic,
                                                    std::int32_t partition_count) {
  std::vector<std::vector<std::string>> racks(static_cast<std::size_t>(partition_count));
  for (std::int32_t i = 0; i < partition_count; ++i) {
    const ClientPartition* known = consumer.metadata.partition(TopicPartition{topic, i});
    if (known == nullptr) {
      continue;
    }
    for (const BrokerId replica : known->replicas) {
      racks[static_cast<std::size_t>(i)].push_back(ctx.registry().broker(ctx.registry().node_of(replica)).rack);
    }
  }
  return racks;
}

/// What an assignor is given, with topics by their place in the leader's list of all topics of the group.
AssignorInput assignor_input(const Ctx& ctx, const Consumer& consumer, const JoinGroupResponse& response) {
  AssignorInput input;
  if (ctx.registry().rules.is_old(Rule::kKafka14639)) {
    input.believed = BelievedClaims::kHighestGeneration;
  }
  const std::vector<TopicId>& topics = consumer.membership.group_topics;
  const bool knows_racks = std::any_of(response.members.begin(), response.members.end(),
                                       [](const JoinGroupMember& member) { return !member.subscription.rack.empty(); });
  for (const TopicId topic : topics) {
    AssignorTopic known;
    known.name = ctx.registry().topics[static_cast<std::size_t>(topic.value)].name;
    const std::int32_t missed = ctx.registry().planted_bug == PlantedBug::kAssignorMissesLast ? 1 : 0;
    known.partition_count = std::max(consumer.metadata.partition_count(topic) - missed, 0);
    if (knows_racks) {
      known.replica_racks = replica_racks(ctx, consumer, topic, known.partition_count);
    }
    input.topics.push_back(std::move(known));
  }
  const auto place_of = [&](TopicId topic) {
    return static_cast<std::int32_t>(std::lower_bound(topics.begin(), topics.end(), topic) - topics.begin());
  };
  for (const JoinGroupMember& member : response.members) {
    AssignorMember subscribed;
    subscribed.member_id = ctx.registry().member_text(member.member);
    subscribed.group_instance_id = member.group_instance_id;
    subscribed.rack = member.subscription.rack;
    subscribed.generation_id = member.subscription.generation.value;
    for (const TopicId topic : member.subscription.topics) {
      subscribed.topics.push_back(place_of(topic));
    }
    for (const TopicPartition owned : member.subscription.owned) {
      if (std::binary_search(topics.begin(), topics.end(), owned.topic)) {
        subscribed.owned.push_back({place_of(owned.topic), owned.partition});
      }
    }
    input.members.push_back(std::move(subscribed));
  }
  return input;
}

Assignment assign(const AssignorInput& input, std::string_view protocol) {
  if (protocol == protocol_name(AssignorName::ROUND_ROBIN)) {
    return assign_round_robin(input);
  }
  if (protocol == protocol_name(AssignorName::STICKY)) {
    return assign_sticky(input);
  }
  if (protocol == protocol_name(AssignorName::COOPERATIVE_STICKY)) {
    return assign_cooperative_sticky(input);
  }
  return assign_range(input);
}

}  // namespace

std::vector<JoinProtocol> join_protocols(const Consumer& consumer) {
  std::vector<JoinProtocol> protocols;
  for (const AssignorName name : consumer.setup.config.partition_assignment_strategy) {
    protocols.push_back(subscription(consumer, name));
  }
  return protocols;
}

std::vector<MemberAssignment> compute_assignment(const Ctx& ctx, const Consumer& consumer,
                                                 const JoinGroupResponse& response) {
  const Assignment assignment = assign(assignor_input(ctx, consumer, response), response.protocol);
  std::vector<MemberAssignment> result;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    MemberAssignment given{response.members[i].member, {}};
    for (const AssignedPartition& partition : assignment[i]) {
      given.partitions.push_back(TopicPartition{
          consumer.membership.group_topics[static_cast<std::size_t>(partition.topic)], partition.partition});
    }
    result.push_back(std::move(given));
  }
  if (ctx.registry().planted_bug == PlantedBug::kAssignTwice && result.size() > 1 && !result[0].partitions.empty()) {
    result[1].partitions.push_back(result[0].partitions[0]);
  }
  return result;
}

}  // namespace kscope::sim
