#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

bool is_decision(TransactionState state) {
  return state == TransactionState::PrepareCommit || state == TransactionState::PrepareAbort;
}

/// The decision as the coordinator wrote it down before it began to tell the partitions.
const TransactionRecord* find_decision(const CheckContext& c, TransactionalId id) {
  const PartitionLog* log = c.log(c.event.node, transaction_state_partition(c.registry(), id));
  return log == nullptr ? nullptr : newest_transaction_record(*log, id, is_decision);
}

/// The marker of this producer and epoch, newest first. `is_search_complete` is false when the log is too long to say.
const RecordBatch* find_marker(const PartitionLog& log, const TransactionRecord& decision, bool& is_search_complete) {
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestTransactionSearch ? batches.size() - kLongestTransactionSearch : 0;
  is_search_complete = end == 0 && log.log_start_offset() == Offset(0);
  for (std::size_t i = batches.size(); i > end; --i) {
    const RecordBatch& batch = batches[i - 1];
    if (batch.is_control && batch.producer_id == decision.producer_id &&
        batch.producer_epoch == decision.producer_epoch) {
      return &batch;
    }
  }
  return nullptr;
}

}  // namespace

/// When a transaction is complete, every partition that it wrote to has the marker that was decided.
Finding check_every_partition_is_told(const CheckContext& c) {
  const auto state = static_cast<TransactionState>(c.note.b);
  const bool is_asked = c.note.kind == NoteKind::kTransactionState &&
                        (state == TransactionState::CompleteCommit || state == TransactionState::CompleteAbort);
  const TransactionRecord* decision =
      is_asked ? find_decision(c, TransactionalId(static_cast<std::int32_t>(c.note.a))) : nullptr;
  if (decision == nullptr) {
    return Finding::not_asked();
  }
  const ControlType decided = state == TransactionState::CompleteCommit ? ControlType::COMMIT : ControlType::ABORT;
  for (const TopicPartition partition : decision->partitions) {
    const PartitionLog* log = leader_log(c, partition);
    if (log == nullptr) {
      continue;
    }
    bool is_search_complete = false;
    const RecordBatch* marker = find_marker(*log, *decision, is_search_complete);
    if (marker == nullptr ? !is_search_complete : marker->control_type == decided) {
      continue;
    }
    std::string detail = fmt::format(
        "a transaction of {} is {}, but {} has {} marker of it",
        c.registry().transactional_id_text(TransactionalId(static_cast<std::int32_t>(c.note.a))),
        transaction_state_name(state), c.registry().partition_name(partition), marker == nullptr ? "no" : "the other");
    const PartitionWatch* p = c.watch.find(partition);
    return p != nullptr && p->may_have_lost() ? Finding::permitted(std::move(detail))
                                              : Finding::broken(std::move(detail));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
