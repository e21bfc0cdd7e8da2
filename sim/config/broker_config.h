#pragma once
// BrokerConfig: the broker configs that the model honours, with the defaults of Apache Kafka 3.9. A member has the name
// of the config with `_` for `.`; durations carry their unit in the type. Filled from text by modelled_configs; a test
// holds every default against Kafka's own.
// `Duration::max()` stands for Kafka's "never" (the largest long): compare with it, never add to it.

#include "engine/core/time.h"
#include "sim/config/config_enums.h"

#include <cstdint>
#include <optional>
#include <string>

namespace kscope::sim {

struct BrokerConfig {
  // Serving requests.
  std::int32_t num_io_threads = 8;
  Duration request_timeout_ms = 30000ms;
  std::string broker_rack;             // empty: the broker says nothing about its rack
  std::string replica_selector_class;  // empty: consumers read from leaders

  // Replication.
  InterBrokerProtocol inter_broker_protocol_version;
  Duration replica_lag_time_max_ms = 30000ms;
  Duration replica_fetch_wait_max_ms = 500ms;
  Duration replica_fetch_backoff_ms = 1000ms;
  Duration replica_socket_timeout_ms = 30000ms;
  std::int32_t replica_fetch_min_bytes = 1;
  std::int32_t replica_fetch_max_bytes = 1048576;
  std::int32_t replica_fetch_response_max_bytes = 10485760;
  Duration replica_high_watermark_checkpoint_interval_ms = 5000ms;
  bool unclean_leader_election_enable = false;
  std::int32_t min_insync_replicas = 1;

  // Topics.
  std::int32_t default_replication_factor = 1;
  std::int32_t num_partitions = 1;
  bool auto_create_topics_enable = true;
  bool delete_topic_enable = true;

  // Leaders and shutting down.
  bool auto_leader_rebalance_enable = true;
  Duration leader_imbalance_check_interval_seconds = 300s;
  std::int32_t leader_imbalance_per_broker_percentage = 10;
  bool controlled_shutdown_enable = true;
  std::int32_t controlled_shutdown_max_retries = 3;
  Duration controlled_shutdown_retry_backoff_ms = 5000ms;
  Duration controller_socket_timeout_ms = 30000ms;

  // ZooKeeper.
  Duration zookeeper_session_timeout_ms = 18000ms;

  // Group coordinator.
  std::int32_t offsets_topic_num_partitions = 50;
  std::int32_t offsets_topic_replication_factor = 3;
  std::int32_t offsets_topic_segment_bytes = 104857600;
  Duration offsets_commit_timeout_ms = 5000ms;
  Acks offsets_commit_required_acks = Acks::ALL;
  Duration offsets_retention_minutes = 10080min;
  Duration offsets_retention_check_interval_ms = 600000ms;
  Duration group_initial_rebalance_delay_ms = 3000ms;
  Duration group_min_session_timeout_ms = 6000ms;
  Duration group_max_session_timeout_ms = 1800000ms;
  std::int32_t group_max_size = 2147483647;
  RebalanceProtocols group_coordinator_rebalance_protocols;
  std::vector<ServerAssignorName> group_consumer_assignors = {ServerAssignorName::UNIFORM, ServerAssignorName::RANGE};
  Duration group_consumer_heartbeat_interval_ms = 5000ms;
  Duration group_consumer_session_timeout_ms = 45000ms;
  Duration group_consumer_min_heartbeat_interval_ms = 5000ms;
  Duration group_consumer_max_heartbeat_interval_ms = 15000ms;
  Duration group_consumer_min_session_timeout_ms = 45000ms;
  Duration group_consumer_max_session_timeout_ms = 60000ms;
  std::int32_t group_consumer_max_size = 2147483647;
  ConsumerGroupMigrationPolicy group_consumer_migration_policy = ConsumerGroupMigrationPolicy::DISABLED;

  // The log.
  std::int32_t message_max_bytes = 1048588;
  std::int32_t fetch_max_bytes = 57671680;
  std::int32_t max_incremental_fetch_session_cache_slots = 1000;
  std::int32_t log_segment_bytes = 1073741824;
  std::optional<Duration> log_roll_ms;
  Duration log_roll_hours = 168h;
  std::optional<Duration> log_retention_ms;
  std::optional<Duration> log_retention_minutes;
  Duration log_retention_hours = 168h;
  std::int64_t log_retention_bytes = -1;  // -1: as many as there are
  Duration log_retention_check_interval_ms = 300000ms;
  Duration producer_id_expiration_ms = 86400000ms;

  // KRaft. Controllers read them too.
  Duration controller_quorum_election_timeout_ms = 1000ms;
  Duration controller_quorum_election_backoff_max_ms = 1000ms;
  Duration controller_quorum_fetch_timeout_ms = 2000ms;
  Duration controller_quorum_request_timeout_ms = 2000ms;
  Duration controller_quorum_retry_backoff_ms = 20ms;
  Duration broker_session_timeout_ms = 9000ms;
  Duration broker_heartbeat_interval_ms = 2000ms;
  std::int64_t metadata_log_max_record_bytes_between_snapshots = 20971520;

  // Transactions.
  std::int32_t transaction_state_log_num_partitions = 50;
  std::int32_t transaction_state_log_replication_factor = 3;
  std::int32_t transaction_state_log_min_isr = 2;
  std::int32_t transaction_state_log_segment_bytes = 104857600;
  Duration transaction_max_timeout_ms = 900000ms;
  bool transaction_partition_verification_enable = true;
  Duration transaction_abort_timed_out_transaction_cleanup_interval_ms = 10000ms;

  std::int64_t log_flush_interval_messages = INT64_MAX;
  std::optional<Duration> log_flush_interval_ms;
  Duration log_flush_scheduler_interval_ms = Duration::max();
  CleanupPolicy log_cleanup_policy;
  BrokerCompressionType compression_type = BrokerCompressionType::PRODUCER;
  TimestampType log_message_timestamp_type = TimestampType::CREATE_TIME;
  Duration log_segment_delete_delay_ms = 60000ms;
  Duration log_flush_offset_checkpoint_interval_ms = 60000ms;
  Duration log_flush_start_offset_checkpoint_interval_ms = 60000ms;
  std::int32_t num_recovery_threads_per_data_dir = 1;
  std::int32_t log_index_interval_bytes = 4096;
  std::int32_t log_index_size_max_bytes = 10485760;

  // Client quotas.
  std::int32_t quota_window_num = 11;
  Duration quota_window_size_seconds = 1s;

  // Replication quotas. The rates are set while a broker runs, and have no place in server.properties.
  std::int64_t leader_replication_throttled_rate = INT64_MAX;    // bytes a second
  std::int64_t follower_replication_throttled_rate = INT64_MAX;  // bytes a second
  std::int32_t replication_quota_window_num = 11;
  Duration replication_quota_window_size_seconds = 1s;

  // Compaction.
  bool log_cleaner_enable = true;
  Duration log_cleaner_backoff_ms = 15000ms;
  Duration log_cleaner_delete_retention_ms = 86400000ms;
  Duration log_cleaner_max_compaction_lag_ms = Duration::max();
  Duration log_cleaner_min_compaction_lag_ms = 0ms;
  Share log_cleaner_min_cleanable_ratio{500'000};

  bool operator==(const BrokerConfig&) const = default;

  /// Whether a leader sends consumers to a replica in their rack. Source: RackAwareReplicaSelector, Kafka 3.9 (KIP-392).
  [[nodiscard]] bool selects_by_rack() const { return replica_selector_class.ends_with("RackAwareReplicaSelector"); }
  /// How long a segment is kept: `log.retention.ms`, else `.minutes`, else `.hours`. Negative (-1 ms): for ever.
  /// Source: KafkaConfig.logRetentionTimeMillis, Kafka 3.9.
  [[nodiscard]] Duration log_retention_time() const {
    const Duration time = log_retention_ms.value_or(log_retention_minutes.value_or(log_retention_hours));
    return time < 0ms ? Duration(-1ms) : time;
  }
  /// Age at which the active segment is closed: `log.roll.ms`, else `log.roll.hours`.
  /// Source: KafkaConfig.logRollTimeMillis, Kafka 3.9.
  [[nodiscard]] Duration log_roll_time() const { return log_roll_ms.value_or(log_roll_hours); }
  /// Longest time a record stays unflushed: `log.flush.interval.ms`, else `log.flush.scheduler.interval.ms`.
  /// Source: KafkaConfig.logFlushIntervalMs, Kafka 3.9.
  [[nodiscard]] Duration log_flush_interval() const {
    return log_flush_interval_ms.value_or(log_flush_scheduler_interval_ms);
  }
};

}  // namespace kscope::sim
