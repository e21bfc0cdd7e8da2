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

// Three controllers, snapshots often, a topic with a setting of its own, a producer that asks for ids.
inline constexpr const char* kQuorum = R"toml(
title = "quorum"
kafka.version = "3.9"
metadata = "kraft"
seed = 1
until = "25s"
[kraft]
controllers = 3
[defaults.broker]
offsets.topic.num.partitions = 1
metadata.log.max.record.bytes.between.snapshots = 1000
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
config = { min.insync.replicas = 2 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s", key = "none" }
)toml";

/// A controller fails and comes back, a broker too.
inline session::Run run_quorum(PlantedBug bug) {
  return run_text(
      with_acts(kQuorum, {{"10s", "crash c1"}, {"12s", "crash b3"}, {"15s", "restart c1"}, {"16s", "restart b3"}}),
      bug);
}

/// No two controllers hear each other.
inline session::Run run_quorum_apart(PlantedBug bug) {
  return run_text(with_acts(kQuorum, {{"10s", "cut c1 c2"}, {"10s", "cut c1 c3"}, {"10s", "cut c2 c3"}}), bug);
}

/// All controllers lose their power while their disks still write what they were told last; no broker is left that knows it.
inline session::Run run_quorum_without_power(PlantedBug bug) {
  std::vector<std::pair<std::string, std::string>> acts;
  const auto each = [&acts](const std::string& time, const std::string& act, char kind, const std::string& more = "") {
    for (const char* number : {"1", "2", "3"}) {
      acts.emplace_back(time, act + " " + kind + number + more);
    }
  };
  each("10s", "disk-slow", 'c', " 1000");
  acts.emplace_back("12s", "create-topic news 1 1");
  each("12500ms", "power-loss", 'c');
  each("12500ms", "crash", 'b');
  each("13s", "restart", 'c');
  return run_text(with_acts(kQuorum, acts), bug);
}

}  // namespace kscope::sim
