#pragma once
// Build: from a scenario to what the kernel wants: a registry with typed configs, the nodes with disk speed and start
// time, the network, and the script as events. Node, topic and group ids are those of names_of(scenario).
// The scenario's topics are in the registry from the start; the admin client creates them in the cluster. A topic that an
// action creates later is not: the command names it, and whoever applies the command to the registry adds it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"
#include "engine/net/network.h"
#include "engine/run/kernel.h"
#include "sim/scenario/action.h"
#include "sim/scenario/scenario.h"
#include "sim/world/vocabulary.h"

namespace kscope::scenario {

/// One input of the script.
struct ScheduledInput {
  SimTime time;
  Input input;
  std::string text;       ///< the script line: "crash b1"
  bool is_setup = false;  ///< creates a topic of the scenario: no line of the script that people see
};

/// Names and typed configs. Requires a scenario that came out of `parse`, or one that `validate` accepts.
[[nodiscard]] sim::Registry make_registry(const Scenario& scenario);
/// By NodeId. Spare members of groups start only by action.
[[nodiscard]] std::vector<NodeSetup> make_nodes(const Scenario& scenario);
[[nodiscard]] NetworkSetup make_network(const Scenario& scenario);
/// The script by time; equal times keep their order.
[[nodiscard]] std::vector<ScheduledInput> make_inputs(const Scenario& scenario, const sim::Registry& registry);
/// The registry as it will be when every topic of the script is created; the ids are those of names_of(scenario).
[[nodiscard]] sim::Registry with_created_topics(sim::Registry registry, const Scenario& scenario);

/// "" or the first count that exceeds its limit: everything else is only looked at when none does.
[[nodiscard]] std::string count_problem(const Scenario& scenario);
/// Every mistake in a scenario, however it was made: unknown names, counts out of range, configs that Kafka refuses,
/// conditions that do not parse. Lines are those of the entries.
[[nodiscard]] std::vector<Problem> validate(const Scenario& scenario);

}  // namespace kscope::scenario
