#pragma once
// InternalAppend: what a coordinator of this broker wants appended to its internal topic, and how it is told the outcome.

#include <cstdint>
#include <vector>

#include "engine/core/time.h"
#include "sim/config/config_enums.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/protocol/coordinator_record.h"

namespace kscope::sim {

/// Whose on_appended() is called.
enum class AppendOwner : std::uint8_t { kGroups, kTransactions };

struct InternalAppend {
  TopicPartition partition;
  std::vector<CoordinatorRecord> records;  ///< one batch
  AppendOwner owner = AppendOwner::kGroups;
  AppendToken token;  ///< told back with the outcome
  Acks acks = Acks::ALL;
  Duration timeout{0};  ///< how long acks=all may take
};

}  // namespace kscope::sim
