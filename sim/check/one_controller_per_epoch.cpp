#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_one_controller_per_epoch(const CheckContext& c) {
  if (c.note.kind != NoteKind::kControllerElected) {
    return Finding::not_asked();
  }
  const ControllerEpoch epoch(static_cast<std::int32_t>(c.note.a));
  if (!c.watch.controllers.empty()) {
    const auto& [newest, who] = *(c.watch.controllers.end() - 1);
    if (epoch < newest || (epoch == newest && who != c.note.broker)) {
      return Finding::broken(
          fmt::format("broker {} becomes controller in epoch {}, but broker {} already was in epoch {}",
                      c.note.broker.value, epoch.value, who.value, newest.value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
