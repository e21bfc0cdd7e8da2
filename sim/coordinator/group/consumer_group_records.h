#pragma once
// Records of __consumer_offsets that the protocol of KIP-848 writes, field by field as they lie in the log: the group and
// its epoch, what it knows of its topics, its members, the target assignment, and what each member has. Source: the schemas
// ConsumerGroup*Key/Value of Kafka 3.9. Keys are told apart by their version, which is their type: 3 to 8.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "sim/protocol/version_prefixed.h"
#include "sim/protocol/wire_format.h"
#include "sim/types/uuid.h"

namespace kscope::sim::wire {

struct ConsumerGroupMetadataKey {
  static constexpr std::int16_t kMinVersion = 3;
  static constexpr std::int16_t kMaxVersion = 3;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  KSCOPE_FIELDS(ConsumerGroupMetadataKey, group_id);
};
struct ConsumerGroupMetadataValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int32_t epoch = 0;
  KSCOPE_FIELDS(ConsumerGroupMetadataValue, epoch);
};

struct ConsumerGroupPartitionMetadataKey {
  static constexpr std::int16_t kMinVersion = 4;
  static constexpr std::int16_t kMaxVersion = 4;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  KSCOPE_FIELDS(ConsumerGroupPartitionMetadataKey, group_id);
};
struct ConsumerGroupPartitionRacks {
  std::int32_t partition = 0;
  std::vector<std::string> racks;  ///< of its replicas
  KSCOPE_FIELDS(ConsumerGroupPartitionRacks, partition, racks);
};
struct ConsumerGroupTopicMetadata {
  Uuid topic_id;
  std::string topic_name;
  std::int32_t num_partitions = 0;
  std::vector<ConsumerGroupPartitionRacks> partition_metadata;
  KSCOPE_FIELDS(ConsumerGroupTopicMetadata, topic_id, topic_name, num_partitions, partition_metadata);
};
struct ConsumerGroupPartitionMetadataValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::vector<ConsumerGroupTopicMetadata> topics;
  KSCOPE_FIELDS(ConsumerGroupPartitionMetadataValue, topics);
};

struct ConsumerGroupMemberMetadataKey {
  static constexpr std::int16_t kMinVersion = 5;
  static constexpr std::int16_t kMaxVersion = 5;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  std::string member_id;
  KSCOPE_FIELDS(ConsumerGroupMemberMetadataKey, group_id, member_id);
};
struct ClassicProtocol {
  std::string name;
  std::vector<std::uint8_t> metadata;
  KSCOPE_FIELDS(ClassicProtocol, name, metadata);
};
/// Of a member that speaks the classic protocol while its group has moved on.
struct ClassicMemberMetadata {
  std::int32_t session_timeout_ms = 0;
  std::vector<ClassicProtocol> supported_protocols;
  KSCOPE_FIELDS(ClassicMemberMetadata, session_timeout_ms, supported_protocols);
};
struct ConsumerGroupMemberMetadataValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::optional<std::string> instance_id;
  std::optional<std::string> rack_id;
  std::string client_id;
  std::string client_host;
  std::vector<std::string> subscribed_topic_names;
  std::optional<std::string> subscribed_topic_regex;
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::string> server_assignor;
  std::optional<ClassicMemberMetadata> classic_member_metadata;
  KSCOPE_FIELDS(ConsumerGroupMemberMetadataValue, instance_id, rack_id, client_id, client_host, subscribed_topic_names,
                subscribed_topic_regex, rebalance_timeout_ms, server_assignor, classic_member_metadata);
};

struct ConsumerGroupTargetAssignmentMetadataKey {
  static constexpr std::int16_t kMinVersion = 6;
  static constexpr std::int16_t kMaxVersion = 6;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMetadataKey, group_id);
};
struct ConsumerGroupTargetAssignmentMetadataValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int32_t assignment_epoch = 0;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMetadataValue, assignment_epoch);
};

/// Partitions of one topic.
struct ConsumerGroupTopicPartitions {
  Uuid topic_id;
  std::vector<std::int32_t> partitions;
  KSCOPE_FIELDS(ConsumerGroupTopicPartitions, topic_id, partitions);
};
struct ConsumerGroupTargetAssignmentMemberKey {
  static constexpr std::int16_t kMinVersion = 7;
  static constexpr std::int16_t kMaxVersion = 7;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  std::string member_id;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMemberKey, group_id, member_id);
};
struct ConsumerGroupTargetAssignmentMemberValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::vector<ConsumerGroupTopicPartitions> topic_partitions;
  KSCOPE_FIELDS(ConsumerGroupTargetAssignmentMemberValue, topic_partitions);
};

struct ConsumerGroupCurrentMemberAssignmentKey {
  static constexpr std::int16_t kMinVersion = 8;
  static constexpr std::int16_t kMaxVersion = 8;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string group_id;
  std::string member_id;
  KSCOPE_FIELDS(ConsumerGroupCurrentMemberAssignmentKey, group_id, member_id);
};
struct ConsumerGroupCurrentMemberAssignmentValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = 0;
  std::int32_t member_epoch = 0;
  std::int32_t previous_member_epoch = 0;
  std::int8_t state = 0;  ///< number of Kafka's MemberState
  std::vector<ConsumerGroupTopicPartitions> assigned_partitions;
  std::vector<ConsumerGroupTopicPartitions> partitions_pending_revocation;
  KSCOPE_FIELDS(ConsumerGroupCurrentMemberAssignmentValue, member_epoch, previous_member_epoch, state,
                assigned_partitions, partitions_pending_revocation);
};

template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupMetadataKey>& r) {
  io.value(r.group_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupMetadataValue>& r) {
  io.value(r.epoch);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupPartitionMetadataKey>& r) {
  io.value(r.group_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupPartitionRacks>& r) {
  values(io, r.partition, r.racks);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTopicMetadata>& r) {
  values(io, r.topic_id, r.topic_name, r.num_partitions, r.partition_metadata);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupPartitionMetadataValue>& r) {
  io.value(r.topics);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupMemberMetadataKey>& r) {
  values(io, r.group_id, r.member_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ClassicProtocol>& r) {
  values(io, r.name, r.metadata);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ClassicMemberMetadata>& r) {
  values(io, r.session_timeout_ms, r.supported_protocols);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupMemberMetadataValue>& r) {
  values(io, r.instance_id, r.rack_id, r.client_id, r.client_host, r.subscribed_topic_names, r.subscribed_topic_regex,
         r.rebalance_timeout_ms, r.server_assignor);
  io.tagged([&](auto& tags) { tags.field(0, r.classic_member_metadata); });
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTargetAssignmentMetadataKey>& r) {
  io.value(r.group_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTargetAssignmentMetadataValue>& r) {
  io.value(r.assignment_epoch);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTopicPartitions>& r) {
  values(io, r.topic_id, r.partitions);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTargetAssignmentMemberKey>& r) {
  values(io, r.group_id, r.member_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupTargetAssignmentMemberValue>& r) {
  io.value(r.topic_partitions);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupCurrentMemberAssignmentKey>& r) {
  values(io, r.group_id, r.member_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerGroupCurrentMemberAssignmentValue>& r) {
  values(io, r.member_epoch, r.previous_member_epoch, r.state, r.assigned_partitions, r.partitions_pending_revocation);
  no_tags(io);
}

}  // namespace kscope::sim::wire
