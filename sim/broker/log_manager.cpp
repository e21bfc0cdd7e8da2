// What happens to logs besides appends and reads: truncation, retention, flushes, checkpoints.
// Source: LogManager, UnifiedLog, Kafka 3.9.
#include <algorithm>

#include "engine/core/check.h"
#include "sim/broker/broker.h"

namespace kscope::sim {

void ReplicaManager::truncate_to(Ctx& ctx, Partition& partition, Offset offset, LeaderEpoch asked) {
  PartitionLog& log = log_of(ctx, partition);
  const Offset before = log.log_end_offset();
  const Offset after = log.truncate_to(offset);
  if (after == before) {
    return;
  }
  news_.add(partition.place);
  delete_files_later(ctx, partition);
  ctx.disk().truncate(partition.file, after.value);
  partition.recovery_point = std::min(partition.recovery_point, after);
  partition.high_watermark = std::min(partition.high_watermark, after);
  ctx.note({.kind = NoteKind::kLogTruncated,
            .partition = partition.id,
            .a = after.value,
            .b = before.value,
            .c = asked.value});
}

void ReplicaManager::truncate_fully_and_start_at(Ctx& ctx, Partition& partition, Offset offset) {
  PartitionLog& log = log_of(ctx, partition);
  const Offset start_before = log.log_start_offset();
  const Offset end_before = log.log_end_offset();
  log.truncate_fully_and_start_at(offset);
  news_.add(partition.place);
  delete_files_later(ctx, partition);
  ctx.disk().truncate(partition.file, offset.value);
  partition.recovery_point = offset;
  partition.high_watermark = offset;  // never below log start (KAFKA-9491)
  if (end_before > start_before) {
    ctx.note({.kind = NoteKind::kLogTruncated,
              .partition = partition.id,
              .a = offset.value,
              .b = end_before.value,
              .c = -1});
  }
  if (start_before != offset) {
    ctx.note({.kind = NoteKind::kLogStartMoved,
              .partition = partition.id,
              .a = offset.value,
              .b = start_before.value,
              .c = 2});
  }
}

void ReplicaManager::follow_log_start(Ctx& ctx, Partition& partition, Offset leader_log_start) {
  PartitionLog& log = log_of(ctx, partition);
  const Offset before = log.log_start_offset();
  const bool is_ahead = ctx.registry().planted_bug == PlantedBug::kFollowerDeletesAhead;
  const Offset after = is_ahead ? partition.high_watermark : std::min(leader_log_start, partition.high_watermark);
  if (after <= before || after > log.log_end_offset()) {
    return;
  }
  log.advance_log_start(after);
  news_.add(partition.place);
  delete_files_later(ctx, partition);
  ctx.note({.kind = NoteKind::kLogStartMoved, .partition = partition.id, .a = after.value, .b = before.value, .c = 2});
}

void ReplicaManager::delete_old_segments(Ctx& ctx) {
  for (Partition& partition : partitions_) {
    if (!partition.is_hosted) {
      continue;
    }
    const TopicConfig& config = topic_config(ctx, partition.id);
    PartitionLog& log = log_of(ctx, partition);
    const Offset before = log.log_start_offset();
    RetentionLimits limits{now_ms(ctx), -1, -1, partition.high_watermark};
    if (config.cleanup_policy.is_delete) {
      limits.retention_ms = config.retention_ms < Duration(0) ? -1 : millis(config.retention_ms);
      limits.retention_bytes = config.retention_bytes;
    }
    const RetentionResult result = log.delete_old_segments(limits);
    delete_files_later(ctx, partition);
    if (result.segments > 0 && log.log_start_offset() != before) {
      news_.add(partition.place);
      ctx.note({.kind = NoteKind::kLogStartMoved,
                .partition = partition.id,
                .a = log.log_start_offset().value,
                .b = before.value,
                .c = result.reason == RetentionReason::kSize ? 1 : 0});
    }
  }
}

void ReplicaManager::forget_idle_producers(Ctx& ctx, Duration expiration) {
  for (Partition& partition : partitions_) {
    if (partition.is_hosted) {
      log_of(ctx, partition).expire_producers(now_ms(ctx), millis(expiration));
    }
  }
}

/// Source: LogManager.flushDirtyLogs, UnifiedLog.flush, Kafka 3.9.
void ReplicaManager::flush_dirty_logs(Ctx& ctx) {
  for (const Partition& partition : partitions_) {
    const bool is_dirty = partition.is_hosted && log_of(ctx, partition).log_end_offset() > partition.recovery_point;
    if (is_dirty && ctx.now() - partition.last_flush_time >= topic_config(ctx, partition.id).flush_ms) {
      ctx.flush(partition.file, static_cast<std::uint64_t>(partition.place));
    }
  }
}

void ReplicaManager::on_disk(Ctx& ctx, Broker&, const DiskDone& done) {
  if (done.token >= partitions_.size() || partitions_[done.token].file != done.file || done.is_error) {
    return;  // The log that was flushed is deleted, or nothing was flushed.
  }
  Partition& flushed = partitions_[done.token];
  const Offset end = log_of(ctx, flushed).log_end_offset();
  flushed.recovery_point = std::max(flushed.recovery_point, std::min(Offset(done.position), end));
  flushed.last_flush_time = ctx.now();
}

void ReplicaManager::write_high_watermark_checkpoint(Ctx& ctx) {
  if (ctx.disk().is_failing || ctx.disk().is_full) {
    return;
  }
  for (const Partition& partition : partitions_) {
    if (partition.is_hosted) {
      HostedLog& hosted = ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)];
      hosted.checkpointed_high_watermark = partition.high_watermark;
    }
  }
}

void ReplicaManager::on_shutdown(Ctx& ctx, Broker& broker) {
  broker.fetchers.clear(ctx);
  for (Partition& partition : partitions_) {
    if (partition.is_hosted) {
      partition.recovery_point = log_of(ctx, partition).log_end_offset();
    }
  }
  write_high_watermark_checkpoint(ctx);
  write_recovery_points(ctx);
  write_log_starts(ctx);
  ctx.durable().logs.was_clean_shutdown = true;
  ctx.durable().logs.clean_shutdown_epoch = broker.lifecycle.broker_epoch;
}

}  // namespace kscope::sim
