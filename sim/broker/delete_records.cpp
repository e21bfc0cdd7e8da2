// DeleteRecords: a leader moves its log start forward and waits in purgatory until every live replica's log start has
// followed; followers learn of it with their fetches. Source: ReplicaManager.deleteRecords, Partition.deleteRecordsOnLeader,
// DelayedDeleteRecords, Kafka 3.9.
#include <algorithm>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"
#include "sim/broker/purgatory_timer.h"

namespace kscope::sim {
namespace {

/// Smallest log start of the leader and of the followers that are alive. Source: Partition.lowWatermarkIfLeader.
Offset low_watermark(const Broker& broker, const Partition& partition, const PartitionLog& log) {
  Offset result = log.log_start_offset();
  for (const FollowerState& follower : partition.followers) {
    if (broker.metadata.is_alive(follower.broker)) {
      result = std::min(result, follower.log_start_offset);
    }
  }
  return result;
}

}  // namespace

DeleteRecordsResult ReplicaManager::delete_on_leader(Ctx& ctx, Broker& broker, const DeleteRecordsPartition& item,
                                                     Offset& required) {
  DeleteRecordsResult result;
  result.partition = item.partition;
  Partition* partition = find_led(broker, item.partition, kNoLeaderEpoch, result.error);
  if (partition == nullptr) {
    return result;
  }
  const CleanupPolicy policy = topic_config(ctx, item.partition).cleanup_policy;
  if (policy.is_compact && !policy.is_delete) {
    result.error = ErrorCode::POLICY_VIOLATION;
    return result;
  }
  const bool is_all = item.before_offset == kDeleteToHighWatermark;
  required = is_all ? partition->high_watermark : item.before_offset;
  const bool is_unchecked = ctx.registry().planted_bug == PlantedBug::kDeleteBeyondEnd;
  if (required < Offset(0) || (required > partition->high_watermark && !is_unchecked)) {
    result.error = ErrorCode::OFFSET_OUT_OF_RANGE;
    return result;
  }
  PartitionLog& log = log_of(ctx, *partition);
  const Offset before = log.log_start_offset();
  is_unchecked ? log.advance_log_start_unchecked(required) : log.advance_log_start(required);
  news_.add(partition->place);
  delete_files_later(ctx, *partition);
  if (log.log_start_offset() != before) {
    ctx.note({.kind = NoteKind::kLogStartMoved,
              .partition = item.partition,
              .a = log.log_start_offset().value,
              .b = before.value,
              .c = 3});
  }
  result.low_watermark = low_watermark(broker, *partition, log);
  return result;
}

void ReplicaManager::delete_records(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                    const DeleteRecordsRequest& request) {
  DelayedDeleteRecords delayed;
  for (const DeleteRecordsPartition& item : request.partitions) {
    Offset required;
    DeleteRecordsResult result = delete_on_leader(ctx, broker, item, required);
    const bool waits = result.error == ErrorCode::NONE && result.low_watermark < required;
    if (result.error != ErrorCode::NONE) {
      ctx.note({.kind = NoteKind::kRequestRefused,
                .partition = item.partition,
                .broker = broker.id,
                .a = static_cast<std::int64_t>(MessageBody(std::in_place_type<DeleteRecordsRequest>).index()),
                .b = static_cast<std::int64_t>(result.error)});
    }
    result.error = waits ? ErrorCode::REQUEST_TIMED_OUT : result.error;
    delayed.required.push_back(waits ? required : kUnknownOffset);
    delayed.response.partitions.push_back(result);
    delayed.pending_count += waits ? 1 : 0;
  }
  for (const DeleteRecordsPartition& item : request.partitions) {
    if (Partition* partition = find(item.partition); partition != nullptr) {
      complete_consumer_fetches(ctx, broker, *partition);  // those below the new log start are told so
    }
  }
  if (delayed.pending_count == 0) {
    send_response(ctx, from, correlation_id, std::move(delayed.response));
    return;
  }
  delayed.from = from;
  delayed.correlation_id = correlation_id;
  delayed.channel = broker.request_queue.keep_muted();
  delayed.deadline = ctx.now() + request.timeout;
  const LocalTime deadline = delayed.deadline;
  delayed_deletes_.add(std::move(delayed));
  arm_purgatory_timer(ctx, delayed_deletes_, TimerKind::kDelayedDeleteTimeout, deadline);
}

void ReplicaManager::complete_deletes(Ctx& ctx, Broker& broker, const Partition& partition) {
  if (delayed_deletes_.size() == 0) {
    return;
  }
  std::vector<DelayedId> done;
  delayed_deletes_.for_each([&](DelayedId id, DelayedDeleteRecords& delayed) {
    for (std::size_t i = 0; i < delayed.required.size(); ++i) {
      DeleteRecordsResult& result = delayed.response.partitions[i];
      if (delayed.required[i] == kUnknownOffset || result.partition != partition.id) {
        continue;
      }
      const bool is_led = partition.is_leader(broker.id);
      result.low_watermark = is_led ? low_watermark(broker, partition, log_of(ctx, partition)) : kUnknownOffset;
      if (!is_led || result.low_watermark >= delayed.required[i]) {
        result.error = is_led ? ErrorCode::NONE : ErrorCode::NOT_LEADER_OR_FOLLOWER;
        delayed.required[i] = kUnknownOffset;
        --delayed.pending_count;
      }
    }
    if (delayed.pending_count == 0) {
      done.push_back(id);
    }
  });
  for (const DelayedId id : done) {
    answer_delete(ctx, broker, id);
  }
}

void ReplicaManager::answer_delete(Ctx& ctx, Broker& broker, DelayedId id) {
  DelayedDeleteRecords delayed = delayed_deletes_.take(id);
  if (delayed.from.is_valid()) {
    send_response(ctx, delayed.from, delayed.correlation_id, std::move(delayed.response));
  }
  broker.request_queue.release(ctx, broker, delayed.channel);
}

void ReplicaManager::expire_deletes(Ctx& ctx, Broker& broker) {
  for (const DelayedId id : delayed_deletes_.expired(ctx.now())) {
    answer_delete(ctx, broker, id);
  }
  rearm_purgatory_timer(ctx, delayed_deletes_, TimerKind::kDelayedDeleteTimeout);
}

void handle_delete_records(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                           const DeleteRecordsRequest& request) {
  broker.replicas.delete_records(ctx, broker, from, correlation_id, request);
}

}  // namespace kscope::sim
