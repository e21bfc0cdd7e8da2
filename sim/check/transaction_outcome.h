#pragma once
// How the transaction of a record ended, read off the markers in a log: what invariants hold consumers, coordinators and
// the word given to applications to.

#include <optional>
#include <vector>

#include "sim/check/invariant.h"
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

/// What the present leader of the id's partition of __transaction_state wrote last about it; nullptr if it wrote nothing
/// lately or there is no leader.
const TransactionRecord* last_transaction_record(const CheckContext& c, TransactionalId id);
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
