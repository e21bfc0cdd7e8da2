#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

Finding check_no_double_ownership(const CheckContext& c) {
  const bool is_by_hand = c.note.a < 0;  // that is nobody's business but the application's
  if (c.note.kind != NoteKind::kPartitionAssigned || is_by_hand) {
    return Finding::not_asked();
  }
  const GroupWatch& group = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value));
  const auto owner = group.owners.find(c.note.partition);
  const auto generation = group.owner_generation.find(c.note.partition);
  if (owner == group.owners.end() || owner->second == c.event.node || generation == group.owner_generation.end() ||
      generation->second != c.note.a || !c.world.process(owner->second).is_up) {
    return Finding::fine();
  }
  std::string detail = fmt::format("{}: {} and {} both own it in generation {}", c.partition(),
                                   c.node_name(owner->second), c.node_name(c.event.node), c.note.a);
  return c.watch.may_have_lost_groups() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
