#pragma once
// What the invariants on idempotent producers look at: the batch that a leader just appended, and the one before it that the
// same producer wrote. Read from the log itself, never from its producer state, so that they judge that state too.

#include "sim/check/invariant.h"

namespace kscope::sim {

/// Two batches of one producer that follow each other in a log.
struct ProducerBatches {
  const RecordBatch* appended = nullptr;          ///< nullptr: the note is not about a batch of an idempotent producer
  const RecordBatch* before = nullptr;            ///< with records; nullptr: the log has none before it
  ProducerEpoch epoch_before = kNoProducerEpoch;  ///< of the last batch before it, also if that is a marker
  bool is_search_complete = false;                ///< else `before` may lie further back than the search went
};

/// For a note kBatchAppended. Cost: O(batches of others in between), at most a few thousand.
ProducerBatches producer_batches(const CheckContext& c);

/// "orders-0 at offset 17: producer 3, epoch 0, sequences 4 to 6".
std::string describe_batch(const CheckContext& c, const RecordBatch& batch);

}  // namespace kscope::sim
