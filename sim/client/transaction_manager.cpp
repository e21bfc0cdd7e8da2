#include "sim/client/transaction_manager.h"

#include <algorithm>

#include "sim/client/producer.h"

namespace kscope::sim {
namespace {

constexpr std::int16_t kLastEpoch = INT16_MAX;

bool is_about(const ProducerBatch& batch, std::int32_t partition) { return batch.partition.partition == partition; }

/// The batches of a partition that have a number, on their way or waiting to be sent again, in the order of their sequences.
template <class SomeProducer>
auto numbered_batches(SomeProducer& producer, std::int32_t partition) {
  std::vector<decltype(&producer.in_flight.front().batches.front())> batches;
  for (auto& sent : producer.in_flight) {
    for (auto& batch : sent.batches) {
      if (is_about(batch, partition)) {
        batches.push_back(&batch);
      }
    }
  }
  for (auto& batch : producer.queues[static_cast<std::size_t>(partition)].batches) {
    if (batch.base_sequence.is_set()) {
      batches.push_back(&batch);
    }
  }
  std::sort(batches.begin(), batches.end(), [](const ProducerBatch* x, const ProducerBatch* y) {
    return x->base_sequence.value < y->base_sequence.value;
  });
  return batches;
}

bool has_numbered_batches(const Producer& producer, std::int32_t partition) {
  return !numbered_batches(producer, partition).empty();
}

}  // namespace

PartitionSequences& TransactionManager::sequences(std::int32_t partition) {
  if (static_cast<std::size_t>(partition) >= partitions_.size()) {
    partitions_.resize(static_cast<std::size_t>(partition) + 1);
  }
  return partitions_[static_cast<std::size_t>(partition)];
}

void TransactionManager::before_sending(Ctx& ctx, Producer& producer) {
  resolve(producer);
  if (is_transactional_) {
    if (is_bump_required_) {
      is_bump_required_ = false;
      to_rewrite_.clear();
      producer.transaction->on_batch_failed(ctx, producer, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    }
    return;
  }
  if (is_bump_required_) {
    bump_epoch(producer);
  }
  if (state_ == State::UNINITIALIZED) {
    state_ = State::INITIALIZING;
  }
  if (state_ == State::INITIALIZING && !is_init_in_flight_) {
    send_init(ctx, producer);
  }
}

void TransactionManager::send_init(Ctx& ctx, Producer& producer) {
  if (ctx.now() < init_at_) {
    return;
  }
  const NodeId node = producer.network.least_loaded(ctx, producer.metadata.nodes(ctx));
  if (!node.is_valid()) {
    producer.metadata.request_update(ctx, producer.network);
    init_at_ = ctx.now() + producer.setup.config.retry_backoff_ms;
    return;
  }
  producer.network.send(ctx, node, InitProducerIdRequest{}, producer.setup.config.request_timeout_ms);
  is_init_in_flight_ = true;
}

void TransactionManager::on_init_response(Ctx& ctx, Producer& producer, const InitProducerIdResponse& response) {
  if (response.error != ErrorCode::NONE) {
    on_init_failed(ctx, producer);
    return;
  }
  is_init_in_flight_ = false;
  producer_ = ProducerIdAndEpoch{response.producer_id, response.producer_epoch};
  state_ = State::READY;
}

void TransactionManager::on_init_failed(Ctx& ctx, Producer& producer) {
  is_init_in_flight_ = false;
  init_at_ = ctx.now() + producer.setup.config.retry_backoff_ms;
}

void TransactionManager::take_over(const ProducerIdAndEpoch& producer) {
  producer_ = producer;
  state_ = State::READY;
  partitions_.clear();
}

bool TransactionManager::must_wait(const Producer& producer, const ProducerBatch& first) {
  if (!producer_.is_valid()) {
    return true;
  }
  const std::int32_t partition = first.partition.partition;
  const auto in_flight = numbered_batches(producer, partition);
  if (!first.base_sequence.is_set()) {
    // Batches of an earlier epoch come to their end first; and so does the question what became of a lost one.
    const bool is_stale = sequences(partition).producer != producer_;
    return (is_stale && !in_flight.empty()) || sequences(partition).unresolved.is_set();
  }
  // A batch that is sent again goes before those that were numbered after it.
  return !in_flight.empty() && in_flight.front()->base_sequence != first.base_sequence;
}

void TransactionManager::number(const Producer& producer, ProducerBatch& batch) {
  if (batch.base_sequence.is_set()) {
    return;
  }
  const std::int32_t partition = batch.partition.partition;
  PartitionSequences& known = sequences(partition);
  if (known.producer != producer_ && !has_numbered_batches(producer, partition)) {
    known = PartitionSequences{.producer = producer_, .last_acked_offset = known.last_acked_offset};
  }
  batch.producer = known.producer;
  batch.base_sequence = known.next;
  known.next = sequence_after(known.next, batch.record_count());
}

void TransactionManager::on_acked(const ProducerBatch& batch, Offset base_offset) {
  PartitionSequences& known = sequences(batch.partition.partition);
  const Sequence last = batch.last_sequence();
  if (last.value > known.last_acked.value) {
    known.last_acked = last;
  }
  if (base_offset != kUnknownOffset) {
    known.last_acked_offset = std::max(known.last_acked_offset, base_offset + (batch.record_count() - 1));
  }
}

bool TransactionManager::is_next(std::int32_t partition, Sequence sequence) {
  return sequence.value - sequences(partition).last_acked.value == 1;
}

bool TransactionManager::can_retry(const ProducerBatch& batch, const ProducePartitionResult& result) {
  const std::int32_t partition = batch.partition.partition;
  const Sequence unresolved = sequences(partition).unresolved;
  if (result.error == ErrorCode::UNKNOWN_PRODUCER_ID) {
    if (result.log_start_offset != kUnknownOffset && !batch.is_renumbered) {
      if (is_transactional_) {
        return false;
      }
      request_epoch_bump(partition);
    }
    return true;
  }
  if (result.error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) {
    const bool is_behind_others = batch.is_renumbered || !is_next(partition, batch.base_sequence);
    const bool is_gap = !unresolved.is_set() ? !is_behind_others : batch.base_sequence == unresolved;
    if (is_gap && is_transactional_) {
      return false;
    }
    if (is_gap) {
      request_epoch_bump(partition);
    }
    return true;
  }
  return is_retriable(result.error);
}

void TransactionManager::on_failed(const ProducerBatch& batch, ErrorCode error, bool is_refused) {
  if (is_transactional_) {
    return;  // the transaction is aborted and the next one begins with another epoch
  }
  const std::int32_t partition = batch.partition.partition;
  if (error == ErrorCode::UNKNOWN_PRODUCER_ID) {
    sequences(partition) = PartitionSequences{};
  } else if (error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER || is_refused) {
    request_epoch_bump(partition);
  }
}

void TransactionManager::mark_unresolved(const ProducerBatch& batch) {
  Sequence& unresolved = sequences(batch.partition.partition).unresolved;
  const Sequence next = sequence_after(batch.last_sequence(), 1);
  unresolved.value = std::max(unresolved.value, next.value);
}

void TransactionManager::request_epoch_bump(std::int32_t partition) {
  is_bump_required_ = true;
  if (std::find(to_rewrite_.begin(), to_rewrite_.end(), partition) == to_rewrite_.end()) {
    to_rewrite_.push_back(partition);
  }
}

void TransactionManager::resolve(const Producer& producer) {
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    const auto partition = static_cast<std::int32_t>(i);
    PartitionSequences& known = partitions_[i];
    if (!known.unresolved.is_set() || has_numbered_batches(producer, partition)) {
      continue;
    }
    // Batches behind the lost one were stored, so it was too; or nothing tells.
    if (!is_next(partition, known.next)) {
      request_epoch_bump(partition);
    }
    known.unresolved = kNoSequence;
  }
}

void TransactionManager::bump_epoch(Producer& producer) {
  if (producer_.epoch.value == kLastEpoch) {
    producer_ = ProducerIdAndEpoch{};
    state_ = State::UNINITIALIZED;
  } else {
    producer_.epoch = producer_.epoch + 1;
  }
  for (const std::int32_t partition : to_rewrite_) {
    start_at_beginning(producer, partition);
  }
  to_rewrite_.clear();
  is_bump_required_ = false;
}

void TransactionManager::start_at_beginning(Producer& producer, std::int32_t partition) {
  PartitionSequences& known = sequences(partition);
  known = PartitionSequences{.producer = producer_, .last_acked_offset = known.last_acked_offset};
  for (ProducerBatch* batch : numbered_batches(producer, partition)) {
    batch->producer = producer_;
    batch->base_sequence = known.next;
    batch->is_renumbered = true;
    known.next = sequence_after(known.next, batch->record_count());
  }
}

}  // namespace kscope::sim
