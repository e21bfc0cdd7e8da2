#include "sim/log/segment_index.h"

#include <gtest/gtest.h>

namespace kscope::sim::segment_index_test {
namespace {

// Batches of 100 bytes with ten offsets each; the n-th begins at offset 10 n and has timestamps up to 1000 + n.
SegmentAppend append_number(std::int32_t n) { return {{10 * n + 9, 100 * n, n}, 100, {1000 + n, 10 * n + 9}}; }

SegmentIndex index_of(std::int32_t appends, const IndexLimits& limits) {
  SegmentIndex index;
  for (std::int32_t n = 0; n < appends; ++n) {
    index.append(append_number(n), limits);
  }
  return index;
}

TEST(SegmentIndex, an_entry_is_made_when_more_than_the_interval_was_appended_since_the_last) {
  const SegmentIndex index = index_of(10, IndexLimits{200, 1000});
  // 300 bytes lie before the fourth batch, then 300 more before the seventh, and so on.
  ASSERT_EQ(index.offsets().size(), 3u);
  EXPECT_EQ(index.offsets()[0], (OffsetIndexEntry{39, 300, 3}));
  EXPECT_EQ(index.offsets()[1], (OffsetIndexEntry{69, 600, 6}));
  EXPECT_EQ(index.offsets()[2], (OffsetIndexEntry{99, 900, 9}));
  ASSERT_EQ(index.times().size(), 3u);
  EXPECT_EQ(index.times()[1], (TimeIndexEntry{1006, 69}));
}

TEST(SegmentIndex, a_timestamp_that_is_not_the_largest_makes_no_time_entry) {
  SegmentIndex index;
  const IndexLimits every{0, 1000};
  index.append(append_number(0), every);
  index.append({{19, 100, 1}, 100, {2000, 19}}, every);
  index.append({{29, 200, 2}, 100, {1500, 29}}, every);
  ASSERT_EQ(index.offsets().size(), 2u) << "the first append finds nothing since the last entry";
  ASSERT_EQ(index.times().size(), 1u);
  EXPECT_EQ(index.times()[0], (TimeIndexEntry{2000, 19}));
}

TEST(SegmentIndex, a_finished_segment_ends_with_its_largest_timestamp) {
  SegmentIndex index = index_of(2, IndexLimits{});
  EXPECT_TRUE(index.times().empty());
  index.finish();
  ASSERT_EQ(index.times().size(), 1u);
  EXPECT_EQ(index.times()[0], (TimeIndexEntry{1001, 19}));
  index.finish();
  EXPECT_EQ(index.times().size(), 1u) << "nothing new to say";
}

TEST(SegmentIndex, it_is_full_at_segment_index_bytes_and_the_time_index_one_entry_earlier) {
  const IndexLimits limits{50, 4 * SegmentIndex::kTimeEntryBytes};  // six offset entries, four time entries
  EXPECT_FALSE(index_of(3, limits).is_full(limits));
  EXPECT_TRUE(index_of(4, limits).is_full(limits)) << "three time entries: one place is kept for finish()";
}

TEST(SegmentIndex, lookups_find_the_last_entry_that_is_not_beyond) {
  const SegmentIndex index = index_of(10, IndexLimits{200, 1000});
  EXPECT_EQ(index.lookup_offset(38), OffsetIndexEntry{}) << "before the first entry: from the start";
  EXPECT_EQ(index.lookup_offset(39).position, 300);
  EXPECT_EQ(index.lookup_offset(68).position, 300);
  EXPECT_EQ(index.lookup_offset(1000).position, 900);
  EXPECT_EQ(index.lookup_time(1002).relative_offset, 0);
  EXPECT_EQ(index.lookup_time(1003).relative_offset, 39);
  EXPECT_EQ(index.lookup_time(5000).relative_offset, 99);
}

TEST(SegmentIndex, truncation_keeps_the_entries_before_and_counts_the_interval_anew) {
  SegmentIndex index = index_of(10, IndexLimits{200, 1000});
  index.truncate(69, {1005, 59});
  ASSERT_EQ(index.offsets().size(), 1u);
  EXPECT_EQ(index.times().size(), 1u);
  EXPECT_EQ(index.largest(), (TimeIndexEntry{1005, 59}));
  for (std::int32_t n = 6; n < 9; ++n) {
    index.append(append_number(n), IndexLimits{200, 1000});
  }
  EXPECT_EQ(index.offsets().size(), 1u);
  index.append(append_number(9), IndexLimits{200, 1000});
  EXPECT_EQ(index.offsets().size(), 2u);
}

}  // namespace
}  // namespace kscope::sim::segment_index_test
