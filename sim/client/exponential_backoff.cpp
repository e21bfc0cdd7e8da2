#include "sim/client/exponential_backoff.h"

#include "engine/core/check.h"

#include <algorithm>

namespace kscope::sim {
namespace {

// Chance moves a wait in steps of a hundredth of a percent: fine enough not to be seen, few enough to be recorded.
constexpr std::int32_t kStepsPerPercent = 100;

}  // namespace

Duration ExponentialBackoff::without_jitter(std::int64_t attempts) const {
  KSCOPE_CHECK(attempts >= 0, "a backoff counts the failures so far");
  KSCOPE_CHECK(multiplier >= 1, "a wait that shrinks with failures is no backoff");
  Duration wait = std::min(initial, max);
  for (std::int64_t i = 0; i < attempts && wait < max && wait > Duration(0) && multiplier > 1; ++i) {
    wait = wait > max / multiplier ? max : wait * multiplier;
  }
  return wait;
}

Duration ExponentialBackoff::wait(std::int64_t attempts, const DrawBelow& draw) const {
  const Duration middle = without_jitter(attempts);
  if (jitter_percent <= 0 || initial >= max) {
    return middle;
  }
  const std::int32_t whole = 100 * kStepsPerPercent;
  const std::int32_t reach = jitter_percent * kStepsPerPercent;
  const std::int64_t factor = whole - reach + draw(2 * reach + 1);
  // Divided first: waits are far longer than the ten thousand nanoseconds that rounding could cost.
  return std::min(middle / whole * factor, max);
}

}  // namespace kscope::sim
