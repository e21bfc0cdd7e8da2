// Which logs are compacted, and what compaction leaves: each rule of Kafka's cleaner by its name.
#include "sim/log/log_cleaner.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kscope::sim::log_cleaner_test {
namespace {

constexpr KeyId kNoKey{};
constexpr std::int64_t kRetention = 1000;

struct Written {
  KeyId key;
  bool is_tombstone = false;
};

RecordBatch batch_of(const std::vector<Written>& written, std::int64_t timestamp_ms = 1) {
  static std::int64_t next_id = 0;
  RecordBatch batch;
  batch.record_count = static_cast<std::int32_t>(written.size());
  batch.size_bytes = 100;
  batch.base_timestamp_ms = timestamp_ms;
  batch.max_timestamp_ms = timestamp_ms;
  auto records = std::make_shared<std::vector<Record>>();
  for (const Written& one : written) {
    Record record;
    record.id = RecordId(next_id++);
    record.key = one.key;
    record.value_size = one.is_tombstone ? -1 : 10;
    records->push_back(record);
  }
  batch.records = records;
  return batch;
}

RecordBatch of_producer(RecordBatch batch, std::int64_t id, Sequence sequence) {
  batch.producer_id = ProducerId(id);
  batch.producer_epoch = ProducerEpoch(0);
  batch.base_sequence = sequence;
  return batch;
}

RecordBatch in_transaction(RecordBatch batch, std::int64_t id, Sequence sequence) {
  batch = of_producer(std::move(batch), id, sequence);
  batch.is_transactional = true;
  return batch;
}

RecordBatch marker(std::int64_t id, ControlType type) {
  RecordBatch batch = batch_of({{kNoKey}});
  batch.producer_id = ProducerId(id);
  batch.producer_epoch = ProducerEpoch(0);
  batch.is_transactional = true;
  batch.is_control = true;
  batch.control_type = type;
  batch.coordinator_epoch = CoordinatorEpoch(0);
  return batch;
}

class TestReader final : public RecordReader {
 public:
  [[nodiscard]] std::optional<std::string> key_of(const RecordBatch& batch, std::size_t index) const override {
    const KeyId key = (*batch.records)[index].key;
    return key.is_valid() ? std::optional(std::to_string(key.value)) : std::nullopt;
  }
  [[nodiscard]] std::int32_t size_of(const RecordBatch& batch) const override {
    std::int32_t size = 61;
    for (const Record& record : *batch.records) {
      size += record.is_removed() ? 0 : 10;
    }
    return size;
  }
};

// Every batch gets a segment of its own; one more stays active.
PartitionLog log_of(const std::vector<RecordBatch>& batches) {
  PartitionLog log;
  const RollLimits one_each{100, INT64_MAX};
  for (const RecordBatch& batch : batches) {
    log.append_as_leader(batch, LeaderEpoch(0), one_each);
  }
  log.append_as_leader(batch_of({{KeyId(99)}}), LeaderEpoch(0), one_each);
  log.on_high_watermark(log.log_end_offset());
  return log;
}

CompactionLimits at(std::int64_t now_ms) {
  CompactionLimits limits;
  limits.now_ms = now_ms;
  limits.delete_retention_ms = kRetention;
  return limits;
}

CleaningResult clean_all(PartitionLog& log, std::int64_t now_ms, Offset checkpoint = Offset(0)) {
  const LogToClean dirty = log_to_clean(log, checkpoint, log.log_end_offset(), at(now_ms));
  return clean(log, dirty, at(now_ms), TestReader{});
}

// Offsets of the records that are there, in order.
std::vector<std::int64_t> left_in(const PartitionLog& log) {
  std::vector<std::int64_t> offsets;
  for (const RecordBatch& batch : log.batches()) {
    for (std::size_t i = 0; i < batch.records->size(); ++i) {
      if (!(*batch.records)[i].is_removed()) {
        offsets.push_back(batch.base_offset.value + static_cast<std::int64_t>(i));
      }
    }
  }
  return offsets;
}

using Offsets = std::vector<std::int64_t>;

TEST(LogCleaner, the_last_record_of_each_key_stays_at_its_offset) {
  PartitionLog log =
      log_of({batch_of({{KeyId(1)}, {KeyId(2)}}), batch_of({{KeyId(1)}, {KeyId(3)}}), batch_of({{KeyId(2)}})});
  const CleaningResult result = clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{2, 3, 4, 5}));
  EXPECT_EQ(result.removed_count, 2);
  EXPECT_EQ(result.cleaned_to, Offset(5)) << "the active segment is never cleaned";
  EXPECT_EQ(log.find(Offset(0)), nullptr) << "a batch without records goes whole";
  EXPECT_EQ(log.log_end_offset(), Offset(6));
  EXPECT_EQ(log.log_start_offset(), Offset(0)) << "compaction moves no log start";
}

TEST(LogCleaner, segments_that_became_small_are_merged_up_to_segment_bytes) {
  PartitionLog log =
      log_of({batch_of({{KeyId(1)}}), batch_of({{KeyId(2)}}), batch_of({{KeyId(3)}}), batch_of({{KeyId(4)}})});
  CompactionLimits limits = at(10);
  limits.segment_bytes = 200;
  clean(log, log_to_clean(log, Offset(0), log.log_end_offset(), limits), limits, TestReader{});
  ASSERT_EQ(log.segments().size(), 3u);
  EXPECT_EQ(log.segments()[1].base_offset, Offset(2));
  EXPECT_EQ(log.segments()[1].size_bytes, 200);
  EXPECT_EQ(log.size_bytes(), 500);
  EXPECT_EQ(log.read(Offset(3), Offset(100), 100, true).front().base_offset, Offset(3));
}

TEST(LogCleaner, a_tombstone_stays_until_its_horizon) {
  PartitionLog log = log_of({batch_of({{KeyId(1)}, {KeyId(1), true}}), batch_of({{KeyId(2)}})});
  clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{1, 2, 3})) << "the first cleaning sets the horizon";
  EXPECT_EQ(log.find(Offset(1))->delete_horizon_ms, 10 + kRetention);
  log.append_as_leader(batch_of({{KeyId(3)}}), LeaderEpoch(0), RollLimits{100, INT64_MAX});
  clean_all(log, 10 + kRetention - 1, Offset(3));
  EXPECT_EQ(left_in(log), (Offsets{1, 2, 3, 4}));
  EXPECT_EQ(log.find(Offset(1))->delete_horizon_ms, 10 + kRetention) << "once set it stays";
  log.append_as_leader(batch_of({{KeyId(4)}}), LeaderEpoch(0), RollLimits{100, INT64_MAX});
  clean_all(log, 10 + kRetention, Offset(4));
  EXPECT_EQ(left_in(log), (Offsets{2, 3, 4, 5}));
}

TEST(LogCleaner, a_record_without_key_goes) {
  PartitionLog log = log_of({batch_of({{kNoKey}, {KeyId(1)}})});
  clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{1, 2}));
}

TEST(LogCleaner, the_last_batch_of_a_producer_stays_without_records) {
  PartitionLog log = log_of({of_producer(batch_of({{KeyId(1)}}), 7, Sequence{0}),
                             of_producer(batch_of({{KeyId(1)}}), 7, Sequence{1}), batch_of({{KeyId(1)}})});
  clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{2, 3}));
  EXPECT_EQ(log.find(Offset(0)), nullptr);
  ASSERT_NE(log.find(Offset(1)), nullptr) << "it holds the sequence that the next batch must follow";
  EXPECT_EQ(log.find(Offset(1))->base_sequence, Sequence{1});
  EXPECT_EQ(log.find(Offset(1))->size_bytes, 61);
}

TEST(LogCleaner, the_last_batch_of_what_is_cleaned_stays) {
  PartitionLog log = log_of({batch_of({{KeyId(1)}}), batch_of({{kNoKey}})});
  const CleaningResult result = clean_all(log, 10);
  EXPECT_EQ(result.cleaned_to, Offset(2));
  ASSERT_NE(log.find(Offset(1)), nullptr) << "without it a log that ends here would forget its end";
  EXPECT_EQ(left_in(log), (Offsets{0, 2}));
}

TEST(LogCleaner, records_of_an_aborted_transaction_go_and_count_for_nothing) {
  PartitionLog log = log_of({batch_of({{KeyId(1)}}), in_transaction(batch_of({{KeyId(1)}}), 7, Sequence{0}),
                             marker(7, ControlType::ABORT), in_transaction(batch_of({{KeyId(2)}}), 8, Sequence{0}),
                             marker(8, ControlType::COMMIT)});
  clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{0, 2, 3, 4, 5})) << "key 1 keeps the record before the aborted one";
}

TEST(LogCleaner, a_marker_stays_until_its_records_are_gone_and_its_horizon_has_passed) {
  const RollLimits one_each{100, INT64_MAX};
  PartitionLog log = log_of({in_transaction(batch_of({{KeyId(1)}}), 7, Sequence{0}), marker(7, ControlType::COMMIT),
                             in_transaction(batch_of({{KeyId(1)}}), 7, Sequence{1}), marker(7, ControlType::COMMIT)});
  clean_all(log, 10);
  EXPECT_EQ(left_in(log), (Offsets{1, 2, 3, 4})) << "the record of offset 0 is superseded";
  EXPECT_EQ(log.find(Offset(1))->delete_horizon_ms, -1) << "its transaction had a batch when this round began";
  log.append_as_leader(batch_of({{KeyId(3)}}), LeaderEpoch(0), one_each);
  clean_all(log, 20, Offset(4));
  ASSERT_NE(log.find(Offset(1)), nullptr);
  EXPECT_EQ(log.find(Offset(1))->delete_horizon_ms, 20 + kRetention) << "now it ends nothing";
  log.append_as_leader(batch_of({{KeyId(4)}}), LeaderEpoch(0), one_each);
  clean_all(log, 20 + kRetention, Offset(5));
  EXPECT_EQ(log.find(Offset(1)), nullptr);
  EXPECT_NE(log.find(Offset(3)), nullptr) << "the other one still ends the transaction of offset 2";
}

TEST(LogToClean, nothing_at_or_beyond_the_last_stable_offset_nor_of_the_active_segment) {
  const PartitionLog log = log_of({batch_of({{KeyId(1)}, {KeyId(2)}}), batch_of({{KeyId(1)}, {KeyId(2)}})});
  EXPECT_EQ(log_to_clean(log, Offset(0), Offset(5), at(10)).first_uncleanable_offset, Offset(4));
  EXPECT_EQ(log_to_clean(log, Offset(0), Offset(3), at(10)).first_uncleanable_offset, Offset(2)) << "whole segments";
  EXPECT_EQ(log_to_clean(log, Offset(0), Offset(1), at(10)).cleanable_bytes, 0);
}

TEST(LogToClean, the_dirty_share_is_what_lies_behind_the_checkpoint) {
  const PartitionLog log = log_of({batch_of({{KeyId(1)}}), batch_of({{KeyId(2)}}), batch_of({{KeyId(3)}})});
  const LogToClean dirty = log_to_clean(log, Offset(2), log.log_end_offset(), at(10));
  EXPECT_EQ(dirty.clean_bytes, 200);
  EXPECT_EQ(dirty.cleanable_bytes, 100);
  EXPECT_EQ(dirty.dirty_millionths(), 333'333);
  EXPECT_FALSE(dirty.is_wanted(at(10)));
  CompactionLimits eager = at(10);
  eager.min_dirty_millionths = 300'000;
  EXPECT_TRUE(dirty.is_wanted(eager));
  EXPECT_EQ(log_to_clean(log, Offset(77), log.log_end_offset(), at(10)).first_dirty_offset, Offset(0))
      << "a checkpoint that does not fit the log counts for nothing";
}

TEST(LogToClean, min_compaction_lag_spares_what_is_young) {
  const PartitionLog log =
      log_of({batch_of({{KeyId(1)}}, 100), batch_of({{KeyId(2)}}, 200), batch_of({{KeyId(3)}}, 300)});
  CompactionLimits limits = at(350);
  limits.min_lag_ms = 150;
  EXPECT_EQ(log_to_clean(log, Offset(0), log.log_end_offset(), limits).first_uncleanable_offset, Offset(2));
  limits.min_lag_ms = 151;
  EXPECT_EQ(log_to_clean(log, Offset(0), log.log_end_offset(), limits).first_uncleanable_offset, Offset(1));
}

TEST(LogToClean, max_compaction_lag_asks_for_cleaning_whatever_the_share) {
  const PartitionLog log = log_of({batch_of({{KeyId(1)}}, 100), batch_of({{KeyId(2)}}, 200)});
  CompactionLimits limits = at(300);
  limits.min_dirty_millionths = 1'000'000;
  limits.max_lag_ms = 200;
  EXPECT_FALSE(log_to_clean(log, Offset(0), log.log_end_offset(), limits).is_wanted(limits));
  limits.max_lag_ms = 199;
  EXPECT_TRUE(log_to_clean(log, Offset(0), log.log_end_offset(), limits).is_wanted(limits));
}

TEST(LogCleaner, a_follower_takes_over_what_its_leader_compacted_with_the_gaps) {
  PartitionLog leader =
      log_of({batch_of({{KeyId(1)}, {KeyId(2)}}), batch_of({{KeyId(1)}, {KeyId(3)}}), batch_of({{KeyId(2)}})});
  clean_all(leader, 10);
  PartitionLog follower;
  follower.append_as_follower(leader.read(Offset(0), Offset(100), 10'000, true), {});
  EXPECT_EQ(follower.log_end_offset(), leader.log_end_offset());
  EXPECT_EQ(left_in(follower), left_in(leader));
  EXPECT_EQ(follower.verbatim_from(), Offset(2)) << "batches before offset 2 are missing";
  EXPECT_EQ(follower.range_digest(Offset(5), Offset(6)), leader.range_digest(Offset(5), Offset(6)));
}

}  // namespace
}  // namespace kscope::sim::log_cleaner_test
