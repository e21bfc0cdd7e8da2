#pragma once
// Kafka's rules between configs: what start-up refuses although each value alone is valid, and what Kafka changes by
// itself when the user left it open (idempotence that other settings rule out, a delivery timeout too short, ...).

#include "sim/config/config_values.h"

#include <vector>

namespace kscope::sim {

/// Refuses: replica.fetch.wait.max.ms above replica.lag.time.max.ms or replica.socket.timeout.ms; retention or roll times
/// of zero or less (-1 is for ever); offsets.commit.required.acks above the offsets topic's replication factor; an
/// empty range of session timeouts. Source: KafkaConfig.validateValues, GroupCoordinatorConfig, Kafka 3.9.
[[nodiscard]] std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, BrokerConfig& config);

/// Refuses min.compaction.lag.ms above max.compaction.lag.ms. `config`: what the brokers set, with the topic's settings over
/// it, as a topic's creation and a change of its settings see it. Source: LogConfig.validateValues, Kafka 3.9.
[[nodiscard]] std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, TopicConfig& config);

/// Idempotence needs acks=all, retries and at most 5 requests in flight: refused when the user asked for it, else it is
/// turned off; transactions need idempotence. delivery.timeout.ms must cover linger.ms + request.timeout.ms: refused when
/// set, else raised with a warning. A retry.backoff.ms above retry.backoff.max.ms is warned about.
/// reconnect.backoff.max.ms follows reconnect.backoff.ms when only that was set.
/// Source: ProducerConfig.postProcessAndValidateIdempotenceConfigs, KafkaProducer.configureDeliveryTimeout,
/// CommonClientConfigs.warnInconsistentConfigs, Kafka 3.9.
[[nodiscard]] std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, ProducerConfig& config);

/// heartbeat.interval.ms must be below session.timeout.ms. Without group.id enable.auto.commit is refused when set, else
/// turned off. Backoffs as for producers.
/// Source: Heartbeat, ConsumerConfig.maybeOverrideEnableAutoCommit, CommonClientConfigs, Kafka 3.9.
[[nodiscard]] std::vector<ConfigProblem> apply_config_rules(const ConfigValues& values, ConsumerConfig& config);

}  // namespace kscope::sim
