#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// What was decided is what is completed.
Finding check_decided_is_decided(const CheckContext& c) {
  const auto state = static_cast<TransactionState>(c.note.b);
  const bool is_complete = state == TransactionState::CompleteCommit || state == TransactionState::CompleteAbort;
  const TransactionalId id(static_cast<std::int32_t>(c.note.a));
  const TransactionState* before = c.watch.transaction_states.get(id);
  if (c.note.kind != NoteKind::kTransactionState || !is_complete || before == nullptr) {
    return Finding::not_asked();
  }
  const bool is_reversed = (*before == TransactionState::PrepareCommit && state == TransactionState::CompleteAbort) ||
                           (*before == TransactionState::PrepareAbort && state == TransactionState::CompleteCommit);
  return is_reversed ? Finding::broken(fmt::format("a transaction of {} was {} and is now {}",
                                                   c.registry().transactional_id_text(id),
                                                   transaction_state_name(*before), transaction_state_name(state)))
                     : Finding::fine();
}

}  // namespace kscope::sim
