#include <fmt/format.h>

#include <algorithm>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

/// The batch with which a leader opened a transaction in its log; nullptr: the note tells something else.
const RecordBatch* opening_batch(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended) {
    return nullptr;
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  if (batch == nullptr || !batch->is_transactional || batch->is_control || batch->records == nullptr ||
      batch->records->empty()) {
    return nullptr;
  }
  const ProducerStateEntry* entry = log->producers().producers().get(batch->producer_id);
  return entry != nullptr && entry->current_txn_first_offset == batch->base_offset ? batch : nullptr;
}

/// Whose transaction it is. Of offsets only the producer id is known: that of the id whose coordinator names it.
TransactionalId transactional_id_of(const CheckContext& c, const RecordBatch& batch) {
  if (batch.coordinator_records == nullptr) {
    return c.registry().producer(batch.records->front().producer).transactional_id;
  }
  for (std::size_t i = 0; i < c.registry().transactional_ids.size(); ++i) {
    const TransactionalId id(static_cast<std::int32_t>(i));
    const PartitionLog* log = leader_log(c, transaction_state_partition(c.registry(), id));
    const TransactionRecord* known =
        log == nullptr ? nullptr : newest_transaction_record(*log, id, [](TransactionState) { return true; });
    if (known != nullptr && known->producer_id == batch.producer_id) {
      return id;
    }
  }
  return TransactionalId{};
}

/// Whether the coordinator will write a marker into the partition.
bool will_be_ended(const TransactionRecord& known, const RecordBatch& batch, TopicPartition partition) {
  const bool is_open = known.state == TransactionState::Ongoing || known.state == TransactionState::PrepareCommit ||
                       known.state == TransactionState::PrepareAbort;
  return is_open && known.producer_id == batch.producer_id &&
         std::binary_search(known.partitions.begin(), known.partitions.end(), partition);
}

}  // namespace

/// A transaction that begins in a log is open at its coordinator too, with this partition: else no marker will ever end it,
/// and read_committed consumers stop there for good.
Finding check_no_hanging_transaction(const CheckContext& c) {
  const RecordBatch* batch = opening_batch(c);
  if (batch == nullptr) {
    return Finding::not_asked();
  }
  const TransactionalId id = transactional_id_of(c, *batch);
  if (!id.is_valid()) {
    return Finding::not_asked();
  }
  const TopicPartition coordinated = transaction_state_partition(c.registry(), id);
  const PartitionLog* state_log = leader_log(c, coordinated);
  const TransactionRecord* known =
      state_log == nullptr ? nullptr : newest_transaction_record(*state_log, id, [](TransactionState) { return true; });
  if (known == nullptr) {
    return Finding::not_asked();  // nobody coordinates just now
  }
  if (will_be_ended(*known, *batch, c.note.partition)) {
    return Finding::fine();
  }
  std::string detail = fmt::format(
      "{} at offset {} begins a transaction of {} that its coordinator, in state {}, will not end there", c.partition(),
      batch->base_offset.value, c.registry().transactional_id_text(id), transaction_state_name(known->state));
  const PartitionWatch* state = c.watch.find(coordinated);
  return state != nullptr && state->may_have_lost() ? Finding::permitted(std::move(detail))
                                                    : c.unless_lost(std::move(detail));
}

}  // namespace kscope::sim
