// The marks of a disk: how far a file is written, and how far it is flushed.
#include "engine/disk/disk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/rng.h"

namespace kscope::disk_test {
namespace {

constexpr FileId kFile{0};
constexpr FileId kOther{3};

TEST(Disk, AFileNeverTouchedIsEmpty) {
  const Disk disk;
  EXPECT_EQ(disk.file(kFile).written, 0);
  EXPECT_EQ(disk.file(kOther).flushed, 0);
  EXPECT_EQ(disk.file_count(), 0u);
  EXPECT_FALSE(disk.is_dirty());
}

TEST(Disk, WritingMovesTheWrittenMarkAndOnlyAFlushTheFlushedOne) {
  Disk disk;
  EXPECT_TRUE(disk.append(kFile, 100, 100));
  EXPECT_TRUE(disk.append(kFile, 150, 50));
  EXPECT_EQ(disk.file(kFile).written, 150);
  EXPECT_EQ(disk.file(kFile).flushed, 0);
  EXPECT_TRUE(disk.is_dirty());
  disk.mark_flushed(kFile, 100);
  EXPECT_EQ(disk.file(kFile).flushed, 100);
  EXPECT_EQ(disk.file(kFile).written, 150);
  disk.mark_flushed(kFile, 80);
  EXPECT_EQ(disk.file(kFile).flushed, 100) << "an older flush that ends later takes nothing back";
  disk.mark_flushed(kFile, 1'000);
  EXPECT_EQ(disk.file(kFile).flushed, 150) << "what was not written cannot be flushed";
}

TEST(Disk, LosingThePageCacheKeepsTheFlushedPrefixOfEachFile) {
  Disk disk;
  ASSERT_TRUE(disk.append(kFile, 100, 100));
  disk.mark_flushed(kFile, 100);
  ASSERT_TRUE(disk.append(kFile, 250, 150));
  ASSERT_TRUE(disk.append(kOther, 7, 7));
  disk.lose_unflushed();
  EXPECT_EQ(disk.file(kFile).written, 100);
  EXPECT_EQ(disk.file(kOther).written, 0);
  EXPECT_FALSE(disk.is_dirty());
}

TEST(Disk, AnOrderlyEndFlushesEverything) {
  Disk disk;
  ASSERT_TRUE(disk.append(kFile, 100, 100));
  ASSERT_TRUE(disk.append(kOther, 7, 7));
  disk.mark_all_flushed();
  EXPECT_FALSE(disk.is_dirty());
  disk.lose_unflushed();
  EXPECT_EQ(disk.file(kFile).written, 100);
  EXPECT_EQ(disk.file(kOther).written, 7);
}

TEST(Disk, TruncatingTakesBothMarksBack) {
  Disk disk;
  ASSERT_TRUE(disk.append(kFile, 100, 100));
  disk.mark_flushed(kFile, 100);
  disk.truncate(kFile, 60);
  EXPECT_EQ(disk.file(kFile).written, 60);
  EXPECT_EQ(disk.file(kFile).flushed, 60);
  disk.truncate(kFile, 90);
  EXPECT_EQ(disk.file(kFile).written, 60) << "truncating never extends";
  EXPECT_TRUE(disk.append(kFile, 61, 1)) << "and what follows goes on from there";
}

TEST(Disk, AFullOrFailingDiskRefusesAndChangesNothing) {
  Disk disk;
  ASSERT_TRUE(disk.append(kFile, 100, 100));
  disk.is_full = true;
  EXPECT_FALSE(disk.append(kFile, 200, 100));
  disk.is_full = false;
  disk.is_failing = true;
  EXPECT_FALSE(disk.append(kFile, 200, 100));
  EXPECT_EQ(disk.file(kFile).written, 100);
  disk.is_failing = false;
  EXPECT_TRUE(disk.append(kFile, 200, 100));
}

TEST(Disk, TimesFollowSpeedAndSlowFactor) {
  DiskSpeed speed;
  speed.flush_latency = 3ms;
  speed.bytes_per_s = 1'000'000;
  Disk disk(speed);
  EXPECT_EQ(disk.write_time(5'000), 5ms);
  EXPECT_EQ(disk.flush_time(), 3ms);
  disk.slow_factor = 50;
  EXPECT_EQ(disk.write_time(5'000), 250ms);
  EXPECT_EQ(disk.flush_time(), 150ms);
  EXPECT_EQ(disk.write_time(0), 0ms);
}

TEST(Disk, FlushedNeverExceedsWritten) {
  Rng rng(11, 0);
  Disk disk;
  for (int i = 0; i < 10'000; ++i) {
    const FileId file(static_cast<std::int32_t>(rng.below(4)));
    const auto position = static_cast<std::int64_t>(rng.below(1'000));
    switch (rng.below(4)) {
      case 0: {
        const std::int64_t to = std::max(position, disk.file(file).written);
        ASSERT_TRUE(disk.append(file, to, 1));
        ASSERT_EQ(disk.file(file).written, to);
        break;
      }
      case 1: disk.mark_flushed(file, position); break;
      case 2: disk.truncate(file, position); break;
      default:
        if (rng.ratio(1, 20)) {
          disk.lose_unflushed();
        }
    }
    for (std::int32_t f = 0; f < 4; ++f) {
      ASSERT_LE(disk.file(FileId(f)).flushed, disk.file(FileId(f)).written);
      ASSERT_GE(disk.file(FileId(f)).flushed, 0);
    }
  }
}

}  // namespace
}  // namespace kscope::disk_test
