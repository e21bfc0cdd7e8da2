#pragma once
// The two algorithms of the sticky assignors. Both give nothing where Kafka's would throw, which takes claims to
// partitions that do not exist, or a former owner that no longer takes part in the balancing.
// Models ConstrainedAssignmentBuilder and GeneralAssignmentBuilder in AbstractStickyAssignor of Kafka 3.9.

#include "sim/coordinator/group/assignor_sticky.h"
#include "sim/coordinator/group/assignor_sticky_racks.h"

#include <optional>

namespace kscope::sim {

/// For equal subscriptions: members keep what they owned up to their quota, then the others are filled in turn.
/// Cost: O(partitions x log partitions + members^2), with racks O(partitions x members).
[[nodiscard]] std::optional<StickyAssignment> assign_constrained(const StickyGroup& group, const StickyRacks& racks);

/// For any subscriptions: members keep what they owned, the rest goes to the members with the fewest, then partitions
/// move from members with more to members with fewer while that improves the balance.
/// Cost: about O(partitions x members) for each of a few passes.
[[nodiscard]] std::optional<StickyAssignment> assign_general(const StickyGroup& group, const StickyRacks& racks);

}  // namespace kscope::sim
