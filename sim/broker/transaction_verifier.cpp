#include "sim/broker/transaction_verifier.h"

#include <algorithm>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {
namespace {

constexpr Duration kRetryBackoff = 20ms;
constexpr Duration kLongestRetry = 100ms;

/// Brokers ask at all: transaction.partition.verification.enable, or transaction version 2, which cannot do without.
bool asks(const Ctx& ctx, const Broker& broker) {
  const bool verifies = !ctx.registry().rules.is_old(Rule::kKip890Verification) &&
                        broker.setup.config.transaction_partition_verification_enable;
  return verifies || raises_epochs(ctx);
}

/// Source: ProducerStateManager.hasOngoingTransaction, UnifiedLog.hasOngoingTransaction.
bool has_ongoing(const PartitionLog& log, ProducerId producer, ProducerEpoch epoch) {
  const ProducerStateEntry* entry = log.producers().producers().get(producer);
  return entry != nullptr && entry->current_txn_first_offset.has_value() && entry->producer_epoch == epoch;
}

TransactionVerification* verification_of(Partition& partition, ProducerId producer) {
  const auto found = std::find_if(partition.verifications.begin(), partition.verifications.end(),
                                  [&](const TransactionVerification& one) { return one.producer_id == producer; });
  return found == partition.verifications.end() ? nullptr : &*found;
}

/// Source: ProducerStateManager.maybeCreateVerificationStateEntry, VerificationStateEntry.maybeUpdateLowestSequenceAndEpoch.
VerificationGuard start_verification(Partition& partition, const TransactionVerification& wanted) {
  TransactionVerification* entry = verification_of(partition, wanted.producer_id);
  if (entry == nullptr) {
    partition.verifications.push_back(wanted);
    return wanted.guard;
  }
  const bool is_later_epoch = wanted.producer_epoch > entry->producer_epoch;
  if (is_later_epoch ||
      (wanted.producer_epoch == entry->producer_epoch && wanted.lowest_sequence.value < entry->lowest_sequence.value)) {
    entry->lowest_sequence = wanted.lowest_sequence;
  }
  entry->producer_epoch = std::max(entry->producer_epoch, wanted.producer_epoch);
  return entry->guard;
}

/// What the coordinator's error means to a producer. Source: ReplicaManager.appendRecords, AddPartitionsToTxnManager.
ErrorCode answer_for(ErrorCode error, bool raises_epochs) {
  switch (error) {
    case ErrorCode::PRODUCER_FENCED: return ErrorCode::INVALID_PRODUCER_EPOCH;
    case ErrorCode::CONCURRENT_TRANSACTIONS: return raises_epochs ? error : ErrorCode::NOT_ENOUGH_REPLICAS;
    case ErrorCode::NETWORK_EXCEPTION:
    case ErrorCode::COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
    case ErrorCode::NOT_COORDINATOR: return ErrorCode::NOT_ENOUGH_REPLICAS;
    default: return error;
  }
}

NodeId coordinator_of(const Ctx& ctx, const Broker& broker, TransactionalId id) {
  const TopicPartition state{ctx.registry().transaction_topic, transaction_partition_of(ctx, id)};
  return broker.metadata.node_of(broker.metadata.leader_of(state));
}

}  // namespace

bool TransactionVerifier::begin(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                const ProduceRequest& request) {
  if (!request.transactional_id.is_valid() || !asks(ctx, broker)) {
    return false;
  }
  UnverifiedCall waiting;
  waiting.call = VerifiedCall{from, correlation_id, -1, std::vector<BatchVerdict>(request.partitions.size())};
  AddPartitionsToTxnRequest& question = waiting.question;
  question.transactional_id = request.transactional_id;
  question.is_verify_only = !raises_epochs(ctx);
  for (std::size_t i = 0; i < request.partitions.size(); ++i) {
    const ProducePartition& item = request.partitions[i];
    ErrorCode error = ErrorCode::NONE;
    Partition* partition = broker.replicas.find_led(broker, item.partition, kNoLeaderEpoch, error);
    const bool is_new =
        partition != nullptr && item.batch.is_transactional && item.batch.producer_id.is_valid() &&
        !has_ongoing(ReplicaManager::log_of(ctx, *partition), item.batch.producer_id, item.batch.producer_epoch);
    if (!is_new) {
      continue;  // it is in a transaction already, or will be refused for another reason
    }
    ++last_guard_;
    waiting.call.verdicts[i].guard = start_verification(
        *partition,
        {item.batch.producer_id, item.batch.producer_epoch, item.batch.base_sequence, VerificationGuard{last_guard_}});
    question.producer_id = item.batch.producer_id;
    question.producer_epoch = item.batch.producer_epoch;
    question.partitions.push_back(item.partition);
  }
  if (question.partitions.empty()) {
    return false;
  }
  std::sort(question.partitions.begin(), question.partitions.end());
  waiting.request = request;
  wait(ctx, broker, std::move(waiting));
  return true;
}

bool TransactionVerifier::begin(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                const TxnOffsetCommitRequest& request) {
  const TopicPartition offsets{kOffsetsTopic, offsets_partition_of(ctx, request.group)};
  ErrorCode error = ErrorCode::NONE;
  Partition* partition = broker.replicas.find_led(broker, offsets, kNoLeaderEpoch, error);
  if (!asks(ctx, broker) || partition == nullptr ||
      has_ongoing(ReplicaManager::log_of(ctx, *partition), request.producer_id, request.producer_epoch)) {
    return false;
  }
  ++last_guard_;
  BatchVerdict verdict;
  verdict.guard = start_verification(
      *partition, {request.producer_id, request.producer_epoch, kNoSequence, VerificationGuard{last_guard_}});
  UnverifiedCall waiting;
  waiting.call = VerifiedCall{from, correlation_id, -1, {verdict}};
  waiting.request = request;
  waiting.question = {
      request.transactional_id, request.producer_id, request.producer_epoch, {offsets}, !raises_epochs(ctx)};
  wait(ctx, broker, std::move(waiting));
  return true;
}

void TransactionVerifier::wait(Ctx& ctx, Broker& broker, UnverifiedCall waiting) {
  waiting.call.channel = broker.request_queue.keep_muted();
  waiting.give_up_at = ctx.now() + kLongestRetry;
  waiting_.push_back(std::move(waiting));
  ask(ctx, broker, waiting_.back());
}

void TransactionVerifier::ask(Ctx& ctx, Broker& broker, UnverifiedCall& waiting) {
  waiting.coordinator = coordinator_of(ctx, broker, waiting.question.transactional_id);
  if (!waiting.coordinator.is_valid()) {
    finish(ctx, broker, waiting.asked, AddPartitionsToTxnResponse{ErrorCode::COORDINATOR_NOT_AVAILABLE});
    return;
  }
  waiting.asked = send_request(ctx, broker.next_correlation, waiting.coordinator, waiting.question);
  waiting.timer =
      ctx.after(broker.setup.config.request_timeout_ms, Timer{TimerKind::kTransactionVerification, waiting.asked, 0});
}

UnverifiedCall* TransactionVerifier::find(std::int64_t asked) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const UnverifiedCall& waiting) { return waiting.asked == asked; });
  return found == waiting_.end() ? nullptr : &*found;
}

/// The question is answered, or given up: the request goes on. No effect when that happened before.
void TransactionVerifier::finish(Ctx& ctx, Broker& broker, std::int64_t asked,
                                 const AddPartitionsToTxnResponse& response) {
  UnverifiedCall* found = find(asked);
  if (found == nullptr) {
    return;
  }
  UnverifiedCall verified = std::move(*found);
  waiting_.erase(waiting_.begin() + (found - waiting_.data()));
  ctx.cancel(verified.timer);
  const auto* produce = std::get_if<ProduceRequest>(&verified.request);
  const std::vector<TopicPartition>& missing = response.not_in_txn;
  for (std::size_t i = 0; i < verified.call.verdicts.size(); ++i) {
    BatchVerdict& verdict = verified.call.verdicts[i];
    if (!verdict.guard.is_set()) {
      continue;
    }
    const TopicPartition partition =
        produce != nullptr ? produce->partitions[i].partition : verified.question.partitions.front();
    const bool is_missing = std::find(missing.begin(), missing.end(), partition) != missing.end();
    verdict.error = is_missing ? ErrorCode::TRANSACTION_ABORTABLE : answer_for(response.error, raises_epochs(ctx));
  }
  if (produce != nullptr) {
    serve_produce(ctx, broker, verified.call, *produce);
  } else {
    serve_txn_offset_commit(ctx, broker, verified.call, std::get<TxnOffsetCommitRequest>(verified.request));
  }
}

void TransactionVerifier::on_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                      const AddPartitionsToTxnResponse& response) {
  UnverifiedCall* waiting = find(correlation_id);
  const bool is_tried_again = waiting != nullptr && response.error == ErrorCode::CONCURRENT_TRANSACTIONS &&
                              raises_epochs(ctx) && ctx.now() + kRetryBackoff <= waiting->give_up_at;
  if (!is_tried_again) {
    finish(ctx, broker, correlation_id, response);
    return;
  }
  ctx.cancel(waiting->timer);
  waiting->coordinator = NodeId{};
  waiting->timer = ctx.after(kRetryBackoff, Timer{TimerKind::kTransactionVerification, correlation_id, 1});
}

void TransactionVerifier::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  UnverifiedCall* waiting = find(timer.a);
  if (timer.b == 1 && waiting != nullptr) {
    ask(ctx, broker, *waiting);
  } else {
    finish(ctx, broker, timer.a, AddPartitionsToTxnResponse{ErrorCode::NETWORK_EXCEPTION});
  }
}

void TransactionVerifier::on_disconnect(Ctx& ctx, Broker& broker, NodeId peer) {
  std::vector<std::int64_t> unanswered;
  std::vector<ChannelIndex> closed;
  for (UnverifiedCall& waiting : waiting_) {
    if (waiting.call.from == peer) {
      waiting.call.from = NodeId{};
      closed.push_back(std::exchange(waiting.call.channel, -1));  // its next connection does not wait for this one
    }
    if (waiting.coordinator == peer) {
      unanswered.push_back(waiting.asked);
    }
  }
  for (const ChannelIndex channel : closed) {
    broker.request_queue.release(ctx, broker, channel);
  }
  for (const std::int64_t asked : unanswered) {
    finish(ctx, broker, asked, AddPartitionsToTxnResponse{ErrorCode::NETWORK_EXCEPTION});
  }
}

ErrorCode check_verification(Ctx& ctx, const Broker& broker, Partition& partition, const RecordBatch& batch,
                             VerificationGuard guard) {
  const PartitionLog& log = ReplicaManager::log_of(ctx, partition);
  if (!batch.is_transactional || !asks(ctx, broker)) {
    return ErrorCode::NONE;
  }
  const TransactionVerification* entry = verification_of(partition, batch.producer_id);
  const bool is_verified = entry != nullptr && guard.is_set() && entry->guard == guard;
  if (!has_ongoing(log, batch.producer_id, batch.producer_epoch) && !is_verified) {
    return ErrorCode::INVALID_TXN_STATE;
  }
  if (!batch.base_sequence.is_set()) {
    return ErrorCode::NONE;  // of a coordinator: in no sequence
  }
  const bool is_unknown = !log.producers().producers().contains(batch.producer_id);
  const bool is_first_missing = entry != nullptr && batch.base_sequence.value > entry->lowest_sequence.value;
  if (is_first_missing || (is_unknown && raises_epochs(ctx) && batch.base_sequence.value != 0)) {
    return ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
  }
  return ErrorCode::NONE;
}

void forget_verification(Partition& partition, ProducerId producer) {
  std::erase_if(partition.verifications,
                [&](const TransactionVerification& one) { return one.producer_id == producer; });
}

}  // namespace kscope::sim
