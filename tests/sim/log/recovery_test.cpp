#include "sim/log/recovery.h"

#include <gtest/gtest.h>

namespace kscope::sim {
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
}  // namespace kscope::sim
