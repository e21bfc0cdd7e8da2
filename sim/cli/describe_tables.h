#pragma once
// The cluster as Kafka's own tools print it: kafka-topics.sh --describe, kafka-consumer-groups.sh --describe with its
// variants --members and --state (Kafka 3.9). Columns and spacing are theirs; there are no topic ids and no hosts here, so
// that column is left out and a consumer's host is its name.

#include <string>

#include "sim/scenario/scenario.h"
#include "sim/view/snapshot.h"

namespace kscope::cli {

/// `scenario` gives the configs that the topics set themselves.
[[nodiscard]] std::string topics_table(const view::Snapshot& snapshot, const scenario::Scenario& scenario);
[[nodiscard]] std::string group_offsets_table(const view::Snapshot& snapshot, const view::Group& group);
[[nodiscard]] std::string group_members_table(const view::Group& group);
[[nodiscard]] std::string group_state_table(const view::Group& group);

}  // namespace kscope::cli
