#pragma once
// Runs in KRaft mode in which the bugs of controllers and of the metadata log get their chance.

#include <string>

#include "tests/sim/check/planted_run.h"

namespace kscope::sim {

// Three brokers with ELR. b3 leaves the ISR, which stays full; b2 leaves it too and comes back.
inline constexpr const char* kEligible = R"toml(
title = "eligible"
kafka.version = "3.9"
kafka.rules = { kip-966 = "new" }
metadata = "kraft"
seed = 1
until = "50s"
[kraft]
controllers = 1
[defaults.broker]
offsets.topic.num.partitions = 1
replica.lag.time.max.ms = 2000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 1
replication.factor = 3
assignment = [[1, 2, 3]]
config = { min.insync.replicas = 2 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = 1 }
)toml";

inline session::Run run_eligible(PlantedBug bug) {
  return run_text(
      with_acts(kEligible, {{"15s", "cut b1 b3"}, {"25s", "cut b1 b2"}, {"30s", "heal b1 b2"}, {"40s", "heal b1 b3"}}),
      bug);
}

}  // namespace kscope::sim
