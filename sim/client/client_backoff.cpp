#include "sim/client/client_backoff.h"

#include <algorithm>

namespace kscope::sim {

Duration client_backoff(Ctx& ctx, BackoffRange range, std::int32_t failures) {
  if (range.initial >= range.max) {
    return range.max;  // constant: without jitter, as in Kafka
  }
  Duration term = range.initial;
  for (std::int32_t i = 0; i < failures && term < range.max; ++i) {
    term *= 2;
  }
  term = std::min(term, range.max);
  const Duration lowest = term / 5 * 4;
  const Duration jitter = ctx.chooser().spread(
      ChoiceKind::client, client_label(ClientChoice::kBackoffJitter, failures), term / 5 * 2);
  return std::min(lowest + jitter, range.max);
}

}  // namespace kscope::sim
