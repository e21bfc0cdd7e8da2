#pragma once
// TopicConfig: the topic configs that the model honours. What a topic does not set comes from the broker config of the
// same meaning, as in Kafka, so a TopicConfig is made from a BrokerConfig and then overridden.
// The defaults below are those of a broker without any setting (Apache Kafka 3.9).

#include "engine/core/time.h"
#include "sim/config/config_enums.h"

#include <cstdint>

namespace kscope::sim {

struct BrokerConfig;

struct TopicConfig {
  CleanupPolicy cleanup_policy;
  BrokerCompressionType compression_type = BrokerCompressionType::PRODUCER;
  Duration delete_retention_ms = 86400000ms;
  Duration file_delete_delay_ms = 60000ms;
  std::int64_t flush_messages = INT64_MAX;
  Duration flush_ms = Duration::max();
  std::int32_t index_interval_bytes = 4096;
  ThrottledReplicas follower_replication_throttled_replicas;
  ThrottledReplicas leader_replication_throttled_replicas;
  Duration max_compaction_lag_ms = Duration::max();
  std::int32_t max_message_bytes = 1048588;
  TimestampType message_timestamp_type = TimestampType::CREATE_TIME;
  Share min_cleanable_dirty_ratio{500'000};
  Duration min_compaction_lag_ms = 0ms;
  std::int32_t min_insync_replicas = 1;
  std::int64_t retention_bytes = -1;    // -1: as many as there are
  Duration retention_ms = 604800000ms;  // -1 ms: for ever
  std::int32_t segment_bytes = 1073741824;
  std::int32_t segment_index_bytes = 10485760;
  Duration segment_ms = 604800000ms;
  bool unclean_leader_election_enable = false;

  bool operator==(const TopicConfig&) const = default;

  /// Age at which the active segment is closed: what is compacted must have left it in time. Source: LogConfig.maxSegmentMs.
  [[nodiscard]] Duration max_segment_ms() const {
    const bool must_leave = cleanup_policy.is_compact && max_compaction_lag_ms > Duration(0);
    return must_leave && max_compaction_lag_ms < segment_ms ? max_compaction_lag_ms : segment_ms;
  }
};

/// The config of a topic that sets nothing itself, on a broker with this config.
/// Source: KafkaConfig.extractLogConfigMap, ServerTopicConfigSynonyms, Kafka 3.9.
[[nodiscard]] TopicConfig topic_config_from(const BrokerConfig& broker);

}  // namespace kscope::sim
