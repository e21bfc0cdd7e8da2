#include "sim/log/partition_log.h"

#include <gtest/gtest.h>

namespace kscope::sim::partition_log_test {
namespace {

RecordBatch batch_of(std::int32_t count, std::int64_t timestamp_ms = 0, std::int32_t size_bytes = 100) {
  RecordBatch batch;
  batch.record_count = count;
  batch.size_bytes = size_bytes;
  batch.base_timestamp_ms = timestamp_ms;
  batch.max_timestamp_ms = timestamp_ms + count - 1;
  auto records = std::make_shared<std::vector<Record>>();
  for (std::int32_t i = 0; i < count; ++i) {
    Record record;
    record.id = RecordId(timestamp_ms * 1000 + i);
    record.timestamp_delta = i;
    records->push_back(record);
  }
  batch.records = records;
  return batch;
}

PartitionLog log_of(int batches, std::int32_t count_each, const RollLimits& limits = {}) {
  PartitionLog log;
  for (int i = 0; i < batches; ++i) {
    log.append_as_leader(batch_of(count_each, i * 100), LeaderEpoch(1), limits);
  }
  return log;
}

TEST(PartitionLog, a_leader_assigns_consecutive_offsets_and_its_epoch) {
  PartitionLog log;
  log.assign_epoch_start(LeaderEpoch(3));
  EXPECT_EQ(log.append_as_leader(batch_of(5), LeaderEpoch(3), {}), Offset(0));
  EXPECT_EQ(log.append_as_leader(batch_of(2), LeaderEpoch(3), {}), Offset(5));
  EXPECT_EQ(log.log_end_offset(), Offset(7));
  EXPECT_EQ(log.batches()[1].leader_epoch, LeaderEpoch(3));
  ASSERT_EQ(log.epochs().entries().size(), 1u);
  EXPECT_EQ(log.epochs().entries()[0].start_offset, Offset(0));
}

TEST(PartitionLog, a_follower_learns_epochs_from_batches) {
  const PartitionLog leader = log_of(2, 3);
  PartitionLog follower;
  for (const RecordBatch& batch : leader.batches()) {
    follower.append_as_follower({&batch, 1}, {});
  }
  RecordBatch next = batch_of(1);
  next.base_offset = Offset(6);
  next.leader_epoch = LeaderEpoch(4);
  follower.append_as_follower({&next, 1}, {});
  ASSERT_EQ(follower.epochs().entries().size(), 2u);
  EXPECT_EQ(follower.epochs().end_offset_for(LeaderEpoch(1), follower.log_end_offset()).end_offset, Offset(6));
}

RecordBatch idempotent(Sequence first, std::int32_t count, ProducerEpoch epoch = ProducerEpoch(0)) {
  RecordBatch batch = batch_of(count, first.value * 10);
  batch.producer_id = ProducerId(7);
  batch.producer_epoch = epoch;
  batch.base_sequence = first;
  return batch;
}

Sequence last_sequence(const PartitionLog& log) {
  const ProducerStateEntry* entry = log.producers().producers().get(ProducerId(7));
  return entry == nullptr ? kNoSequence : entry->last_sequence();
}

TEST(PartitionLog, remembers_what_idempotent_producers_wrote) {
  PartitionLog log;
  log.append_as_leader(batch_of(4), LeaderEpoch(1), {});
  EXPECT_TRUE(log.producers().producers().empty()) << "a plain batch tells nothing";
  log.append_as_leader(idempotent(Sequence{0}, 2), LeaderEpoch(1), {});
  log.append_as_leader(idempotent(Sequence{2}, 3), LeaderEpoch(1), {});
  const BatchMetadata* stored = log.producers().find_duplicate(sequenced(idempotent(Sequence{2}, 3)));
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->first_offset(), Offset(6));
  EXPECT_EQ(stored->last_offset, Offset(8));
  EXPECT_EQ(log.producers().check(sequenced(idempotent(Sequence{6}, 1)), AppendOrigin::CLIENT),
            ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

TEST(PartitionLog, a_truncation_undoes_what_it_knew_of_producers) {
  for (const std::int64_t segment_bytes : {std::int64_t{150}, std::int64_t{250}, INT64_MAX}) {
    PartitionLog log;
    for (std::int32_t i = 0; i < 6; ++i) {
      log.append_as_leader(idempotent(Sequence{i}, 1), LeaderEpoch(1), RollLimits{segment_bytes, INT64_MAX});
    }
    for (std::int32_t end = 5; end >= 0; --end) {
      log.truncate_to(Offset(end));
      ASSERT_EQ(last_sequence(log), end == 0 ? kNoSequence : Sequence{end - 1}) << segment_bytes << " bytes a segment";
    }
  }
}

TEST(PartitionLog, the_snapshot_of_a_segment_outlives_the_segments_before_it) {
  PartitionLog log;
  const RollLimits limits{150, INT64_MAX};
  log.append_as_leader(idempotent(Sequence{0}, 1), LeaderEpoch(1), limits);
  log.append_as_leader(batch_of(1), LeaderEpoch(1), limits);
  log.append_as_leader(batch_of(1), LeaderEpoch(1), limits);
  log.advance_log_start(Offset(1));
  ASSERT_EQ(log.segments().size(), 2u) << "the producer's only batch is deleted";
  log.truncate_to(Offset(2));
  EXPECT_EQ(last_sequence(log), Sequence{0});
  log.truncate_fully_and_start_at(Offset(9));
  EXPECT_EQ(last_sequence(log), kNoSequence);
}

TEST(PartitionLog, a_segment_rolls_by_size) {
  const PartitionLog log = log_of(5, 1, RollLimits{250, INT64_MAX});
  ASSERT_EQ(log.segments().size(), 3u);
  EXPECT_EQ(log.segments()[1].base_offset, Offset(2));
  EXPECT_EQ(log.segments()[2].size_bytes, 100);
  EXPECT_EQ(log.size_bytes(), 500);
}

TEST(PartitionLog, a_segment_rolls_when_its_index_is_full) {
  RollLimits limits;
  limits.index = IndexLimits{0, 3 * SegmentIndex::kTimeEntryBytes};  // two time entries, and one place for the end
  const PartitionLog log = log_of(7, 1, limits);                     // each append but a segment's first makes an entry
  ASSERT_EQ(log.segments().size(), 3u);
  EXPECT_EQ(log.segments()[1].base_offset, Offset(3));
  EXPECT_EQ(log.index_of_segment(log.segments()[1]).offsets().size(), 2u);
}

TEST(PartitionLog, what_a_fetch_brought_is_one_append_and_has_one_index_entry) {
  const PartitionLog leader = log_of(4, 2);
  RollLimits limits;
  limits.index = IndexLimits{0, 1000};
  const std::vector<RecordBatch> all = leader.read(Offset(0), Offset(100), 10'000, true);
  PartitionLog follower;
  follower.append_as_follower({all.data(), 1}, limits);
  follower.append_as_follower({all.data() + 1, 3}, limits);
  const SegmentIndex& index = follower.index_of_segment(follower.segments().back());
  ASSERT_EQ(index.offsets().size(), 1u);
  EXPECT_EQ(index.offsets()[0], (OffsetIndexEntry{7, 100, 1}));
}

/// The first batch that ends beyond `offset`, by looking at all.
const RecordBatch* scan(const PartitionLog& log, Offset offset) {
  for (const RecordBatch& batch : log.batches()) {
    if (batch.next_offset() > offset) {
      return &batch;
    }
  }
  return nullptr;
}

TEST(PartitionLog, reads_and_timestamps_through_the_indexes_find_what_a_scan_finds) {
  for (const std::int64_t interval : {std::int64_t{0}, std::int64_t{250}, std::int64_t{4096}}) {
    RollLimits limits{1500, INT64_MAX, {interval, 10'000}};
    PartitionLog log;
    for (int i = 0; i < 60; ++i) {
      const std::int64_t timestamp = 1000 + (i * 37) % 50 * 10;  // not in order
      log.append_as_leader(batch_of(1 + i % 4, timestamp), LeaderEpoch(0), limits);
    }
    log.advance_log_start(Offset(17));
    const auto check = [&] {
      for (Offset offset = log.log_start_offset(); offset < log.log_end_offset(); ++offset) {
        const std::vector<RecordBatch> read = log.read(offset, log.log_end_offset(), 1, true);
        ASSERT_EQ(read.size(), 1u);
        ASSERT_EQ(read.front().base_offset, scan(log, offset)->base_offset) << "interval " << interval;
      }
      for (std::int64_t timestamp = 990; timestamp < 1520; timestamp += 5) {
        Offset expected = kUnknownOffset;
        for (const RecordBatch& batch : log.batches()) {
          for (std::int32_t i = 0; i < batch.record_count && expected == kUnknownOffset; ++i) {
            const bool is_young = batch.base_timestamp_ms + i >= timestamp;
            expected = is_young && batch.base_offset + i >= log.log_start_offset() ? batch.base_offset + i : expected;
          }
        }
        ASSERT_EQ(log.offset_for_timestamp(timestamp), expected) << timestamp << ", interval " << interval;
      }
    };
    check();
    log.truncate_to(log.log_end_offset() - 31);  // into an older segment: its index is opened again
    check();
    for (int i = 0; i < 20; ++i) {
      log.append_as_leader(batch_of(2, 1490 + i), LeaderEpoch(0), limits);
    }
    check();
  }
}

TEST(PartitionLog, a_segment_rolls_by_age_of_its_first_batch) {
  PartitionLog log;
  for (const std::int64_t timestamp : {1000, 1500, 2001, 2002}) {
    log.append_as_leader(batch_of(1, timestamp), LeaderEpoch(0), RollLimits{INT64_MAX, 1000});
  }
  ASSERT_EQ(log.segments().size(), 2u);
  EXPECT_EQ(log.segments()[1].base_offset, Offset(2));
}

TEST(PartitionLog, truncation_removes_a_straddling_batch_whole) {
  PartitionLog log = log_of(3, 4);
  EXPECT_EQ(log.truncate_to(Offset(6)), Offset(4));
  EXPECT_EQ(log.log_end_offset(), Offset(4));
  EXPECT_EQ(log.batches().size(), 1u);
  EXPECT_EQ(log.size_bytes(), 100);
  EXPECT_EQ(log.truncate_to(Offset(9)), Offset(4)) << "never longer";
}

TEST(PartitionLog, truncation_drops_later_segments_and_epochs) {
  PartitionLog log = log_of(4, 1, RollLimits{100, INT64_MAX});
  log.append_as_leader(batch_of(1), LeaderEpoch(2), {});
  log.truncate_to(Offset(2));
  EXPECT_EQ(log.segments().size(), 2u);
  EXPECT_EQ(log.epochs().latest_epoch(), LeaderEpoch(1));
  EXPECT_EQ(log.size_bytes(), 200);
  log.truncate_to(Offset(0));
  EXPECT_EQ(log.segments().size(), 1u);
  EXPECT_EQ(log.size_bytes(), 0);
  EXPECT_TRUE(log.epochs().entries().empty());
}

TEST(PartitionLog, truncation_stops_at_log_start) {
  PartitionLog log = log_of(4, 1, RollLimits{100, INT64_MAX});
  log.advance_log_start(Offset(2));
  EXPECT_EQ(log.truncate_to(Offset(0)), Offset(2));
  EXPECT_EQ(log.log_start_offset(), Offset(2));
}

TEST(PartitionLog, a_read_returns_whole_batches_below_the_bound) {
  const PartitionLog log = log_of(5, 2);
  EXPECT_EQ(log.read(Offset(0), Offset(10), 1000, true).size(), 5u);
  EXPECT_EQ(log.read(Offset(3), Offset(6), 1000, true).size(), 2u) << "the batch that holds 3, and the one from 4";
  EXPECT_EQ(log.read(Offset(0), Offset(10), 250, true).size(), 2u);
  EXPECT_EQ(log.read(Offset(0), Offset(10), 50, true).size(), 1u) << "KIP-74: one batch whatever its size";
  EXPECT_EQ(log.read(Offset(0), Offset(10), 50, false).size(), 0u);
  EXPECT_EQ(log.read(Offset(10), Offset(10), 1000, true).size(), 0u);
}

TEST(PartitionLog, bytes_between_counts_what_a_read_would_return) {
  const PartitionLog log = log_of(5, 2);
  EXPECT_EQ(log.bytes_between(Offset(0), Offset(10)), 500);
  EXPECT_EQ(log.bytes_between(Offset(4), Offset(8)), 200);
  EXPECT_EQ(log.bytes_between(Offset(10), Offset(10)), 0);
}

TEST(PartitionLog, offset_for_timestamp_finds_the_first_record_not_older) {
  const PartitionLog log = log_of(3, 2, RollLimits{100, INT64_MAX});  // timestamps 0,1 | 100,101 | 200,201
  EXPECT_EQ(log.offset_for_timestamp(0), Offset(0));
  EXPECT_EQ(log.offset_for_timestamp(101), Offset(3));
  EXPECT_EQ(log.offset_for_timestamp(102), Offset(4));
  EXPECT_EQ(log.offset_for_timestamp(202), kUnknownOffset);
}

TEST(PartitionLog, retention_by_time_removes_whole_old_segments) {
  PartitionLog log = log_of(4, 1, RollLimits{200, INT64_MAX});  // segments at 0 (0,100) and 2 (200,300)
  const RetentionResult result = log.delete_old_segments({1150, 1000, -1, Offset(4)});
  EXPECT_EQ(result.segments, 1);
  EXPECT_EQ(result.reason, RetentionReason::kTime);
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  EXPECT_EQ(log.size_bytes(), 200);
  EXPECT_EQ(log.epochs().entries()[0].start_offset, Offset(2));
}

TEST(PartitionLog, retention_never_passes_the_high_watermark) {
  PartitionLog log = log_of(4, 1, RollLimits{200, INT64_MAX});
  EXPECT_EQ(log.delete_old_segments({100000, 1000, -1, Offset(1)}).segments, 0);
  EXPECT_EQ(log.log_start_offset(), Offset(0));
}

TEST(PartitionLog, retention_by_size_keeps_at_least_retention_bytes) {
  PartitionLog log = log_of(6, 1, RollLimits{200, INT64_MAX});
  const RetentionResult result = log.delete_old_segments({0, -1, 350, Offset(6)});
  EXPECT_EQ(result.segments, 1);
  EXPECT_EQ(result.reason, RetentionReason::kSize);
  EXPECT_EQ(log.size_bytes(), 400);
}

TEST(PartitionLog, when_all_segments_are_old_a_new_one_is_rolled_first) {
  PartitionLog log = log_of(2, 1);
  EXPECT_EQ(log.delete_old_segments({100000, 1000, -1, Offset(2)}).segments, 1);
  ASSERT_EQ(log.segments().size(), 1u);
  EXPECT_EQ(log.segments()[0].base_offset, Offset(2));
  EXPECT_EQ(log.log_start_offset(), Offset(2));
  EXPECT_EQ(log.log_end_offset(), Offset(2));
  EXPECT_EQ(log.append_as_leader(batch_of(1), LeaderEpoch(1), {}), Offset(2));
}

TEST(PartitionLog, prefix_digests_of_equal_histories_are_equal_whatever_retention_removed) {
  PartitionLog a = log_of(8, 1, RollLimits{200, INT64_MAX});
  const PartitionLog b = log_of(8, 1, RollLimits{300, INT64_MAX});
  a.advance_log_start(Offset(4));
  EXPECT_EQ(a.prefix_digest(Offset(8)), b.prefix_digest(Offset(8)));
  EXPECT_EQ(a.range_digest(Offset(4), Offset(8)), b.range_digest(Offset(4), Offset(8)));
  EXPECT_NE(a.prefix_digest(Offset(7)), b.prefix_digest(Offset(8)));
}

TEST(PartitionLog, a_log_started_anew_compares_by_range) {
  const PartitionLog leader = log_of(8, 1);
  PartitionLog follower = log_of(2, 1);
  follower.truncate_fully_and_start_at(Offset(5));
  EXPECT_EQ(follower.log_start_offset(), Offset(5));
  for (const RecordBatch& batch : leader.read(Offset(5), Offset(8), 10000, true)) {
    follower.append_as_follower({&batch, 1}, {});
  }
  EXPECT_EQ(follower.range_digest(Offset(5), Offset(8)), leader.range_digest(Offset(5), Offset(8)));
  EXPECT_EQ(follower.range_digest(Offset(6), Offset(8)), leader.range_digest(Offset(6), Offset(8)));
}

TEST(PartitionLog, find_names_the_batch_that_holds_an_offset) {
  const PartitionLog log = log_of(3, 4);
  ASSERT_NE(log.find(Offset(5)), nullptr);
  EXPECT_EQ(log.find(Offset(5))->base_offset, Offset(4));
  EXPECT_EQ(log.find(Offset(12)), nullptr);
}

TEST(PartitionLog, every_offset_of_logs_of_every_length_is_found) {
  for (int batches = 0; batches < 40; ++batches) {
    const PartitionLog log = log_of(batches, 2);
    for (int offset = 0; offset < 2 * batches; ++offset) {
      ASSERT_NE(log.find(Offset(offset)), nullptr) << batches << " " << offset;
      ASSERT_EQ(log.find(Offset(offset))->base_offset, Offset(offset / 2 * 2));
      ASSERT_EQ(log.bytes_between(Offset(offset), Offset(2 * batches)), 100 * (batches - offset / 2));
    }
    ASSERT_EQ(log.find(Offset(2 * batches)), nullptr);
  }
}

TEST(PartitionLog, a_copy_is_independent) {
  PartitionLog log = log_of(100, 1);
  const PartitionLog copy = log;
  log.truncate_to(Offset(10));
  log.append_as_leader(batch_of(1, 77), LeaderEpoch(9), {});
  EXPECT_EQ(copy.log_end_offset(), Offset(100));
  EXPECT_EQ(copy.batches().size(), 100u);
  EXPECT_NE(copy.prefix_digest(Offset(11)), log.prefix_digest(Offset(11)));
}

}  // namespace
}  // namespace kscope::sim::partition_log_test
