#include "sim/client/client_backoff.h"

#include "sim/client/exponential_backoff.h"

namespace kscope::sim {

Duration client_backoff(Ctx& ctx, BackoffRange range, std::int32_t failures) {
  ExponentialBackoff backoff;
  backoff.initial = range.initial;
  backoff.max = range.max;
  return backoff.wait(failures, [&ctx, failures](std::int32_t bound) {
    return static_cast<std::int32_t>(ctx.chooser().choose(
        ChoiceKind::client, client_label(ClientChoice::kBackoffJitter, failures), static_cast<std::uint32_t>(bound)));
  });
}

}  // namespace kscope::sim
