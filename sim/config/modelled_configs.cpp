#include "sim/config/modelled_configs.h"

#include "sim/config/broker_config.h"
#include "sim/config/config_words.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace kscope::sim {
namespace {

template <class Config, auto Member>
bool set(Config& config, std::string_view value) {
  return read_config(value, config.*Member);
}

constexpr std::string_view kLargestLong = "9223372036854775807";

template <class Config, auto Member, std::int64_t UnitMs>
bool set_duration(Config& config, std::string_view value) {
  Duration duration{};
  if (!read_config_duration(value, Duration(std::chrono::milliseconds(UnitMs)), duration)) {
    return false;
  }
  // The largest long is Kafka's "never" where it is the default; elsewhere it is just a very long time.
  const bool is_never = Config{}.*Member == Duration::max() && value == kLargestLong;
  config.*Member = is_never ? Duration::max() : duration;
  return true;
}

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

// Values that the model honours, of configs that it honours in part.

/// Kafka's own selectors; others would be classes of the user.
bool is_modelled_selector(std::string_view value) {
  return value.empty() || value.ends_with("RackAwareReplicaSelector") || value.ends_with("LeaderSelector");
}

// The macros are only spelling: KSCOPE_FIELD for numbers, words and texts, KSCOPE_MS and so on for durations, KSCOPE_ONLY for
// those of which only some values are honoured.
#define KSCOPE_FIELD(name, member) \
  { name, set<Config, &Config::member> }
#define KSCOPE_TIME(name, member, unit) \
  { name, set_duration<Config, &Config::member, unit> }
#define KSCOPE_MS(name, member) KSCOPE_TIME(name, member, 1)
#define KSCOPE_ONLY(name, member, is_honoured, behaves_as) \
  { name, set<Config, &Config::member>, is_honoured, behaves_as }

struct BrokerFields {
  using Config = BrokerConfig;
  static constexpr ConfigField<Config> kFields[] = {
      KSCOPE_FIELD("auto.create.topics.enable", auto_create_topics_enable),
      KSCOPE_FIELD("auto.leader.rebalance.enable", auto_leader_rebalance_enable),
      KSCOPE_MS("broker.heartbeat.interval.ms", broker_heartbeat_interval_ms),
      KSCOPE_FIELD("broker.rack", broker_rack),
      KSCOPE_MS("broker.session.timeout.ms", broker_session_timeout_ms),
      KSCOPE_FIELD("compression.type", compression_type),
      KSCOPE_FIELD("controlled.shutdown.enable", controlled_shutdown_enable),
      KSCOPE_FIELD("controlled.shutdown.max.retries", controlled_shutdown_max_retries),
      KSCOPE_MS("controlled.shutdown.retry.backoff.ms", controlled_shutdown_retry_backoff_ms),
      KSCOPE_MS("controller.quorum.election.backoff.max.ms", controller_quorum_election_backoff_max_ms),
      KSCOPE_MS("controller.quorum.election.timeout.ms", controller_quorum_election_timeout_ms),
      KSCOPE_MS("controller.quorum.fetch.timeout.ms", controller_quorum_fetch_timeout_ms),
      KSCOPE_MS("controller.quorum.request.timeout.ms", controller_quorum_request_timeout_ms),
      KSCOPE_MS("controller.quorum.retry.backoff.ms", controller_quorum_retry_backoff_ms),
      KSCOPE_MS("controller.socket.timeout.ms", controller_socket_timeout_ms),
      KSCOPE_FIELD("default.replication.factor", default_replication_factor),
      KSCOPE_FIELD("delete.topic.enable", delete_topic_enable),
      KSCOPE_FIELD("fetch.max.bytes", fetch_max_bytes),
      KSCOPE_FIELD("follower.replication.throttled.rate", follower_replication_throttled_rate),
      KSCOPE_FIELD("group.consumer.assignors", group_consumer_assignors),
      KSCOPE_MS("group.consumer.heartbeat.interval.ms", group_consumer_heartbeat_interval_ms),
      KSCOPE_MS("group.consumer.max.heartbeat.interval.ms", group_consumer_max_heartbeat_interval_ms),
      KSCOPE_MS("group.consumer.max.session.timeout.ms", group_consumer_max_session_timeout_ms),
      KSCOPE_FIELD("group.consumer.max.size", group_consumer_max_size),
      KSCOPE_FIELD("group.consumer.migration.policy", group_consumer_migration_policy),
      KSCOPE_MS("group.consumer.min.heartbeat.interval.ms", group_consumer_min_heartbeat_interval_ms),
      KSCOPE_MS("group.consumer.min.session.timeout.ms", group_consumer_min_session_timeout_ms),
      KSCOPE_MS("group.consumer.session.timeout.ms", group_consumer_session_timeout_ms),
      KSCOPE_FIELD("group.coordinator.rebalance.protocols", group_coordinator_rebalance_protocols),
      KSCOPE_MS("group.initial.rebalance.delay.ms", group_initial_rebalance_delay_ms),
      KSCOPE_MS("group.max.session.timeout.ms", group_max_session_timeout_ms),
      KSCOPE_FIELD("group.max.size", group_max_size),
      KSCOPE_MS("group.min.session.timeout.ms", group_min_session_timeout_ms),
      KSCOPE_FIELD("inter.broker.protocol.version", inter_broker_protocol_version),
      KSCOPE_TIME("leader.imbalance.check.interval.seconds", leader_imbalance_check_interval_seconds, kSecond),
      KSCOPE_FIELD("leader.imbalance.per.broker.percentage", leader_imbalance_per_broker_percentage),
      KSCOPE_FIELD("leader.replication.throttled.rate", leader_replication_throttled_rate),
      KSCOPE_MS("log.cleaner.backoff.ms", log_cleaner_backoff_ms),
      KSCOPE_MS("log.cleaner.delete.retention.ms", log_cleaner_delete_retention_ms),
      KSCOPE_FIELD("log.cleaner.enable", log_cleaner_enable),
      KSCOPE_MS("log.cleaner.max.compaction.lag.ms", log_cleaner_max_compaction_lag_ms),
      KSCOPE_FIELD("log.cleaner.min.cleanable.ratio", log_cleaner_min_cleanable_ratio),
      KSCOPE_MS("log.cleaner.min.compaction.lag.ms", log_cleaner_min_compaction_lag_ms),
      KSCOPE_FIELD("log.cleanup.policy", log_cleanup_policy),
      KSCOPE_FIELD("log.flush.interval.messages", log_flush_interval_messages),
      KSCOPE_MS("log.flush.interval.ms", log_flush_interval_ms),
      KSCOPE_MS("log.flush.offset.checkpoint.interval.ms", log_flush_offset_checkpoint_interval_ms),
      KSCOPE_MS("log.flush.scheduler.interval.ms", log_flush_scheduler_interval_ms),
      KSCOPE_MS("log.flush.start.offset.checkpoint.interval.ms", log_flush_start_offset_checkpoint_interval_ms),
      KSCOPE_FIELD("log.index.interval.bytes", log_index_interval_bytes),
      KSCOPE_FIELD("log.index.size.max.bytes", log_index_size_max_bytes),
      KSCOPE_FIELD("log.message.timestamp.type", log_message_timestamp_type),
      KSCOPE_FIELD("log.retention.bytes", log_retention_bytes),
      KSCOPE_MS("log.retention.check.interval.ms", log_retention_check_interval_ms),
      KSCOPE_TIME("log.retention.hours", log_retention_hours, kHour),
      KSCOPE_TIME("log.retention.minutes", log_retention_minutes, kMinute),
      KSCOPE_MS("log.retention.ms", log_retention_ms),
      KSCOPE_TIME("log.roll.hours", log_roll_hours, kHour),
      KSCOPE_MS("log.roll.ms", log_roll_ms),
      KSCOPE_FIELD("log.segment.bytes", log_segment_bytes),
      KSCOPE_MS("log.segment.delete.delay.ms", log_segment_delete_delay_ms),
      KSCOPE_FIELD("max.incremental.fetch.session.cache.slots", max_incremental_fetch_session_cache_slots),
      KSCOPE_FIELD("message.max.bytes", message_max_bytes),
      KSCOPE_FIELD("metadata.log.max.record.bytes.between.snapshots", metadata_log_max_record_bytes_between_snapshots),
      KSCOPE_FIELD("min.insync.replicas", min_insync_replicas),
      KSCOPE_FIELD("num.io.threads", num_io_threads),
      KSCOPE_FIELD("num.partitions", num_partitions),
      KSCOPE_FIELD("num.recovery.threads.per.data.dir", num_recovery_threads_per_data_dir),
      KSCOPE_FIELD("offsets.commit.required.acks", offsets_commit_required_acks),
      KSCOPE_MS("offsets.commit.timeout.ms", offsets_commit_timeout_ms),
      KSCOPE_MS("offsets.retention.check.interval.ms", offsets_retention_check_interval_ms),
      KSCOPE_TIME("offsets.retention.minutes", offsets_retention_minutes, kMinute),
      KSCOPE_FIELD("offsets.topic.num.partitions", offsets_topic_num_partitions),
      KSCOPE_FIELD("offsets.topic.replication.factor", offsets_topic_replication_factor),
      KSCOPE_FIELD("offsets.topic.segment.bytes", offsets_topic_segment_bytes),
      KSCOPE_MS("producer.id.expiration.ms", producer_id_expiration_ms),
      KSCOPE_FIELD("quota.window.num", quota_window_num),
      KSCOPE_TIME("quota.window.size.seconds", quota_window_size_seconds, kSecond),
      KSCOPE_MS("replica.fetch.backoff.ms", replica_fetch_backoff_ms),
      KSCOPE_FIELD("replica.fetch.max.bytes", replica_fetch_max_bytes),
      KSCOPE_FIELD("replica.fetch.min.bytes", replica_fetch_min_bytes),
      KSCOPE_FIELD("replica.fetch.response.max.bytes", replica_fetch_response_max_bytes),
      KSCOPE_MS("replica.fetch.wait.max.ms", replica_fetch_wait_max_ms),
      KSCOPE_MS("replica.high.watermark.checkpoint.interval.ms", replica_high_watermark_checkpoint_interval_ms),
      KSCOPE_MS("replica.lag.time.max.ms", replica_lag_time_max_ms),
      KSCOPE_ONLY("replica.selector.class", replica_selector_class, is_modelled_selector,
                  "org.apache.kafka.common.replica.LeaderSelector"),
      KSCOPE_MS("replica.socket.timeout.ms", replica_socket_timeout_ms),
      KSCOPE_FIELD("replication.quota.window.num", replication_quota_window_num),
      KSCOPE_TIME("replication.quota.window.size.seconds", replication_quota_window_size_seconds, kSecond),
      KSCOPE_MS("request.timeout.ms", request_timeout_ms),
      KSCOPE_MS("transaction.abort.timed.out.transaction.cleanup.interval.ms",
                transaction_abort_timed_out_transaction_cleanup_interval_ms),
      KSCOPE_MS("transaction.max.timeout.ms", transaction_max_timeout_ms),
      KSCOPE_FIELD("transaction.partition.verification.enable", transaction_partition_verification_enable),
      KSCOPE_FIELD("transaction.state.log.min.isr", transaction_state_log_min_isr),
      KSCOPE_FIELD("transaction.state.log.num.partitions", transaction_state_log_num_partitions),
      KSCOPE_FIELD("transaction.state.log.replication.factor", transaction_state_log_replication_factor),
      KSCOPE_FIELD("transaction.state.log.segment.bytes", transaction_state_log_segment_bytes),
      KSCOPE_FIELD("unclean.leader.election.enable", unclean_leader_election_enable),
      KSCOPE_MS("zookeeper.session.timeout.ms", zookeeper_session_timeout_ms),
  };
};

struct TopicFields {
  using Config = TopicConfig;
  static constexpr ConfigField<Config> kFields[] = {
      KSCOPE_FIELD("cleanup.policy", cleanup_policy),
      KSCOPE_FIELD("compression.type", compression_type),
      KSCOPE_MS("delete.retention.ms", delete_retention_ms),
      KSCOPE_MS("file.delete.delay.ms", file_delete_delay_ms),
      KSCOPE_FIELD("flush.messages", flush_messages),
      KSCOPE_MS("flush.ms", flush_ms),
      KSCOPE_FIELD("follower.replication.throttled.replicas", follower_replication_throttled_replicas),
      KSCOPE_FIELD("index.interval.bytes", index_interval_bytes),
      KSCOPE_FIELD("leader.replication.throttled.replicas", leader_replication_throttled_replicas),
      KSCOPE_MS("max.compaction.lag.ms", max_compaction_lag_ms),
      KSCOPE_FIELD("max.message.bytes", max_message_bytes),
      KSCOPE_FIELD("message.timestamp.type", message_timestamp_type),
      KSCOPE_FIELD("min.cleanable.dirty.ratio", min_cleanable_dirty_ratio),
      KSCOPE_MS("min.compaction.lag.ms", min_compaction_lag_ms),
      KSCOPE_FIELD("min.insync.replicas", min_insync_replicas),
      KSCOPE_FIELD("retention.bytes", retention_bytes),
      KSCOPE_MS("retention.ms", retention_ms),
      KSCOPE_FIELD("segment.bytes", segment_bytes),
      KSCOPE_FIELD("segment.index.bytes", segment_index_bytes),
      KSCOPE_MS("segment.ms", segment_ms),
      KSCOPE_FIELD("unclean.leader.election.enable", unclean_leader_election_enable),
  };
};

struct ProducerFields {
  using Config = ProducerConfig;
  static constexpr ConfigField<Config> kFields[] = {
      KSCOPE_FIELD("acks", acks),
      KSCOPE_FIELD("batch.size", batch_size),
      KSCOPE_FIELD("buffer.memory", buffer_memory),
      KSCOPE_FIELD("client.id", client_id),
      KSCOPE_FIELD("compression.type", compression_type),
      KSCOPE_MS("delivery.timeout.ms", delivery_timeout_ms),
      KSCOPE_FIELD("enable.idempotence", enable_idempotence),
      KSCOPE_MS("linger.ms", linger_ms),
      KSCOPE_MS("max.block.ms", max_block_ms),
      KSCOPE_FIELD("max.in.flight.requests.per.connection", max_in_flight_requests_per_connection),
      KSCOPE_FIELD("max.request.size", max_request_size),
      KSCOPE_MS("metadata.max.age.ms", metadata_max_age_ms),
      KSCOPE_FIELD("partitioner.adaptive.partitioning.enable", partitioner_adaptive_partitioning_enable),
      KSCOPE_FIELD("partitioner.ignore.keys", partitioner_ignore_keys),
      KSCOPE_MS("reconnect.backoff.max.ms", reconnect_backoff_max_ms),
      KSCOPE_MS("reconnect.backoff.ms", reconnect_backoff_ms),
      KSCOPE_MS("request.timeout.ms", request_timeout_ms),
      KSCOPE_FIELD("retries", retries),
      KSCOPE_MS("retry.backoff.max.ms", retry_backoff_max_ms),
      KSCOPE_MS("retry.backoff.ms", retry_backoff_ms),
      KSCOPE_MS("transaction.timeout.ms", transaction_timeout_ms),
      KSCOPE_FIELD("transactional.id", transactional_id),
  };
};

struct ConsumerFields {
  using Config = ConsumerConfig;
  static constexpr ConfigField<Config> kFields[] = {
      KSCOPE_FIELD("allow.auto.create.topics", allow_auto_create_topics),
      KSCOPE_MS("auto.commit.interval.ms", auto_commit_interval_ms),
      KSCOPE_FIELD("auto.offset.reset", auto_offset_reset),
      KSCOPE_FIELD("client.id", client_id),
      KSCOPE_FIELD("client.rack", client_rack),
      KSCOPE_MS("default.api.timeout.ms", default_api_timeout_ms),
      KSCOPE_FIELD("enable.auto.commit", enable_auto_commit),
      KSCOPE_FIELD("fetch.max.bytes", fetch_max_bytes),
      KSCOPE_MS("fetch.max.wait.ms", fetch_max_wait_ms),
      KSCOPE_FIELD("fetch.min.bytes", fetch_min_bytes),
      KSCOPE_FIELD("group.id", group_id),
      KSCOPE_FIELD("group.instance.id", group_instance_id),
      KSCOPE_FIELD("group.protocol", group_protocol),
      KSCOPE_FIELD("group.remote.assignor", group_remote_assignor),
      KSCOPE_MS("heartbeat.interval.ms", heartbeat_interval_ms),
      KSCOPE_FIELD("isolation.level", isolation_level),
      KSCOPE_FIELD("max.partition.fetch.bytes", max_partition_fetch_bytes),
      KSCOPE_MS("max.poll.interval.ms", max_poll_interval_ms),
      KSCOPE_FIELD("max.poll.records", max_poll_records),
      KSCOPE_MS("metadata.max.age.ms", metadata_max_age_ms),
      KSCOPE_FIELD("offsets.storage", offsets_storage),
      KSCOPE_FIELD("partition.assignment.strategy", partition_assignment_strategy),
      KSCOPE_MS("rebalance.backoff.ms", rebalance_backoff_ms),
      KSCOPE_FIELD("rebalance.max.retries", rebalance_max_retries),
      KSCOPE_MS("reconnect.backoff.max.ms", reconnect_backoff_max_ms),
      KSCOPE_MS("reconnect.backoff.ms", reconnect_backoff_ms),
      KSCOPE_MS("request.timeout.ms", request_timeout_ms),
      KSCOPE_MS("retry.backoff.max.ms", retry_backoff_max_ms),
      KSCOPE_MS("retry.backoff.ms", retry_backoff_ms),
      KSCOPE_MS("session.timeout.ms", session_timeout_ms),
      KSCOPE_MS("zookeeper.session.timeout.ms", zookeeper_session_timeout_ms),
  };
};

#undef KSCOPE_FIELD
#undef KSCOPE_TIME
#undef KSCOPE_MS
#undef KSCOPE_ONLY

// The part of a row that does not depend on the struct.
struct Row {
  bool (*is_honoured)(std::string_view value) = nullptr;
  std::string_view behaves_as = {};
};

template <class Config>
std::optional<Row> row_in(std::span<const ConfigField<Config>> fields, std::string_view name) {
  for (const ConfigField<Config>& field : fields) {
    if (field.name == name) {
      return Row{field.is_honoured, field.behaves_as};
    }
  }
  return std::nullopt;
}

std::optional<Row> row_of(ConfigScope scope, std::string_view name) {
  switch (scope) {
    case ConfigScope::BROKER: return row_in(broker_config_fields(), name);
    case ConfigScope::TOPIC: return row_in(topic_config_fields(), name);
    case ConfigScope::PRODUCER: return row_in(producer_config_fields(), name);
    case ConfigScope::CONSUMER: return row_in(consumer_config_fields(), name);
    case ConfigScope::ADMIN: return std::nullopt;
  }
  return std::nullopt;
}

/// Configs that decide which scenarios are accepted, and nothing that a run does.
bool is_looked_at(ConfigScope scope, std::string_view name) {
  return scope == ConfigScope::BROKER && (name == "broker.id.generation.enable" || name == "reserved.broker.max.id");
}

}  // namespace

std::span<const ConfigField<BrokerConfig>> broker_config_fields() { return BrokerFields::kFields; }
std::span<const ConfigField<TopicConfig>> topic_config_fields() { return TopicFields::kFields; }
std::span<const ConfigField<ProducerConfig>> producer_config_fields() { return ProducerFields::kFields; }
std::span<const ConfigField<ConsumerConfig>> consumer_config_fields() { return ConsumerFields::kFields; }

bool is_modelled(ConfigScope scope, std::string_view name) {
  const std::optional<Row> row = row_of(scope, name);
  return row.has_value();
}

std::optional<std::string> not_modelled_text(ConfigScope scope, std::string_view name, std::string_view value) {
  const std::optional<Row> row = row_of(scope, name);
  if (is_looked_at(scope, name)) {
    return std::nullopt;
  }
  if (!row.has_value()) {
    return fmt::format("{} is a {} config of Kafka but has no effect in this model", name, config_scope_name(scope));
  }
  if (row->is_honoured == nullptr || row->is_honoured(value)) {
    return std::nullopt;
  }
  const std::string instead =
      row->behaves_as.empty() ? "" : fmt::format("; it behaves as with {} = {}", name, row->behaves_as);
  return fmt::format("{} = {} is a value of Kafka but has no effect in this model{}", name, value, instead);
}

}  // namespace kscope::sim
