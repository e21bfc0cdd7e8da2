// What a broker does with its logs before it starts, and what it writes down so that this stays short. After an orderly
// shutdown (.kafka_cleanshutdown) nothing has to be looked at. After a kill or a power loss every log is read from its
// recovery point on: batches whose checksum does not fit are cut off with all that follows, indexes and producer state are
// made anew. Recovery point and log start are written to their checkpoint files every
// log.flush.offset.checkpoint.interval.ms and log.flush.start.offset.checkpoint.interval.ms.
// Source: LogManager.loadLogs, LogLoader.recoverLog, LogSegment.recover, Kafka 3.9.
// MODEL: a broker is not there at all while it recovers; in Kafka its listeners open afterwards, too.
#include <algorithm>

#include "sim/broker/broker.h"
#include "sim/log/recovery.h"

namespace kscope::sim {

void ReplicaManager::flush_rolled(Ctx& ctx, Partition& partition, std::size_t segments_before) {
  const PartitionLog& log = log_of(ctx, partition);
  if (log.segments().size() > segments_before &&
      Offset(ctx.disk().file(partition.file).flushed) < log.log_end_offset()) {
    ctx.flush(partition.file, static_cast<std::uint64_t>(partition.place));
  }
}

Duration ReplicaManager::recover_logs(Ctx& ctx, const Broker& broker) {
  LogDirectory& logs = ctx.durable().logs;
  logs.delete_left_segments();
  if (logs.was_clean_shutdown) {
    return Duration(0);
  }
  const PlantedBug bug = ctx.registry().planted_bug;
  std::int64_t bytes = 0;
  for (HostedLog& hosted : logs.all()) {
    if (hosted.is_deleted || (hosted.log.log_end_offset() == Offset(0) && !hosted.torn.has_value())) {
      continue;
    }
    const Offset start_before = hosted.log.log_start_offset();
    RecoveryMistakes mistakes;
    mistakes.trusts_checksums = bug == PlantedBug::kRecoveryTrustsChecksums;
    mistakes.stops_at_recovery_point = bug == PlantedBug::kRecoveryStopsEarly;
    const LogRecovery recovery = recover_log(hosted, mistakes);
    bytes += recovery.scanned_bytes;
    ctx.disk().truncate(hosted.file, hosted.log.log_end_offset().value);
    ctx.note({.kind = NoteKind::kLogRecovered,
              .partition = hosted.partition,
              .broker = broker.id,
              .a = hosted.log.log_end_offset().value,
              .b = recovery.recovery_point.value,
              .c = recovery.torn_bytes});
    if (hosted.log.log_start_offset() != start_before) {
      ctx.note({.kind = NoteKind::kLogStartMoved,
                .partition = hosted.partition,
                .a = hosted.log.log_start_offset().value,
                .b = start_before.value,
                .c = 4});
    }
  }
  return bytes == 0 ? Duration(0)
                    : ctx.disk().write_time(bytes) * ctx.cpu_factor() /
                          std::max(broker.setup.config.num_recovery_threads_per_data_dir, 1);
}

void ReplicaManager::write_recovery_points(Ctx& ctx) {
  if (ctx.disk().is_failing || ctx.disk().is_full) {
    return;
  }
  for (const Partition& partition : partitions_) {
    if (partition.is_hosted) {
      HostedLog& hosted = ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)];
      hosted.recovery_point = std::min(partition.recovery_point, hosted.log.log_end_offset());
    }
  }
}

void ReplicaManager::write_log_starts(Ctx& ctx) {
  if (ctx.disk().is_failing || ctx.disk().is_full) {
    return;
  }
  for (const Partition& partition : partitions_) {
    if (partition.is_hosted) {
      HostedLog& hosted = ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)];
      hosted.checkpointed_log_start = hosted.log.log_start_offset();
    }
  }
}

}  // namespace kscope::sim
