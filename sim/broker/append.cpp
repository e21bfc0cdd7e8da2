// Appends to leader and follower logs, and produce requests that wait for replication.
#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/inline_vec.h"
#include "sim/broker/broker.h"
#include "sim/broker/purgatory_timer.h"
#include "sim/broker/record_content.h"
#include "sim/types/record_batch_size.h"

namespace kscope::sim {
namespace {

RollLimits roll_limits(const TopicConfig& config) {
  return RollLimits{
      config.segment_bytes, millis(config.max_segment_ms()), {config.index_interval_bytes, config.segment_index_bytes}};
}

/// The batches with records that nobody sent: a planted bug.
std::vector<RecordBatch> altered(const std::vector<RecordBatch>& batches) {
  std::vector<RecordBatch> result = batches;
  for (RecordBatch& batch : result) {
    if (batch.records == nullptr) {
      continue;
    }
    auto records = std::make_shared<std::vector<Record>>(*batch.records);
    for (Record& record : *records) {
      record.id = RecordId(record.id.value + 1);
    }
    batch.records = std::move(records);
  }
  return result;
}

/// What is compacted needs keys. Source: LogValidator.validateKey.
bool has_all_keys(const RecordBatch& batch) {
  if (batch.is_control || batch.records == nullptr || batch.coordinator_records != nullptr) {
    return true;
  }
  return std::all_of(batch.records->begin(), batch.records->end(),
                     [](const Record& record) { return record.key.is_valid(); });
}

/// Gives the batch the codec that the topic asks for. Markers are left as they are.
/// Source: LogValidator.validateMessagesAndAssignOffsetsCompressed, Kafka 3.9.
/// MODEL: compressing takes no time, neither here nor in the producer and the consumer.
void recompress(const Registry& registry, BrokerCompressionType wanted, RecordBatch& batch) {
  const CompressionType target = target_compression(wanted, batch.compression);
  if (target == batch.compression || batch.is_control) {
    return;
  }
  batch.compression = target;
  batch.size_bytes = ClusterRecordReader(registry).size_of(batch);
}

RecordBatch make_batch(const Ctx& ctx, std::vector<CoordinatorRecord> coordinator_records,
                       const std::optional<TransactionalAppend>& transaction) {
  RecordBatch batch;
  if (transaction.has_value()) {
    batch.producer_id = transaction->producer_id;
    batch.producer_epoch = transaction->producer_epoch;
    batch.is_transactional = true;
  }
  batch.record_count = static_cast<std::int32_t>(coordinator_records.size());
  batch.base_timestamp_ms = now_ms(ctx);
  batch.max_timestamp_ms = batch.base_timestamp_ms;
  BatchFill fill(INT32_MAX);
  std::vector<Record> records;
  records.reserve(coordinator_records.size());
  for (const CoordinatorRecord& item : coordinator_records) {
    const RecordContentSize size = content_size(item);
    fill.append(size, batch.base_timestamp_ms);
    Record record;
    record.producer = ctx.self();
    record.value_size = size.value_size;
    records.push_back(record);
  }
  batch.size_bytes = fill.size_bytes();
  batch.records = std::make_shared<const std::vector<Record>>(std::move(records));
  batch.coordinator_records = std::make_shared<const std::vector<CoordinatorRecord>>(std::move(coordinator_records));
  return batch;
}

/// Whether a batch of an idempotent producer may be appended.
ErrorCode check_producer(const ProducerStateManager& producers, const RecordBatch& batch, PlantedBug bug) {
  const bool is_of_coordinator = batch.coordinator_records != nullptr;
  const ErrorCode error =
      producers.check(sequenced(batch), is_of_coordinator ? AppendOrigin::COORDINATOR : AppendOrigin::CLIENT);
  const bool is_gap_missed = error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER && bug == PlantedBug::kAppendSequenceGap;
  const bool is_zombie_missed =
      error == ErrorCode::INVALID_PRODUCER_EPOCH && bug == PlantedBug::kAppendOldProducerEpoch;
  return is_gap_missed || is_zombie_missed ? ErrorCode::NONE : error;
}

/// Markers in __consumer_offsets decide about offsets: the group coordinator takes them over or drops them.
/// Source: KafkaApis.handleWriteTxnMarkersRequest.
void answer_markers(Ctx& ctx, Broker& broker, const DelayedProduce& produce) {
  WriteTxnMarkersResponse written{produce.markers_of, {}};
  for (const ProducePartitionResult& result : produce.response.partitions) {
    written.partitions.push_back({result.partition, result.error});
    if (result.error == ErrorCode::NONE && result.partition.topic == kOffsetsTopic) {
      broker.groups.on_transaction_completed(ctx, result.partition.partition, produce.markers_of, produce.markers_type);
    }
  }
  if (produce.from.is_valid()) {
    send_response(ctx, produce.from, produce.correlation_id, std::move(written));
  }
}

/// How many replicas have everything below `offset`, the leader among them.
std::int32_t replicas_with(const Partition& partition, Offset offset) {
  return 1 + static_cast<std::int32_t>(
                 std::count_if(partition.followers.begin(), partition.followers.end(),
                               [&](const FollowerState& follower) { return follower.log_end_offset >= offset; }));
}

}  // namespace

bool ReplicaManager::is_flush_due(Ctx& ctx, const Partition& partition, std::int64_t count) {
  const std::int64_t unflushed = log_of(ctx, partition).log_end_offset() - partition.recovery_point;
  return count >= topic_config(ctx, partition.id).flush_messages - unflushed;
}

AppendResult ReplicaManager::append_as_leader(Ctx& ctx, Broker& broker, Partition& partition, RecordBatch batch,
                                              Acks acks, VerificationGuard guard) {
  KSCOPE_CHECK(partition.is_leader(broker.id), "only a leader appends for producers");
  const TopicConfig& config = topic_config(ctx, partition.id);
  const PlantedBug bug = ctx.registry().planted_bug;
  AppendResult result;
  const bool is_isr_too_small =
      std::cmp_less(partition.isr.size(), partition.effective_min_isr(config.min_insync_replicas));
  if (acks == Acks::ALL && is_isr_too_small) {
    result.error = ErrorCode::NOT_ENOUGH_REPLICAS;
    if (bug != PlantedBug::kAppendDespiteMinIsr) {
      return result;
    }
  } else if (batch.size_bytes > config.max_message_bytes) {
    result.error = ErrorCode::MESSAGE_TOO_LARGE;
    return result;
  }
  if (batch.is_corrupt) {
    result.error = ErrorCode::CORRUPT_MESSAGE;
    return result;
  }
  if (config.cleanup_policy.is_compact && !has_all_keys(batch)) {
    result.error = ErrorCode::INVALID_RECORD;
    return result;
  }
  recompress(ctx.registry(), config.compression_type, batch);
  if (batch.size_bytes > config.max_message_bytes) {
    result.error = ErrorCode::MESSAGE_TOO_LARGE;
    return result;
  }
  if (batch.size_bytes > config.segment_bytes) {
    result.error = ErrorCode::RECORD_LIST_TOO_LARGE;
    return result;
  }
  PartitionLog& log = log_of(ctx, partition);
  const std::size_t segments_before = log.segments().size();
  if (batch.is_control) {
    result.error = log.producers().check(end_txn_marker(batch), AppendOrigin::CLIENT);
    if (result.error != ErrorCode::NONE) {
      return result;
    }
  } else if (batch.producer_id.is_valid()) {
    const BatchMetadata* stored =
        batch.base_sequence.is_set() ? log.producers().find_duplicate(sequenced(batch)) : nullptr;
    if (stored != nullptr && bug != PlantedBug::kAppendDuplicate) {
      result.base_offset = bug == PlantedBug::kDuplicateAtLogStart ? log.log_start_offset() : stored->first_offset();
      result.required_offset = stored->last_offset + 1;
      return result;
    }
    result.error = stored != nullptr ? ErrorCode::NONE : check_verification(ctx, broker, partition, batch, guard);
    if (result.error == ErrorCode::NONE && stored == nullptr) {
      result.error = check_producer(log.producers(), batch, bug);
    }
    if (result.error != ErrorCode::NONE) {
      return result;
    }
  }
  // MODEL: a broker whose only log directory fails would halt; here it refuses until the disk works again.
  if (!ctx.disk().append(partition.file, log.log_end_offset().value + batch.record_count, batch.size_bytes)) {
    result.error = ErrorCode::KAFKA_STORAGE_ERROR;
    return result;
  }
  if (config.message_timestamp_type == TimestampType::LOG_APPEND_TIME) {
    batch.base_timestamp_ms = now_ms(ctx);
    batch.max_timestamp_ms = batch.base_timestamp_ms;
  }
  if (batch.producer_id.is_valid()) {
    forget_verification(partition, batch.producer_id);
  }
  const std::int32_t count = batch.record_count;
  LeaderEpoch epoch = partition.leader_epoch;
  const bool is_misstamped = bug == PlantedBug::kAppendWithOldEpoch ||
                             (bug == PlantedBug::kAppendEpochWavers && log.log_end_offset().value % 2 == 1);
  if (is_misstamped && epoch > LeaderEpoch(0)) {
    epoch = epoch - 1;
  }
  if (bug == PlantedBug::kAppendOverlaps && log.log_end_offset() > log.log_start_offset()) {
    batch.base_offset = log.log_end_offset() - 1;
    batch.leader_epoch = epoch;
    log.append_unchecked(batch, roll_limits(config));
    result.base_offset = batch.base_offset;
  } else {
    result.base_offset = log.append_as_leader(std::move(batch), epoch, roll_limits(config));
  }
  result.required_offset = result.base_offset + count;
  news_.add(partition.place);
  ctx.note({.kind = NoteKind::kBatchAppended,
            .partition = partition.id,
            .broker = broker.id,
            .a = result.base_offset.value,
            .b = count,
            .c = epoch.value});
  flush_when_due(ctx, partition);
  flush_rolled(ctx, partition, segments_before);
  arm_log_cleaner(ctx, broker, partition);
  update_high_watermark(ctx, broker, partition);  // the ISR may be the leader alone
  return result;
}

ErrorCode ReplicaManager::append_as_follower(Ctx& ctx, const Broker& broker, Partition& partition,
                                             const std::vector<RecordBatch>& batches) {
  if (batches.empty()) {
    return ErrorCode::NONE;
  }
  PartitionLog& log = log_of(ctx, partition);
  Offset expected = log.log_end_offset();
  for (const RecordBatch& batch : batches) {
    if (batch.base_offset < expected || batch.is_corrupt) {
      return ErrorCode::CORRUPT_MESSAGE;
    }
    expected = batch.next_offset();  // the next one may be further: its leader may have compacted
  }
  if (!ctx.disk().append(partition.file, expected.value, bytes_of(batches))) {
    return ErrorCode::KAFKA_STORAGE_ERROR;
  }
  const RollLimits limits = roll_limits(topic_config(ctx, partition.id));
  const std::size_t segments_before = log.segments().size();
  if (ctx.registry().planted_bug == PlantedBug::kFollowerAltersBatch) {
    log.append_as_follower(altered(batches), limits);
  } else {
    log.append_as_follower(batches, limits);
  }
  news_.add(partition.place);
  for (const RecordBatch& batch : batches) {
    ctx.note({.kind = NoteKind::kBatchReplicated,
              .partition = partition.id,
              .a = batch.base_offset.value,
              .b = batch.record_count,
              .c = batch.leader_epoch.value});
  }
  if (ctx.registry().planted_bug == PlantedBug::kFollowerForgetsProducers) {
    log.expire_producers(INT64_MAX, 0);
  }
  flush_when_due(ctx, partition);
  flush_rolled(ctx, partition, segments_before);
  arm_log_cleaner(ctx, broker, partition);
  return ErrorCode::NONE;
}

void ReplicaManager::flush_when_due(Ctx& ctx, Partition& partition) {
  // The time that this flush takes was part of the append's.
  if (is_flush_due(ctx, partition, 0) && !ctx.disk().is_failing) {
    partition.recovery_point = log_of(ctx, partition).log_end_offset();
    partition.last_flush_time = ctx.now();
    ctx.disk().mark_flushed(partition.file, partition.recovery_point.value);
  }
}

void ReplicaManager::complete_after_append(Ctx& ctx, Broker& broker, Partition& partition) {
  complete_awaited_appends(ctx, broker, partition);
  complete_follower_fetches(ctx, broker, partition);
  complete_consumer_fetches(ctx, broker, partition);
}

ErrorCode ReplicaManager::append_internal(Ctx& ctx, Broker& broker, InternalAppend append) {
  ErrorCode error = ErrorCode::NONE;
  Partition* partition = find_led(broker, append.partition, kNoLeaderEpoch, error);
  if (partition == nullptr) {
    return error;
  }
  const VerificationGuard guard = append.transaction ? append.transaction->guard : VerificationGuard{};
  const AppendResult appended = append_as_leader(
      ctx, broker, *partition, make_batch(ctx, std::move(append.records), append.transaction), append.acks, guard);
  if (appended.error != ErrorCode::NONE) {
    return appended.error;
  }
  DelayedProduce produce;
  produce.owner = append.owner;
  produce.token = append.token;
  if (append.acks != Acks::ALL) {
    produce.response.partitions.push_back({append.partition, ErrorCode::NONE, appended.base_offset});
    complete_after_append(ctx, broker, *partition);
    answer(ctx, broker, std::move(produce));
    return ErrorCode::NONE;
  }
  produce.deadline = ctx.now() + append.timeout;
  produce.response.partitions.push_back({append.partition, ErrorCode::REQUEST_TIMED_OUT, appended.base_offset});
  park(ctx, broker, std::move(produce), {ReplicationWait{partition->place, appended.required_offset, 0}});
  complete_after_append(ctx, broker, *partition);
  return ErrorCode::NONE;
}

void ReplicaManager::park(Ctx& ctx, Broker& broker, DelayedProduce produce, const std::vector<ReplicationWait>& waits) {
  const LocalTime deadline = produce.deadline;
  produce.pending_count = static_cast<std::int32_t>(waits.size());
  const DelayedId id = delayed_produces_.add(std::move(produce));
  for (const ReplicationWait& wait : waits) {
    Partition& partition = partitions_[static_cast<std::size_t>(wait.place)];
    partition.awaited_appends.push_back({wait.required_offset, id, wait.result_index});
  }
  for (const ReplicationWait& wait : waits) {
    complete_awaited_appends(ctx, broker, partitions_[static_cast<std::size_t>(wait.place)]);
  }
  if (delayed_produces_.find(id) != nullptr) {
    arm_purgatory_timer(ctx, delayed_produces_, TimerKind::kDelayedProduceTimeout, deadline);
  }
}

void ReplicaManager::complete_awaited_appends(Ctx& ctx, Broker& broker, Partition& partition) {
  std::vector<AwaitedAppend>& waiting = partition.awaited_appends;
  const bool acks_early = ctx.registry().planted_bug == PlantedBug::kAckBeforeReplication;
  const bool acks_at_min_isr = ctx.registry().planted_bug == PlantedBug::kAckAtMinIsr;
  const std::int32_t min_replicas = topic_config(ctx, partition.id).min_insync_replicas;
  std::size_t count = 0;
  while (count < waiting.size() &&
         (waiting[count].required_offset <= partition.high_watermark || acks_early ||
          (acks_at_min_isr && replicas_with(partition, waiting[count].required_offset) >= min_replicas))) {
    ++count;
  }
  if (count == 0) {
    return;
  }
  // Answering may append again (group coordinator), so the decided ones leave the list first.
  const InlineVec<AwaitedAppend, 8> reached(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  const std::int32_t min_isr = partition.effective_min_isr(topic_config(ctx, partition.id).min_insync_replicas);
  const bool has_enough_replicas = std::cmp_less_equal(min_isr, partition.maximal_isr_size());
  for (const AwaitedAppend& awaited : reached) {
    decide(ctx, broker, awaited, has_enough_replicas ? ErrorCode::NONE : ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
  }
}

void ReplicaManager::fail_awaited_appends(Ctx& ctx, Broker& broker, Partition& partition, ErrorCode error) {
  const std::vector<AwaitedAppend> failed = std::exchange(partition.awaited_appends, {});
  for (const AwaitedAppend& awaited : failed) {
    decide(ctx, broker, awaited, error);
  }
}

void ReplicaManager::decide(Ctx& ctx, Broker& broker, const AwaitedAppend& awaited, ErrorCode error) {
  DelayedProduce* produce = delayed_produces_.find(awaited.produce);
  if (produce == nullptr) {
    return;  // timed out before
  }
  produce->response.partitions[awaited.result_index].error = error;
  --produce->pending_count;
  if (produce->pending_count == 0) {
    answer(ctx, broker, delayed_produces_.take(awaited.produce));
  }
}

void ReplicaManager::answer(Ctx& ctx, Broker& broker, DelayedProduce produce) {
  if (produce.token.is_valid()) {
    const ErrorCode error = produce.response.partitions.front().error;
    if (produce.owner == AppendOwner::kGroups) {
      broker.groups.on_appended(ctx, broker, produce.token, error, produce.response.partitions.front().base_offset);
    } else {
      broker.transactions.on_appended(ctx, broker, produce.token, error);
    }
    return;
  }
  if (produce.markers_of.is_valid()) {
    answer_markers(ctx, broker, produce);
  } else if (produce.from.is_valid()) {
    if (produce.request_bytes > 0) {
      produce.response.throttle_time_ms =
          broker.quotas.throttle_produce(ctx, broker, produce.from, produce.channel, produce.request_bytes);
    }
    send_response(ctx, produce.from, produce.correlation_id, std::move(produce.response));
  }
  broker.request_queue.release(ctx, broker, produce.channel);
}

void ReplicaManager::expire_produces(Ctx& ctx, Broker& broker) {
  for (const DelayedId id : delayed_produces_.expired(ctx.now())) {
    if (delayed_produces_.find(id) != nullptr) {
      answer(ctx, broker, delayed_produces_.take(id));
    }
  }
  rearm_purgatory_timer(ctx, delayed_produces_, TimerKind::kDelayedProduceTimeout);
}

}  // namespace kscope::sim
