#include "sim/log/recovery.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kscope::sim {
namespace {

/// Epochs as the batches tell them, where the cache says something else: log start fell back behind the cache's first entry,
/// or the log was cut below it. MODEL: Kafka's recovery adds epochs that are newer than all that the cache knows; one that the
/// cache has with too late a start it leaves.
void recover_epochs(PartitionLog& log) {
  const auto is_readable = [&](const RecordBatch& batch) {
    return batch.next_offset() > log.log_start_offset() && batch.leader_epoch >= LeaderEpoch(0);
  };
  const auto& batches = log.batches();
  const auto first = std::find_if(batches.begin(), batches.end(), is_readable);
  const bool is_known = first == batches.end() ||
                        log.epochs().epoch_for_offset(std::max(first->base_offset, log.log_start_offset())).has_value();
  if (is_known) {
    return;
  }
  const std::vector<EpochEntry> cached = log.epochs().entries();
  LeaderEpoch latest = kNoLeaderEpoch;
  for (auto batch = first; batch != batches.end(); ++batch) {
    if (batch->leader_epoch > latest) {
      latest = batch->leader_epoch;
      log.assign_epoch_start(latest, std::max(batch->base_offset, log.log_start_offset()));
    }
  }
  for (const EpochEntry& entry : cached) {
    if (entry.epoch > latest) {
      log.assign_epoch_start(entry.epoch, entry.start_offset);  // an epoch without records yet
    }
  }
}

}  // namespace

void lose_unflushed(Durable& durable, const Disk& disk) {
  durable.logs.was_clean_shutdown = false;
  for (HostedLog& hosted : durable.logs.all()) {
    const Offset flushed(disk.file(hosted.file).flushed);
    const RecordBatch* first_lost = hosted.log.find(flushed);
    const bool is_torn = first_lost != nullptr && first_lost->base_offset == flushed;
    hosted.torn = is_torn ? std::optional(*first_lost) : std::nullopt;
    hosted.log.truncate_to(flushed);
  }
  durable.zk_log.lose_unflushed(disk);
  if (durable.metadata_log.log.batch_count() > 0) {
    durable.metadata_log.log.truncate_to(Offset(disk.file(FileId(0)).flushed));
  }
}

LogRecovery recover_log(HostedLog& hosted, const RecoveryMistakes& mistakes) {
  PartitionLog& log = hosted.log;
  LogRecovery result;
  result.recovery_point = std::min(hosted.recovery_point, log.log_end_offset());
  const std::vector<Segment>& segments = log.segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    if (is_last || segments[i + 1].base_offset > result.recovery_point) {
      result.scanned_bytes += segments[i].size_bytes;
    }
  }
  if (std::optional<RecordBatch> torn = std::exchange(hosted.torn, std::nullopt); torn.has_value()) {
    result.torn_bytes = torn->size_bytes / 2;  // any part would do: its checksum fits only as a whole
    if (mistakes.trusts_checksums && torn->base_offset >= log.log_end_offset()) {
      torn->is_corrupt = true;
      log.append_unchecked(*torn, {});
    }
  }
  if (mistakes.stops_at_recovery_point) {
    log.truncate_to(result.recovery_point);
  }
  log.restore_log_start(hosted.checkpointed_log_start);
  recover_epochs(log);
  return result;
}

}  // namespace kscope::sim
