#pragma once
// A commit in the moment in which a coordinator takes it: its records are appended, and nothing else has happened since.

#include <vector>

#include "sim/check/group_records.h"

namespace kscope::sim {

/// The commit whose batch a coordinator appended, as a note kBatchAppended tells it; nullptr: the note tells something else,
/// or the commit is over already, since the coordinator waits for no other replica.
/// Cost: O(commits that wait for replication).
const PendingAppend* accepted_commit(const CheckContext& c);

}  // namespace kscope::sim
