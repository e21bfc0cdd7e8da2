// What a broker does with its logs when it starts, by how it ended.
#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::log_recovery_test {
namespace {

constexpr std::int64_t kRecoveredTo = 10;

/// Leader 1 alone with ten records in batches of two; the rig's marks are those of its disk.
BrokerRig written() {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1}, {1}));
  for (int i = 0; i < 5; ++i) {
    rig.produce(1, Acks::LEADER, test_batch(2, 1'000'000));
  }
  return rig;
}

Duration recover(BrokerRig& rig) {
  Duration time{0};
  rig.notes.clear();
  rig.run(1, [&](Ctx& ctx) { time = rig.broker(1).replicas.recover_logs(ctx, rig.broker(1)); });
  return time;
}

TEST(LogRecovery, after_an_orderly_shutdown_nothing_is_read) {
  BrokerRig rig = written();
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.on_shutdown(ctx, rig.broker(1)); });
  EXPECT_EQ(rig.at(1).durable.logs.find(kOrders0)->recovery_point, Offset(kRecoveredTo));
  EXPECT_EQ(recover(rig), Duration(0));
  EXPECT_EQ(rig.count_notes(NoteKind::kLogRecovered), 0);
}

TEST(LogRecovery, after_a_kill_the_log_is_read_and_that_takes_time) {
  BrokerRig rig = written();
  const Duration time = recover(rig);
  EXPECT_EQ(time, rig.at(1).disk.write_time(5'000'000));
  ASSERT_EQ(rig.count_notes(NoteKind::kLogRecovered), 1);
  EXPECT_EQ(rig.notes.front().a, kRecoveredTo);
  EXPECT_EQ(rig.notes.front().c, 0) << "nothing is torn";
}

TEST(LogRecovery, more_threads_need_less_time) {
  BrokerRig rig = written();
  rig.broker(1).setup.config.num_recovery_threads_per_data_dir = 4;
  EXPECT_EQ(recover(rig), rig.at(1).disk.write_time(5'000'000) / 4);
}

TEST(LogRecovery, what_was_flushed_and_written_down_is_not_read_again) {
  BrokerRig rig = written();
  rig.orders().segment_bytes = 1'000'000;
  rig.produce(1, Acks::LEADER, test_batch(2, 1'000'000));  // closes the segment, which is flushed
  rig.pass(1s);
  EXPECT_EQ(rig.orders0(1).recovery_point, Offset(12));
  rig.pass(60s);
  const HostedLog& hosted = *rig.at(1).durable.logs.find(kOrders0);
  EXPECT_EQ(hosted.recovery_point, Offset(12)) << "log.flush.offset.checkpoint.interval.ms";
  EXPECT_EQ(recover(rig), rig.at(1).disk.write_time(1'000'000)) << "the active segment always is";
}

TEST(LogRecovery, deletions_that_were_not_written_down_are_forgotten) {
  BrokerRig rig = written();
  DeleteRecordsRequest request;
  request.timeout = 1s;
  request.partitions.push_back({kOrders0, Offset(3)});
  rig.request(1, kProducerNode, request);
  ASSERT_EQ(rig.log(1).log_start_offset(), Offset(3));
  BrokerRig other = rig;
  recover(rig);
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(0));
  EXPECT_EQ(rig.log(1).epochs().epoch_for_offset(Offset(0)), LeaderEpoch(5)) << "read off the batches";
  other.run(1, [&](Ctx& ctx) { other.broker(1).replicas.on_shutdown(ctx, other.broker(1)); });
  recover(other);
  EXPECT_EQ(other.log(1).log_start_offset(), Offset(3));
}

}  // namespace
}  // namespace kscope::sim::log_recovery_test
