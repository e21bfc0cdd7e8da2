#pragma once
// Why a consumer's position in a partition was set: field b of NoteKind::kPositionReset.

#include <cstdint>

namespace kscope::sim {

enum class PositionReason : std::int64_t {
  kEarliest,         ///< auto.offset.reset
  kLatest,           ///< auto.offset.reset
  kCommitted,        ///< the group's committed offset
  kTruncated,        ///< the leader's log parts from what was read
  kSought,           ///< the application called seek()
  kSoughtBeginning,  ///< the application called seekToBeginning()
  kSoughtEnd,        ///< the application called seekToEnd()
};

}  // namespace kscope::sim
