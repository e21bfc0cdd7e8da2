#pragma once
// How the transaction of a record ended, read off the markers in a log: what invariants hold consumers, coordinators and
// the word given to applications to.

#include <optional>
#include <vector>

#include "sim/check/invariant.h"
#include "sim/protocol/coordinator_record.h"
#include "sim/types/control_type.h"

namespace kscope::sim {

/// The present leader's log of a partition, as the controller knows the leader; nullptr if there is none.
const PartitionLog* leader_log(const CheckContext& c, TopicPartition partition);

/// What the first marker of the producer behind `offset` says; nothing if there is none yet.
/// Cost: O(batches up to the marker).
std::optional<ControlType> outcome_after(const PartitionLog& log, ProducerId producer, Offset offset);

/// The marker that a leader appended, as a note kBatchAppended tells it; nullptr: the note tells something else.
const RecordBatch* appended_marker(const CheckContext& c);

/// Batches with records that a marker ends: those of its producer since the marker before, the latest first. Looks back over
/// a few thousand batches at most.
std::vector<const RecordBatch*> batches_ended_by(const PartitionLog& log, const RecordBatch& marker);

/// How many batches the searches below look back over at most.
inline constexpr std::size_t kLongestTransactionSearch = 4096;

/// The newest record about the id in a log of __transaction_state whose state `is_wanted`; nullptr: there is none within
/// kLongestTransactionSearch batches.
template <class IsWanted>
const TransactionRecord* newest_transaction_record(const PartitionLog& log, TransactionalId id, IsWanted is_wanted) {
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestTransactionSearch ? batches.size() - kLongestTransactionSearch : 0;
  for (std::size_t i = batches.size(); i > end; --i) {
    if (batches[i - 1].coordinator_records == nullptr) {
      continue;
    }
    const std::vector<CoordinatorRecord>& records = *batches[i - 1].coordinator_records;
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      if (record->kind == CoordinatorRecordKind::kTransaction && record->transaction.transactional_id == id &&
          is_wanted(record->transaction.state)) {
        return &record->transaction;
      }
    }
  }
  return nullptr;
}

/// The partition of __transaction_state that the id belongs to.
TopicPartition transaction_state_partition(const Registry& registry, TransactionalId id);

/// A record that was handed to an application that reads only what is committed.
struct CommittedRead {
  bool is_one = false;  ///< else the note is about something else, or the log does not have the record any more
  bool is_transactional = false;
  std::optional<ControlType> outcome;
};
CommittedRead committed_read(const CheckContext& c);

}  // namespace kscope::sim
