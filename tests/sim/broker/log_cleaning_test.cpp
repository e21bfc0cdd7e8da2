// The log cleaner in a whole cluster: the group coordinator that reads a compacted __consumer_offsets knows what it would
// know from the whole one.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/cluster.h"

namespace kscope::sim::log_cleaning_test {
namespace {

// The group commits often; the coordinator's broker dies when all is quiet, and another takes over.
constexpr const char* kCommits = R"toml(
title = "commits"
seed = 2
until = "70s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 2
offsets.topic.segment.bytes = 1000
log.cleaner.backoff.ms = 1000
zookeeper.session.timeout.ms = 6000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "orders"
partitions = 3
replication.factor = 2
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "uniform(20)", limit = 600 }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
commit = "after-processing"
processing.time = "1ms"
config = { auto.offset.reset = "earliest", session.timeout.ms = 30000 }
[[at]]
time = "45s"
do = "crash b1"
)toml";

struct Ended {
  std::map<std::int32_t, std::int64_t> committed;  ///< by partition, as the coordinator of b2 knows
  std::int32_t generation = -1;
  std::size_t members = 0;
  std::int64_t compacted = 0;
  std::int64_t log_bytes = 0;
};

class CountCompactions : public Observer {
 public:
  void on_event(const World&, const EventInfo<KafkaTypes>& event) override {
    for (const Note& note : event.notes) {
      count += note.kind == NoteKind::kLogCompacted && note.partition.topic == kOffsetsTopic ? 1 : 0;
    }
  }
  std::int64_t count = 0;
};

Ended end_of(const std::string& text) {
  const auto scenario = scenario::parse(text, "commits.toml");
  KSCOPE_CHECK(scenario.has_value(), "the scenario of this test is valid");
  Registry registry = scenario::make_registry(*scenario);
  const auto inputs = scenario::make_inputs(*scenario, registry);
  World world(KafkaModel{}, std::move(registry), scenario::make_nodes(*scenario), scenario::make_network(*scenario),
              scenario->seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  CountCompactions compactions;
  Observer* const observers[] = {&compactions};
  while (world.step(observers, SimTime(70s))) {
  }
  const NodeId second = world.registry().broker_nodes[1];
  Ended ended;
  ended.compacted = compactions.count;
  ended.log_bytes = world.durable(second).logs.find({kOffsetsTopic, 0})->log.size_bytes();
  for (const auto& [id, group] : std::get<Broker>(*world.role(second)).groups.groups) {
    ended.generation = group.generation.value;
    ended.members = group.members.size();
    for (const auto& [partition, offset] : group.offsets) {
      ended.committed[partition.partition] = offset.committed.offset.value;
    }
  }
  return ended;
}

TEST(LogCleaning, a_coordinator_that_reads_a_compacted_log_knows_what_it_would_know_from_the_whole) {
  const Ended compacted = end_of(kCommits);
  EXPECT_GT(compacted.compacted, 10);
  EXPECT_EQ(compacted.committed.size(), 3u);
  const Ended never = end_of([] {
    std::string text = kCommits;
    text.replace(text.find("log.cleaner.backoff.ms = 1000"), 29, "log.cleaner.enable = false");
    return text;
  }());
  EXPECT_EQ(never.compacted, 0);
  EXPECT_GT(never.log_bytes, 4 * compacted.log_bytes);
  EXPECT_EQ(compacted.committed, never.committed);
  EXPECT_EQ(compacted.generation, never.generation);
  EXPECT_EQ(compacted.members, never.members);
  EXPECT_EQ(compacted.members, 2u);
}

}  // namespace
}  // namespace kscope::sim::log_cleaning_test
