// Throttled replicas: what a leader gives, and what a follower asks for, while the rate is exceeded (KIP-73).
#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::replication_quota_manager_test {
namespace {

constexpr ThrottledReplicas kAll{true, {}};

BrokerConfig with_rates(std::int64_t leader, std::int64_t follower) {
  BrokerConfig config;
  config.leader_replication_throttled_rate = leader;
  config.follower_replication_throttled_rate = follower;
  return config;
}

// Broker 1 leads orders-0 with two batches of 400 bytes; `isr` is its ISR.
BrokerRig led_with_two_batches(const BrokerConfig& config, std::vector<int> isr) {
  BrokerRig rig(1, config);
  rig.orders().leader_replication_throttled_replicas = kAll;
  rig.leader_and_isr(1, BrokerRig::state(1, 0, std::move(isr), {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1, 400, 0));
  rig.produce(1, Acks::LEADER, test_batch(1, 400, 1));
  return rig;
}

// Batches that a fetch of broker 2 from `offset` on gets at once or after its wait; -1 = it waits.
int fetched(BrokerRig& rig, Offset offset, Duration max_wait = 0ms) {
  const auto answer = rig.take<FetchResponse>(rig.follow(1, 2, offset, max_wait));
  if (!answer) {
    return -1;
  }
  int batches = 0;
  for (const FetchPartitionResult& result : answer->partitions) {
    EXPECT_EQ(result.error, ErrorCode::NONE);
    batches += static_cast<int>(result.batches.size());
  }
  return batches;
}

TEST(ReplicationQuota, a_leader_gives_nothing_of_a_throttled_partition_while_its_rate_is_exceeded) {
  BrokerRig rig = led_with_two_batches(with_rates(200, INT64_MAX), {1});
  EXPECT_EQ(fetched(rig, Offset(0)), 2) << "nothing was moved before";
  EXPECT_EQ(fetched(rig, Offset(0)), 0);
  rig.pass(3s);
  EXPECT_EQ(fetched(rig, Offset(0)), 0) << "more than 800 bytes in 3 s";
  rig.pass(7s);
  EXPECT_EQ(fetched(rig, Offset(0)), 2) << "no more than 2000 bytes in 10 s";
}

TEST(ReplicationQuota, a_fetch_that_is_throttled_waits_until_its_time_is_over) {
  BrokerRig rig = led_with_two_batches(with_rates(100, INT64_MAX), {1});
  fetched(rig, Offset(0));
  EXPECT_EQ(fetched(rig, Offset(0), 500ms), -1);
  rig.produce(1, Acks::LEADER, test_batch(1, 400, 2));
  EXPECT_FALSE(rig.take_any<FetchResponse>()) << "new records do not complete it";
  rig.pass(501ms);
  EXPECT_TRUE(rig.take_any<FetchResponse>());
}

TEST(ReplicationQuota, in_sync_replicas_are_counted_and_never_held_back) {
  BrokerRig rig = led_with_two_batches(with_rates(100, INT64_MAX), {1, 2});
  EXPECT_EQ(fetched(rig, Offset(0)), 2);
  EXPECT_EQ(fetched(rig, Offset(0)), 2);
  rig.run(1, [&](Ctx& ctx) { EXPECT_TRUE(rig.broker(1).leader_throttle.is_quota_exceeded(ctx, rig.broker(1))); });
}

TEST(ReplicationQuota, only_replicas_of_the_list_are_throttled) {
  BrokerRig rig = led_with_two_batches(with_rates(100, INT64_MAX), {1});
  rig.orders().leader_replication_throttled_replicas = {false, {{0, 2}, {1, 1}}};
  EXPECT_EQ(fetched(rig, Offset(0)), 2);
  EXPECT_EQ(fetched(rig, Offset(0)), 2) << "the list names the leader's replica: partition 0 on broker 1";
  rig.orders().leader_replication_throttled_replicas = {false, {{0, 1}}};
  EXPECT_EQ(fetched(rig, Offset(0)), 2);
  EXPECT_EQ(fetched(rig, Offset(0)), 0);
}

TEST(ReplicationQuota, a_follower_leaves_a_throttled_partition_out_of_its_fetches) {
  BrokerRig rig(2, with_rates(INT64_MAX, 100'000));
  rig.orders().follower_replication_throttled_replicas = kAll;
  rig.orders().max_message_bytes = 2'000'000;
  rig.leader_and_isr(1, BrokerRig::state(1, 0, {1}, {1, 2}));
  for (int i = 0; i < 3; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 800'000, i));  // replica.fetch.max.bytes: one comes with each fetch
  }
  rig.leader_and_isr(2, BrokerRig::state(1, 0, {1}, {1, 2}));
  rig.pass(7s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1)) << "800000 bytes at 100000 bytes a second";
  rig.pass(3s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(2)) << "it looks every replica.fetch.backoff.ms";
}

TEST(ReplicationQuota, a_follower_without_a_rate_takes_all) {
  BrokerRig rig(2, with_rates(INT64_MAX, INT64_MAX));
  rig.orders().follower_replication_throttled_replicas = kAll;
  rig.leader_and_isr(1, BrokerRig::state(1, 0, {1}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(1, 400, 0));
  rig.leader_and_isr(2, BrokerRig::state(1, 0, {1}, {1, 2}));
  rig.pass(1s);
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(1));
}

}  // namespace
}  // namespace kscope::sim::replication_quota_manager_test
