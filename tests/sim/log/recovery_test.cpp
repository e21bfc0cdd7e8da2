#include "sim/log/recovery.h"

#include <gtest/gtest.h>

namespace kscope::sim::recovery_test {
namespace {

constexpr TopicPartition kPartition{TopicId(1), 0};

RecordBatch batch_of(std::int32_t count) {
  RecordBatch batch;
  batch.record_count = count;
  batch.size_bytes = 100;
  return batch;
}

TEST(Recovery, a_power_loss_cuts_logs_to_the_flushed_mark) {
  Durable durable;
  Disk disk;
  HostedLog& hosted = durable.logs.find_or_create(kPartition);
  durable.logs.was_clean_shutdown = true;
  for (int i = 0; i < 3; ++i) {
    hosted.log.append_as_leader(batch_of(2), LeaderEpoch(i), {});
    ASSERT_TRUE(disk.append(hosted.file, hosted.log.log_end_offset().value, 100));
    if (i == 1) {
      disk.mark_flushed(hosted.file, 4);
    }
  }
  disk.lose_unflushed();
  lose_unflushed(durable, disk);
  EXPECT_EQ(durable.logs.find(kPartition)->log.log_end_offset(), Offset(4));
  EXPECT_EQ(durable.logs.find(kPartition)->log.epochs().latest_epoch(), LeaderEpoch(1));
  EXPECT_FALSE(durable.logs.was_clean_shutdown);
}

TEST(Recovery, log_start_survives) {
  Durable durable;
  const Disk disk;
  HostedLog& hosted = durable.logs.find_or_create(kPartition);
  hosted.log.truncate_fully_and_start_at(Offset(50));
  hosted.log.append_as_leader(batch_of(2), LeaderEpoch(0), {});
  lose_unflushed(durable, disk);
  EXPECT_EQ(hosted.log.log_start_offset(), Offset(50));
  EXPECT_EQ(hosted.log.log_end_offset(), Offset(50));
}

/// Three batches of two records; flushed are the first `flushed`.
HostedLog& written(Durable& durable, Disk& disk, std::int64_t flushed, const RollLimits& limits = {}) {
  HostedLog& hosted = durable.logs.find_or_create(kPartition);
  for (int i = 0; i < 3; ++i) {
    hosted.log.append_as_leader(batch_of(2), LeaderEpoch(0), limits);
    EXPECT_TRUE(disk.append(hosted.file, hosted.log.log_end_offset().value, 100));
    if (hosted.log.log_end_offset() == Offset(flushed)) {
      disk.mark_flushed(hosted.file, flushed);
    }
  }
  return hosted;
}

TEST(Recovery, a_torn_batch_behind_the_flushed_mark_is_cut_off) {
  Durable durable;
  Disk disk;
  HostedLog& hosted = written(durable, disk, 2);
  disk.lose_unflushed();
  lose_unflushed(durable, disk);
  ASSERT_TRUE(hosted.torn.has_value());
  EXPECT_EQ(hosted.torn->base_offset, Offset(2));
  const LogRecovery recovery = recover_log(hosted);
  EXPECT_GT(recovery.torn_bytes, 0);
  EXPECT_FALSE(hosted.torn.has_value());
  EXPECT_EQ(hosted.log.log_end_offset(), Offset(2));
}

TEST(Recovery, after_a_kill_everything_written_is_there_and_nothing_is_torn) {
  Durable durable;
  Disk disk;
  HostedLog& hosted = written(durable, disk, 2);
  const LogRecovery recovery = recover_log(hosted);
  EXPECT_EQ(recovery.torn_bytes, 0);
  EXPECT_EQ(hosted.log.log_end_offset(), Offset(6));
}

TEST(Recovery, segments_before_the_recovery_point_are_not_read) {
  Durable durable;
  Disk disk;
  HostedLog& hosted = written(durable, disk, 6, RollLimits{100, INT64_MAX, {}});
  ASSERT_EQ(hosted.log.segments().size(), 3u);
  EXPECT_EQ(recover_log(hosted).scanned_bytes, 300);
  hosted.recovery_point = Offset(3);
  EXPECT_EQ(recover_log(hosted).scanned_bytes, 200) << "the segment that holds the recovery point is read whole";
  hosted.recovery_point = Offset(6);
  EXPECT_EQ(recover_log(hosted).scanned_bytes, 100) << "the active one always is";
}

TEST(Recovery, log_start_falls_back_to_its_checkpoint_within_the_first_segment) {
  Durable durable;
  Disk disk;
  HostedLog& hosted = written(durable, disk, 6, RollLimits{200, INT64_MAX, {}});
  hosted.log.advance_log_start(Offset(3));
  hosted.checkpointed_log_start = Offset(1);
  recover_log(hosted);
  EXPECT_EQ(hosted.log.log_start_offset(), Offset(1));
  hosted.log.advance_log_start(Offset(5));
  recover_log(hosted);
  EXPECT_EQ(hosted.log.log_start_offset(), Offset(4)) << "the first segment is deleted";
}

TEST(LogDirectory, files_are_numbered_from_1_and_never_used_again) {
  LogDirectory logs;
  EXPECT_EQ(logs.find_or_create(kPartition).file, FileId(1));
  EXPECT_EQ(logs.find_or_create({TopicId(1), 1}).file, FileId(2));
  EXPECT_EQ(logs.find_or_create(kPartition).file, FileId(1));
  logs.remove(kPartition);
  EXPECT_EQ(logs.find(kPartition), nullptr);
  EXPECT_EQ(logs.find_or_create(kPartition).file, FileId(3));
}

}  // namespace
}  // namespace kscope::sim::recovery_test
