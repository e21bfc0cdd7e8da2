#include "sim/coordinator/txn/transaction_metadata.h"

#include <gtest/gtest.h>

namespace kscope::sim::transaction_metadata_test {
namespace {

using S = TransactionState;
constexpr TopicPartition kP0{TopicId{1}, 0};
constexpr TopicPartition kP1{TopicId{1}, 1};

TransactionMetadata made(S state, std::int16_t epoch, std::int16_t last_epoch = -1) {
  TransactionMetadata metadata;
  metadata.current.transactional_id = TransactionalId{0};
  metadata.current.producer_id = ProducerId{7};
  metadata.current.producer_epoch = ProducerEpoch{epoch};
  metadata.current.last_producer_epoch = ProducerEpoch{last_epoch};
  metadata.current.state = state;
  return metadata;
}

TEST(TransactionMetadata, the_table_of_moves_is_Kafkas) {
  const bool legal[kTransactionStateCount][kTransactionStateCount] = {
      // to: Empty Ongoing PrepC PrepA ComplC ComplA Dead Fence
      {true, true, false, true, false, false, true, false},      // Empty
      {false, true, true, true, false, false, false, true},      // Ongoing
      {false, false, false, false, true, false, false, false},   // PrepareCommit
      {false, false, false, false, false, true, false, false},   // PrepareAbort
      {true, true, false, true, false, false, true, false},      // CompleteCommit
      {true, true, false, true, false, false, true, false},      // CompleteAbort
      {false, false, false, false, false, false, false, false},  // Dead
      {false, false, false, true, false, false, false, false},   // PrepareEpochFence
  };
  for (std::size_t from = 0; from < kTransactionStateCount; ++from) {
    for (std::size_t to = 0; to < kTransactionStateCount; ++to) {
      EXPECT_EQ(TransactionMetadata::is_legal(static_cast<S>(from), static_cast<S>(to)), legal[from][to])
          << transaction_state_name(static_cast<S>(from)) << " -> " << transaction_state_name(static_cast<S>(to));
    }
  }
}

TEST(TransactionMetadata, a_producer_without_epoch_gets_the_next_one) {
  TransactionMetadata metadata = made(S::CompleteCommit, 4);
  const auto next = metadata.prepare_increment_epoch(60s, std::nullopt, 100);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->producer_epoch, ProducerEpoch{5});
  EXPECT_EQ(next->last_producer_epoch, kNoProducerEpoch);
  EXPECT_EQ(next->state, S::Empty);
  EXPECT_EQ(metadata.current.producer_epoch, ProducerEpoch{4}) << "until it is replicated";
  metadata.complete_transition_to(*next);
  EXPECT_EQ(metadata.current.producer_epoch, ProducerEpoch{5});
  EXPECT_FALSE(metadata.is_transition_pending());
}

TEST(TransactionMetadata, KIP_360_the_epoch_that_a_producer_names_decides) {
  TransactionMetadata present = made(S::Empty, 4);
  const auto bumped = present.prepare_increment_epoch(60s, ProducerEpoch{4}, 100);
  ASSERT_TRUE(bumped.has_value());
  EXPECT_EQ(bumped->producer_epoch, ProducerEpoch{5});
  EXPECT_EQ(bumped->last_producer_epoch, ProducerEpoch{4});

  TransactionMetadata repeated = made(S::Empty, 5, 4);
  const auto again = repeated.prepare_increment_epoch(60s, ProducerEpoch{4}, 100);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->producer_epoch, ProducerEpoch{5}) << "a retry raises nothing";

  TransactionMetadata other = made(S::Empty, 6);
  EXPECT_FALSE(other.prepare_increment_epoch(60s, ProducerEpoch{4}, 100).has_value()) << "PRODUCER_FENCED";
  EXPECT_FALSE(other.is_transition_pending());
}

TEST(TransactionMetadata, a_used_up_id_is_rotated) {
  TransactionMetadata metadata = made(S::Empty, INT16_MAX - 1);
  EXPECT_TRUE(metadata.is_epoch_exhausted());
  const TransactionRecord next = metadata.prepare_producer_id_rotation(ProducerId{9}, 60s, 100, true);
  EXPECT_EQ(next.producer_id, ProducerId{9});
  EXPECT_EQ(next.previous_producer_id, ProducerId{7});
  EXPECT_EQ(next.producer_epoch, ProducerEpoch{0});
  EXPECT_EQ(next.last_producer_epoch, ProducerEpoch{INT16_MAX - 1});
}

TEST(TransactionMetadata, the_first_partition_starts_the_clock_and_later_ones_do_not) {
  TransactionMetadata metadata = made(S::CompleteAbort, 4);
  TransactionRecord next = metadata.prepare_add_partitions({kP1}, 100);
  EXPECT_EQ(next.start_ms, 100);
  metadata.complete_transition_to(next);
  next = metadata.prepare_add_partitions({kP0, kP1}, 200);
  EXPECT_EQ(next.start_ms, 100);
  EXPECT_EQ(next.last_update_ms, 200);
  EXPECT_EQ(next.partitions, (std::vector<TopicPartition>{kP0, kP1}));
}

TEST(TransactionMetadata, a_fence_that_failed_is_not_raised_twice) {
  TransactionMetadata metadata = made(S::Ongoing, 4);
  EXPECT_EQ(metadata.prepare_fence_epoch().producer_epoch, ProducerEpoch{5});
  metadata.pending_state.reset();
  metadata.current.producer_epoch = ProducerEpoch{5};
  metadata.has_failed_epoch_fence = true;
  EXPECT_EQ(metadata.prepare_fence_epoch().producer_epoch, ProducerEpoch{5});
}

TEST(TransactionMetadata, KIP_890_an_end_raises_the_epoch_and_a_used_up_id_is_exchanged_when_it_is_complete) {
  TransactionMetadata metadata = made(S::Ongoing, 4);
  metadata.current.start_ms = 50;
  const TransactionRecord next = metadata.prepare_end_and_bump(S::PrepareCommit, {}, 100);
  EXPECT_EQ(next.producer_epoch, ProducerEpoch{5});
  EXPECT_EQ(next.last_producer_epoch, ProducerEpoch{4});
  EXPECT_EQ(next.start_ms, 50);
  metadata.complete_transition_to(next);
  EXPECT_EQ(metadata.prepare_complete(200).producer_epoch, ProducerEpoch{5});

  TransactionMetadata last = made(S::Ongoing, INT16_MAX - 1);
  last.complete_transition_to(last.prepare_end_and_bump(S::PrepareAbort, ProducerId{9}, 100));
  EXPECT_EQ(last.current.producer_epoch, ProducerEpoch{INT16_MAX}) << "of the markers";
  last.complete_transition_to(last.prepare_complete(200));
  EXPECT_EQ(last.current.producer_id, ProducerId{9});
  EXPECT_EQ(last.current.producer_epoch, ProducerEpoch{0});
  EXPECT_EQ(last.current.previous_producer_id, ProducerId{7});
  EXPECT_FALSE(last.current.next_producer_id.is_valid());

  TransactionMetadata nothing = made(S::Empty, 4);
  EXPECT_EQ(nothing.prepare_end_and_bump(S::PrepareAbort, {}, 100).start_ms, 100);
}

TEST(TransactionMetadata, completing_ends_with_what_was_decided) {
  TransactionMetadata commit = made(S::PrepareCommit, 4);
  commit.current.partitions = {kP0};
  const TransactionRecord next = commit.prepare_complete(300);
  EXPECT_EQ(next.state, S::CompleteCommit);
  EXPECT_TRUE(next.partitions.empty());
  EXPECT_EQ(made(S::PrepareAbort, 4).prepare_complete(300).state, S::CompleteAbort);
}

}  // namespace
}  // namespace kscope::sim::transaction_metadata_test
