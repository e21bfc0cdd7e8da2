#pragma once
// The one timer of a purgatory: it fires at the earliest deadline that was known when it was armed. Requests answered
// meanwhile leave it armed; when it fires it is armed anew for the earliest deadline that is left.

#include <algorithm>

#include "sim/broker/purgatory.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// A request with this deadline was added.
template <class Delayed>
void arm_purgatory_timer(Ctx& ctx, Purgatory<Delayed>& purgatory, TimerKind kind, LocalTime deadline) {
  if (ctx.is_armed(purgatory.timer) && purgatory.timer_deadline <= deadline) {
    return;
  }
  ctx.cancel(purgatory.timer);
  purgatory.timer = ctx.after(std::max(deadline - ctx.now(), Duration(0)), Timer{kind});
  purgatory.timer_deadline = deadline;
}

/// The timer fired, and what had expired is gone.
template <class Delayed>
void rearm_purgatory_timer(Ctx& ctx, Purgatory<Delayed>& purgatory, TimerKind kind) {
  if (const std::optional<LocalTime> next = purgatory.next_deadline(); next.has_value()) {
    arm_purgatory_timer(ctx, purgatory, kind, *next);
  }
}

}  // namespace kscope::sim
