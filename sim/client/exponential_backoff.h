#pragma once
// How long a client waits before it tries again: each failure doubles the wait up to a maximum, and chance spreads it so
// that clients that failed together do not come back together (KIP-144, KIP-580).
// Used for retry.backoff.ms and reconnect.backoff.ms. Models ExponentialBackoff of Kafka 3.9.

#include "engine/core/time.h"
#include "sim/types/draw_below.h"

#include <cstdint>

namespace kscope::sim {

struct ExponentialBackoff {
  Duration initial = 100ms;
  std::int64_t multiplier = 2;
  Duration max = 1000ms;
  /// How far chance moves a wait, up and down, in hundredths of it.
  std::int32_t jitter_percent = 20;

  /// The wait after `attempts` failures (0: the first wait), without chance: initial x multiplier^attempts, at most `max`.
  /// MODEL: Kafka computes this in floating point and so ends 1 ms below some maxima; here the maximum is reached.
  /// Cost: O(attempts until the maximum).
  [[nodiscard]] Duration without_jitter(std::int64_t attempts) const;

  /// The same, moved by chance and again at most `max`. Draws once, 0 being the shortest wait; not at all when
  /// `jitter_percent` is 0 or the initial wait is already the maximum, as in Kafka.
  [[nodiscard]] Duration wait(std::int64_t attempts, const DrawBelow& draw) const;
};

}  // namespace kscope::sim
