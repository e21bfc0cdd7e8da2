#pragma once
// AbortedTransaction: where in a log an aborted transaction lies. A read_committed consumer is told of those that its
// records may belong to, and leaves them out. Source: AbortedTxn, FetchResponseData.AbortedTransaction, Kafka 3.9.

#include "engine/core/fields.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

struct AbortedTransaction {
  ProducerId producer_id;
  Offset first_offset;
  Offset last_offset;         ///< of the marker
  Offset last_stable_offset;  ///< as it was once this transaction had ended: no earlier one is open before it
  KSCOPE_FIELDS(AbortedTransaction, producer_id, first_offset, last_offset, last_stable_offset);
};

}  // namespace kscope::sim
