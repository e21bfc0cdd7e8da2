#pragma once
// ProducerConfig: the producer configs that the model honours, with the defaults of Apache Kafka 3.9. A member has the
// name of the config with `_` for `.`. Filled from text by modelled_configs; a test holds every default against Kafka's.

#include "engine/core/time.h"
#include "sim/config/config_enums.h"

#include <cstdint>
#include <string>

namespace kscope::sim {

struct ProducerConfig {
  std::string client_id;  ///< empty: the producer goes by its name
  Acks acks = Acks::ALL;
  bool enable_idempotence = true;
  std::int32_t retries = 2147483647;
  std::int32_t max_in_flight_requests_per_connection = 5;

  // Collecting records into batches.
  CompressionType compression_type = CompressionType::NONE;
  std::int32_t batch_size = 16384;
  Duration linger_ms = 0ms;
  std::int64_t buffer_memory = 33554432;
  std::int32_t max_request_size = 1048576;

  // Choosing partitions.
  bool partitioner_ignore_keys = false;
  bool partitioner_adaptive_partitioning_enable = true;

  // Time limits.
  Duration request_timeout_ms = 30000ms;
  Duration delivery_timeout_ms = 120000ms;
  Duration max_block_ms = 60000ms;
  Duration retry_backoff_ms = 100ms;
  Duration retry_backoff_max_ms = 1000ms;
  Duration reconnect_backoff_ms = 50ms;
  Duration reconnect_backoff_max_ms = 1000ms;
  Duration metadata_max_age_ms = 300000ms;

  // Transactions. An empty id: the producer has none.
  std::string transactional_id;
  Duration transaction_timeout_ms = 60000ms;

  bool operator==(const ProducerConfig&) const = default;
};

}  // namespace kscope::sim
