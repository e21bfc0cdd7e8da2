#include "sim/config/config_rules.h"

#include "sim/config/broker_config.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace kscope::sim {
namespace {

using Problems = std::vector<ConfigProblem>;

constexpr std::int32_t kMaxInFlightForIdempotence = 5;

// Collects what is refused.
void refuse_if(bool is_broken, std::string_view name, std::string text, Problems& problems) {
  if (is_broken) {
    problems.push_back({ConfigProblemKind::INVALID, std::string(name), std::move(text)});
  }
}

// Collects what Kafka only writes into its log.
void warn_if(bool is_doubtful, std::string_view name, std::string text, Problems& problems) {
  if (is_doubtful) {
    problems.push_back({ConfigProblemKind::WARNING, std::string(name), std::move(text)});
  }
}

bool is_for_ever_or_positive(Duration time) { return time == Duration(-1ms) || time >= 1ms; }

template <class Config>
void follow_reconnect_backoff(const ConfigValues& values, Config& config) {
  if (values.has("reconnect.backoff.ms") && !values.has("reconnect.backoff.max.ms")) {
    config.reconnect_backoff_max_ms = config.reconnect_backoff_ms;
  }
}

template <class Config>
void check_retry_backoff(const Config& config, Problems& problems) {
  const std::int64_t backoff = millis(config.retry_backoff_ms);
  const std::int64_t most = millis(config.retry_backoff_max_ms);
  warn_if(
      backoff > most, "retry.backoff.ms",
      fmt::format("retry.backoff.ms = {} is greater than retry.backoff.max.ms = {}; a static backoff of {} ms is used",
                  backoff, most, most),
      problems);
}

/// group.consumer.NAME lies between group.consumer.min.NAME and group.consumer.max.NAME.
/// Source: AbstractKafkaConfig.validateGroupCoordinatorConfigs, GroupCoordinatorConfig.validate.
void check_bounds(Duration value, Duration least, Duration most, const std::string& name, Problems& problems) {
  refuse_if(least > most, "group.consumer.max." + name,
            fmt::format("group.consumer.max.{} must be at least group.consumer.min.{}", name, name), problems);
  refuse_if(value < least, "group.consumer." + name,
            fmt::format("group.consumer.{} = {} must be at least group.consumer.min.{} = {}", name, millis(value), name,
                        millis(least)),
            problems);
  refuse_if(value > most, "group.consumer." + name,
            fmt::format("group.consumer.{} = {} must be at most group.consumer.max.{} = {}", name, millis(value), name,
                        millis(most)),
            problems);
}

void check_idempotence(const ConfigValues& values, ProducerConfig& config, Problems& problems) {
  const std::pair<bool, std::string_view> obstacles[] = {
      {config.retries == 0, "retries must not be 0 for an idempotent producer"},
      {config.acks != Acks::ALL, "acks must be \"all\" for an idempotent producer"},
      {config.max_in_flight_requests_per_connection > kMaxInFlightForIdempotence,
       "max.in.flight.requests.per.connection must be at most 5 for an idempotent producer"},
  };
  const bool is_asked_for = config.enable_idempotence && values.has("enable.idempotence");
  for (const auto& [is_broken, text] : obstacles) {
    if (config.enable_idempotence && is_broken) {
      refuse_if(is_asked_for, "enable.idempotence", std::string(text), problems);
      config.enable_idempotence = is_asked_for;
    }
  }
  refuse_if(!config.transactional_id.empty() && !config.enable_idempotence, "transactional.id",
            "transactional.id needs enable.idempotence=true", problems);
}

void check_delivery_timeout(const ConfigValues& values, ProducerConfig& config, Problems& problems) {
  const Duration longest = std::chrono::milliseconds(INT32_MAX);
  const Duration needed = std::min(std::min(config.linger_ms, longest) + config.request_timeout_ms, longest);
  if (config.delivery_timeout_ms >= needed) {
    return;
  }
  if (values.has("delivery.timeout.ms")) {
    refuse_if(
        true, "delivery.timeout.ms",
        fmt::format("delivery.timeout.ms must be at least linger.ms + request.timeout.ms = {} ms", millis(needed)),
        problems);
  } else {
    warn_if(true, "delivery.timeout.ms",
            fmt::format("delivery.timeout.ms must be at least linger.ms + request.timeout.ms; it is set to {} ms",
                        millis(needed)),
            problems);
    config.delivery_timeout_ms = needed;
  }
}

}  // namespace

std::vector<ConfigProblem> apply_config_rules(const ConfigValues&, BrokerConfig& config) {
  Problems problems;
  refuse_if(config.replica_fetch_wait_max_ms > config.replica_socket_timeout_ms, "replica.fetch.wait.max.ms",
            "replica.fetch.wait.max.ms must be at most replica.socket.timeout.ms", problems);
  refuse_if(
      config.replica_fetch_wait_max_ms > config.replica_lag_time_max_ms, "replica.fetch.wait.max.ms",
      "replica.fetch.wait.max.ms must be at most replica.lag.time.max.ms, or followers leave the ISR while they wait",
      problems);
  refuse_if(!is_for_ever_or_positive(config.log_retention_time()), "log.retention.ms",
            "the retention time must be -1 (for ever) or at least 1 ms", problems);
  refuse_if(config.log_roll_time() < 1ms, "log.roll.ms", "the roll time must be at least 1 ms", problems);
  refuse_if(static_cast<std::int32_t>(config.offsets_commit_required_acks) > config.offsets_topic_replication_factor,
            "offsets.commit.required.acks",
            "offsets.commit.required.acks must be at most offsets.topic.replication.factor", problems);
  check_bounds(config.group_consumer_heartbeat_interval_ms, config.group_consumer_min_heartbeat_interval_ms,
               config.group_consumer_max_heartbeat_interval_ms, "heartbeat.interval.ms", problems);
  check_bounds(config.group_consumer_session_timeout_ms, config.group_consumer_min_session_timeout_ms,
               config.group_consumer_max_session_timeout_ms, "session.timeout.ms", problems);
  refuse_if(config.group_consumer_heartbeat_interval_ms >= config.group_consumer_session_timeout_ms,
            "group.consumer.heartbeat.interval.ms",
            "group.consumer.heartbeat.interval.ms must be below group.consumer.session.timeout.ms", problems);
  refuse_if(config.group_min_session_timeout_ms > config.group_max_session_timeout_ms, "group.min.session.timeout.ms",
            "group.min.session.timeout.ms must be at most group.max.session.timeout.ms", problems);
  return problems;
}

std::vector<ConfigProblem> apply_config_rules(const ConfigValues&, TopicConfig& config) {
  Problems problems;
  refuse_if(config.min_compaction_lag_ms > config.max_compaction_lag_ms, "min.compaction.lag.ms",
            fmt::format("min.compaction.lag.ms ({}) conflicts with max.compaction.lag.ms ({}): it must not be greater",
                        millis(config.min_compaction_lag_ms), millis(config.max_compaction_lag_ms)),
            problems);
  return problems;
}

std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, ProducerConfig& config) {
  Problems problems;
  follow_reconnect_backoff(values, config);
  check_idempotence(values, config, problems);
  check_delivery_timeout(values, config, problems);
  check_retry_backoff(config, problems);
  return problems;
}

std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, ConsumerConfig& config) {
  Problems problems;
  follow_reconnect_backoff(values, config);
  const bool is_classic = config.group_protocol == GroupProtocol::CLASSIC;
  refuse_if(is_classic && config.heartbeat_interval_ms >= config.session_timeout_ms, "heartbeat.interval.ms",
            "heartbeat.interval.ms must be below session.timeout.ms", problems);
  refuse_if(is_classic && values.has("group.remote.assignor"), "group.remote.assignor",
            "group.remote.assignor cannot be set when group.protocol=CLASSIC", problems);
  for (const char* name : {"partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"}) {
    refuse_if(!is_classic && values.has(name), name,
              fmt::format("{} cannot be set when group.protocol=CONSUMER: the broker decides", name), problems);
  }
  if (config.group_id.empty() && config.enable_auto_commit) {
    refuse_if(values.has("enable.auto.commit"), "enable.auto.commit",
              "enable.auto.commit=true needs a group.id to commit for", problems);
    config.enable_auto_commit = false;
  }
  const bool is_old_consumer = config.offsets_storage == OffsetsStorage::ZOOKEEPER;
  refuse_if(is_old_consumer && !is_classic, "offsets.storage",
            "offsets.storage=zookeeper is of the old consumer, which knows no group.protocol", problems);
  refuse_if(is_old_consumer && !config.group_instance_id.empty(), "group.instance.id",
            "group.instance.id cannot be set when offsets.storage=zookeeper: the old consumer has no static members",
            problems);
  refuse_if(is_old_consumer && config.isolation_level == IsolationLevel::READ_COMMITTED, "isolation.level",
            "isolation.level=read_committed cannot be set when offsets.storage=zookeeper: the old consumer knows no "
            "transactions",
            problems);
  check_retry_backoff(config, problems);
  return problems;
}

}  // namespace kscope::sim
