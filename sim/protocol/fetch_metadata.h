#pragma once
// FetchMetadata: which fetch session a request belongs to, and which request of it this is (KIP-227). The epoch counts the
// requests of a session from 1; 0 and -1 make a full fetch. Pure values.
// Source: FetchMetadata, Kafka 3.9.

#include <cstdint>

#include "engine/core/fields.h"
#include "engine/core/strong.h"

namespace kscope::sim {

using FetchSessionId = Id<struct FetchSessionTag, std::int32_t>;
using FetchSessionEpoch = Ordinal<struct FetchSessionEpochTag, std::int32_t>;

inline constexpr FetchSessionId kInvalidSessionId{0};      ///< no session
inline constexpr FetchSessionEpoch kInitialFetchEpoch{0};  ///< a full fetch that asks for a session
inline constexpr FetchSessionEpoch kFinalFetchEpoch{-1};   ///< a full fetch that wants none, or ends one

/// The epoch that follows: 1 after 0, 1 again after the largest; the final one stays.
[[nodiscard]] constexpr FetchSessionEpoch next_epoch(FetchSessionEpoch epoch) {
  if (epoch < kInitialFetchEpoch) {
    return kFinalFetchEpoch;
  }
  return epoch.value == INT32_MAX ? FetchSessionEpoch(1) : epoch + 1;
}

struct FetchMetadata {
  FetchSessionId session_id = kInvalidSessionId;
  FetchSessionEpoch epoch = kFinalFetchEpoch;

  /// Whether the request names all partitions that it is about.
  [[nodiscard]] constexpr bool is_full() const { return epoch == kInitialFetchEpoch || epoch == kFinalFetchEpoch; }
  /// The next incremental request of the same session.
  [[nodiscard]] constexpr FetchMetadata next_incremental() const { return {session_id, next_epoch(epoch)}; }
  /// Ends the session.
  [[nodiscard]] constexpr FetchMetadata next_close_existing() const { return {session_id, kFinalFetchEpoch}; }
  /// Ends the session and asks for another one.
  [[nodiscard]] constexpr FetchMetadata next_close_existing_attempt_new() const {
    return {session_id, kInitialFetchEpoch};
  }
  KSCOPE_FIELDS(FetchMetadata, session_id, epoch);
};

/// The first request to a broker: no session yet, but one is wanted.
inline constexpr FetchMetadata kInitialFetchMetadata{kInvalidSessionId, kInitialFetchEpoch};
/// The first incremental request of a session that a broker has just opened.
[[nodiscard]] constexpr FetchMetadata first_incremental(FetchSessionId session_id) {
  return {session_id, next_epoch(kInitialFetchEpoch)};
}

}  // namespace kscope::sim
