#pragma once
// How the transaction of a record ended, read off the markers in a log: what invariants hold consumers and coordinators to.

#include <optional>

#include "sim/check/invariant.h"
#include "sim/types/control_type.h"

namespace kscope::sim {

/// The present leader's log of a partition, as the controller knows the leader; nullptr if there is none.
const PartitionLog* leader_log(const CheckContext& c, TopicPartition partition);

/// What the first marker of the producer behind `offset` says; nothing if there is none yet.
/// Cost: O(batches up to the marker).
std::optional<ControlType> outcome_after(const PartitionLog& log, ProducerId producer, Offset offset);

/// A record that was handed to an application that reads only what is committed.
struct CommittedRead {
  bool is_one = false;  ///< else the note is about something else, or the log does not have the record any more
  bool is_transactional = false;
  std::optional<ControlType> outcome;
};
CommittedRead committed_read(const CheckContext& c);

}  // namespace kscope::sim
