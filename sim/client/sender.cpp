#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/inline_vec.h"
#include "sim/client/client_backoff.h"
#include "sim/client/producer_parts.h"

namespace kscope::sim {

std::int32_t close_batch(ProducerBatch& batch, const CompressionRatios& ratios) {
  if (batch.is_open()) {
    batch.sealed = std::make_shared<const std::vector<Record>>(std::move(batch.records));
    batch.records = {};
    batch.closed_bytes = compressed_batch_size(batch.fill.size_bytes(), batch.compression, ratios);
  }
  const std::int64_t records = batch.fill.size_bytes() - kRecordBatchOverhead;
  KSCOPE_CHECK(records > 0, "a batch without records is never closed");
  return static_cast<std::int32_t>(std::int64_t{batch.closed_bytes - kRecordBatchOverhead} * 1'000'000 / records);
}

RecordBatch sealed_batch(const ProducerBatch& batch) {
  KSCOPE_CHECK(!batch.is_open(), "a batch is closed when it is drained");
  RecordBatch sealed;
  sealed.record_count = batch.record_count();
  sealed.size_bytes = batch.closed_bytes;
  sealed.compression = batch.compression;
  sealed.base_timestamp_ms = batch.fill.base_timestamp();
  sealed.max_timestamp_ms = batch.max_timestamp_ms;
  sealed.producer_id = batch.producer.id;
  sealed.producer_epoch = batch.producer.epoch;
  sealed.base_sequence = batch.base_sequence;
  sealed.is_transactional = batch.is_transactional;
  sealed.records = batch.sealed;
  return sealed;
}

namespace {

Note batch_note(NoteKind kind, const ProducerBatch& batch) {
  Note note;
  note.kind = kind;
  note.partition = batch.partition;
  note.b = batch.record_count();
  return note;
}

void release(Producer& producer, const ProducerBatch& batch) { producer.memory_used -= batch.memory_bytes; }

void complete(Ctx& ctx, Producer& producer, const ProducerBatch& batch, Offset base_offset) {
  release(producer, batch);
  producer.acked_count += batch.record_count();
  Note note = batch_note(NoteKind::kBatchAcked, batch);
  const bool is_made_up = base_offset == kUnknownOffset && ctx.registry().planted_bug == PlantedBug::kOffsetWithoutAck;
  note.a = is_made_up ? 0 : base_offset.value;
  note.c = batch.first_record.value;
  ctx.note(note);
}

void fail(Ctx& ctx, Producer& producer, const ProducerBatch& batch, ErrorCode error) {
  release(producer, batch);
  producer.failed_count += batch.record_count();
  producer.last_error = error;
  Note note = batch_note(NoteKind::kBatchFailed, batch);
  note.a = batch.first_record.value;
  note.c = static_cast<std::int64_t>(error);
  ctx.note(note);
}

/// The batch goes back to the front of its queue, an idempotent producer's behind those with lower sequences. Batches after
/// it may be stored already: without idempotence and with more than one request in flight, this is where records change
/// their order (KIP-98).
void retry(Ctx& ctx, Producer& producer, ProducerBatch batch, ErrorCode error) {
  const ProducerConfig& config = producer.setup.config;
  batch.ready_at =
      ctx.now() + client_backoff(ctx, {config.retry_backoff_ms, config.retry_backoff_max_ms}, batch.attempts);
  ++batch.attempts;
  ++producer.retry_count;
  producer.last_error = error;
  producer.buffered_count += batch.record_count();
  Note note = batch_note(NoteKind::kBatchRetried, batch);
  note.a = batch.first_record.value;
  note.c = static_cast<std::int64_t>(error);
  ctx.note(note);
  std::deque<ProducerBatch>& queue = producer.queues[static_cast<std::size_t>(batch.partition.partition)].batches;
  if (ctx.registry().planted_bug == PlantedBug::kRetryOvertaken) {
    queue.push_back(std::move(batch));
    return;
  }
  if (ctx.registry().planted_bug == PlantedBug::kRetryWithNewSequence) {
    batch.base_sequence = Sequence{};
    queue.push_front(std::move(batch));
    return;
  }
  insert_in_sequence_order(queue, std::move(batch));
}

bool can_retry(Producer& producer, const ProducerBatch& batch, const ProducePartitionResult& result, LocalTime now) {
  const ProducerConfig& config = producer.setup.config;
  if (batch.attempts >= config.retries || now - batch.created_at >= config.delivery_timeout_ms) {
    return false;
  }
  return producer.transactions ? producer.transactions->can_retry(batch, result) : is_retriable(result.error);
}

/// A batch has its answer. Source: Sender.completeBatch.
void on_outcome(Ctx& ctx, Producer& producer, ProducerBatch batch, const ProducePartitionResult& result) {
  const ErrorCode error = result.error;
  --producer.queues[static_cast<std::size_t>(batch.partition.partition)].in_flight;
  if (error == ErrorCode::NONE || error == ErrorCode::DUPLICATE_SEQUENCE_NUMBER) {
    if (producer.transactions) {
      producer.transactions->on_acked(batch, result.base_offset);
    }
    complete(ctx, producer, batch, result.base_offset);
    return;
  }
  if (error == ErrorCode::MESSAGE_TOO_LARGE && batch.record_count() > 1) {
    split_and_reenqueue(ctx, producer, batch);
    return;
  }
  if (is_invalid_metadata(error)) {
    producer.metadata.request_update(ctx, producer.network);
  }
  if (can_retry(producer, batch, result, ctx.now())) {
    retry(ctx, producer, std::move(batch), error);
    return;
  }
  if (producer.transactions) {
    producer.transactions->on_failed(batch, error, batch.attempts < producer.setup.config.retries);
  }
  fail(ctx, producer, batch, error);
  if (producer.transaction) {
    producer.transaction->on_batch_failed(ctx, producer, error);
  }
}

/// delivery.timeout.ms is over. Source: Sender.sendProducerData.
void expire(Ctx& ctx, Producer& producer, const ProducerBatch& batch) {
  if (producer.transactions && batch.attempts > 0 && batch.base_sequence.is_set()) {
    producer.transactions->mark_unresolved(batch);
  }
  fail(ctx, producer, batch, ErrorCode::REQUEST_TIMED_OUT);
  if (producer.transaction) {
    producer.transaction->on_batch_failed(ctx, producer, ErrorCode::REQUEST_TIMED_OUT);
  }
}

/// What a batch is told that got no answer of its own.
ProducePartitionResult no_answer(const ProducerBatch& batch, ErrorCode error) {
  ProducePartitionResult result;
  result.partition = batch.partition;
  result.error = error;
  return result;
}

/// Source: RecordAccumulator.shouldBackoff, Kafka 3.9.
bool is_backing_off(const ProducerBatch& batch, LocalTime now) {
  return batch.attempts > 0 && now < batch.ready_at && !batch.has_leader_changed_for_ongoing_retry();
}

/// Nothing of this queue may be sent now, whoever leads its partition. Requires: it is not empty.
bool is_muted(const Producer& producer, const PartitionQueue& queue) {
  const bool is_order_kept = producer.setup.config.max_in_flight_requests_per_connection == 1 && queue.in_flight > 0;
  const bool is_outside_transaction =
      producer.transaction && !producer.transaction->may_send_to(queue.batches.front().partition);
  return is_order_kept || is_outside_transaction;
}

/// When the first batch of the queue may be sent; now or earlier if it may already.
LocalTime sendable_at(const Producer& producer, const PartitionQueue& queue, LocalTime now) {
  const ProducerBatch& first = queue.batches.front();
  if (first.attempts > 0) {
    return is_backing_off(first, now) ? first.ready_at : now;
  }
  const bool is_full = queue.batches.size() > 1 || first.fill.is_full();
  const bool is_flushed = producer.transaction && producer.transaction->is_completing();
  const bool is_forced = producer.blocked.has_value() || producer.state == ProducerState::kClosing || is_flushed;
  return is_full || is_forced ? now : first.ready_at;
}

/// What a look at all queues gives: who can get something now, and when to look again.
struct Readiness {
  InlineVec<NodeId, 8> nodes;
  LocalTime next = LocalTime::max();
  Timer next_timer;
  bool is_leader_missing = false;
};

Readiness look(const Ctx& ctx, Producer& producer) {
  Readiness readiness;
  const LocalTime now = ctx.now();
  for (PartitionQueue& queue : producer.queues) {
    if (queue.batches.empty() || is_muted(producer, queue)) {
      continue;
    }
    ProducerBatch& first = queue.batches.front();
    if (const ClientPartition* known = producer.metadata.partition(first.partition); known != nullptr) {
      first.learn_leader_epoch(known->leader_epoch);
    }
    const NodeId leader = producer.metadata.leader_node(first.partition);
    if (!leader.is_valid()) {
      readiness.is_leader_missing = true;
      continue;
    }
    LocalTime at = sendable_at(producer, queue, now);
    if (at <= now) {
      at = producer.network.ready_at(leader);
      if (producer.network.is_ready(leader, now)) {
        if (std::find(readiness.nodes.begin(), readiness.nodes.end(), leader) == readiness.nodes.end()) {
          readiness.nodes.push_back(leader);
        }
        continue;
      }
    }
    if (at < readiness.next) {
      readiness.next = at;
      readiness.next_timer.kind = first.attempts > 0 ? TimerKind::kClientRetry : TimerKind::kLinger;
      readiness.next_timer.a = first.partition.topic.value;
      readiness.next_timer.b = first.partition.partition;
    }
  }
  return readiness;
}

/// Takes the first batch of every partition that the node leads, linger or not, as long as the request does not exceed
/// max.request.size. They are closed, and the estimate learns from them. Source: RecordAccumulator.drainBatchesForOneNode,
/// Kafka 3.9.
std::vector<ProducerBatch> drain(const Ctx& ctx, Producer& producer, NodeId node) {
  std::vector<ProducerBatch> drained;
  std::int64_t size = 0;
  const std::size_t count = producer.queues.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = (producer.drain_start + i) % count;
    PartitionQueue& queue = producer.queues[index];
    if (queue.batches.empty() || is_muted(producer, queue)) {
      continue;
    }
    ProducerBatch& first = queue.batches.front();
    if (is_backing_off(first, ctx.now()) || producer.metadata.leader_node(first.partition) != node) {
      continue;
    }
    if (size + first.estimated_size() > producer.setup.config.max_request_size && !drained.empty()) {
      producer.drain_start = index;
      return drained;
    }
    if (producer.transactions) {
      if (producer.transactions->must_wait(producer, first)) {
        return drained;
      }
      producer.transactions->number(producer, first);
    }
    const std::int32_t ratio = close_batch(first, ctx.registry().compression);
    if (first.compression != CompressionType::NONE) {
      producer.compression_estimate.update(ratio);
    }
    size += first.closed_bytes;
    producer.buffered_count -= first.record_count();
    ++queue.in_flight;
    drained.push_back(std::move(first));
    queue.batches.pop_front();
  }
  return drained;
}

void send_batches(Ctx& ctx, Producer& producer, NodeId node, std::vector<ProducerBatch> batches) {
  const ProducerConfig& config = producer.setup.config;
  ProduceRequest request;
  request.transactional_id = producer.setup.transactional_id;
  request.acks = config.acks;
  request.timeout = config.request_timeout_ms;
  request.partitions.reserve(batches.size());
  for (const ProducerBatch& batch : batches) {
    request.partitions.push_back(ProducePartition{batch.partition, sealed_batch(batch)});
  }
  if (config.acks == Acks::NONE) {
    producer.network.send_without_answer(ctx, node, std::move(request));
    for (ProducerBatch& batch : batches) {
      const ProducePartitionResult stored = no_answer(batch, ErrorCode::NONE);
      on_outcome(ctx, producer, std::move(batch), stored);
    }
    return;
  }
  const std::int64_t correlation_id = producer.network.send(ctx, node, std::move(request), config.request_timeout_ms);
  producer.in_flight.push_back(InFlightProduce{correlation_id, node, std::move(batches)});
}

void arm_wakeup(Ctx& ctx, Producer& producer, const Readiness& readiness) {
  if (readiness.next == LocalTime::max()) {
    return;
  }
  if (ctx.is_armed(producer.wakeup)) {
    if (producer.wakeup_at <= readiness.next) {
      return;
    }
    ctx.cancel(producer.wakeup);
  }
  producer.wakeup_at = readiness.next;
  producer.wakeup = ctx.after(std::max(readiness.next - ctx.now(), Duration(0)), readiness.next_timer);
}

/// Tells the sticky partitioner how long the queues are, so that it avoids slow brokers (KIP-794).
void update_loads(Producer& producer) {
  if (!producer.setup.config.partitioner_adaptive_partitioning_enable) {
    return;
  }
  std::vector<PartitionLoad> loads;
  loads.reserve(producer.with_leader.size());
  for (const std::int32_t partition : producer.with_leader) {
    const PartitionQueue& queue = producer.queues[static_cast<std::size_t>(partition)];
    loads.push_back(PartitionLoad{partition, static_cast<std::int32_t>(queue.batches.size())});
  }
  producer.sticky.update_loads(loads, producer.metadata.partition_count(producer.setup.topic));
}

/// When a request of the producer itself (InitProducerId and those of a transaction) is due again.
LocalTime next_own_request(const Producer& producer) {
  const LocalTime id = producer.transactions ? producer.transactions->next_try() : LocalTime::max();
  const LocalTime transaction = producer.transaction ? producer.transaction->next_try() : LocalTime::max();
  return std::min(id, transaction);
}

std::vector<ProducerBatch> take_in_flight(Producer& producer, std::int64_t correlation_id) {
  const auto found = std::find_if(producer.in_flight.begin(), producer.in_flight.end(),
                                  [&](const InFlightProduce& sent) { return sent.correlation_id == correlation_id; });
  if (found == producer.in_flight.end()) {
    return {};
  }
  std::vector<ProducerBatch> batches = std::move(found->batches);
  producer.in_flight.erase(found);
  return batches;
}

}  // namespace

void run_sender(Ctx& ctx, Producer& producer) {
  if (producer.setup.workload.keys == Workload::Keys::kNone && !producer.queues.empty()) {
    update_loads(producer);
  }
  while (true) {
    if (producer.transactions) {
      producer.transactions->before_sending(ctx, producer);
    }
    if (producer.transaction) {
      producer.transaction->before_sending(ctx, producer);
    }
    Readiness readiness = look(ctx, producer);
    if (const LocalTime next = next_own_request(producer); next < readiness.next) {
      readiness.next = next;
      readiness.next_timer = Timer{TimerKind::kClientRetry, producer.setup.topic.value, -1};
    }
    if (readiness.is_leader_missing) {
      producer.metadata.request_update(ctx, producer.network);
    }
    bool has_sent = false;
    for (const NodeId node : readiness.nodes) {
      if (producer.network.in_flight_count(node) >= producer.setup.config.max_in_flight_requests_per_connection) {
        continue;  // the next answer of this node runs the sender again
      }
      std::vector<ProducerBatch> batches = drain(ctx, producer, node);
      if (!batches.empty()) {
        send_batches(ctx, producer, node, std::move(batches));
        has_sent = true;
      }
    }
    if (!has_sent) {
      arm_wakeup(ctx, producer, readiness);
      return;
    }
  }
}

void on_produce_response(Ctx& ctx, Producer& producer, std::int64_t correlation_id, const ProduceResponse& response) {
  for (ProducerBatch& batch : take_in_flight(producer, correlation_id)) {
    const auto result =
        std::find_if(response.partitions.begin(), response.partitions.end(),
                     [&](const ProducePartitionResult& candidate) { return candidate.partition == batch.partition; });
    if (result == response.partitions.end()) {
      const ProducePartitionResult missing = no_answer(batch, ErrorCode::UNKNOWN_SERVER_ERROR);
      on_outcome(ctx, producer, std::move(batch), missing);
    } else {
      on_outcome(ctx, producer, std::move(batch), *result);
    }
  }
}

void on_produce_failed(Ctx& ctx, Producer& producer, std::int64_t correlation_id, ErrorCode error) {
  for (ProducerBatch& batch : take_in_flight(producer, correlation_id)) {
    const ProducePartitionResult failed = no_answer(batch, error);
    on_outcome(ctx, producer, std::move(batch), failed);
  }
}

void expire_batches(Ctx& ctx, Producer& producer) {
  const Duration limit = producer.setup.config.delivery_timeout_ms;
  LocalTime oldest = LocalTime::max();
  for (PartitionQueue& queue : producer.queues) {
    while (!queue.batches.empty() && ctx.now() - queue.batches.front().created_at >= limit) {
      // Out of the queue first: the end of a transaction empties the queues.
      const ProducerBatch expired = std::move(queue.batches.front());
      queue.batches.pop_front();
      producer.buffered_count -= expired.record_count();
      expire(ctx, producer, expired);
    }
    if (!queue.batches.empty()) {
      oldest = std::min(oldest, queue.batches.front().created_at);
    }
  }
  for (InFlightProduce& sent : producer.in_flight) {
    for (ProducerBatch& batch : sent.batches) {
      if (ctx.now() - batch.created_at >= limit) {
        --producer.queues[static_cast<std::size_t>(batch.partition.partition)].in_flight;
        expire(ctx, producer, batch);
      } else {
        oldest = std::min(oldest, batch.created_at);
      }
    }
    std::erase_if(sent.batches, [&](const ProducerBatch& batch) { return ctx.now() - batch.created_at >= limit; });
  }
  if (oldest != LocalTime::max()) {
    producer.delivery_timer = ctx.after(oldest + limit - ctx.now(), Timer{TimerKind::kDeliveryTimeout, 0, 0});
  }
}

void drop_unsent_batches(Ctx& ctx, Producer& producer) {
  for (PartitionQueue& queue : producer.queues) {
    const std::deque<ProducerBatch> dropped = std::move(queue.batches);
    queue.batches = {};
    for (const ProducerBatch& batch : dropped) {
      producer.buffered_count -= batch.record_count();
      fail(ctx, producer, batch, ErrorCode::TRANSACTION_ABORTABLE);
    }
  }
}

bool is_drained(const Producer& producer) {
  const bool is_waiting = std::any_of(producer.queues.begin(), producer.queues.end(),
                                      [](const PartitionQueue& queue) { return !queue.batches.empty(); });
  return !is_waiting && producer.in_flight.empty() && !producer.blocked.has_value();
}

}  // namespace kscope::sim
