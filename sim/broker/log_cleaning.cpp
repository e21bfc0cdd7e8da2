// The log cleaner of a broker: one thread that compacts the log with the largest share of dirty bytes, then the next, and
// sleeps log.cleaner.backoff.ms when no log needs it. Source: LogCleaner, LogCleanerManager, Kafka 3.9.
// MODEL: a log is cleaned at one moment; the time that reading and writing it takes passes afterwards, before the next log.
// The offset map has room for all keys (log.cleaner.dedupe.buffer.size), and one thread cleans (log.cleaner.threads).
#include <algorithm>

#include "sim/broker/broker.h"
#include "sim/broker/record_content.h"
#include "sim/log/log_cleaner.h"

namespace kscope::sim {
namespace {

CompactionLimits compaction_limits(const Ctx& ctx, const TopicConfig& config) {
  CompactionLimits limits;
  limits.now_ms = now_ms(ctx);
  limits.min_dirty_millionths = config.min_cleanable_dirty_ratio.millionths;
  limits.min_lag_ms = millis(config.min_compaction_lag_ms);
  limits.max_lag_ms =
      config.max_compaction_lag_ms == Duration::max() ? INT64_MAX : millis(config.max_compaction_lag_ms);
  limits.delete_retention_ms = millis(config.delete_retention_ms);
  limits.segment_bytes = config.segment_bytes;
  limits.index = {config.index_interval_bytes, config.segment_index_bytes};
  return limits;
}

}  // namespace

void ReplicaManager::arm_log_cleaner(Ctx& ctx, const Broker& broker, const Partition& partition) {
  const BrokerConfig& config = broker.setup.config;
  const bool may_need_it = config.log_cleaner_enable && topic_config(ctx, partition.id).cleanup_policy.is_compact &&
                           log_of(ctx, partition).segments().size() > 1;
  if (may_need_it && !ctx.is_armed(cleaner_timer_)) {
    cleaner_timer_ = ctx.after(config.log_cleaner_backoff_ms, Timer{TimerKind::kLogCleaner});
  }
}

void ReplicaManager::clean_filthiest_log(Ctx& ctx, const Broker& broker) {
  Partition* filthiest = nullptr;
  LogToClean chosen;
  const PlantedBug bug = ctx.registry().planted_bug;
  for (Partition& partition : partitions_) {
    if (!partition.is_hosted || !topic_config(ctx, partition.id).cleanup_policy.is_compact) {
      continue;
    }
    HostedLog& hosted = ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)];
    Offset stable = hosted.log.last_stable_offset(partition.high_watermark);
    if (bug == PlantedBug::kCompactBeyondHighWatermark) {
      stable = hosted.log.log_end_offset();
    }
    const CompactionLimits limits = compaction_limits(ctx, topic_config(ctx, partition.id));
    const LogToClean candidate = log_to_clean(hosted.log, hosted.cleaned_to, stable, limits);
    const bool is_filthier = filthiest == nullptr || candidate.dirty_millionths() > chosen.dirty_millionths();
    if (candidate.cleanable_bytes > 0 && candidate.is_wanted(limits) && is_filthier) {
      filthiest = &partition;
      chosen = candidate;
    }
  }
  Duration pause = broker.setup.config.log_cleaner_backoff_ms;
  if (filthiest != nullptr && !ctx.disk().is_failing && !ctx.disk().is_full) {
    HostedLog& hosted = ctx.durable().logs.all()[static_cast<std::size_t>(filthiest->file.value - 1)];
    const CompactionLimits limits = compaction_limits(ctx, topic_config(ctx, filthiest->id));
    CleanerMistakes mistakes;
    mistakes.keeps_first_of_key = bug == PlantedBug::kCompactionKeepsFirst;
    mistakes.drops_tombstones_at_once = bug == PlantedBug::kTombstonesGoAtOnce;
    mistakes.forgets_producers = bug == PlantedBug::kCompactionForgetsProducers;
    const CleaningResult result = clean(hosted.log, chosen, limits, ClusterRecordReader(ctx.registry()), mistakes);
    hosted.cleaned_to = result.cleaned_to;
    news_.add(filthiest->place);
    delete_files_later(ctx, *filthiest);
    // What was cleaned is flushed before it takes the place of the old segments.
    ctx.disk().mark_flushed(filthiest->file, result.cleaned_to.value);
    ctx.note({.kind = NoteKind::kLogCompacted,
              .partition = filthiest->id,
              .a = result.cleaned_to.value,
              .b = result.removed_count,
              .c = limits.now_ms});
    pause = ctx.disk().write_time(chosen.cleanable_bytes + result.bytes_before + result.bytes_after);
  }
  cleaner_timer_ = ctx.after(pause, Timer{TimerKind::kLogCleaner});
}

}  // namespace kscope::sim
