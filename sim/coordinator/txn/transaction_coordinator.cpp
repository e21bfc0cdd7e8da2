#include "sim/coordinator/txn/transaction_coordinator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/coordinator/txn/end_verdict.h"
#include "sim/types/java_string.h"

namespace kscope::sim {
namespace {

void note_state(Ctx& ctx, const TransactionRecord& record) {
  Note note;
  note.kind = NoteKind::kTransactionState;
  note.a = record.transactional_id.value;
  note.b = static_cast<std::int64_t>(record.state);
  note.c = record.producer_epoch.value;
  ctx.note(note);
}

void answer(Ctx& ctx, const TransactionCaller& caller, ErrorCode error, const TransactionRecord* record = nullptr) {
  switch (caller.kind) {
    case TransactionCaller::Kind::kNobody: return;
    case TransactionCaller::Kind::kInitProducerId:
    case TransactionCaller::Kind::kFence: {
      InitProducerIdResponse response;
      response.error = error;
      if (error == ErrorCode::NONE && caller.kind == TransactionCaller::Kind::kFence) {
        response.error = ErrorCode::CONCURRENT_TRANSACTIONS;  // the open one is being aborted: ask again
      } else if (error == ErrorCode::NONE) {
        response.producer_id = record->producer_id;
        response.producer_epoch = record->producer_epoch;
      }
      send_response(ctx, caller.node, caller.correlation_id, response);
      return;
    }
    case TransactionCaller::Kind::kAddPartitions:
      send_response(ctx, caller.node, caller.correlation_id, AddPartitionsToTxnResponse{error});
      return;
    case TransactionCaller::Kind::kAddOffsets:
      send_response(ctx, caller.node, caller.correlation_id, AddOffsetsToTxnResponse{error});
      return;
    case TransactionCaller::Kind::kEndTxn: {
      EndTxnResponse response;
      response.error = error;
      if (error == ErrorCode::NONE && record != nullptr) {
        const bool is_rotated = record->next_producer_id.is_valid();
        response.producer_id = is_rotated ? record->next_producer_id : record->producer_id;
        response.producer_epoch = is_rotated ? ProducerEpoch(0) : record->producer_epoch;
      }
      send_response(ctx, caller.node, caller.correlation_id, response);
      return;
    }
  }
}

/// What a failed append to __transaction_state means to producers. Source: TransactionStateManager.appendTransactionToLog.
ErrorCode answer_for(ErrorCode append_error) {
  switch (append_error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode::REQUEST_TIMED_OUT: return ErrorCode::COORDINATOR_NOT_AVAILABLE;
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::KAFKA_STORAGE_ERROR: return ErrorCode::NOT_COORDINATOR;
    case ErrorCode::MESSAGE_TOO_LARGE:
    case ErrorCode::RECORD_LIST_TOO_LARGE: return ErrorCode::UNKNOWN_SERVER_ERROR;
    default: return append_error;
  }
}

bool is_prepared(TransactionState state) {
  return state == TransactionState::PrepareCommit || state == TransactionState::PrepareAbort;
}

}  // namespace

bool raises_epochs(const Ctx& ctx) { return !ctx.registry().rules.is_old(Rule::kKip890Epochs); }

std::int32_t transaction_partition_count(const Ctx& ctx) {
  return ctx.registry().topics[static_cast<std::size_t>(ctx.registry().transaction_topic.value)].partitions;
}

std::int32_t transaction_partition_of(const Ctx& ctx, TransactionalId id) {
  return coordinator_partition(ctx.registry().transactional_ids.at(static_cast<std::size_t>(id.value)),
                               transaction_partition_count(ctx));
}

ErrorCode TransactionCoordinator::find_partition(const Ctx& ctx, TransactionalId id,
                                                 const TransactionPartition*& found) const {
  const std::int32_t partition = transaction_partition_of(ctx, id);
  for (const TransactionPartition& owned : partitions_) {
    if (owned.partition == partition) {
      found = &owned;
      return owned.is_loading ? ErrorCode::COORDINATOR_LOAD_IN_PROGRESS : ErrorCode::NONE;
    }
  }
  return ErrorCode::NOT_COORDINATOR;
}

// Source: TransactionCoordinator.handleInitProducerId, prepareInitProducerIdTransit.
void TransactionCoordinator::init_producer_id(Ctx& ctx, Broker& broker, const TransactionCaller& caller,
                                              const InitProducerIdRequest& request) {
  const TransactionPartition* owned = nullptr;
  ErrorCode error = find_partition(ctx, request.transactional_id, owned);
  const bool is_timeout_valid = request.transaction_timeout > Duration(0) &&
                                request.transaction_timeout <= broker.setup.config.transaction_max_timeout_ms;
  if (!is_timeout_valid) {
    error = ErrorCode::INVALID_TRANSACTION_TIMEOUT;
  }
  if (error == ErrorCode::NONE && !transactions_.contains(request.transactional_id)) {
    const std::optional<ProducerId> id = broker.producer_ids.generate(ctx, broker);
    if (id.has_value()) {
      TransactionMetadata created;
      created.current.transactional_id = request.transactional_id;
      created.current.producer_id = *id;
      created.current.timeout = request.transaction_timeout;
      created.current.last_update_ms = now_ms(ctx);
      transactions_.insert_or_assign(request.transactional_id, created);
    } else {
      error = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    }
  }
  if (error != ErrorCode::NONE) {
    answer(ctx, caller, error);
    return;
  }
  TransactionMetadata& metadata = transactions_.at(request.transactional_id);
  const TransactionRecord& known = metadata.current;
  const bool names_itself = request.producer_id.is_valid();
  // An older id passes when its epochs were used up: the answer to the rotation may have been lost.
  const bool is_known_producer =
      !names_itself || known.producer_epoch == kNoProducerEpoch || request.producer_id == known.producer_id ||
      (request.producer_id == known.previous_producer_id && TransactionMetadata::is_exhausted(request.producer_epoch));
  if (metadata.is_transition_pending() || is_prepared(metadata.state())) {
    answer(ctx, caller,
           is_known_producer || metadata.is_transition_pending() ? ErrorCode::CONCURRENT_TRANSACTIONS
                                                                 : ErrorCode::PRODUCER_FENCED);
    return;
  }
  if (!is_known_producer) {
    answer(ctx, caller, ErrorCode::PRODUCER_FENCED);
    return;
  }
  if (metadata.state() == TransactionState::Ongoing) {
    const TransactionRecord fence = metadata.prepare_fence_epoch();
    TransactionCaller waiting = caller;
    waiting.kind = TransactionCaller::Kind::kFence;
    end_transaction(ctx, broker, waiting,
                    EndTxnRequest{fence.transactional_id, fence.producer_id, fence.producer_epoch, ControlType::ABORT});
    return;
  }
  std::optional<TransactionRecord> next;
  const std::optional<ProducerEpoch> expected =
      names_itself ? std::optional<ProducerEpoch>(request.producer_epoch) : std::nullopt;
  if (metadata.is_epoch_exhausted() && (!expected.has_value() || *expected == known.producer_epoch)) {
    const std::optional<ProducerId> id = broker.producer_ids.generate(ctx, broker);
    if (!id.has_value()) {
      answer(ctx, caller, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
      return;
    }
    next = metadata.prepare_producer_id_rotation(*id, request.transaction_timeout, now_ms(ctx), names_itself);
  } else {
    next = metadata.prepare_increment_epoch(request.transaction_timeout, expected, now_ms(ctx));
    if (ctx.registry().planted_bug == PlantedBug::kEpochNotRaised && known.producer_epoch != kNoProducerEpoch) {
      next->producer_epoch = known.producer_epoch;
    }
  }
  if (!next.has_value()) {
    answer(ctx, caller, ErrorCode::PRODUCER_FENCED);
    return;
  }
  append(ctx, broker, PendingTransaction{{}, owned->partition, owned->epoch, std::move(*next), caller, false});
}

// Source: TransactionCoordinator.handleAddPartitionsToTransaction.
void TransactionCoordinator::add_partitions(Ctx& ctx, Broker& broker, const TransactionCaller& caller,
                                            const AddPartitionsToTxnRequest& request) {
  const TransactionPartition* owned = nullptr;
  ErrorCode error = find_partition(ctx, request.transactional_id, owned);
  TransactionMetadata* metadata = transactions_.get(request.transactional_id);
  if (error == ErrorCode::NONE && metadata == nullptr) {
    error = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
  }
  if (error == ErrorCode::NONE) {
    const TransactionRecord& known = metadata->current;
    if (metadata->is_transition_pending()) {
      error = ErrorCode::CONCURRENT_TRANSACTIONS;
    } else if (known.producer_id != request.producer_id) {
      error = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
    } else if (known.producer_epoch != request.producer_epoch) {
      error = ErrorCode::PRODUCER_FENCED;
    } else if (is_prepared(known.state)) {
      error = ErrorCode::CONCURRENT_TRANSACTIONS;
    }
  }
  if (error != ErrorCode::NONE) {
    answer(ctx, caller, error);
    return;
  }
  const std::vector<TopicPartition>& known = metadata->current.partitions;
  const bool has_all = std::all_of(request.partitions.begin(), request.partitions.end(), [&](TopicPartition partition) {
    return std::binary_search(known.begin(), known.end(), partition);
  });
  const bool is_forgotten = ctx.registry().planted_bug == PlantedBug::kPartitionNotAdded && !known.empty();
  if (metadata->state() == TransactionState::Ongoing && (has_all || is_forgotten)) {
    answer(ctx, caller, ErrorCode::NONE);
    return;
  }
  append(ctx, broker,
         PendingTransaction{{},
                            owned->partition,
                            owned->epoch,
                            metadata->prepare_add_partitions(request.partitions, now_ms(ctx)),
                            caller,
                            false});
}

AddPartitionsToTxnResponse TransactionCoordinator::verify_partitions(const Ctx& ctx,
                                                                     const AddPartitionsToTxnRequest& request) const {
  const TransactionPartition* owned = nullptr;
  AddPartitionsToTxnResponse response;
  response.error = find_partition(ctx, request.transactional_id, owned);
  if (response.error != ErrorCode::NONE) {
    return response;
  }
  const TransactionMetadata* metadata = transactions_.get(request.transactional_id);
  // A change that is being appended is not looked at: the leader checks once more when it appends.
  if (metadata == nullptr || metadata->current.producer_id != request.producer_id) {
    response.error = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
  } else if (metadata->current.producer_epoch != request.producer_epoch) {
    response.error = ErrorCode::PRODUCER_FENCED;
  } else if (is_prepared(metadata->state())) {
    response.error = ErrorCode::CONCURRENT_TRANSACTIONS;
  } else {
    const std::vector<TopicPartition>& known = metadata->current.partitions;
    std::copy_if(request.partitions.begin(), request.partitions.end(), std::back_inserter(response.not_in_txn),
                 [&](TopicPartition partition) { return !std::binary_search(known.begin(), known.end(), partition); });
  }
  return response;
}

/// The record that decides the transaction; nothing when its producer needs another id and there is none at hand.
std::optional<TransactionRecord> TransactionCoordinator::prepare_end(Ctx& ctx, Broker& broker,
                                                                     TransactionMetadata& metadata,
                                                                     const EndTxnRequest& request,
                                                                     bool is_epoch_fence) {
  std::optional<ProducerId> next_id = ProducerId{};
  if (raises_epochs(ctx) && !is_epoch_fence && metadata.is_epoch_exhausted()) {
    next_id = broker.producer_ids.generate(ctx, broker);
    if (!next_id.has_value()) {
      return std::nullopt;
    }
  }
  if (is_epoch_fence) {
    metadata.pending_state.reset();
    metadata.current.producer_epoch = request.producer_epoch;
    metadata.current.last_producer_epoch = kNoProducerEpoch;
  }
  const TransactionState to =
      request.result == ControlType::COMMIT ? TransactionState::PrepareCommit : TransactionState::PrepareAbort;
  // The fence may have used up the last epoch: the next producer gets another id then.
  const bool is_bumped = raises_epochs(ctx) && metadata.current.producer_epoch.value < INT16_MAX;
  return is_bumped ? metadata.prepare_end_and_bump(to, *next_id, now_ms(ctx))
                   : metadata.prepare_abort_or_commit(to, now_ms(ctx));
}

// Source: TransactionCoordinator.endTransaction.
void TransactionCoordinator::end_transaction(Ctx& ctx, Broker& broker, const TransactionCaller& caller,
                                             const EndTxnRequest& request) {
  const TransactionPartition* owned = nullptr;
  ErrorCode error = find_partition(ctx, request.transactional_id, owned);
  TransactionMetadata* metadata = transactions_.get(request.transactional_id);
  if (error == ErrorCode::NONE && metadata == nullptr) {
    error = ErrorCode::INVALID_PRODUCER_ID_MAPPING;
  }
  if (error != ErrorCode::NONE) {
    answer(ctx, caller, error);
    return;
  }
  const EndedBy ended_by = caller.kind == TransactionCaller::Kind::kEndTxn ? EndedBy::kClient : EndedBy::kCoordinator;
  const EndVerdict verdict =
      raises_epochs(ctx) ? judge_end_v2(*metadata, request, ended_by) : judge_end_v1(*metadata, request, ended_by);
  if (verdict.kind != EndVerdict::Kind::kEnd) {
    answer(ctx, caller, verdict.error, raises_epochs(ctx) ? &metadata->current : nullptr);
    return;
  }
  PendingTransaction pending;
  pending.is_epoch_fence =
      request.result == ControlType::ABORT && metadata->pending_state == TransactionState::PrepareEpochFence;
  pending.partition = owned->partition;
  pending.coordinator_epoch = owned->epoch;
  std::optional<TransactionRecord> decision = prepare_end(ctx, broker, *metadata, request, pending.is_epoch_fence);
  if (!decision.has_value()) {
    answer(ctx, caller, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
    return;
  }
  pending.next = std::move(*decision);
  pending.caller = caller;
  append(ctx, broker, std::move(pending));
}

void TransactionCoordinator::append(Ctx& ctx, Broker& broker, PendingTransaction pending) {
  if (ctx.registry().planted_bug == PlantedBug::kDecisionNotLogged && is_prepared(pending.next.state)) {
    finish_append(ctx, broker, pending, ErrorCode::NONE);
    return;
  }
  pending.token = AppendToken(next_token_++);
  CoordinatorRecord record;
  record.kind = CoordinatorRecordKind::kTransaction;
  record.transaction = pending.next;
  InternalAppend wanted;
  wanted.partition = TopicPartition{ctx.registry().transaction_topic, pending.partition};
  wanted.records.push_back(std::move(record));
  wanted.owner = AppendOwner::kTransactions;
  wanted.token = pending.token;
  wanted.timeout = broker.setup.config.request_timeout_ms;
  const AppendToken token = pending.token;
  pending_.push_back(std::move(pending));
  const ErrorCode error = broker.replicas.append_internal(ctx, broker, std::move(wanted));
  if (error != ErrorCode::NONE) {
    on_appended(ctx, broker, token, error);
  }
}

void TransactionCoordinator::on_appended(Ctx& ctx, Broker& broker, AppendToken token, ErrorCode error) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const PendingTransaction& pending) { return pending.token == token; });
  if (found == pending_.end()) {
    return;  // the partition moved away meanwhile
  }
  const PendingTransaction pending = std::move(*found);
  pending_.erase(found);
  finish_append(ctx, broker, pending, error == ErrorCode::NONE ? error : answer_for(error));
}

void TransactionCoordinator::finish_append(Ctx& ctx, Broker& broker, const PendingTransaction& pending,
                                           ErrorCode error) {
  TransactionMetadata& metadata = transactions_.at(pending.next.transactional_id);
  const TransactionState to = pending.next.state;
  if (error == ErrorCode::NONE) {
    metadata.complete_transition_to(pending.next);
    note_state(ctx, metadata.current);
  } else if (to == TransactionState::CompleteCommit || to == TransactionState::CompleteAbort) {
    // The markers are written: only the last record is missing, and it is tried until somebody else coordinates.
    if (PendingMarkers* markers = find_markers(pending.next.transactional_id)) {
      markers->is_completing = false;
      retry_markers_later(ctx);
    }
    return;
  } else {
    metadata.pending_state.reset();
  }
  if (is_prepared(to)) {
    finish_end(ctx, broker, pending, error);
    return;
  }
  if (to == TransactionState::CompleteCommit || to == TransactionState::CompleteAbort) {
    std::erase_if(markers_, [&](const PendingMarkers& markers) {
      return markers.transactional_id == pending.next.transactional_id;
    });
    return;
  }
  answer(ctx, pending.caller, error, &pending.next);
}

/// The decision is replicated: nothing can change it any more. The producer is told, then the markers are written.
void TransactionCoordinator::finish_end(Ctx& ctx, Broker& broker, const PendingTransaction& pending, ErrorCode error) {
  TransactionMetadata& metadata = transactions_.at(pending.next.transactional_id);
  if (error != ErrorCode::NONE && pending.is_epoch_fence) {
    metadata.has_failed_epoch_fence = true;
  }
  answer(ctx, pending.caller, error, raises_epochs(ctx) ? &metadata.current : nullptr);
  if (error == ErrorCode::NONE) {
    write_markers(ctx, broker, pending.partition, pending.coordinator_epoch, metadata);
  }
}

void TransactionCoordinator::on_leadership_gained(Ctx& ctx, TopicPartition partition, LeaderEpoch epoch) {
  const auto known = std::find_if(partitions_.begin(), partitions_.end(), [&](const TransactionPartition& owned) {
    return owned.partition == partition.partition;
  });
  if (known != partitions_.end()) {
    known->epoch = CoordinatorEpoch(epoch.value);  // led before, too: what is in memory is current
    return;
  }
  TransactionPartition gained;
  gained.partition = partition.partition;
  gained.epoch = CoordinatorEpoch(epoch.value);
  // MODEL: loading takes as long as reading the log once; Kafka reads it in chunks of transaction.state.log.load.buffer.size.
  const HostedLog* hosted = ctx.durable().logs.find(partition);
  const std::int64_t bytes = hosted == nullptr ? 0 : hosted->log.size_bytes();
  const Duration delay = (1ms + ctx.disk().write_time(bytes)) * ctx.cpu_factor();
  gained.load_timer = ctx.after(delay, Timer{TimerKind::kTransactionLoad, partition.partition, 0});
  const auto at = std::find_if(partitions_.begin(), partitions_.end(), [&](const TransactionPartition& other) {
    return other.partition > partition.partition;
  });
  partitions_.insert(at, gained);
}

void TransactionCoordinator::on_leadership_lost(Ctx& ctx, TopicPartition partition) {
  const auto owned = std::find_if(partitions_.begin(), partitions_.end(), [&](const TransactionPartition& one) {
    return one.partition == partition.partition;
  });
  if (owned == partitions_.end()) {
    return;
  }
  ctx.cancel(owned->load_timer);
  partitions_.erase(owned);
  const auto is_of_it = [&](const auto& one) { return one.partition == partition.partition; };
  for (const PendingTransaction& pending : pending_) {
    if (is_of_it(pending)) {
      answer(ctx, pending.caller, ErrorCode::NOT_COORDINATOR);
    }
  }
  std::erase_if(pending_, is_of_it);
  std::erase_if(markers_, is_of_it);
  std::erase_if(sent_, [&](const SentMarkers& sent) {
    return transaction_partition_of(ctx, sent.transactional_id) == partition.partition;
  });
  transactions_.erase_if([&](TransactionalId id, const TransactionMetadata&) {
    return transaction_partition_of(ctx, id) == partition.partition;
  });
}

void TransactionCoordinator::finish_load(Ctx& ctx, Broker& broker, TransactionPartition& owned) {
  const HostedLog* hosted = ctx.durable().logs.find(TopicPartition{ctx.registry().transaction_topic, owned.partition});
  std::vector<TransactionalId> loaded;
  if (hosted != nullptr) {
    for (const RecordBatch& batch : hosted->log.batches()) {
      if (batch.coordinator_records == nullptr) {
        continue;
      }
      for (const CoordinatorRecord& record : *batch.coordinator_records) {
        if (record.kind == CoordinatorRecordKind::kTransaction) {
          TransactionMetadata metadata;
          metadata.current = record.transaction;
          transactions_.insert_or_assign(record.transaction.transactional_id, std::move(metadata));
        }
      }
    }
  }
  owned.is_loading = false;
  const std::int32_t partition = owned.partition;
  const CoordinatorEpoch epoch = owned.epoch;
  for (auto& [id, metadata] : transactions_) {
    if (transaction_partition_of(ctx, id) == partition && is_prepared(metadata.state())) {
      loaded.push_back(id);
    }
  }
  for (const TransactionalId id : loaded) {
    write_markers(ctx, broker, partition, epoch, transactions_.at(id));  // what the coordinator before had decided
  }
  Note note;
  note.kind = NoteKind::kCoordinatorLoaded;
  note.partition = TopicPartition{ctx.registry().transaction_topic, partition};
  note.a = static_cast<std::int64_t>(transactions_.size());
  ctx.note(note);
  if (!ctx.is_armed(abort_timer_)) {
    abort_timer_ = ctx.after(broker.setup.config.transaction_abort_timed_out_transaction_cleanup_interval_ms,
                             Timer{TimerKind::kTransactionAbortCheck});
  }
}

/// Aborts transactions that are open for longer than their producer asked for, with an epoch that it does not have.
/// Source: TransactionCoordinator.abortTimedOutTransactions.
void TransactionCoordinator::abort_timed_out(Ctx& ctx, Broker& broker) {
  std::vector<TransactionalId> late;
  for (const auto& [id, metadata] : transactions_) {
    const bool is_open = metadata.state() == TransactionState::Ongoing && !metadata.is_transition_pending();
    if (is_open && metadata.current.start_ms + millis(metadata.current.timeout) < now_ms(ctx)) {
      late.push_back(id);
    }
  }
  for (const TransactionalId id : late) {
    const TransactionRecord fence = transactions_.at(id).prepare_fence_epoch();
    end_transaction(ctx, broker, TransactionCaller{},
                    EndTxnRequest{id, fence.producer_id, fence.producer_epoch, ControlType::ABORT});
  }
}

void TransactionCoordinator::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  if (timer.kind == TimerKind::kTransactionLoad) {
    for (TransactionPartition& owned : partitions_) {
      if (owned.partition == timer.a) {
        finish_load(ctx, broker, owned);
        return;
      }
    }
  } else if (timer.kind == TimerKind::kTransactionAbortCheck) {
    abort_timed_out(ctx, broker);
    if (!partitions_.empty()) {
      abort_timer_ = ctx.after(broker.setup.config.transaction_abort_timed_out_transaction_cleanup_interval_ms,
                               Timer{TimerKind::kTransactionAbortCheck});
    }
  } else {
    KSCOPE_CHECK(timer.kind == TimerKind::kTxnMarkersRetry,
                 "a timer of another part came to the transaction coordinator");
    std::vector<TransactionalId> unfinished;  // an append that is replicated at once takes its entry out of the list
    for (const PendingMarkers& pending : markers_) {
      unfinished.push_back(pending.transactional_id);
    }
    for (const TransactionalId id : unfinished) {
      if (PendingMarkers* pending = find_markers(id)) {
        send_markers(ctx, broker, *pending);
      }
    }
  }
}

void handle_add_partitions_to_txn(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const AddPartitionsToTxnRequest& request) {
  if (request.is_verify_only) {
    send_response(ctx, from, correlation_id, broker.transactions.verify_partitions(ctx, request));
    return;
  }
  broker.transactions.add_partitions(
      ctx, broker, TransactionCaller{TransactionCaller::Kind::kAddPartitions, from, correlation_id}, request);
}

void handle_add_offsets_to_txn(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                               const AddOffsetsToTxnRequest& request) {
  broker.transactions.add_partitions(
      ctx, broker, TransactionCaller{TransactionCaller::Kind::kAddOffsets, from, correlation_id},
      AddPartitionsToTxnRequest{request.transactional_id,
                                request.producer_id,
                                request.producer_epoch,
                                {TopicPartition{kOffsetsTopic, offsets_partition_of(ctx, request.group)}}});
}

void handle_end_txn(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const EndTxnRequest& request) {
  broker.transactions.end_transaction(
      ctx, broker, TransactionCaller{TransactionCaller::Kind::kEndTxn, from, correlation_id}, request);
}

}  // namespace kscope::sim
