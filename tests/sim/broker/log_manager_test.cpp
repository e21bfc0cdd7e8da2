// When a broker flushes its logs (log.flush.scheduler.interval.ms, flush.ms), and how long deleted files stay on its disk.
#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::log_manager_test {
namespace {

BrokerRig led_by_1(const BrokerConfig& config = {}) {
  BrokerRig rig(1, config);
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.on_start(ctx, rig.broker(1)); });
  rig.leader_and_isr(1, BrokerRig::state(1, 0, {1}, {1}));
  return rig;
}

std::int64_t flushed(BrokerRig& rig) { return rig.at(1).disk.file(rig.orders0(1).file).flushed; }

LogDirectory& logs(BrokerRig& rig) { return rig.at(1).durable.logs; }

TEST(LogFlusher, flush_ms_is_looked_at_half_a_minute_after_the_start_and_never_again) {
  BrokerRig rig = led_by_1();
  rig.orders().flush_ms = 1s;
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(29s);
  EXPECT_EQ(flushed(rig), 0);
  rig.pass(2s);
  EXPECT_EQ(flushed(rig), 1);
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(1h);
  EXPECT_EQ(flushed(rig), 1) << "log.flush.scheduler.interval.ms is never";
}

TEST(LogFlusher, a_scheduler_interval_flushes_what_is_older_than_flush_ms) {
  BrokerConfig config;
  config.log_flush_scheduler_interval_ms = 2s;
  BrokerRig rig = led_by_1(config);
  rig.orders().flush_ms = 3s;
  rig.pass(30500ms);  // the scheduler has looked, and found nothing
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(2s);
  EXPECT_EQ(flushed(rig), 1) << "nothing was flushed since the log was created";
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(2s);
  EXPECT_EQ(flushed(rig), 1) << "2 s after the last flush";
  rig.pass(2s);
  EXPECT_EQ(flushed(rig), 2);
}

TEST(LogFlusher, a_flush_that_failed_leaves_the_log_to_the_next_look) {
  BrokerConfig config;
  config.log_flush_scheduler_interval_ms = 1s;
  BrokerRig rig = led_by_1(config);
  rig.orders().flush_ms = 1s;
  rig.produce(1, Acks::LEADER, test_batch(1));
  const Partition& partition = rig.orders0(1);
  rig.run(1, [&](Ctx& ctx) {
    rig.broker(1).replicas.on_disk(ctx, rig.broker(1),
                                   DiskDone{partition.file, 0, static_cast<std::uint64_t>(partition.place), true});
  });
  EXPECT_EQ(partition.recovery_point, Offset(0));
  rig.pass(31s);
  EXPECT_EQ(rig.orders0(1).recovery_point, Offset(1));
}

// Four batches of 100 bytes with a segment each.
BrokerRig with_four_segments(const BrokerConfig& config = {}) {
  BrokerRig rig = led_by_1(config);
  rig.orders().segment_bytes = 100;
  for (int i = 0; i < 4; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 100, i));
  }
  return rig;
}

void delete_records_before(BrokerRig& rig, Offset offset) {
  DeleteRecordsRequest request;
  request.partitions.push_back({kOrders0, offset});
  rig.request(1, kProducerNode, std::move(request));
}

TEST(FileDeletion, deleted_segments_stay_on_the_disk_for_file_delete_delay_ms) {
  BrokerRig rig = with_four_segments();
  rig.orders().file_delete_delay_ms = 5s;
  delete_records_before(rig, Offset(2));
  EXPECT_EQ(rig.log(1).size_bytes(), 200);
  EXPECT_EQ(logs(rig).deleted_bytes(), 200);
  rig.pass(4900ms);
  EXPECT_EQ(logs(rig).deleted_bytes(), 200);
  rig.pass(200ms);
  EXPECT_EQ(logs(rig).deleted_bytes(), 0);
}

TEST(FileDeletion, a_truncation_renames_whole_segments_and_cuts_the_active_one) {
  BrokerRig rig = led_by_1();
  rig.orders().segment_bytes = 200;
  for (int i = 0; i < 4; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(1, 100, i));
  }
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.truncate_to(ctx, rig.orders0(1), Offset(1), LeaderEpoch(0)); });
  EXPECT_EQ(logs(rig).deleted_bytes(), 200) << "the second segment";
}

TEST(FileDeletion, a_restart_deletes_the_segments_that_were_left_and_waits_again_for_logs) {
  BrokerConfig config;
  config.log_segment_delete_delay_ms = 10s;
  BrokerRig rig = with_four_segments(config);
  delete_records_before(rig, Offset(2));
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.stop_replica(ctx, rig.broker(1), kOrders0, true); });
  EXPECT_EQ(logs(rig).deleted_bytes(), 400);
  rig.pass(6s);
  rig.restart(1);
  rig.run(1, [&](Ctx& ctx) {
    rig.broker(1).replicas.recover_logs(ctx, rig.broker(1));
    rig.broker(1).replicas.on_start(ctx, rig.broker(1));
  });
  EXPECT_EQ(logs(rig).deleted_bytes(), 200) << "the log that was deleted";
  rig.pass(9s);
  EXPECT_EQ(logs(rig).deleted_bytes(), 200);
  rig.pass(2s);
  EXPECT_EQ(logs(rig).deleted_bytes(), 0);
}

TEST(FileDeletion, what_a_power_loss_takes_is_no_deleted_file) {
  BrokerRig rig = with_four_segments();
  rig.restart(1, true);
  rig.run(1, [&](Ctx& ctx) {
    rig.broker(1).replicas.recover_logs(ctx, rig.broker(1));
    rig.broker(1).replicas.on_start(ctx, rig.broker(1));
  });
  EXPECT_LT(logs(rig).find(kOrders0)->log.log_end_offset(), Offset(4));
  EXPECT_EQ(logs(rig).deleted_bytes(), 0);
}

}  // namespace
}  // namespace kscope::sim::log_manager_test
