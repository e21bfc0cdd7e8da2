#pragma once
// TransactionMetadata: one transactional id as its coordinator knows it, and the rules by which it changes. A change is
// prepared (pending_state is set, the next record comes out), then appended to __transaction_state, and takes effect when
// that is replicated: complete_transition_to. Pure: no clock, no messages. Source: TransactionMetadata, Kafka 3.9;
// transaction version 2 (KIP-890): 4.0.
//
// from                                 | prepared by                | to                | meaning
// Empty, CompleteCommit, CompleteAbort | prepare_increment_epoch    | Empty             | InitProducerId: epoch + 1
// Empty, CompleteCommit, CompleteAbort | prepare_producer_id_...    | Empty             | the same at the largest epoch
// Empty, Complete..., Ongoing          | prepare_add_partitions     | Ongoing           | the transaction has begun
// Ongoing                              | prepare_fence_epoch        | PrepareEpochFence | another producer, or the timeout
// Ongoing                              | prepare_abort_or_commit    | Prepare...        | decided; markers are written
// Empty, CompleteCommit, CompleteAbort | prepare_end_and_bump       | PrepareAbort      | version 2: only for the next epoch
// Ongoing                              | prepare_end_and_bump       | Prepare...        | version 2: decided, epoch + 1
// PrepareCommit, PrepareAbort          | prepare_complete           | Complete...       | every marker is written

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/protocol/transaction.h"

namespace kscope::sim {

struct TransactionMetadata {
  TransactionRecord current;
  std::optional<TransactionState> pending_state;  ///< a change is being appended: nothing else may happen meanwhile
  bool has_failed_epoch_fence = false;            ///< the append of a fence failed: its epoch was given to nobody

  [[nodiscard]] TransactionState state() const { return current.state; }
  [[nodiscard]] bool is_transition_pending() const { return pending_state.has_value(); }
  /// No further epoch can be given to a producer with this id: one is kept for fencing.
  [[nodiscard]] bool is_epoch_exhausted() const { return is_exhausted(current.producer_epoch); }
  [[nodiscard]] static bool is_exhausted(ProducerEpoch epoch) { return epoch.value >= INT16_MAX - 1; }

  /// Epoch + 1 for the producer that asks. `expected`: the epoch that it believes to have (KIP-360). PRODUCER_FENCED (no
  /// record) when that is neither the present epoch nor the one before. Requires: the epoch is not exhausted.
  std::optional<TransactionRecord> prepare_increment_epoch(Duration timeout, std::optional<ProducerEpoch> expected,
                                                           std::int64_t now_ms);
  /// Another id with epoch 0. `keeps_last_epoch`: the producer named its present one.
  TransactionRecord prepare_producer_id_rotation(ProducerId next, Duration timeout, std::int64_t now_ms,
                                                 bool keeps_last_epoch);
  TransactionRecord prepare_add_partitions(const std::vector<TopicPartition>& added, std::int64_t now_ms);
  /// Epoch + 1 that no producer will ever have, so that the present one is refused from now on.
  TransactionRecord prepare_fence_epoch();
  TransactionRecord prepare_abort_or_commit(TransactionState to, std::int64_t now_ms);
  /// The same by transaction version 2: what the producer wrote before is fenced from the moment of the decision.
  /// `next`: the id that it gets because its epochs are used up; not valid: it keeps its own.
  TransactionRecord prepare_end_and_bump(TransactionState to, ProducerId next, std::int64_t now_ms);
  TransactionRecord prepare_complete(std::int64_t now_ms);
  /// The record is replicated. Requires: it was prepared and is a legal move.
  void complete_transition_to(const TransactionRecord& next);

  /// Whether the table above has the move. Source: TransactionMetadata.isValidTransition.
  [[nodiscard]] static bool is_legal(TransactionState from, TransactionState to);

 private:
  TransactionRecord prepare(TransactionRecord next);
};

}  // namespace kscope::sim
