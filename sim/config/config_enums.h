#pragma once
// The values of those Kafka configs that choose among a few words, as enumerations spelled like Kafka's own.
// The words themselves (what stands in server.properties) are read in modelled_configs.

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

#include "sim/types/compression.h"

namespace kscope::sim {

/// Producer `acks`: how many replicas must have the batch before the leader answers. The numbers are those on the wire.
enum class Acks : std::int16_t { ALL = -1, NONE = 0, LEADER = 1 };

/// `auto.offset.reset`: where a consumer starts without a committed offset, or when its offset no longer exists.
enum class AutoOffsetReset : std::uint8_t { LATEST, EARLIEST, NONE };

/// `offsets.storage` of the old consumer: where a group keeps what it has committed, and how its members agree.
enum class OffsetsStorage : std::uint8_t { KAFKA, ZOOKEEPER };

/// `cleanup.policy`: it may name both.
struct CleanupPolicy {
  bool is_delete = true;
  bool is_compact = false;
  bool operator==(const CleanupPolicy&) const = default;
};

/// Broker and topic `compression.type`: the codec of what lies in the log, whatever the producer used. Kafka:
/// BrokerCompressionType.
enum class BrokerCompressionType : std::uint8_t { PRODUCER, UNCOMPRESSED, GZIP, SNAPPY, LZ4, ZSTD };

/// The codec that a batch gets on the broker: PRODUCER leaves the one that it came with.
[[nodiscard]] constexpr CompressionType target_compression(BrokerCompressionType broker, CompressionType producer) {
  switch (broker) {
    case BrokerCompressionType::PRODUCER: return producer;
    case BrokerCompressionType::UNCOMPRESSED: return CompressionType::NONE;
    case BrokerCompressionType::GZIP: return CompressionType::GZIP;
    case BrokerCompressionType::SNAPPY: return CompressionType::SNAPPY;
    case BrokerCompressionType::LZ4: return CompressionType::LZ4;
    case BrokerCompressionType::ZSTD: return CompressionType::ZSTD;
  }
  return producer;
}

/// `message.timestamp.type`. The numbers are those in a batch's attributes.
enum class TimestampType : std::uint8_t { CREATE_TIME = 0, LOG_APPEND_TIME = 1 };

/// A share between nothing and all, as Kafka writes it: 0.5. Counted in millionths, because decisions depend on it.
struct Share {
  std::int32_t millionths = 0;
  bool operator==(const Share&) const = default;
};
/// `leader.replication.throttled.replicas` and `follower.replication.throttled.replicas`: "*", or a list of 0:101,1:102.
struct ThrottledReplicas {
  struct Replica {
    std::int32_t partition = 0;
    std::int32_t broker = 0;
    bool operator==(const Replica&) const = default;
  };
  bool is_all = false;
  std::vector<Replica> replicas;
  [[nodiscard]] bool has(std::int32_t partition, std::int32_t broker) const {
    return is_all || std::find(replicas.begin(), replicas.end(), Replica{partition, broker}) != replicas.end();
  }
  bool operator==(const ThrottledReplicas&) const = default;
};
/// Consumer `isolation.level`: whether records of open and aborted transactions are handed out. The numbers are those on
/// the wire.
enum class IsolationLevel : std::uint8_t { READ_UNCOMMITTED = 0, READ_COMMITTED = 1 };

/// `group.protocol`: which protocol a consumer speaks to its group's coordinator (CONSUMER: KIP-848).
enum class GroupProtocol : std::uint8_t { CLASSIC, CONSUMER };

/// One name in `group.consumer.assignors`: an assignor that brokers have built in.
enum class ServerAssignorName : std::uint8_t { RANGE, UNIFORM };

/// `group.coordinator.rebalance.protocols`.
struct RebalanceProtocols {
  bool has_classic = true;
  bool has_consumer = false;
  bool operator==(const RebalanceProtocols&) const = default;
};

/// `group.consumer.migration.policy`: which moves a group with members may make between the protocols.
enum class ConsumerGroupMigrationPolicy : std::uint8_t { DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL };
[[nodiscard]] constexpr bool is_upgrade_enabled(ConsumerGroupMigrationPolicy policy) {
  return policy == ConsumerGroupMigrationPolicy::UPGRADE || policy == ConsumerGroupMigrationPolicy::BIDIRECTIONAL;
}
[[nodiscard]] constexpr bool is_downgrade_enabled(ConsumerGroupMigrationPolicy policy) {
  return policy == ConsumerGroupMigrationPolicy::DOWNGRADE || policy == ConsumerGroupMigrationPolicy::BIDIRECTIONAL;
}

/// One name in `partition.assignment.strategy`.
enum class AssignorName : std::uint8_t { RANGE, ROUND_ROBIN, STICKY, COOPERATIVE_STICKY };

/// `inter.broker.protocol.version`: 2.7-IV2. A release without IV means the last one of that release. Old releases
/// (0.10.0-IV1) keep their first two numbers.
struct InterBrokerProtocol {
  std::int32_t major = 3;
  std::int32_t minor = 9;
  std::int32_t step = 0;
  auto operator<=>(const InterBrokerProtocol&) const = default;
};
inline constexpr InterBrokerProtocol kIbpTruncationOnFetch{2, 7, 1};  ///< KIP-595
inline constexpr InterBrokerProtocol kIbpAlterPartition{2, 7, 2};     ///< KIP-497
inline constexpr InterBrokerProtocol kIbpFirstKraft{3, 0, 1};         ///< the oldest that KRaft speaks

}  // namespace kscope::sim
