#pragma once
// The files of a partition's folder as a Kafka broker has them after an orderly shutdown: .log, .index and .timeindex of
// each segment, .txnindex of those in which transactions were aborted, .snapshot of the producers, leader-epoch-checkpoint.
// The model keeps identities instead of bytes, so the caller says what a record holds. Source: FileRecords, OffsetIndex,
// TimeIndex, TransactionIndex, ProducerStateManager (snapshot version 1), LeaderEpochCheckpointFile of Kafka 3.9. Not here:
// preallocated space.

#include <string>
#include <vector>

#include "sim/config/config_enums.h"
#include "sim/log/partition_log.h"
#include "sim/types/record_batch_codec.h"

namespace kscope::sim {

struct LogFile {
  std::string name;
  Bytes content;
};

/// What a record holds.
class RecordContent {
 public:
  virtual ~RecordContent() = default;
  /// Key, value and headers of the `index`-th record of a batch; the deltas are filled in by log_files().
  [[nodiscard]] virtual RecordBytes bytes_of(const RecordBatch& batch, std::size_t index) const = 0;
};

/// A batch with its content. Removed records are left out; what is left keeps its offset.
[[nodiscard]] RecordBatchBytes batch_bytes(const RecordBatch& batch, const RecordContent& content, TimestampType type);

/// "00000000000000000042"
[[nodiscard]] std::string segment_name(Offset base_offset);

/// All files of the log, by name. Compressed batches are written uncompressed, and the offset indexes fit what is written.
/// Requires: `content` gives as many bytes as the batches' sizes say, other than for compressed batches and those of
/// coordinators. Cost O(bytes).
[[nodiscard]] std::vector<LogFile> log_files(const PartitionLog& log, const RecordContent& content, TimestampType type);

}  // namespace kscope::sim
