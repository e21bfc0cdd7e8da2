#pragma once
// The chain of causes of an event, from the rows that a snapshot holds: every event names the event that caused it.

#include <cstdint>
#include <vector>

#include "sim/view/snapshot.h"

namespace kscope::ui {

struct WhyChain {
  std::vector<const view::EventRow*> steps;  ///< newest first; they live in the snapshot
  std::uint64_t goes_on_at = 0;              ///< cause of the last step that the snapshot does not hold; 0 = none
};

/// The event that a chain for the selection begins with: the selected event itself, else the last one in the history of
/// the selection that is not after the playhead; 0 if there is none.
std::uint64_t first_event_of(const view::Snapshot& snapshot);

/// At most `depth` steps.
WhyChain compute_why(const view::Snapshot& snapshot, std::uint64_t event, std::size_t depth);

}  // namespace kscope::ui
