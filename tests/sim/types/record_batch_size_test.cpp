#include "sim/types/record_batch_size.h"

#include <gtest/gtest.h>

namespace kscope::sim::record_batch_size_test {
namespace {

constexpr RecordContentSize kRecord{kNullSize, 100, {}};
constexpr std::int32_t kRecordSize = 109;  // with deltas of one byte each

TEST(BatchFill, a_compressed_batch_takes_records_up_to_its_estimated_size) {
  ASSERT_EQ(record_size(kRecord, 0, 0), kRecordSize);
  BatchFill plain(1000);
  BatchFill compressed(1000, 250'000);
  const auto fill_up = [](BatchFill& fill) {
    while (fill.has_room_for(kRecord, 0)) {
      fill.append(kRecord, 0);
    }
    return fill.record_count();
  };
  EXPECT_EQ(fill_up(plain), 8);        // 61 + 8 * 109 = 933
  EXPECT_EQ(fill_up(compressed), 30);  // 61 + 29 * 109 * 0.25 * 1.05 = 890, and 109 more fit; with one more they do not
  EXPECT_EQ(compressed.size_bytes(), kRecordBatchOverhead + 30 * kRecordSize);
}

TEST(BatchFill, the_estimate_counts_five_percent_more) {
  BatchFill fill(1000, 500'000);
  fill.append(kRecord, 0);
  fill.append(kRecord, 0);
  EXPECT_EQ(fill.estimated_size(), kRecordBatchOverhead + 114);  // 218 * 0.5 * 1.05 = 114.45
  EXPECT_EQ(fill.estimated_growth(kRecordSize), 114 - 57);
}

TEST(BatchFill, an_estimate_of_one_keeps_a_compressed_batch_below_batch_size) {
  BatchFill fill(1000, 1'000'000);
  while (fill.has_room_for(kRecord, 0)) {
    fill.append(kRecord, 0);
  }
  EXPECT_EQ(fill.record_count(), 8);
}

TEST(BatchFill, a_record_that_alone_is_larger_is_taken_into_an_empty_batch) {
  BatchFill fill(50, 250'000);
  EXPECT_TRUE(fill.has_room_for(kRecord, 0));
  fill.append(kRecord, 0);
  EXPECT_TRUE(fill.is_full());
  EXPECT_FALSE(fill.has_room_for(kRecord, 0));
}

}  // namespace
}  // namespace kscope::sim::record_batch_size_test
