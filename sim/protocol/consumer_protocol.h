#pragma once
// What a consumer says about itself when it joins a group of the classic protocol, and what the group's leader answers:
// the coordinator hands both on as bytes and keeps them in GroupMetadataValue. Source: the schemas
// ConsumerProtocolSubscription and ConsumerProtocolAssignment of Kafka 3.9, and ConsumerProtocol.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/result.h"
#include "sim/protocol/version_prefixed.h"
#include "sim/protocol/wire_format.h"

namespace kscope::sim::wire {

/// Partitions of one topic.
struct ConsumerTopicPartitions {
  std::string topic;
  std::vector<std::int32_t> partitions;
  KSCOPE_FIELDS(ConsumerTopicPartitions, topic, partitions);
};

struct ConsumerProtocolSubscription {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 3;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::vector<std::string> topics;
  std::optional<std::vector<std::uint8_t>> user_data;     ///< of the assignor
  std::vector<ConsumerTopicPartitions> owned_partitions;  ///< version 1 on (KIP-429)
  std::int32_t generation_id = -1;                        ///< version 2 on: in which it owned them
  std::optional<std::string> rack_id;                     ///< version 3 on (KIP-881)
  KSCOPE_FIELDS(ConsumerProtocolSubscription, topics, user_data, owned_partitions, generation_id, rack_id);
};

struct ConsumerProtocolAssignment {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 3;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::vector<ConsumerTopicPartitions> assigned_partitions;
  std::optional<std::vector<std::uint8_t>> user_data;
  KSCOPE_FIELDS(ConsumerProtocolAssignment, assigned_partitions, user_data);
};

template <class Io>
void walk(Io& io, Field<Io, ConsumerTopicPartitions>& r) {
  values(io, r.topic, r.partitions);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerProtocolSubscription>& r) {
  values(io, r.topics, r.user_data);
  if (io.version() >= 1) {
    io.value(r.owned_partitions);
  }
  if (io.version() >= 2) {
    io.value(r.generation_id);
  }
  if (io.version() >= 3) {
    io.value(r.rack_id);
  }
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, ConsumerProtocolAssignment>& r) {
  values(io, r.assigned_partitions, r.user_data);
  no_tags(io);
}

/// What a member subscribes to, as a leader reads it. A newer version than this program knows is read as the newest that
/// it knows, and what follows is left alone: versions only ever add fields at the end. The version of the result is the one
/// that was read by. Errors: a negative version, bytes that end too early or do not follow the schema, bytes left over
/// behind a version that is known. Source: ConsumerProtocol.deserializeSubscription.
[[nodiscard]] Result<Versioned<ConsumerProtocolSubscription>> read_subscription(std::span<const std::uint8_t> bytes);

/// What a member is assigned, in the same way. Source: ConsumerProtocol.deserializeAssignment.
[[nodiscard]] Result<Versioned<ConsumerProtocolAssignment>> read_assignment(std::span<const std::uint8_t> bytes);

}  // namespace kscope::sim::wire
