#pragma once
// Identities of the Kafka model. Names are interned: a topic, a group or a client is a small number that indexes the
// registry; messages carry numbers only. Broker ids are Kafka's own (server.properties `broker.id`), as users write them.

#include <compare>
#include <cstdint>

#include "engine/core/fields.h"
#include "engine/core/node_id.h"
#include "engine/core/strong.h"

namespace kscope::sim {

using BrokerId = Id<struct BrokerTag, std::int32_t>;
using TopicId = Id<struct TopicTag, std::int32_t>;  ///< index into Registry::topics
using GroupId = Id<struct GroupTag, std::int32_t>;  ///< index into Registry::groups
using KeyId = Id<struct KeyTag, std::int64_t>;      ///< index of a key in its producer's key space; none = null key
using RecordId =
    Id<struct RecordTag, std::int64_t>;  ///< identity of a record over its whole life; ground truth for checkers
using ProducerId = Id<struct ProducerTag, std::int64_t>;  ///< given by the transaction coordinator; -1 = none
using TransactionalId = Id<struct TransactionalIdTag, std::int32_t>;  ///< index into Registry::transactional_ids
using SessionId = Id<struct SessionTag, std::int64_t>;                ///< ZooKeeper session

/// Kafka's TopicPartition: a topic and the index of one of its partitions.
struct TopicPartition {
  TopicId topic;
  std::int32_t partition = -1;
  constexpr auto operator<=>(const TopicPartition&) const = default;
  KSCOPE_FIELDS(TopicPartition, topic, partition);
};

/// A group member id as the coordinator issues it: `<client id>-<uuid>` in Kafka, client node and a serial number here.
struct MemberId {
  NodeId client;
  std::int32_t serial = -1;  ///< counts the ids issued to this client; -1 = none issued yet
  constexpr auto operator<=>(const MemberId&) const = default;
  [[nodiscard]] constexpr bool is_set() const { return serial >= 0; }
  KSCOPE_FIELDS(MemberId, client, serial);
};

}  // namespace kscope::sim
