#pragma once
// DeleteRecords: an administrator moves the log start of partitions forward. The leader answers when every live replica has
// followed. Source: DeleteRecordsRequest, DeleteRecordsResponse of Kafka 3.9; KIP-107.

#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// In place of an offset: everything that is committed. Kafka: DeleteRecordsRequest.HIGH_WATERMARK.
inline constexpr Offset kDeleteToHighWatermark{-1};

struct DeleteRecordsPartition {
  TopicPartition partition;
  Offset before_offset;  ///< records below it go
  KSCOPE_FIELDS(DeleteRecordsPartition, partition, before_offset);
};
struct DeleteRecordsRequest {
  std::vector<DeleteRecordsPartition> partitions;
  Duration timeout{0};
  KSCOPE_FIELDS(DeleteRecordsRequest, partitions, timeout);
};
struct DeleteRecordsResult {
  TopicPartition partition;
  Offset low_watermark = kUnknownOffset;  ///< smallest log start of all live replicas
  ErrorCode error =
      ErrorCode::NONE;  ///< OFFSET_OUT_OF_RANGE, NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION, REQUEST_TIMED_OUT
  KSCOPE_FIELDS(DeleteRecordsResult, partition, low_watermark, error);
};
struct DeleteRecordsResponse {
  std::vector<DeleteRecordsResult> partitions;
  KSCOPE_FIELDS(DeleteRecordsResponse, partitions);
};

}  // namespace kscope::sim
