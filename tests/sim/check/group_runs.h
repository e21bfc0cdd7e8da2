#pragma once
// Runs in which the planted bugs of groups get their chance.

#include <string>
#include <utility>
#include <vector>

#include "tests/sim/check/planted_run.h"

namespace kscope::sim {

// Commits twice a second.
inline constexpr const char* kFrequentCommits = R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
processing.time = "1ms"
config = { auto.offset.reset = "earliest", auto.commit.interval.ms = 500 }
)";

// More comes than the application can finish: records wait in the consumer's buffer.
inline constexpr const char* kSlowApplication = R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "80/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
processing.time = "20ms"
commit = "after-processing"
config = { auto.offset.reset = "earliest", max.poll.records = 5 }
)";

// Two static members that have always one record in hand, and a third one that comes later. They may take four seconds to
// join, and be silent for thirty.
inline constexpr const char* kShortRebalance = R"toml(
title = "short rebalances"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 5
until = "60s"
[defaults.broker]
offsets.topic.num.partitions = 1
group.initial.rebalance.delay.ms = 1000
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 6
replication.factor = 3
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "120/s", key = "round-robin(60)" }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
processing.time = "20ms"
commit = "after-processing"
config = { group.instance.id = "billing", partition.assignment.strategy = "range", auto.offset.reset = "earliest", session.timeout.ms = 30000, heartbeat.interval.ms = 1000, max.poll.interval.ms = 4000, max.poll.records = 1 }
)toml";

/// The broker that coordinates the group of a run whose __consumer_offsets has one partition: "b2".
inline std::string coordinator_name(const session::Run& run) {
  const PartitionWatch* offsets = run.watch.find(TopicPartition{kOffsetsTopic, 0});
  KSCOPE_CHECK(offsets != nullptr && offsets->leader.is_valid(), "the group of this test has a coordinator");
  return "b" + std::to_string(offsets->leader.value);
}

/// The coordinator goes on alone for three seconds, in which no follower has its commits, and dies. `config`: of all brokers.
inline session::Run run_commits_apart(PlantedBug bug, const std::string& config = "") {
  std::string text = std::string(kQuiet) + kFrequentCommits;
  text.insert(text.find("offsets.topic.num.partitions"), config);
  const std::string coordinator = coordinator_name(run_text(text, bug));
  std::vector<std::pair<std::string, std::string>> acts;
  for (const std::string other : {"b1", "b2", "b3", "b4"}) {
    if (other != coordinator) {
      acts.emplace_back("30s", "cut " + coordinator + " " + other);
      acts.emplace_back("33s", "heal " + coordinator + " " + other);
    }
  }
  acts.emplace_back("33s", "crash " + coordinator);
  return run_text(with_acts(text, acts), bug);
}

/// A member stands still while the others rebalance without it, and commits what it had in hand when it goes on.
inline session::Run run_late_commit(PlantedBug bug) {
  return run_text(
      with_acts(kShortRebalance, {{"25s", "pause billing-2"}, {"26s", "start billing-3"}, {"32s", "resume billing-2"}}),
      bug);
}

/// A run in which `chance` gets its chance; it is one of the group's own. `bug` is the one that is planted.
inline session::Run run_group_story(PlantedBug chance, PlantedBug bug) {
  switch (chance) {
    case PlantedBug::kAssignorMissesLast: return run_file("groups/eager-rebalance", bug);
    case PlantedBug::kEpochBeforeRevoked:
    case PlantedBug::kStableWhileUnreleased: return run_file("groups/consumer-protocol", bug);
    case PlantedBug::kTakeAnyCommit: return run_file("groups/zombie-commit", bug);
    case PlantedBug::kCommitAckedEarly: return run_commits_apart(bug);
    case PlantedBug::kLoadKeepsFirst: return run_file("groups/coordinator-lost-while-rebalancing", bug);
    case PlantedBug::kCommitFetched: return run_text(std::string(kQuiet) + kSlowApplication, bug);
    case PlantedBug::kExpireWhileRead: return run_file("history/offsets-expire-while-read", bug);
    case PlantedBug::kStaticMemberTwice: return run_file("groups/static-restart", bug);
    default: break;
  }
  KSCOPE_CHECK(chance == PlantedBug::kCommitOfOldGeneration, "this bug has no story of a group");
  return run_late_commit(bug);
}

}  // namespace kscope::sim
