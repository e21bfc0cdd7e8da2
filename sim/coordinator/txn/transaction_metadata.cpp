#include "sim/coordinator/txn/transaction_metadata.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim {

std::string_view transaction_state_name(TransactionState state) {
  constexpr std::array<std::string_view, kTransactionStateCount> kNames = {
      "Empty",          "Ongoing",       "PrepareCommit", "PrepareAbort",
      "CompleteCommit", "CompleteAbort", "Dead",          "PrepareEpochFence"};
  return kNames.at(static_cast<std::size_t>(state));
}

bool TransactionMetadata::is_legal(TransactionState from, TransactionState to) {
  using S = TransactionState;
  const bool is_ended = from == S::Empty || from == S::CompleteCommit || from == S::CompleteAbort;
  switch (to) {
    case S::Empty: return is_ended;
    case S::Ongoing: return is_ended || from == S::Ongoing;
    case S::PrepareCommit: return from == S::Ongoing;
    case S::PrepareAbort: return is_ended || from == S::Ongoing || from == S::PrepareEpochFence;
    case S::CompleteCommit: return from == S::PrepareCommit;
    case S::CompleteAbort: return from == S::PrepareAbort;
    case S::Dead: return is_ended;
    case S::PrepareEpochFence: return from == S::Ongoing;
  }
  return false;
}

TransactionRecord TransactionMetadata::prepare(TransactionRecord next) {
  KSCOPE_CHECK(!pending_state.has_value(), "a transactional id changes one step at a time");
  KSCOPE_CHECK(is_legal(current.state, next.state), "no such move of a transactional id");
  KSCOPE_CHECK(next.producer_id.is_valid(), "a transactional id without producer id");
  pending_state = next.state;
  return next;
}

std::optional<TransactionRecord> TransactionMetadata::prepare_increment_epoch(Duration timeout,
                                                                              std::optional<ProducerEpoch> expected,
                                                                              std::int64_t now_ms) {
  KSCOPE_CHECK(!is_epoch_exhausted(), "the largest epoch is reached: the id is rotated instead");
  TransactionRecord next = current;
  next.producer_epoch = current.producer_epoch + 1;
  next.last_producer_epoch = kNoProducerEpoch;
  if (expected.has_value()) {
    if (current.producer_epoch == kNoProducerEpoch || *expected == current.producer_epoch) {
      next.last_producer_epoch = current.producer_epoch;
    } else if (*expected == current.last_producer_epoch) {
      // Its request was carried out before and the answer lost: no second bump.
      next.producer_epoch = current.producer_epoch;
      next.last_producer_epoch = current.last_producer_epoch;
    } else {
      return std::nullopt;
    }
  }
  next.timeout = timeout;
  next.state = TransactionState::Empty;
  next.partitions.clear();
  next.start_ms = -1;
  next.last_update_ms = now_ms;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_producer_id_rotation(ProducerId next_id, Duration timeout,
                                                                    std::int64_t now_ms, bool keeps_last_epoch) {
  TransactionRecord next = current;
  next.previous_producer_id = current.producer_id;
  next.producer_id = next_id;
  next.producer_epoch = ProducerEpoch(0);
  next.last_producer_epoch = keeps_last_epoch ? current.producer_epoch : kNoProducerEpoch;
  next.timeout = timeout;
  next.state = TransactionState::Empty;
  next.partitions.clear();
  next.start_ms = -1;
  next.last_update_ms = now_ms;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_add_partitions(const std::vector<TopicPartition>& added,
                                                              std::int64_t now_ms) {
  TransactionRecord next = current;
  if (current.state != TransactionState::Ongoing) {
    next.start_ms = now_ms;
    next.partitions.clear();
  }
  next.state = TransactionState::Ongoing;
  for (const TopicPartition partition : added) {
    const auto at = std::lower_bound(next.partitions.begin(), next.partitions.end(), partition);
    if (at == next.partitions.end() || *at != partition) {
      next.partitions.insert(at, partition);
    }
  }
  next.last_update_ms = now_ms;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_fence_epoch() {
  KSCOPE_CHECK(current.producer_epoch.value < INT16_MAX, "an epoch is kept for fencing");
  TransactionRecord next = current;
  next.producer_epoch = has_failed_epoch_fence ? current.producer_epoch : current.producer_epoch + 1;
  next.last_producer_epoch = kNoProducerEpoch;
  next.state = TransactionState::PrepareEpochFence;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_abort_or_commit(TransactionState to, std::int64_t now_ms) {
  TransactionRecord next = current;
  next.state = to;
  next.last_update_ms = now_ms;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_end_and_bump(TransactionState to, ProducerId next_id,
                                                            std::int64_t now_ms) {
  KSCOPE_CHECK(current.producer_epoch.value < INT16_MAX, "an epoch is kept for the end of the last transaction");
  TransactionRecord next = current;
  next.last_producer_epoch = current.producer_epoch;
  next.producer_epoch = current.producer_epoch + 1;
  next.next_producer_id = next_id;
  if (current.state != TransactionState::Ongoing) {
    next.start_ms = now_ms;  // nothing was begun; the record needs a start all the same
    next.partitions.clear();
  }
  next.state = to;
  next.last_update_ms = now_ms;
  return prepare(std::move(next));
}

TransactionRecord TransactionMetadata::prepare_complete(std::int64_t now_ms) {
  has_failed_epoch_fence = false;
  TransactionRecord next = current;
  next.state = current.state == TransactionState::PrepareCommit ? TransactionState::CompleteCommit
                                                                : TransactionState::CompleteAbort;
  next.partitions.clear();
  next.last_update_ms = now_ms;
  if (current.next_producer_id.is_valid()) {
    next.previous_producer_id = current.producer_id;
    next.producer_id = current.next_producer_id;
    next.producer_epoch = ProducerEpoch(0);
    next.next_producer_id = ProducerId{};
  }
  return prepare(std::move(next));
}

void TransactionMetadata::complete_transition_to(const TransactionRecord& next) {
  KSCOPE_CHECK(pending_state == next.state, "only what was prepared takes effect");
  current = next;
  pending_state.reset();
}

}  // namespace kscope::sim
