#include "sim/log/log_directory.h"

#include <gtest/gtest.h>

namespace kscope::sim::log_directory_test {
namespace {

constexpr TopicPartition kA0{TopicId(1), 0};
constexpr TopicPartition kA5{TopicId(1), 5};
constexpr TopicPartition kB0{TopicId(3), 0};

TEST(LogDirectory, finds_what_it_hosts_and_nothing_else) {
  LogDirectory logs;
  EXPECT_EQ(logs.find(kA0), nullptr);
  logs.find_or_create(kA5);
  logs.find_or_create(kB0);
  ASSERT_NE(logs.find(kA5), nullptr);
  EXPECT_EQ(logs.find(kA5)->partition, kA5);
  EXPECT_EQ(logs.find(kB0)->partition, kB0);
  EXPECT_EQ(logs.find(kA0), nullptr);
  EXPECT_EQ(logs.find(TopicPartition{}), nullptr);
}

TEST(LogDirectory, the_same_partition_keeps_its_log_and_its_file) {
  LogDirectory logs;
  EXPECT_EQ(logs.find_or_create(kA0).file, FileId(1));
  EXPECT_EQ(logs.find_or_create(kA5).file, FileId(2));
  logs.find_or_create(kA0).checkpointed_high_watermark = Offset(7);
  EXPECT_EQ(logs.find_or_create(kA0).file, FileId(1));
  EXPECT_EQ(logs.find(kA0)->checkpointed_high_watermark, Offset(7));
  EXPECT_EQ(logs.all().size(), 2u);
}

TEST(LogDirectory, a_deleted_log_is_gone_and_its_file_is_not_used_again) {
  LogDirectory logs;
  logs.find_or_create(kA0);
  logs.remove(kA0);
  EXPECT_EQ(logs.find(kA0), nullptr);
  EXPECT_EQ(logs.find_or_create(kA0).file, FileId(2));
  EXPECT_EQ(logs.find(kA0)->file, FileId(2));
}

TEST(LogDirectory, a_copy_has_logs_of_its_own) {
  LogDirectory logs;
  logs.find_or_create(kA0);
  LogDirectory copy = logs;
  copy.remove(kA0);
  EXPECT_NE(logs.find(kA0), nullptr);
  EXPECT_EQ(copy.find(kA0), nullptr);
}

}  // namespace
}  // namespace kscope::sim::log_directory_test
