#pragma once
// FetchContext: how a fetch stands to its session while it is served or waits in purgatory. Table: fetch_manager.h.
// Source: FetchContext and what extends it, Kafka 3.9.

#include <cstdint>

#include "sim/protocol/fetch_metadata.h"
#include "sim/types/error_code.h"

namespace kscope::sim {

enum class FetchContextKind : std::uint8_t { kSessionError, kSessionless, kFull, kIncremental };

/// What a fetch is, from its arrival to its answer.
struct FetchContext {
  FetchContextKind kind = FetchContextKind::kSessionless;
  ErrorCode error = ErrorCode::NONE;  ///< kSessionError: what the answer is
  FetchMetadata metadata;             ///< of the request
};

}  // namespace kscope::sim
