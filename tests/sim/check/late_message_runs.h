#pragma once
// Runs in which a message arrives late, when what it says no longer holds.

#include <string>

#include "tests/sim/check/planted_run.h"

namespace kscope::sim {

// b3 follows b1 for another partition, too, so that its fetcher stays when somebody else leads orders.
inline constexpr const char* kOfOtherLeader = R"(
[[topic]]
name = "other"
partitions = 1
replication.factor = 2
assignment = [[1, 3]]
)";

// b1 leads. An answer with record 2 for b3 is held; meanwhile b2 leads, has record 0 only, and b3 cuts its log back.
// Then b1 leads again, and the answer arrives.
inline session::Run run_answer_held_back(PlantedBug bug) {
  return run_text(with_acts(std::string(kQuiet) + kOfOtherLeader, {{"10s", "shutdown b2"},
                                                                   {"12s", "restart b2"},
                                                                   {"17s", "produce shop"},
                                                                   {"18s", "cut b1 b2"},
                                                                   {"18100ms", "produce shop"},
                                                                   {"18200ms", "cut-one-way b1 b3"},
                                                                   {"18300ms", "produce shop"},
                                                                   {"19s", "elect-preferred"},
                                                                   {"20500ms", "shutdown b2"},
                                                                   {"22s", "heal b1 b3"},
                                                                   {"24s", "produce shop"}}),
                  bug);
}

// b3 is fenced at 22.87 s, and taken out of the ISR, while b1's request for an ISR with b3 and b2 is on its way; when it
// arrives b3 has its session back, and lacks what was committed meanwhile.
inline constexpr const char* kFencedMeanwhile = R"(
title = "fenced meanwhile"
metadata = "kraft"
seed = 1
until = "40s"
[kraft]
controllers = 1
[defaults.broker]
broker.heartbeat.interval.ms = 500
broker.session.timeout.ms = 3000
replica.lag.time.max.ms = 2000
offsets.topic.num.partitions = 1
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
assignment = [[1, 2, 3]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = 1 }
[[at]]
time = "10s"
do = "cut b1 b2"
[[at]]
time = "20s"
do = "cut b3 c1"
)";

inline session::Run run_fenced_meanwhile(PlantedBug bug) {
  return run_text(with_acts(kFencedMeanwhile, {{"22400ms", "cut b1 b3"},
                                               {"22820ms", "stall b1 c1 1600ms"},
                                               {"22842ms", "heal b1 b2"},
                                               {"22900ms", "heal b3 c1"}}),
                  bug);
}

}  // namespace kscope::sim
