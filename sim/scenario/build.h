#pragma once
// Build: from a scenario to what the kernel wants: a registry with typed configs, the nodes with disk speed and start
// time, the network, and the script as events. Node, topic and group ids are those of names_of(scenario).
// Topics are made as people make them: the admin client gets one create-topic command each at time 0, before any other
// input, and sends CreateTopics to the controller as soon as there is one.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"
#include "engine/disk/disk.h"
#include "sim/scenario/action.h"
#include "sim/scenario/scenario.h"
#include "sim/world/vocabulary.h"

namespace kscope::scenario {

/// One process and its machine.
struct NodePlan {
  DiskSpeed disk;
  Duration starts_at{0};  ///< Duration::max() = only by command
};

/// One input of the script.
struct ScheduledInput {
  SimTime time;
  Input input;
  std::string text;       ///< the script line: "crash b1"
  bool is_setup = false;  ///< creates a topic of the scenario: no line of the script that people see
};

/// Names and typed configs. Requires a scenario that came out of `parse`, or one that `validate` accepts.
[[nodiscard]] sim::Registry make_registry(const Scenario& scenario);
/// By NodeId.
[[nodiscard]] std::vector<NodePlan> make_nodes(const Scenario& scenario);
/// The script by time; equal times keep their order.
[[nodiscard]] std::vector<ScheduledInput> make_inputs(const Scenario& scenario, const sim::Registry& registry);

/// Every mistake in a scenario, however it was made: unknown names, counts out of range, configs that Kafka refuses,
/// conditions that do not parse. Lines are those of the entries.
[[nodiscard]] std::vector<Problem> validate(const Scenario& scenario);

}  // namespace kscope::scenario
