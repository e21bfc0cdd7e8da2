#pragma once
// ConsumerConfig: the consumer configs that the model honours, with the defaults of Apache Kafka 3.9, and those of
// the old consumer that are of use here, with the defaults of Kafka 0.10. A member has the
// name of the config with `_` for `.`. Filled from text by modelled_configs; a test holds every default against Kafka's.

#include "engine/core/time.h"
#include "sim/config/config_enums.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kscope::sim {

struct ConsumerConfig {
  std::string group_id;  // empty: the consumer belongs to no group

  // Membership.
  std::string group_instance_id;  // empty: a dynamic member
  GroupProtocol group_protocol = GroupProtocol::CLASSIC;
  std::string group_remote_assignor;  // CONSUMER only; empty: the first of group.consumer.assignors
  Duration session_timeout_ms = 45000ms;
  Duration heartbeat_interval_ms = 3000ms;
  Duration max_poll_interval_ms = 300000ms;
  std::int32_t max_poll_records = 500;
  std::vector<AssignorName> partition_assignment_strategy = {AssignorName::RANGE, AssignorName::COOPERATIVE_STICKY};

  // Offsets.
  bool enable_auto_commit = true;
  Duration auto_commit_interval_ms = 5000ms;
  AutoOffsetReset auto_offset_reset = AutoOffsetReset::LATEST;

  // Fetching.
  std::int32_t fetch_min_bytes = 1;
  std::int32_t fetch_max_bytes = 52428800;
  Duration fetch_max_wait_ms = 500ms;
  std::int32_t max_partition_fetch_bytes = 1048576;
  bool allow_auto_create_topics = true;
  std::string client_id;    // empty: the consumer goes by its name
  std::string client_rack;  // empty: the consumer says nothing about its rack
  IsolationLevel isolation_level = IsolationLevel::READ_UNCOMMITTED;

  // Time limits.
  Duration request_timeout_ms = 30000ms;
  Duration default_api_timeout_ms = 60000ms;
  Duration retry_backoff_ms = 100ms;
  Duration retry_backoff_max_ms = 1000ms;
  Duration reconnect_backoff_ms = 50ms;
  Duration reconnect_backoff_max_ms = 1000ms;
  Duration metadata_max_age_ms = 300000ms;

  // The old consumer of Kafka 0.8 to 0.10 (kafka.consumer.ConsumerConfig); the others have effect with ZOOKEEPER only.
  OffsetsStorage offsets_storage = OffsetsStorage::KAFKA;
  std::int32_t rebalance_max_retries = 4;
  Duration rebalance_backoff_ms = 2000ms;  // zookeeper.sync.time.ms
  Duration zookeeper_session_timeout_ms = 6000ms;

  bool operator==(const ConsumerConfig&) const = default;
};

}  // namespace kscope::sim
