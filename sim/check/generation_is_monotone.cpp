#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_generation_is_monotone(const CheckContext& c) {
  if (c.note.kind != NoteKind::kGenerationAssigned) {
    return Finding::not_asked();
  }
  const GroupWatch& group = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value));
  if (c.note.a > group.generation) {
    return Finding::fine();
  }
  std::string detail = fmt::format("group {}: generation {} follows generation {}",
                                   c.registry().groups.at(static_cast<std::size_t>(c.note.group.value)).name, c.note.a,
                                   group.generation);
  return c.watch.may_have_lost_groups() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
