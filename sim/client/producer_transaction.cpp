#include "sim/client/producer_transaction.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/producer_parts.h"

namespace kscope::sim {
namespace {

// Kafka asks again sooner when the transaction before is still being completed and this one has no partition yet.
constexpr Duration kAddPartitionsRetryBackoff = 20ms;

bool insert(std::vector<TopicPartition>& partitions, TopicPartition partition) {
  const auto at = std::lower_bound(partitions.begin(), partitions.end(), partition);
  if (at != partitions.end() && *at == partition) {
    return false;
  }
  partitions.insert(at, partition);
  return true;
}

bool contains(const std::vector<TopicPartition>& partitions, TopicPartition partition) {
  return std::binary_search(partitions.begin(), partitions.end(), partition);
}

}  // namespace

void ProducerTransaction::begin(Ctx& ctx) {
  KSCOPE_CHECK(takes_records(), "a transaction begins when the one before has ended");
  if (state_ == State::IN_TRANSACTION) {
    return;
  }
  state_ = State::IN_TRANSACTION;
  record_count_ = 0;
  last_error_ = ErrorCode::NONE;
  Note note;
  note.kind = NoteKind::kTransactionBegun;
  ctx.note(note);
}

void ProducerTransaction::on_record(TopicPartition partition) {
  ++record_count_;
  if (version_ == Version::kV2) {
    insert(partitions_, partition);
  } else if (!contains(partitions_, partition) && !contains(told_partitions_, partition)) {
    insert(new_partitions_, partition);
  }
}

void ProducerTransaction::end(Ctx& ctx, Producer& producer, ControlType result) {
  if (state_ != State::IN_TRANSACTION && state_ != State::ABORTABLE_ERROR) {
    return;
  }
  if (result == ControlType::COMMIT && state_ == State::IN_TRANSACTION) {
    state_ = State::COMMITTING_TRANSACTION;
    return;
  }
  state_ = State::ABORTING_TRANSACTION;
  new_partitions_.clear();
  offsets_.reset();
  drop_unsent_batches(ctx, producer);
}

bool ProducerTransaction::may_send_to(TopicPartition partition) const {
  const bool is_open = state_ == State::IN_TRANSACTION || is_completing();
  return is_open && contains(partitions_, partition);
}

void ProducerTransaction::before_sending(Ctx& ctx, Producer& producer) {
  if (is_in_flight_ || state_ == State::FATAL_ERROR || (retry_at_ != LocalTime::max() && ctx.now() < retry_at_)) {
    return;
  }
  retry_at_ = LocalTime::max();
  const bool is_ending = is_completing() && is_drained(producer);
  const bool has_nothing_to_end = partitions_.empty() && new_partitions_.empty() && !has_offsets_;
  if (is_ending && has_nothing_to_end && !is_bump_required_) {
    finish(ctx, producer, state_ == State::COMMITTING_TRANSACTION ? ControlType::COMMIT : ControlType::ABORT);
    return;
  }
  if (state_ != State::INITIALIZING && new_partitions_.empty() && !offsets_ && !is_ending) {
    return;
  }
  if (is_group_next()) {
    send_to_group_coordinator(ctx, producer);
  } else if (!coordinator_.is_valid()) {
    find_coordinator(ctx, producer, FindCoordinatorRequest{{}, id_});
  } else if (!producer.network.is_ready(coordinator_, ctx.now())) {
    retry_at_ = producer.network.ready_at(coordinator_);
  } else {
    send_to_coordinator(ctx, producer);
  }
}

void ProducerTransaction::find_coordinator(Ctx& ctx, Producer& producer, const FindCoordinatorRequest& request) {
  const NodeId node = producer.network.least_loaded(ctx, producer.metadata.nodes(ctx));
  if (!node.is_valid()) {
    retry_later(ctx, producer.setup.config.retry_backoff_ms);
    return;
  }
  send(ctx, producer, node, request);
}

void ProducerTransaction::send_to_coordinator(Ctx& ctx, Producer& producer) {
  const ProducerIdAndEpoch& self = producer.transactions->producer();
  if (state_ == State::INITIALIZING) {
    send(ctx, producer, coordinator_,
         InitProducerIdRequest{id_, producer.setup.config.transaction_timeout_ms, self.id, self.epoch});
  } else if (!new_partitions_.empty()) {
    told_partitions_ = std::move(new_partitions_);
    new_partitions_.clear();
    send(ctx, producer, coordinator_, AddPartitionsToTxnRequest{id_, self.id, self.epoch, told_partitions_});
  } else if (offsets_) {
    has_offsets_ = true;
    send(ctx, producer, coordinator_, AddOffsetsToTxnRequest{id_, self.id, self.epoch, offsets_->group});
  } else {
    const bool is_commit = state_ == State::COMMITTING_TRANSACTION;
    send(ctx, producer, coordinator_,
         EndTxnRequest{id_, self.id, self.epoch, is_commit ? ControlType::COMMIT : ControlType::ABORT});
  }
}

void ProducerTransaction::send(Ctx& ctx, Producer& producer, NodeId to, MessageBody body) {
  producer.network.send(ctx, to, std::move(body), producer.setup.config.request_timeout_ms);
  is_in_flight_ = true;
}

void ProducerTransaction::retry_later(Ctx& ctx, Duration backoff) { retry_at_ = ctx.now() + backoff; }

void ProducerTransaction::on_find_coordinator_response(Ctx& ctx, const FindCoordinatorResponse& response) {
  is_in_flight_ = false;
  if (response.error == ErrorCode::NONE) {
    (response.group.is_valid() ? group_coordinator_ : coordinator_) = response.node;
  } else {
    retry_later(ctx, 100ms);
  }
}

bool ProducerTransaction::on_coordinator_error(Ctx& ctx, Producer& producer, ErrorCode error) {
  switch (error) {
    case ErrorCode::NOT_COORDINATOR:
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
      coordinator_ = NodeId{};
      retry_later(ctx, producer.setup.config.retry_backoff_ms);
      return true;
    case ErrorCode::COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode::CONCURRENT_TRANSACTIONS: retry_later(ctx, producer.setup.config.retry_backoff_ms); return true;
    case ErrorCode::INVALID_PRODUCER_EPOCH:
    case ErrorCode::PRODUCER_FENCED: fail_for_good(ctx, producer, ErrorCode::PRODUCER_FENCED); return true;
    case ErrorCode::INVALID_TXN_STATE:
    case ErrorCode::INVALID_TRANSACTION_TIMEOUT: fail_for_good(ctx, producer, error); return true;
    default: return false;
  }
}

void ProducerTransaction::on_init_response(Ctx& ctx, Producer& producer, const InitProducerIdResponse& response) {
  is_in_flight_ = false;
  if (response.error != ErrorCode::NONE) {
    if (!on_coordinator_error(ctx, producer, response.error)) {
      fail_for_good(ctx, producer, response.error);
    }
    return;
  }
  producer.transactions->take_over(ProducerIdAndEpoch{response.producer_id, response.producer_epoch});
  is_bump_required_ = false;
  state_ = State::READY;
  schedule_workload(ctx, producer);
}

void ProducerTransaction::on_add_partitions_response(Ctx& ctx, Producer& producer,
                                                     const AddPartitionsToTxnResponse& response) {
  is_in_flight_ = false;
  const std::vector<TopicPartition> told = std::move(told_partitions_);
  told_partitions_.clear();
  if (response.error == ErrorCode::NONE) {
    for (const TopicPartition partition : told) {
      insert(partitions_, partition);
    }
    return;
  }
  if (state_ != State::ABORTING_TRANSACTION) {
    for (const TopicPartition partition : told) {
      insert(new_partitions_, partition);
    }
  }
  if (!on_coordinator_error(ctx, producer, response.error)) {
    abort_after(ctx, producer, response.error);  // UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_ID_MAPPING
  } else if (response.error == ErrorCode::CONCURRENT_TRANSACTIONS && partitions_.empty()) {
    retry_later(ctx, std::min(kAddPartitionsRetryBackoff, producer.setup.config.retry_backoff_ms));
  }
}

void ProducerTransaction::on_end_response(Ctx& ctx, Producer& producer, const EndTxnResponse& response) {
  is_in_flight_ = false;
  if (response.error != ErrorCode::NONE) {
    if (!on_coordinator_error(ctx, producer, response.error)) {
      abort_after(ctx, producer, response.error);
    }
    return;
  }
  if (response.producer_id.is_valid()) {
    producer.transactions->take_over(ProducerIdAndEpoch{response.producer_id, response.producer_epoch});
  }
  finish(ctx, producer, state_ == State::COMMITTING_TRANSACTION ? ControlType::COMMIT : ControlType::ABORT);
}

void ProducerTransaction::on_request_failed(Ctx& ctx, Producer& producer) {
  is_in_flight_ = false;
  for (const TopicPartition partition : told_partitions_) {
    if (state_ != State::ABORTING_TRANSACTION) {
      insert(new_partitions_, partition);
    } else {
      insert(partitions_, partition);  // the coordinator may know of it: the transaction is ended there
    }
  }
  told_partitions_.clear();
  coordinator_ = NodeId{};
  group_coordinator_ = NodeId{};
  retry_later(ctx, producer.setup.config.retry_backoff_ms);
}

void ProducerTransaction::on_batch_failed(Ctx& ctx, Producer& producer, ErrorCode error) {
  if (error == ErrorCode::PRODUCER_FENCED) {
    fail_for_good(ctx, producer, error);
  } else if (state_ != State::ABORTING_TRANSACTION && state_ != State::FATAL_ERROR) {
    // What became of the batch is not known, so its sequences stay a gap: the next transaction needs another epoch, also if
    // this one was being committed (TransactionManager.maybeResolveSequences). With version 2 the abort itself brings one.
    // MODEL: a batch that expires while the transaction is being aborted does not ask for one, as in clients that do not look
    // for unresolved sequences then; Kafka's own does, and never shows what version 2 is there for.
    is_bump_required_ = version_ == Version::kV1;
    abort_after(ctx, producer, error);
  }
}

void ProducerTransaction::abort_after(Ctx& ctx, Producer& producer, ErrorCode error) {
  last_error_ = error;
  state_ = State::ABORTABLE_ERROR;
  end(ctx, producer, ControlType::ABORT);
}

void ProducerTransaction::fail_for_good(Ctx& ctx, Producer& producer, ErrorCode error) {
  if (state_ == State::FATAL_ERROR) {
    return;
  }
  state_ = State::FATAL_ERROR;
  producer.last_error = error;
  Note note;
  note.kind = NoteKind::kProducerFenced;
  note.a = producer.transactions->producer().epoch.value;
  note.b = static_cast<std::int64_t>(error);
  ctx.note(note);
  drop_unsent_batches(ctx, producer);
  begin_close(ctx, producer);
}

void ProducerTransaction::finish(Ctx& ctx, Producer& producer, ControlType result) {
  Note note;
  note.kind = NoteKind::kTransactionEnded;
  note.a = result == ControlType::COMMIT ? 1 : 0;
  note.b = static_cast<std::int64_t>(last_error_);
  note.c = record_count_;
  ctx.note(note);
  ++(result == ControlType::COMMIT ? producer.committed_transactions : producer.aborted_transactions);
  partitions_.clear();
  has_offsets_ = false;
  record_count_ = 0;
  state_ = is_bump_required_ ? State::INITIALIZING : State::READY;
  if (state_ == State::READY) {
    schedule_workload(ctx, producer);
  }
}

}  // namespace kscope::sim
