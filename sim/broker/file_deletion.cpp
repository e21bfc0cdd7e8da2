// Files that a broker deletes: segments are renamed to .deleted, and logs of deleted partitions to -delete. They leave the
// disk when the delay is over: a segment's by file.delete.delay.ms of its topic, a log's by log.segment.delete.delay.ms of
// the broker. A process that starts deletes the segments that the last one left; logs wait once more.
// Source: LocalLog.deleteSegmentFiles, LogManager.asyncDelete, deleteLogs, loadLog, Kafka 3.9.
#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

void arm_file_delete(Ctx& ctx, std::int64_t deletion, Duration delay) {
  ctx.after(delay, Timer{TimerKind::kFileDelete, deletion});
}

void arm_log_delete(Ctx& ctx, std::int64_t deletion) {
  arm_file_delete(ctx, deletion, ctx.registry().broker(ctx.self()).config.log_segment_delete_delay_ms);
}

void rename_segments(Ctx& ctx, HostedLog& hosted) {
  if (const std::int64_t bytes = hosted.log.take_deleted_bytes(); bytes > 0) {
    arm_file_delete(ctx, ctx.durable().logs.rename_deleted(hosted.partition, bytes, false),
                    topic_config(ctx, hosted.partition).file_delete_delay_ms);
  }
}

}  // namespace

void ReplicaManager::delete_files_later(Ctx& ctx, const Partition& partition) {
  rename_segments(ctx, ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)]);
}

void ReplicaManager::delete_left_files(Ctx& ctx) {
  LogDirectory& logs = ctx.durable().logs;
  for (HostedLog& hosted : logs.all()) {
    rename_segments(ctx, hosted);  // those that recovery cut off
  }
  for (const DeletedFiles& files : logs.deleted()) {
    if (files.is_whole_log) {
      arm_log_delete(ctx, files.id);
    }
  }
}

void ReplicaManager::delete_log(Ctx& ctx, TopicPartition id) {
  LogDirectory& logs = ctx.durable().logs;
  if (const HostedLog* hosted = logs.find(id); hosted != nullptr) {
    if (const std::int64_t bytes = hosted->log.size_bytes(); bytes > 0) {
      arm_log_delete(ctx, logs.rename_deleted(id, bytes, true));
    }
    ctx.disk().truncate(hosted->file, 0);
    logs.remove(id);
  }
}

}  // namespace kscope::sim
