#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"
#include "sim/coordinator/txn/transaction_metadata.h"

namespace kscope::sim {
namespace {

bool is_completion(TransactionState state) {
  return state == TransactionState::CompleteCommit || state == TransactionState::CompleteAbort;
}

/// Whether the coordinator's own log has the move. True when the log is too long to say.
bool is_logged(const PartitionLog& log, TransactionalId id, TransactionState state) {
  // Behind the decision there may be its completion already.
  const TransactionRecord* record = newest_transaction_record(
      log, id, [&](TransactionState logged) { return logged == state || !is_completion(logged); });
  return record == nullptr ? log.batches().size() > kLongestTransactionSearch : record->state == state;
}

}  // namespace

/// A transactional id moves by the table of TransactionMetadata, and a move is in __transaction_state before anybody acts on it.
Finding check_legal_moves(const CheckContext& c) {
  if (c.note.kind != NoteKind::kTransactionState) {
    return Finding::not_asked();
  }
  const TransactionalId id(static_cast<std::int32_t>(c.note.a));
  const auto state = static_cast<TransactionState>(c.note.b);
  const TransactionState* before = c.watch.transaction_states.get(id);
  if (before != nullptr && !TransactionMetadata::is_legal(*before, state)) {
    return Finding::broken(fmt::format("{} goes from {} to {}", c.registry().transactional_id_text(id),
                                       transaction_state_name(*before), transaction_state_name(state)));
  }
  const PartitionLog* log = c.log(c.event.node, transaction_state_partition(c.registry(), id));
  if (log != nullptr && !is_logged(*log, id, state)) {
    return Finding::broken(fmt::format("{} is {}, and its coordinator's log does not say so",
                                       c.registry().transactional_id_text(id), transaction_state_name(state)));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
