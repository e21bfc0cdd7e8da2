#include "sim/coordinator/coordinator_record_bytes.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "sim/coordinator/consumer_group_record_bytes.h"
#include "sim/protocol/consumer_protocol.h"

namespace kscope::sim {
namespace {

constexpr std::int16_t kOffsetCommitKeyVersion = 1;
constexpr std::int16_t kGroupMetadataKeyVersion = 2;
constexpr std::int16_t kConsumerProtocolVersion = 3;
constexpr InterBrokerProtocol kIbpOffsetsWithoutExpiry{2, 1, 0};        // KIP-211
constexpr InterBrokerProtocol kIbpOffsetsWithLeaderEpoch{2, 1, 1};      // KIP-320
constexpr InterBrokerProtocol kIbpMembersWithGroupInstanceId{2, 3, 0};  // KIP-345

const std::string& name_of_topic(const Registry& registry, TopicId topic) {
  return registry.topics.at(static_cast<std::size_t>(topic.value)).name;
}

std::int32_t to_ms(Duration duration) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return static_cast<std::int32_t>(std::min<std::int64_t>(ms, INT32_MAX));
}

/// Partitions by topic, in the order in which they are listed.
template <class Group, class Partitions>
std::vector<Group> by_topic(const Registry& registry, const std::vector<TopicPartition>& partitions,
                            Partitions partitions_of) {
  std::vector<Group> groups;
  for (const TopicPartition& partition : partitions) {
    const std::string& topic = name_of_topic(registry, partition.topic);
    auto at = std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.topic == topic; });
    if (at == groups.end()) {
      at = groups.insert(groups.end(), Group{topic, {}});
    }
    partitions_of(*at).push_back(partition.partition);
  }
  return groups;
}

// A member with eager rebalancing owns nothing when it joins. Source: ConsumerCoordinator.metadata.
std::vector<std::uint8_t> subscription_bytes(const Registry& registry, const GroupMemberRecord& member) {
  wire::ConsumerProtocolSubscription subscription;
  for (const TopicId topic : member.subscription) {
    subscription.topics.push_back(name_of_topic(registry, topic));
  }
  std::sort(subscription.topics.begin(), subscription.topics.end());
  if (const std::string& rack = registry.consumer(member.client).config.client_rack; !rack.empty()) {
    subscription.rack_id = rack;
  }
  return wire::to_version_prefixed_bytes(subscription, kConsumerProtocolVersion);
}

std::vector<std::uint8_t> assignment_bytes(const Registry& registry, const GroupMemberRecord& member) {
  wire::ConsumerProtocolAssignment assignment;
  assignment.assigned_partitions = by_topic<wire::ConsumerTopicPartitions>(
      registry, member.assignment,
      [](wire::ConsumerTopicPartitions& group) -> std::vector<std::int32_t>& { return group.partitions; });
  return wire::to_version_prefixed_bytes(assignment, kConsumerProtocolVersion);
}

wire::GroupMetadataValue group_metadata_value(const Registry& registry, const RecordBatch& batch,
                                              const CoordinatorRecord& record) {
  wire::GroupMetadataValue value;
  value.protocol_type = "consumer";
  value.generation = record.generation.value;
  value.current_state_timestamp = batch.base_timestamp_ms;
  if (!record.members.empty()) {  // a group without members has neither
    value.protocol = record.assignor;
    value.leader = registry.member_text(record.leader);
  }
  for (const GroupMemberRecord& member : record.members) {
    wire::MemberMetadata metadata;
    metadata.member_id = registry.member_text(member.member);
    metadata.client_id = registry.client_id(member.client);
    metadata.client_host = "/" + registry.nodes.at(static_cast<std::size_t>(member.client.value)).name;
    metadata.rebalance_timeout = to_ms(member.rebalance_timeout);
    metadata.session_timeout = to_ms(member.session_timeout);
    metadata.subscription = subscription_bytes(registry, member);
    metadata.assignment = assignment_bytes(registry, member);
    value.members.push_back(std::move(metadata));
  }
  return value;
}

std::int16_t offset_commit_value_version(const InterBrokerProtocol& protocol) {
  if (protocol < kIbpOffsetsWithoutExpiry) {
    return 1;
  }
  return protocol < kIbpOffsetsWithLeaderEpoch ? 2 : 3;
}

std::int16_t group_metadata_value_version(const InterBrokerProtocol& protocol) {
  if (protocol < kIbpOffsetsWithoutExpiry) {
    return 1;
  }
  return protocol < kIbpMembersWithGroupInstanceId ? 2 : 3;
}

}  // namespace

wire::OffsetsTopicRecord offsets_topic_record(const Registry& registry, const RecordBatch& batch, std::size_t index) {
  const CoordinatorRecord& record = batch.coordinator_records->at(index);
  if (record.kind == CoordinatorRecordKind::kConsumerGroup) {
    return consumer_group_wire_record(registry, *record.consumer_group);
  }
  const InterBrokerProtocol& protocol =
      registry.broker(batch.records->at(index).producer).config.inter_broker_protocol_version;
  const std::string& group = registry.groups.at(static_cast<std::size_t>(record.group.value)).name;
  wire::OffsetsTopicRecord result;
  if (record.kind == CoordinatorRecordKind::kGroupMetadata) {
    result.key = {wire::GroupMetadataKey{group}, kGroupMetadataKeyVersion};
    result.value = {group_metadata_value(registry, batch, record), group_metadata_value_version(protocol)};
    return result;
  }
  if (record.kind == CoordinatorRecordKind::kGroupTombstone) {
    result.key = {wire::GroupMetadataKey{group}, kGroupMetadataKeyVersion};
    return result;
  }
  KSCOPE_CHECK(record.kind != CoordinatorRecordKind::kTransaction, "transactional ids have a topic of their own");
  result.key = {
      wire::OffsetCommitKey{group, name_of_topic(registry, record.partition.topic), record.partition.partition},
      kOffsetCommitKeyVersion};
  if (record.kind == CoordinatorRecordKind::kOffsetCommit) {
    wire::OffsetCommitValue value;
    value.offset = record.committed.offset.value;
    value.leader_epoch = record.committed.leader_epoch.value;
    value.commit_timestamp = record.committed.commit_timestamp_ms;
    result.value = {std::move(value), offset_commit_value_version(protocol)};
  }
  return result;
}

wire::TransactionTopicRecord transaction_topic_record(const Registry& registry, const TransactionRecord& record) {
  const bool is_version_2 = !registry.rules.is_old(Rule::kKip890Epochs);
  wire::TransactionLogValue value;
  value.producer_id = record.producer_id.value;
  value.producer_epoch = record.producer_epoch.value;
  value.transaction_timeout_ms = to_ms(record.timeout);
  value.transaction_status = static_cast<std::int8_t>(record.state);
  if (record.state == TransactionState::Empty) {
    value.transaction_partitions = std::nullopt;
  } else {
    value.transaction_partitions = by_topic<wire::TransactionLogPartitions>(
        registry, record.partitions,
        [](wire::TransactionLogPartitions& group) -> std::vector<std::int32_t>& { return group.partition_ids; });
    value.client_transaction_version = is_version_2 ? 2 : 0;
  }
  value.transaction_last_update_timestamp_ms = record.last_update_ms;
  value.transaction_start_timestamp_ms = record.start_ms;
  // Kafka has fields for the ids before and after, but TransactionLog.valueToBytes does not fill them.
  wire::TransactionTopicRecord result;
  result.key.message.transactional_id = registry.transactional_id_text(record.transactional_id);
  result.value = {std::move(value), static_cast<std::int16_t>(is_version_2 ? 1 : 0)};
  return result;
}

wire::KeyValueBytes coordinator_record_bytes(const Registry& registry, const RecordBatch& batch, std::size_t index) {
  KSCOPE_CHECK(batch.coordinator_records != nullptr, "only internal topics have records of coordinators");
  const CoordinatorRecord& record = batch.coordinator_records->at(index);
  return record.kind == CoordinatorRecordKind::kTransaction
             ? wire::encode(transaction_topic_record(registry, record.transaction))
             : wire::encode(offsets_topic_record(registry, batch, index));
}

}  // namespace kscope::sim
