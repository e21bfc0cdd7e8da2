#pragma once
// How long a client waits before it tries again, and the labels of everything that a client leaves to chance.
// Kafka: org.apache.kafka.common.utils.ExponentialBackoff (3.9): doubling, with a jitter of 20 %, never above the maximum.

#include <cstdint>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// What a client's decision is about (Label::what).
enum class ClientChoice : std::int32_t {
  kBackoffJitter,    ///< a = attempts so far
  kLeastLoaded,      ///< which of the brokers is asked first
  kStickyPartition,  ///< a = topic: where records without a key go next
  kKey,              ///< which key the next record has
  kGap,              ///< how long until the next record
};
constexpr Label client_label(ClientChoice what, std::int64_t a = 0, std::int64_t b = 0) {
  return Label{static_cast<std::int32_t>(what), a, b};
}

/// Shortest and longest wait: retry.backoff.ms and retry.backoff.max.ms, or the reconnect ones.
struct BackoffRange {
  Duration initial{0};
  Duration max{0};
};

/// The wait before the next try. `failures` >= 0 counts the tries that failed before the last one. Draws one choice.
Duration client_backoff(Ctx& ctx, BackoffRange range, std::int32_t failures);

}  // namespace kscope::sim
