#pragma once
// Produce. Source: Kafka 3.9 ProduceRequest v9 and later.

#include <vector>

#include "sim/config/config_enums.h"
#include "sim/types/error_code.h"
#include "sim/types/record_batch.h"

namespace kscope::sim {

struct ProducePartition {
  TopicPartition partition;
  RecordBatch batch;
  KSCOPE_FIELDS(ProducePartition, partition, batch);
};
struct ProduceRequest {
  TransactionalId transactional_id;  ///< none: not transactional
  Acks acks = Acks::ALL;
  Duration timeout{0};  ///< how long acks=all may wait on the broker: the producer's request.timeout.ms
  std::vector<ProducePartition> partitions;
  KSCOPE_FIELDS(ProduceRequest, transactional_id, acks, timeout, partitions);
};

struct ProducePartitionResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  Offset base_offset = kUnknownOffset;
  Offset log_start_offset = kUnknownOffset;
  KSCOPE_FIELDS(ProducePartitionResult, partition, error, base_offset, log_start_offset);
};
struct ProduceResponse {
  std::vector<ProducePartitionResult> partitions;
  std::int32_t throttle_time_ms = 0;  ///< the producer shall send nothing for so long (KIP-219)
  KSCOPE_FIELDS(ProduceResponse, partitions, throttle_time_ms);
};

}  // namespace kscope::sim
