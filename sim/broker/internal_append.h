#pragma once
// InternalAppend: what a coordinator of this broker wants appended to its internal topic, and how it is told the outcome.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/time.h"
#include "sim/config/config_enums.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/protocol/coordinator_record.h"
#include "sim/types/verification_guard.h"

namespace kscope::sim {

/// Whose on_appended() is called.
enum class AppendOwner : std::uint8_t { kGroups, kTransactions };

/// The transaction that the records are part of. They have no sequences: a coordinator does not repeat itself.
struct TransactionalAppend {
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  VerificationGuard guard;  ///< what asking about the transaction gave
};

struct InternalAppend {
  TopicPartition partition;
  std::vector<CoordinatorRecord> records;  ///< one batch
  AppendOwner owner = AppendOwner::kGroups;
  AppendToken token;  ///< told back with the outcome
  Acks acks = Acks::ALL;
  Duration timeout{0};  ///< how long acks=all may take
  std::optional<TransactionalAppend> transaction{};
};

}  // namespace kscope::sim
