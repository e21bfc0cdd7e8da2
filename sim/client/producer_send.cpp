#include <algorithm>
#include <string>

#include "sim/client/client_backoff.h"
#include "sim/client/producer_parts.h"
#include "sim/types/murmur2.h"

namespace kscope::sim {
namespace {

/// The partition that the record's key names; -1 = it has no key, or keys are ignored.
std::int32_t keyed_partition(const Producer& producer, const Record& record, const std::string& key,
                             std::int32_t count) {
  if (!record.key.is_valid() || producer.setup.config.partitioner_ignore_keys) {
    return -1;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(key.data());
  return partition_for_key({bytes, key.size()}, count);
}

/// Adds to the open batch at the end of the queue, or to a new one. False: buffer.memory is exhausted.
bool append(Ctx& ctx, Producer& producer, const BlockedSend& send, const RecordContentSize& content,
            std::int32_t partition) {
  const ProducerConfig& config = producer.setup.config;
  PartitionQueue& queue = producer.queues[static_cast<std::size_t>(partition)];
  const std::int64_t now_ms = millis(ctx.now().time_since_epoch());
  const bool fits = !queue.batches.empty() && queue.batches.back().is_open() &&
                    queue.batches.back().fill.has_room_for(content, now_ms);
  if (!fits) {
    const BatchFill fill = new_batch_fill(producer, content);
    const std::int32_t size = fill.write_limit();
    if (producer.memory_used + size > config.buffer_memory) {
      return false;
    }
    producer.memory_used += size;
    ProducerBatch batch;
    batch.number = producer.next_batch++;
    batch.partition = TopicPartition{producer.setup.topic, partition};
    batch.is_transactional = producer.transaction.has_value();
    batch.compression = config.compression_type;
    batch.fill = fill;
    batch.memory_bytes = size;
    batch.first_record = send.record.id;
    batch.created_at = ctx.now();
    batch.ready_at = ctx.now() + config.linger_ms;
    queue.batches.push_back(std::move(batch));
    if (!ctx.is_armed(producer.delivery_timer)) {
      producer.delivery_timer =
          ctx.after(config.delivery_timeout_ms, Timer{TimerKind::kDeliveryTimeout, producer.next_batch - 1, 0});
    }
  }
  ProducerBatch& batch = queue.batches.back();
  batch.fill.append(content, now_ms);
  batch.max_timestamp_ms = std::max(batch.max_timestamp_ms, now_ms);
  Record record = send.record;
  record.timestamp_delta = static_cast<std::int32_t>(now_ms - batch.fill.base_timestamp());
  record.sequence = queue.next_sequence++;
  batch.records.push_back(record);
  ++producer.buffered_count;
  if (producer.transaction) {
    producer.transaction->on_record(batch.partition);
  }
  Note note;
  note.kind = NoteKind::kRecordCreated;
  note.partition = batch.partition;
  note.a = record.id.value;
  note.b = record.key.value;
  note.c = record.sequence;
  ctx.note(note);
  return true;
}

/// send() fails at once: the record never reached a queue.
void refuse(Ctx& ctx, Producer& producer, const Record& record, ErrorCode error) {
  ++producer.failed_count;
  producer.last_error = error;
  Note note;
  note.kind = NoteKind::kRecordCreated;
  note.partition = TopicPartition{producer.setup.topic, -1};
  note.a = record.id.value;
  note.b = record.key.value;
  note.c = -1;
  ctx.note(note);
  note.kind = NoteKind::kBatchFailed;
  note.b = 1;
  note.c = static_cast<std::int64_t>(error);
  ctx.note(note);
}

/// Tries to put the record into a queue. False: metadata or memory is missing, the application has to wait.
bool try_send(Ctx& ctx, Producer& producer, const BlockedSend& send) {
  const std::int32_t count = producer.metadata.partition_count(producer.setup.topic);
  if (count == 0) {  // not known yet, or deleted
    producer.metadata.request_update(ctx, producer.network);
    return false;
  }
  const std::string key = ctx.registry().key_text(ctx.self(), send.record.key);
  const RecordContentSize content = record_content_size(send.record, key);
  const std::int32_t upper_bound = batch_size_upper_bound(content);
  if (upper_bound > producer.setup.config.max_request_size || upper_bound > producer.setup.config.buffer_memory) {
    refuse(ctx, producer, send.record, ErrorCode::MESSAGE_TOO_LARGE);
    return true;
  }
  std::int32_t partition = send.partition >= 0 && send.partition < count ? send.partition : -1;
  partition = partition >= 0 ? partition : keyed_partition(producer, send.record, key, count);
  if (partition >= 0) {
    return append(ctx, producer, send, content, partition);
  }
  const TopicPartitions topic{count, producer.with_leader};
  const DrawBelow draw = [&ctx, &producer](std::int32_t bound) {
    return static_cast<std::int32_t>(ctx.chooser().choose(
        ChoiceKind::client, client_label(ClientChoice::kStickyPartition, producer.setup.topic.value),
        static_cast<std::uint32_t>(bound)));
  };
  partition = producer.sticky.current_partition(topic, draw);
  if (!append(ctx, producer, send, content, partition)) {
    return false;
  }
  const ProducerBatch& batch = producer.queues[static_cast<std::size_t>(partition)].batches.back();
  const auto index = batch.record_count() - 1;
  const std::int32_t bytes =
      batch.fill.estimated_growth(record_size(content, index, batch.records.back().timestamp_delta));
  // Before the batch is full another partition would leave it half full.
  const PartitionSwitch may_switch = batch.fill.is_full() ? PartitionSwitch::ALLOWED : PartitionSwitch::NOT_YET;
  producer.sticky.on_append(bytes, may_switch, topic, draw);
  return true;
}

/// The workload says how many records a transaction has, and which are aborted.
void end_transaction_if_due(Ctx& ctx, Producer& producer) {
  const Workload& workload = producer.setup.workload;
  if (!producer.transaction || workload.transaction_records == 0 ||
      producer.transaction->record_count() < workload.transaction_records) {
    return;
  }
  const std::int64_t ended = producer.committed_transactions + producer.aborted_transactions;
  const bool is_abort = workload.abort_every > 0 && (ended + 1) % workload.abort_every == 0;
  producer.transaction->end(ctx, producer, is_abort ? ControlType::ABORT : ControlType::COMMIT);
}

}  // namespace

RecordContentSize record_content_size(const Record& record, const std::string& key) {
  RecordContentSize content;
  content.key_size = record.key.is_valid() ? static_cast<std::int32_t>(key.size()) : kNullSize;
  content.value_size = record.value_size;
  return content;
}

BatchFill new_batch_fill(const Producer& producer, const RecordContentSize& content) {
  const ProducerConfig& config = producer.setup.config;
  const std::int32_t size = std::max(config.batch_size, batch_size_upper_bound(content));
  return config.compression_type == CompressionType::NONE ? BatchFill(size)
                                                          : BatchFill(size, producer.compression_estimate.estimate());
}

void application_sends(Ctx& ctx, Producer& producer, KeyId key, std::int32_t partition) {
  if (producer.blocked.has_value() || producer.state != ProducerState::kRunning) {
    return;
  }
  if (producer.transaction) {
    if (!producer.transaction->takes_records()) {
      return;  // the application waits for initTransactions() or for the end of a transaction
    }
    producer.transaction->begin(ctx);
  }
  Record record;
  record.id = RecordId(producer.workload.first_record.value + producer.workload.created_count);
  record.key = key;
  const Workload& workload = producer.setup.workload;
  const std::int64_t nth = producer.workload.created_count + 1;
  const bool is_tombstone = workload.tombstone_every > 0 && key.is_valid() && nth % workload.tombstone_every == 0;
  record.value_size = is_tombstone ? kNullSize : workload.value_size;
  send_record(ctx, producer, record, partition);
}

void send_record(Ctx& ctx, Producer& producer, Record record, std::int32_t partition) {
  record.producer = ctx.self();
  BlockedSend send;
  send.record = record;
  send.partition = partition;
  send.since = ctx.now();
  ++producer.workload.created_count;
  ++producer.sent_count;
  if (try_send(ctx, producer, send)) {
    end_transaction_if_due(ctx, producer);
    run_sender(ctx, producer);
    return;
  }
  producer.blocked = send;
  ctx.cancel(producer.workload.timer);
  producer.workload.timer = ctx.after(producer.setup.config.max_block_ms, Timer{TimerKind::kWorkload, 1, 0});
  run_sender(ctx, producer);  // batches that waited for more records go now: memory is exhausted
}

void retry_blocked_send(Ctx& ctx, Producer& producer) {
  if (!producer.blocked.has_value() || !try_send(ctx, producer, *producer.blocked)) {
    return;
  }
  producer.blocked.reset();
  ctx.cancel(producer.workload.timer);
  end_transaction_if_due(ctx, producer);
  schedule_workload(ctx, producer);
  run_sender(ctx, producer);
}

void give_up_blocked_send(Ctx& ctx, Producer& producer, ErrorCode error) {
  if (!producer.blocked.has_value()) {
    return;
  }
  refuse(ctx, producer, producer.blocked->record, error);
  producer.blocked.reset();
  ctx.cancel(producer.workload.timer);
  schedule_workload(ctx, producer);
}

void schedule_workload(Ctx& ctx, Producer& producer) {
  const Workload& workload = producer.setup.workload;
  const bool is_over = workload.limit > 0 && producer.workload.created_count >= workload.limit;
  const bool is_in_between = producer.transaction && !producer.transaction->takes_records();
  if (is_over || is_in_between || producer.workload.records_per_1000_s <= 0 ||
      producer.state != ProducerState::kRunning) {
    return;
  }
  ctx.cancel(producer.workload.timer);
  const Duration gap = next_gap(ctx, workload, producer.workload.records_per_1000_s);
  producer.workload.timer = ctx.after(gap, Timer{TimerKind::kWorkload, 0, 0});
}

}  // namespace kscope::sim
