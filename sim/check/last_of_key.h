#pragma once
// The last record of each key below an offset, as the leaders of a partition wrote it: what compaction has to keep. Made
// of what the watch remembers of appends, so it owes nothing to the log that was compacted.

#include <map>
#include <string>

#include "sim/check/invariant.h"

namespace kscope::sim {

struct LastOfKey {
  Offset offset;
  Record record;
};

/// By key, for the note's partition, offsets in [from, upto). Records of transactions count for nothing here, and keys
/// that a transaction wrote to later are left out: whether that was committed is another invariant's business.
/// Cost O(records ever appended).
[[nodiscard]] std::map<std::string, LastOfKey> last_of_keys(const CheckContext& c, Offset from, Offset upto);

/// The record at `offset` in the log, or nullptr when it is not there (any more).
[[nodiscard]] const Record* record_at(const PartitionLog& log, Offset offset);

}  // namespace kscope::sim
