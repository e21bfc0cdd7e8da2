#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"
#include "sim/coordinator/txn/transaction_metadata.h"
#include "sim/protocol/coordinator_record.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kLongestSearch = 4096;

/// Whether the coordinator's own log has the move. True when the log is too long to say.
bool is_logged(const PartitionLog& log, TransactionalId id, TransactionState state) {
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestSearch ? batches.size() - kLongestSearch : 0;
  for (std::size_t i = batches.size(); i > end; --i) {
    if (batches[i - 1].coordinator_records == nullptr) {
      continue;
    }
    for (const CoordinatorRecord& record : *batches[i - 1].coordinator_records) {
      if (record.kind != CoordinatorRecordKind::kTransaction || record.transaction.transactional_id != id) {
        continue;
      }
      // Behind the decision there may be its completion already.
      const TransactionState logged = record.transaction.state;
      if (logged == state) {
        return true;
      }
      if (logged != TransactionState::CompleteCommit && logged != TransactionState::CompleteAbort) {
        return false;
      }
    }
  }
  return end > 0;
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
