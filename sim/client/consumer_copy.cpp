// The consume-transform-produce loop of a consumer that has a producer: table and source in copier.h.
#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/consumer_parts.h"
#include "sim/client/producer_parts.h"

namespace kscope::sim {
namespace {

using State = Copier::State;

ProducerTransaction& transaction_of(Copier& copier) { return *copier.producer.transaction; }

/// The transaction came to nothing: the same records are read again.
void rewind(Ctx& ctx, Consumer& consumer) {
  ctx.cancel(consumer.process_timer);
  consumer.records.clear();
  consumer.next_record = 0;
  if (ctx.registry().planted_bug == PlantedBug::kNoRewind) {
    return;
  }
  consumer.fetcher.completed.clear();
  for (TopicPartitionState& partition : consumer.fetcher.assigned) {
    TopicPartitionState anew;
    anew.partition = partition.partition;
    anew.is_paused = partition.is_paused;
    partition = anew;
  }
}

void abort_copy(Ctx& ctx, Copier& copier) {
  transaction_of(copier).end(ctx, copier.producer, ControlType::ABORT);
  run_sender(ctx, copier.producer);
}

/// Goes on where an answer, or free memory, lets the application go on.
void advance(Ctx& ctx, Consumer& consumer) {
  Copier& copier = *consumer.copier;
  ProducerTransaction& transaction = transaction_of(copier);
  if (copier.state == State::kIdle) {
    return;
  }
  if (transaction.takes_records() && transaction.state() != ProducerTransaction::State::IN_TRANSACTION) {
    copier.state = State::kIdle;
    if (copier.producer.committed_transactions == copier.committed_before) {
      rewind(ctx, consumer);
    }
    consumer.application = ApplicationState::kPolling;
  } else if (copier.state == State::kSendingOffsets && !transaction.has_unsent_offsets() &&
             transaction.state() == ProducerTransaction::State::IN_TRANSACTION) {
    copier.state = State::kEnding;
    transaction.end(ctx, copier.producer, ControlType::COMMIT);
    run_sender(ctx, copier.producer);
  } else if (copier.state == State::kSending && consumer.application == ApplicationState::kSending &&
             transaction.state() == ProducerTransaction::State::IN_TRANSACTION &&
             !copier.producer.blocked.has_value()) {
    process(ctx, consumer);
  }
}

/// A record that is copied keeps its key, which belongs to another client's keys (Registry::key_text).
KeyId copied_key(const Ctx& ctx, const ConsumerRecord& record) {
  const NodeRole role = ctx.registry().nodes.at(static_cast<std::size_t>(record.producer.value)).role;
  const bool is_copied_already = role == NodeRole::kConsumer;
  return !record.key.is_valid() || is_copied_already ? record.key : key_of_other(record.producer, record.key);
}

/// The producer's own timers; those that both clients have tell by a number whose they are.
bool is_of_producer(const Producer& producer, const Timer& timer) {
  const auto part = static_cast<std::int64_t>(ClientPart::kProducerOfConsumer);
  switch (timer.kind) {
    case TimerKind::kWorkload:
    case TimerKind::kLinger:
    case TimerKind::kDeliveryTimeout: return true;
    case TimerKind::kClientRequestTimeout: return timer.b == part;
    case TimerKind::kMetadataRefresh:
    case TimerKind::kMetadataRetry: return timer.a == part;
    case TimerKind::kClientRetry: return timer.a == producer.setup.topic.value;
    default: return false;
  }
}

}  // namespace

bool Copier::may_poll() const {
  return state == State::kIdle && producer.transaction->state() == ProducerTransaction::State::READY;
}

void start_copier(Ctx& ctx, Consumer& consumer) {
  if (consumer.copier) {
    consumer.copier->producer.on_start(ctx);
  }
}

bool copy_record(Ctx& ctx, Consumer& consumer, const ConsumerRecord& record) {
  Copier& copier = *consumer.copier;
  Producer& producer = copier.producer;
  if (copier.state == State::kIdle) {
    copier.committed_before = producer.committed_transactions;
    copier.state = State::kSending;
  }
  if (!transaction_of(copier).takes_records() || producer.state != ProducerState::kRunning) {
    consumer.application = ApplicationState::kSending;  // it is being aborted: the rest of the round is in vain
    return false;
  }
  transaction_of(copier).begin(ctx);
  Record output;
  output.id = RecordId(producer.workload.first_record.value + producer.workload.created_count);
  output.key = copied_key(ctx, record);
  output.value_size = record.value_size;
  Note note;
  note.kind = NoteKind::kRecordCopied;
  note.group = consumer.setup.group;
  note.partition = record.partition;
  note.a = record.offset.value;
  note.b = output.id.value;
  ctx.note(note);
  const std::int64_t failed_before = producer.failed_count;
  send_record(ctx, producer, output, -1);
  if (producer.failed_count > failed_before) {
    abort_copy(ctx, copier);  // send() has thrown: the record is too large
  }
  if (producer.blocked.has_value() || producer.failed_count > failed_before) {
    consumer.application = ApplicationState::kSending;
    return false;
  }
  return true;
}

bool end_copy(Ctx& ctx, Consumer& consumer) {
  Copier& copier = *consumer.copier;
  if (copier.state != State::kSending) {
    return false;
  }
  consumer.application = ApplicationState::kCommitting;
  if (transaction_of(copier).state() != ProducerTransaction::State::IN_TRANSACTION) {
    return true;
  }
  copier.state = State::kSendingOffsets;
  TransactionOffsets offsets;
  offsets.group = consumer.setup.group;
  if (!ctx.registry().rules.is_old(Rule::kKip447)) {
    offsets.generation = copier.generation;
    offsets.member = copier.member;
    offsets.group_instance_id = consumer.setup.config.group_instance_id;
  }
  offsets.partitions = consumed_offsets(ctx, consumer);
  transaction_of(copier).send_offsets(std::move(offsets));
  run_sender(ctx, copier.producer);
  return true;
}

void drive_copier(Ctx& ctx, Consumer& consumer) {
  if (!consumer.copier) {
    return;
  }
  const Producer& producer = consumer.copier->producer;
  const bool is_closing =
      consumer.application == ApplicationState::kClosing || consumer.application == ApplicationState::kClosed;
  if (is_closing) {
    return;
  }
  if (producer.state != ProducerState::kRunning) {
    fail_application(ctx, consumer, producer.last_error);
    return;
  }
  advance(ctx, consumer);
}

bool close_copier(Ctx& ctx, Consumer& consumer) {
  if (!consumer.copier || consumer.copier->producer.state == ProducerState::kClosed) {
    return true;
  }
  Producer& producer = consumer.copier->producer;
  ProducerTransaction& transaction = transaction_of(*consumer.copier);
  if (transaction.state() == ProducerTransaction::State::IN_TRANSACTION) {
    abort_copy(ctx, *consumer.copier);
  }
  const bool is_over = transaction.state() == ProducerTransaction::State::READY ||
                       transaction.state() == ProducerTransaction::State::INITIALIZING ||
                       transaction.state() == ProducerTransaction::State::FATAL_ERROR;
  if (is_over) {
    producer.state = ProducerState::kClosed;
    producer.network.close(ctx);
  }
  return is_over;
}

bool on_copier_message(Ctx& ctx, Consumer& consumer, NodeId from, const Message& message) {
  if (!consumer.copier || !consumer.copier->producer.network.is_own(message.correlation_id)) {
    return false;
  }
  consumer.copier->producer.on_message(ctx, from, message);
  return true;
}

bool on_copier_timer(Ctx& ctx, Consumer& consumer, const Timer& timer) {
  if (!consumer.copier || !is_of_producer(consumer.copier->producer, timer)) {
    return false;
  }
  Producer& producer = consumer.copier->producer;
  const std::vector<NodeId> late =
      timer.kind == TimerKind::kClientRequestTimeout ? producer.network.late_nodes(ctx.now()) : std::vector<NodeId>{};
  const std::int64_t failed_before = producer.failed_count;
  producer.on_timer(ctx, timer);
  if (timer.kind == TimerKind::kWorkload && producer.failed_count > failed_before) {
    abort_copy(ctx, *consumer.copier);  // send() has thrown: max.block.ms is over
  }
  for (const NodeId node : late) {
    on_own_disconnect(ctx, consumer, node);
  }
  return true;
}

void on_copier_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer) {
  if (consumer.copier && consumer.copier->producer.state != ProducerState::kClosed) {
    consumer.copier->producer.on_disconnect(ctx, peer);
  }
}

}  // namespace kscope::sim
