#include "sim/broker/replica_truncation.h"

#include <gtest/gtest.h>

namespace kscope::sim::replica_truncation_test {
namespace {

/// Epoch 1 at offsets 0..4, epoch 3 at 5..9.
PartitionLog two_epochs() {
  PartitionLog log;
  RecordBatch batch;
  batch.record_count = 5;
  batch.size_bytes = 100;
  log.append_as_leader(batch, LeaderEpoch(1), {});
  log.append_as_leader(batch, LeaderEpoch(3), {});
  return log;
}

EpochEndOffset answer(int epoch, std::int64_t end) {
  EpochEndOffset result;
  result.leader_epoch = LeaderEpoch(epoch);
  result.end_offset = Offset(end);
  return result;
}

TEST(Truncation, a_leader_that_knows_nothing_of_the_epoch_means_the_high_watermark) {
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(2), answer(-1, -1)), (TruncationState{Offset(2), true}));
}

TEST(Truncation, the_same_epoch_means_the_smaller_end) {
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(0), answer(3, 7)), (TruncationState{Offset(7), true}));
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(0), answer(3, 20)), (TruncationState{Offset(10), true}));
}

TEST(Truncation, an_older_epoch_that_both_know_means_where_it_ends_here_or_there) {
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(0), answer(1, 4)), (TruncationState{Offset(4), true}));
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(0), answer(1, 8)), (TruncationState{Offset(5), true}));
}

TEST(Truncation, an_epoch_never_seen_here_means_cut_to_the_one_before_and_ask_again) {
  EXPECT_EQ(compute_truncation(two_epochs(), Offset(0), answer(2, 8)), (TruncationState{Offset(5), false}));
}

TEST(Truncation, an_epoch_before_the_first_one_here_cuts_everything) {
  PartitionLog log;
  RecordBatch batch;
  batch.record_count = 5;
  batch.size_bytes = 100;
  log.append_as_leader(batch, LeaderEpoch(4), {});
  EXPECT_EQ(compute_truncation(log, Offset(0), answer(2, 3)).offset, Offset(0));
}

}  // namespace
}  // namespace kscope::sim::replica_truncation_test
