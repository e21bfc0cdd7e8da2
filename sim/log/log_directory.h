#pragma once
// A broker's log directory (log.dirs): one log per partition it has ever hosted, with the checkpoints that Kafka keeps
// beside them. File 0 of the disk holds the checkpoints; the log of the i-th hosted partition is file i + 1.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/node_id.h"
#include "sim/log/partition_log.h"
#include "sim/types/ids.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

struct HostedLog {
  TopicPartition partition;
  Uuid topic_id;  ///< partition.metadata: of the topic as it was created when the log was (KIP-516); zero = not told
  FileId file;
  PartitionLog log;
  Offset checkpointed_high_watermark{0};  ///< replication-offset-checkpoint
  Offset cleaned_to{0};                   ///< cleaner-offset-checkpoint
  Offset recovery_point{0};               ///< recovery-point-offset-checkpoint: flushed for certain below it
  Offset checkpointed_log_start{0};       ///< log-start-offset-checkpoint
  std::optional<RecordBatch> torn;        ///< a power loss left a part of it behind the end of the log
  bool is_deleted = false;  ///< StopReplica with delete; the place is kept so that files keep their numbers
};

/// Files that were renamed and wait until file.delete.delay.ms is over.
struct DeletedFiles {
  std::int64_t id = 0;  ///< number of the deletion
  TopicPartition partition;
  std::int64_t size_bytes = 0;
  bool is_whole_log = false;  ///< the directory of a deleted partition (-delete), not segments of a log (.deleted)
};

class LogDirectory {
 public:
  /// The log of a partition, or nullptr. Cost O(1).
  [[nodiscard]] HostedLog* find(TopicPartition partition);
  [[nodiscard]] const HostedLog* find(TopicPartition partition) const;
  /// The log of a partition, made empty if there is none.
  HostedLog& find_or_create(TopicPartition partition);
  void remove(TopicPartition partition);

  /// Notes files that are renamed; returns the number of the deletion. Requires: size_bytes > 0.
  std::int64_t rename_deleted(TopicPartition partition, std::int64_t size_bytes, bool is_whole_log);
  /// The files of a deletion leave the disk, if they are still there.
  void delete_files(std::int64_t id);
  /// A process that starts deletes the .deleted segments that the last one left; -delete directories stay.
  /// Source: LogLoader.removeTempFilesAndCollectSwapFiles, LogManager.loadLog, Kafka 3.9.
  void delete_left_segments();
  /// In order of deletion.
  [[nodiscard]] const std::vector<DeletedFiles>& deleted() const { return deleted_; }
  /// Bytes of the files that wait for their deletion; sizes of logs do not count them.
  [[nodiscard]] std::int64_t deleted_bytes() const;

  [[nodiscard]] std::vector<HostedLog>& all() { return logs_; }
  [[nodiscard]] const std::vector<HostedLog>& all() const { return logs_; }

  bool was_clean_shutdown = false;       ///< .kafka_cleanshutdown: logs need no recovery
  BrokerEpoch clean_shutdown_epoch{-1};  ///< in that file: the broker's epoch when it shut down (KIP-966)

 private:
  std::vector<HostedLog> logs_;
  std::vector<std::vector<std::int32_t>> place_;  // [topic][partition] -> index into logs_, -1 = none
  std::vector<DeletedFiles> deleted_;
  std::int64_t deletions_ = 0;
};

}  // namespace kscope::sim
