#include "sim/coordinator/consumer_group_record_bytes.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "sim/protocol/consumer_protocol.h"
#include "sim/types/java_string.h"

namespace kscope::sim {
namespace {

using consumer_group::PartitionSet;

const std::string& name_of(const Registry& registry, TopicId topic) {
  return registry.topics.at(static_cast<std::size_t>(topic.value)).name;
}

Uuid id_of(const Registry& registry, TopicId topic) {
  return Uuid{java_string_hash(name_of(registry, topic)), topic.value};
}

/// Partitions by topic, ascending as the set has them.
std::vector<wire::ConsumerGroupTopicPartitions> by_topic(const Registry& registry, const PartitionSet& partitions) {
  std::vector<wire::ConsumerGroupTopicPartitions> topics;
  TopicId last;
  for (const TopicPartition partition : partitions) {
    if (topics.empty() || partition.topic != last) {
      topics.push_back({id_of(registry, partition.topic), {}});
      last = partition.topic;
    }
    topics.back().partitions.push_back(partition.partition);
  }
  return topics;
}

/// What a classic member offers under one name. The sticky assignor's partitions would stand in its user data, which is left
/// out. Source: ConsumerProtocol.serializeSubscription.
std::vector<std::uint8_t> subscription_bytes_of(const Registry& registry, const JoinProtocol& protocol) {
  wire::ConsumerProtocolSubscription subscription;
  for (const TopicId topic : protocol.topics) {
    subscription.topics.push_back(name_of(registry, topic));
  }
  std::sort(subscription.topics.begin(), subscription.topics.end());
  if (protocol.name != "sticky") {
    std::vector<std::pair<std::string, std::int32_t>> owned;
    for (const TopicPartition partition : protocol.owned) {
      owned.emplace_back(name_of(registry, partition.topic), partition.partition);
    }
    std::sort(owned.begin(), owned.end());
    for (const auto& [topic, partition] : owned) {
      if (subscription.owned_partitions.empty() || subscription.owned_partitions.back().topic != topic) {
        subscription.owned_partitions.push_back({topic, {}});
      }
      subscription.owned_partitions.back().partitions.push_back(partition);
    }
    subscription.generation_id = protocol.generation.value;
  }
  if (!protocol.rack.empty()) {
    subscription.rack_id = protocol.rack;
  }
  return wire::to_version_prefixed_bytes(subscription, wire::ConsumerProtocolSubscription::kMaxVersion);
}

std::int32_t whole_ms(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return static_cast<std::int32_t>(std::min<std::int64_t>(ms, INT32_MAX));
}

wire::ClassicMemberMetadata classic_metadata(const Registry& registry,
                                             const consumer_group::ClassicMemberMetadata& classic) {
  wire::ClassicMemberMetadata message;
  message.session_timeout_ms = whole_ms(classic.session_timeout);
  for (const JoinProtocol& protocol : classic.supported_protocols) {
    message.supported_protocols.push_back({protocol.name, subscription_bytes_of(registry, protocol)});
  }
  return message;
}

/// Key and value of each kind. The names of the schemas are those of the records.
struct Writer {
  const Registry& registry;
  const std::string& group;
  wire::OffsetsTopicRecord& out;

  template <class Key>
  void key(Key message) const {
    out.key = {std::move(message), Key::kMinVersion};
  }
  template <class Value>
  void value(Value message) const {
    out.value = {std::move(message), Value::kMaxVersion};
  }
  [[nodiscard]] std::string member(MemberId id) const { return registry.member_text(id); }

  void operator()(const consumer_group::ConsumerGroupMetadata& data) const {
    key(wire::ConsumerGroupMetadataKey{group});
    if (data.value) {
      value(wire::ConsumerGroupMetadataValue{data.value->value});
    }
  }
  void operator()(const consumer_group::ConsumerGroupPartitionMetadata& data) const {
    key(wire::ConsumerGroupPartitionMetadataKey{group});
    if (!data.value) {
      return;
    }
    wire::ConsumerGroupPartitionMetadataValue message;
    for (const auto& [topic, count] : *data.value) {
      message.topics.push_back({id_of(registry, topic), name_of(registry, topic), count, {}});
    }
    value(std::move(message));
  }
  void operator()(const consumer_group::ConsumerGroupMemberMetadata& data) const {
    key(wire::ConsumerGroupMemberMetadataKey{group, member(data.member)});
    if (!data.value) {
      return;
    }
    wire::ConsumerGroupMemberMetadataValue message;
    message.instance_id = data.value->instance_id;
    message.rack_id = data.value->rack_id;
    message.client_id = registry.client_id(data.member.client);
    message.client_host = "/" + registry.nodes.at(static_cast<std::size_t>(data.member.client.value)).name;
    for (const TopicId topic : data.value->subscribed_topics) {
      message.subscribed_topic_names.push_back(name_of(registry, topic));
    }
    std::sort(message.subscribed_topic_names.begin(), message.subscribed_topic_names.end());
    message.rebalance_timeout_ms = whole_ms(data.value->rebalance_timeout);
    if (data.value->classic) {
      message.classic_member_metadata = classic_metadata(registry, *data.value->classic);
    }
    if (data.value->server_assignor) {
      message.server_assignor = std::string(consumer_group::to_string(*data.value->server_assignor));
    }
    value(std::move(message));
  }
  void operator()(const consumer_group::ConsumerGroupTargetAssignmentMetadata& data) const {
    key(wire::ConsumerGroupTargetAssignmentMetadataKey{group});
    if (data.value) {
      value(wire::ConsumerGroupTargetAssignmentMetadataValue{data.value->value});
    }
  }
  void operator()(const consumer_group::ConsumerGroupTargetAssignmentMember& data) const {
    key(wire::ConsumerGroupTargetAssignmentMemberKey{group, member(data.member)});
    if (data.value) {
      value(wire::ConsumerGroupTargetAssignmentMemberValue{by_topic(registry, *data.value)});
    }
  }
  void operator()(const consumer_group::ConsumerGroupCurrentMemberAssignment& data) const {
    key(wire::ConsumerGroupCurrentMemberAssignmentKey{group, member(data.member)});
    if (!data.value) {
      return;
    }
    wire::ConsumerGroupCurrentMemberAssignmentValue message;
    message.member_epoch = data.value->member_epoch.value;
    message.previous_member_epoch = data.value->previous_member_epoch.value;
    message.state = static_cast<std::int8_t>(data.value->state);  // MemberState.value() counts as the enumeration does
    message.assigned_partitions = by_topic(registry, data.value->assigned);
    message.partitions_pending_revocation = by_topic(registry, data.value->pending_revocation);
    value(std::move(message));
  }
};

}  // namespace

wire::OffsetsTopicRecord consumer_group_wire_record(const Registry& registry,
                                                    const consumer_group::ConsumerGroupRecord& record) {
  wire::OffsetsTopicRecord out;
  const std::string& group = registry.groups.at(static_cast<std::size_t>(record.group.value)).name;
  std::visit(Writer{registry, group, out}, record.data);
  return out;
}

}  // namespace kscope::sim
