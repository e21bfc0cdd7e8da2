#pragma once
// Runs of a scenario with a planted bug, and what the invariants said of them.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/invariant.h"
#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/session/run.h"
#include "source_dir_generated.h"

namespace kscope::sim {

// A minute in which nothing happens: three brokers, and a fourth that is the controller.
inline constexpr const char* kQuiet = R"(
title = "quiet"
seed = 1
until = "60s"
[zookeeper]
servers = 1
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 6000
auto.leader.rebalance.enable = false
[[broker]]
id = 4
[[broker]]
id = 1
start = "2s"
[[broker]]
id = 2
start = "2s"
[[broker]]
id = 3
start = "2s"
[[topic]]
name = "orders"
partitions = 1
replication.factor = 3
assignment = [[2, 1, 3]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "0/s", key = "none" }
config = { acks = 1 }
)";

inline std::string with_acts(std::string text, const std::vector<std::pair<std::string, std::string>>& acts) {
  for (const auto& [time, act] : acts) {
    text += "[[at]]\ntime = \"" + time + "\"\ndo = \"" + act + "\"\n";
  }
  return text;
}

inline session::Run run_scenario(const scenario::Scenario& scenario, PlantedBug bug) {
  Registry registry = scenario::make_registry(scenario);
  registry.planted_bug = bug;
  if (bug == PlantedBug::kAppendOldProducerEpoch || bug == PlantedBug::kPartitionNotAdded) {
    registry.rules.choose_old(Rule::kKip890Verification);  // which makes these two harmless
  }
  const auto inputs = scenario::make_inputs(scenario, registry);
  Watch watch(registry);
  World world(KafkaModel{}, std::move(registry), scenario::make_nodes(scenario), scenario::make_network(scenario),
              scenario.seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  session::Run run{std::move(world), std::move(watch), {}, true};
  while (run.step(SimTime(scenario.until))) {
  }
  return run;
}

inline session::Run run_text(const std::string& text, PlantedBug bug) {
  const auto parsed = scenario::parse(text, "planted.toml");
  KSCOPE_CHECK(parsed.has_value(), "the scenario of this test is valid");
  return run_scenario(*parsed, bug);
}

inline session::Run run_file(const std::string& name, PlantedBug bug) {
  const auto loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name + ".toml");
  KSCOPE_CHECK(loaded.has_value(), "the scenarios of the project are valid");
  return run_scenario(*loaded, bug);
}

inline InvariantState::Row row_of(const session::Run& run, std::string_view id) {
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    if (invariants()[i].id == id) {
      return run.invariants.rows[i];
    }
  }
  ADD_FAILURE() << "no invariant " << id;
  return {};
}
inline std::int64_t broken(const session::Run& run, std::string_view id) { return row_of(run, id).broken; }
inline std::int64_t permitted(const session::Run& run, std::string_view id) { return row_of(run, id).permitted; }

}  // namespace kscope::sim
