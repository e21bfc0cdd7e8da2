// Producers, consumers and the group coordinator in one world with brokers and ZooKeeper: rebalances, redelivery, loss by
// committing early, retries through a change of leader, a coordinator that moves. Told as scenario text and conditions.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/scenario/scenario.h"
#include "sim/session/session.h"

namespace kscope::sim::cluster_test {
namespace {

/// Three brokers, "orders" with four partitions, one producer, a group of two and a spare; `group` adds to the group's
/// table, `more` to the end of the file.
std::string cluster(const std::string& group, const std::string& more = "") {
  return R"toml(
title = "clients"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 3
until = "60s"

[defaults.broker]
offsets.topic.num.partitions = 1
group.initial.rebalance.delay.ms = 500
group.min.session.timeout.ms = 1000
zookeeper.session.timeout.ms = 4000
auto.leader.rebalance.enable = false

[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3

[[topic]]
name = "orders"
partitions = 4
replication.factor = 3
config = { min.insync.replicas = 2 }

[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "50/s", key = "round-robin(16)" }
config = { acks = "all", linger.ms = 5 }

[[group]]
id = "billing"
topics = ["orders"]
members = 2
spare = 1
processing.time = "30ms"
)toml" + group +
         "\nconfig = { auto.offset.reset = \"earliest\", session.timeout.ms = 3000, heartbeat.interval.ms = 500 }\n" +
         more;
}

class ClientsWorld : public ::testing::Test {
 protected:
  void open(const std::string& text) {
    const auto parsed = scenario::parse(text, "clients.toml");
    ASSERT_TRUE(parsed.has_value()) << to_string(parsed.error());
    auto opened = session::Session::open(*parsed, {}, {});
    ASSERT_TRUE(opened.has_value()) << to_string(opened.error());
    session_ = std::move(*opened);
  }
  void run_until(Duration time) {
    session::RunLimits limits;
    limits.until = SimTime(time);
    session_->run(limits);
  }
  void act(const std::string& line) {
    const auto done = session_->post_script(line);
    ASSERT_TRUE(done.has_value()) << to_string(done.error());
  }
  bool holds(const std::string& condition) {
    const Result<bool> result = session_->check(condition);
    EXPECT_TRUE(result.has_value()) << (result ? "" : to_string(result.error()));
    return result && *result;
  }
  std::unique_ptr<session::Session> session_;
};

TEST_F(ClientsWorld, members_that_join_and_leave_share_all_partitions) {
  open(cluster(""));
  run_until(15s);
  EXPECT_TRUE(holds("state(billing) == Stable & members(billing) == 2"));
  act("start billing-3");
  run_until(22s);
  EXPECT_TRUE(holds("state(billing) == Stable & members(billing) == 3"));
  act("leave billing-1");
  run_until(29s);
  EXPECT_TRUE(holds("state(billing) == Stable & members(billing) == 2"));
  EXPECT_TRUE(holds("up(billing-1) == 0"));
  EXPECT_TRUE(holds("owner(billing, orders-0) == billing-2 & owner(billing, orders-3) == billing-3"));
  EXPECT_TRUE(holds("skipped(billing) == 0"));
}

TEST_F(ClientsWorld, commit_after_processing_redelivers_and_skips_nothing_when_a_consumer_crashes) {
  open(cluster("commit = \"after-processing\""));
  run_until(20s);
  act("crash billing-1");
  run_until(50s);
  EXPECT_TRUE(holds("members(billing) == 1 & state(billing) == Stable"));
  EXPECT_TRUE(holds("redelivered(billing) > 0"));
  EXPECT_TRUE(holds("skipped(billing) == 0"));
}

TEST_F(ClientsWorld, commit_before_processing_skips_when_a_consumer_crashes) {
  open(cluster("commit = \"before-processing\""));
  run_until(20s);
  act("crash billing-1");
  run_until(50s);
  EXPECT_TRUE(holds("redelivered(billing) == 0"));
  EXPECT_TRUE(holds("skipped(billing) > 0"));
}

TEST_F(ClientsWorld, a_producer_gets_every_record_through_a_change_of_leaders) {
  open(cluster(""));
  run_until(15s);
  act("crash b2");
  run_until(40s);
  EXPECT_TRUE(holds("offline == 0 & acked_lost == 0"));
  act("rate shop 0");
  run_until(45s);
  EXPECT_TRUE(holds("failed(shop) == 0 & acked(shop) == sent(shop)"));
}

TEST_F(ClientsWorld, a_group_goes_on_with_another_coordinator) {
  for (const char* broker : {"b1", "b2", "b3"}) {
    open(cluster(""));
    run_until(15s);
    act(std::string("crash ") + broker);
    run_until(40s);
    EXPECT_TRUE(holds("state(billing) == Stable & members(billing) == 2")) << broker;
    EXPECT_TRUE(holds("acked_lost == 0")) << broker;
  }
}

}  // namespace
}  // namespace kscope::sim::cluster_test
