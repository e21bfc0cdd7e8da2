// Three brokers, a ZooKeeper ensemble and a producer in one world, with the invariants watching: topics are created,
// replicated, survive crashes, shrink and expand their ISR.
#include <gtest/gtest.h>

#include <string>

#include "sim/broker/broker.h"
#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/session/run.h"
#include "sim/world/cluster.h"

namespace kscope::sim::replication_world_test {
namespace {

constexpr TopicPartition kOrders0{TopicId(1), 0};

std::string scenario_text(const std::string& script) {
  return R"(
title = "three brokers"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1

[zookeeper]
servers = 1
config = { tickTime = 1000 }

[defaults.broker]
offsets.topic.num.partitions = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 5000
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
workload = { rate = "50/s", key = "none" }
config = { acks = "all" }
)" + script;
}

class ReplicationWorld : public ::testing::Test {
 protected:
  void start(const std::string& script = "", std::uint64_t seed = 7) {
    const auto parsed = scenario::parse(scenario_text(script), "test.toml");
    ASSERT_TRUE(parsed.has_value()) << to_string(parsed.error());
    const scenario::Scenario& scenario = parsed.value();
    Registry registry = scenario::make_registry(scenario);
    const auto inputs = scenario::make_inputs(scenario, registry);
    Watch watch(registry);
    run_ = session::Run{World(KafkaModel{}, std::move(registry), scenario::make_nodes(scenario),
                              scenario::make_network(scenario), seed),
                        std::move(watch),
                        {},
                        true};
    for (const scenario::ScheduledInput& input : inputs) {
      run_.world.schedule(input.time, input.input);
    }
  }
  void run_until(Duration time) {
    while (run_.step(SimTime(time))) {
    }
  }
  const Broker* broker(int id) {
    const Role* role = run_.world.role(run_.world.registry().node_of(BrokerId(id)));
    return role == nullptr ? nullptr : std::get_if<Broker>(role);
  }
  const Partition* orders0(int id) {
    const Broker* found = broker(id);
    return found == nullptr ? nullptr : found->replicas.find(kOrders0);
  }
  const PartitionLog* log(int id) {
    const HostedLog* hosted = run_.world.durable(run_.world.registry().node_of(BrokerId(id))).logs.find(kOrders0);
    return hosted == nullptr ? nullptr : &hosted->log;
  }
  void expect_no_broken_invariant() {
    for (const Invariant& invariant : invariants()) {
      const auto& row = run_.invariants.rows[static_cast<std::size_t>(&invariant - invariants().data())];
      EXPECT_EQ(row.broken, 0) << invariant.id << " " << invariant.name << ": " << row.detail;
    }
  }
  void expect_equal_prefixes(int a, int b) {
    ASSERT_NE(log(a), nullptr);
    ASSERT_NE(log(b), nullptr);
    const Offset end = std::min(log(a)->log_end_offset(), log(b)->log_end_offset());
    EXPECT_GT(end, Offset(100));
    EXPECT_EQ(log(a)->prefix_digest(end), log(b)->prefix_digest(end));
  }

  session::Run run_;
};

TEST_F(ReplicationWorld, a_topic_is_created_and_replicated) {
  start();
  run_until(20s);
  ASSERT_NE(orders0(1), nullptr);
  EXPECT_TRUE(orders0(1)->is_leader(BrokerId(1)));
  EXPECT_EQ(orders0(1)->isr.size(), 3u);
  expect_equal_prefixes(1, 2);
  expect_equal_prefixes(1, 3);
  EXPECT_GT(orders0(1)->high_watermark, Offset(100));
  expect_no_broken_invariant();
}

TEST_F(ReplicationWorld, a_crashed_leader_is_replaced_and_comes_back_as_a_follower) {
  start(R"(
[[at]]
time = "15s"
do = "crash"
broker = 1
[[at]]
time = "30s"
do = "restart"
broker = 1
)");
  run_until(28s);
  ASSERT_NE(orders0(2), nullptr);
  EXPECT_TRUE(orders0(2)->is_leader(BrokerId(2)));
  EXPECT_EQ(orders0(2)->isr.size(), 2u);
  run_until(60s);
  EXPECT_EQ(orders0(2)->isr.size(), 3u);
  expect_equal_prefixes(1, 2);
  expect_equal_prefixes(3, 2);
  expect_no_broken_invariant();
}

TEST_F(ReplicationWorld, a_follower_that_is_cut_off_leaves_the_isr_and_returns) {
  start(R"(
[[at]]
time = "15s"
do = "cut"
from = "b1"
to = "b3"
[[at]]
time = "40s"
do = "heal"
from = "b1"
to = "b3"
)");
  run_until(39s);
  ASSERT_NE(orders0(1), nullptr);
  EXPECT_EQ(orders0(1)->isr.size(), 2u);
  run_until(80s);
  EXPECT_EQ(orders0(1)->isr.size(), 3u);
  expect_no_broken_invariant();
}

TEST_F(ReplicationWorld, equal_seeds_make_equal_runs) {
  start("", 42);
  run_until(10s);
  const std::uint64_t first = run_.world.fingerprint();
  start("", 42);
  run_until(10s);
  EXPECT_EQ(run_.world.fingerprint(), first);
}

}  // namespace
}  // namespace kscope::sim::replication_world_test
