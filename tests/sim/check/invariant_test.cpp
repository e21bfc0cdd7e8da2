// Every invariant sees: a run through a rough minute breaks none of them, and with its planted bug each is broken.
#include "sim/check/invariant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/session/run.h"

namespace kscope::sim {
namespace {

// Crashes, cuts, a pause, elections and a rebalance, arranged so that each planted bug gets its chance to do harm.
constexpr const char* kRoughMinute = R"(
title = "a rough minute"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1
until = "85s"
[zookeeper]
servers = 1
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 2000
replica.fetch.max.bytes = 1000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
config = { min.insync.replicas = 2 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "300/s", key = "none" }
config = { acks = "all", request.timeout.ms = 3000, max.in.flight.requests.per.connection = 1, enable.idempotence = false }
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "100/s", key = "none" }
config = { request.timeout.ms = 3000, delivery.timeout.ms = 6000 }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
config = { session.timeout.ms = 6000, heartbeat.interval.ms = 1000 }
[[at]]
time = "6s"
do = "delay b1 till 40ms"
[[at]]
time = "9s"
do = "disk-fail b1"
[[at]]
time = "9050ms"
do = "disk-ok b1"
[[at]]
time = "10s"
do = "cut b1 b3"
[[at]]
time = "16s"
do = "heal b1 b3"
[[at]]
time = "20s"
do = "crash b1"
[[at]]
time = "26s"
do = "restart b1"
[[at]]
time = "28s"
do = "cut b1 b2"
[[at]]
time = "28s"
do = "cut b1 b3"
[[at]]
time = "32s"
do = "crash b2"
[[at]]
time = "36s"
do = "heal b1 b2"
[[at]]
time = "36s"
do = "heal b1 b3"
[[at]]
time = "37s"
do = "restart b2"
[[at]]
time = "40s"
do = "crash billing-2"
[[at]]
time = "44s"
do = "elect-preferred"
[[at]]
time = "47s"
do = "pause b3 7s"
[[at]]
time = "56s"
do = "crash b2"
[[at]]
time = "57s"
do = "crash b3"
[[at]]
time = "68s"
do = "restart b2"
[[at]]
time = "70s"
do = "restart b3"
[[at]]
time = "76s"
do = "expire-session b1"
)";

// Logs that are compacted and deleted all the time: small segments, tombstones, a slow consumer that retention overtakes, a
// follower that is cut off for a while, a record whose key never comes again.
constexpr const char* kTidyMinutes = R"toml(
title = "tidy minutes"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1
until = "85s"
[zookeeper]
servers = 1
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 20000
auto.leader.rebalance.enable = false
log.cleaner.backoff.ms = 1000
log.retention.check.interval.ms = 1000
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "prices"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
config = { cleanup.policy = "compact", segment.bytes = 3000, min.cleanable.dirty.ratio = "0.1", delete.retention.ms = 5000 }
[[topic]]
name = "orders"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
config = { segment.bytes = 3000, retention.bytes = 6000 }
[[producer]]
name = "market"
topic = "prices"
workload = { rate = "20/s", key = "uniform(9)", tombstone.every = 5 }
config = { acks = "1" }
[[producer]]
name = "bourse"
topic = "prices"
workload = { rate = "5/s", key = "uniform(9)", limit = 40 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
processing.time = "80ms"
config = { auto.offset.reset = "earliest", max.poll.records = 3, max.partition.fetch.bytes = 600 }
[[at]]
time = "40s"
do = "cut b1 b2"
[[at]]
time = "42s"
do = "heal b1 b2"
[[at]]
time = "50s"
do = "rate market 0"
)toml";

bool is_about_tidying(PlantedBug bug) {
  return std::any_of(kPlantedBugs.begin(), kPlantedBugs.end(),
                     [&](const PlantedBugName& name) { return name.bug == bug && name.invariant.front() == 'K'; });
}

session::Run run_with(PlantedBug bug, const std::string& more = "", bool is_tidy = false) {
  const char* text = is_tidy || is_about_tidying(bug) ? kTidyMinutes : kRoughMinute;
  const auto parsed = scenario::parse(text + more, "rough_minute.toml");
  KSCOPE_CHECK(parsed.has_value(), "the scenario of this test is valid");
  const scenario::Scenario& scenario = parsed.value();
  Registry registry = scenario::make_registry(scenario);
  registry.planted_bug = bug;
  const auto inputs = scenario::make_inputs(scenario, registry);
  Watch watch(registry);
  World world(KafkaModel{}, std::move(registry), scenario::make_nodes(scenario), scenario::make_network(scenario), 1);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  session::Run run{std::move(world), std::move(watch), {}, true};
  while (run.step(SimTime(Duration(85s)))) {
  }
  return run;
}

InvariantState::Row row_of(const session::Run& run, std::string_view id) {
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    if (invariants()[i].id == id) {
      return run.invariants.rows[i];
    }
  }
  ADD_FAILURE() << "no invariant " << id;
  return {};
}
std::int64_t broken(const session::Run& run, std::string_view id) { return row_of(run, id).broken; }
std::int64_t permitted(const session::Run& run, std::string_view id) { return row_of(run, id).permitted; }

TEST(Invariants, hold_through_a_rough_minute) {
  const session::Run run = run_with(PlantedBug::kNone);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
}

TEST(Invariants, hold_while_logs_are_compacted_and_deleted) {
  const session::Run run = run_with(PlantedBug::kNone, "", true);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
    if (invariants()[i].id.front() == 'K') {
      EXPECT_GT(run.invariants.rows[i].checked, 10) << invariants()[i].id << " was never asked";
    }
  }
}

/// Power goes and comes back on one machine, early in the minute.
std::string power_cut(const std::string& node) {
  return "[[at]]\ntime = \"8s\"\ndo = \"power-loss " + node + "\"\n[[at]]\ntime = \"9s\"\ndo = \"restart " + node +
         "\"\n";
}

TEST(Invariants, a_power_loss_of_another_machine_than_a_broker_excuses_nothing) {
  for (const char* node : {"shop", "billing-1"}) {
    EXPECT_GT(broken(run_with(PlantedBug::kAckBeforeReplication, power_cut(node)), "P1"), 0) << node;
  }
}

TEST(Invariants, records_that_a_broker_had_not_flushed_are_an_excuse) {
  const session::Run run = run_with(PlantedBug::kAckBeforeReplication, power_cut("b1"));
  EXPECT_EQ(broken(run, "P1"), 0);
  EXPECT_GT(permitted(run, "P1"), 0);
}

class PlantedBugs : public ::testing::TestWithParam<PlantedBugName> {};

TEST_P(PlantedBugs, are_caught_by_their_invariant) {
  const std::string more = GetParam().bug == PlantedBug::kRecoveryTrustsChecksums ? power_cut("b1") : "";
  EXPECT_GT(broken(run_with(GetParam().bug, more), GetParam().invariant), 0) << GetParam().name;
}

std::string test_name(const ::testing::TestParamInfo<PlantedBugName>& info) {
  std::string name(info.param.name);
  for (char& c : name) {
    c = c == '-' ? '_' : c;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBugs, ::testing::ValuesIn(kPlantedBugs), test_name);

}  // namespace
}  // namespace kscope::sim
