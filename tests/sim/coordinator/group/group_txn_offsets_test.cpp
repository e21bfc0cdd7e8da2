// Offsets that a transaction commits: who may, when they count, what a coordinator that takes over knows of them.
#include <gtest/gtest.h>

#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::group_txn_offsets_test {
namespace {

constexpr GenerationId kFirst{1};
constexpr TopicPartition kOrders0{kOrders, 0};

ErrorCode error_of(const GroupBench& bench, std::int64_t id) {
  const auto answer = bench.answer<TxnOffsetCommitResponse>(id);
  EXPECT_TRUE(answer.has_value());
  return answer ? answer->partitions.front().error : ErrorCode::UNKNOWN_SERVER_ERROR;
}

TEST(TxnOffsetCommit, offsets_count_when_the_transaction_is_committed) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  EXPECT_FALSE(bench.answer<TxnOffsetCommitResponse>(commit).has_value()) << "not replicated yet";
  ASSERT_TRUE(bench.coordinator.wanted_appends.front().transaction.has_value());
  EXPECT_EQ(bench.coordinator.wanted_appends.front().transaction->producer_id, ProducerId(7));
  bench.replicate();
  EXPECT_EQ(error_of(bench, commit), ErrorCode::NONE);
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, kUnknownOffset);
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kAlice, true).partitions[0].offset, Offset(7));
  EXPECT_EQ(bench.notes(NoteKind::kOffsetCommitted).size(), 1U);
}

TEST(TxnOffsetCommit, offsets_of_an_aborted_transaction_are_dropped) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.mark(ControlType::ABORT);
  EXPECT_EQ(bench.offsets(kAlice, true).partitions[0].offset, kUnknownOffset);
  EXPECT_EQ(bench.offsets(kAlice, true).partitions[0].error, ErrorCode::NONE);
  EXPECT_TRUE(bench.notes(NoteKind::kOffsetCommitted).empty());
  EXPECT_EQ(bench.notes(NoteKind::kTxnOffset).back().c, static_cast<std::int64_t>(TxnOffset::kDropped));
}

TEST(TxnOffsetCommit, the_marker_of_another_producer_decides_nothing) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  Ctx ctx = bench.ctx();
  bench.coordinator.on_transaction_completed(ctx, 0, ProducerId(8), ControlType::COMMIT);
  bench.coordinator.on_transaction_completed(ctx, 1, ProducerId(7), ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, kUnknownOffset);
}

TEST(OffsetFetch, who_requires_stable_offsets_waits_for_the_end_of_the_transaction) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::UNSTABLE_OFFSET_COMMIT);
  bench.replicate();
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::UNSTABLE_OFFSET_COMMIT);
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].offset, kUnknownOffset);
  EXPECT_EQ(bench.offsets(kBob, false).partitions[0].error, ErrorCode::NONE) << "clients before KIP-447";
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::NONE);
}

TEST(OffsetFetch, a_plain_commit_under_way_is_not_stable_either) {
  GroupBench bench;
  bench.make_stable();
  bench.commit(kAlice, bench.alice, kFirst, Offset(7));
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::UNSTABLE_OFFSET_COMMIT);
  bench.replicate();
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].offset, Offset(7));
}

TEST(TxnOffsetCommit, zombies_are_refused_by_member_and_generation) {
  GroupBench bench;
  bench.make_stable();
  EXPECT_EQ(error_of(bench, bench.txn_commit(kAlice, bench.alice, GenerationId(0), Offset(7))),
            ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(error_of(bench, bench.txn_commit(kCarol, MemberId{kCarol, 0}, kFirst, Offset(7))),
            ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.notes(NoteKind::kCommitRefused).size(), 2U);
  EXPECT_TRUE(bench.coordinator.wanted_appends.empty());
}

TEST(TxnOffsetCommit, who_names_no_member_may_commit_at_any_time) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.txn_commit(kCarol, MemberId{}, kNoGeneration, Offset(7));
  bench.replicate();
  EXPECT_EQ(error_of(bench, commit), ErrorCode::NONE) << "before KIP-447 nobody named a member";
}

TEST(TxnOffsetCommit, a_group_that_nobody_has_joined_keeps_offsets) {
  GroupBench bench;
  bench.lead();
  const std::int64_t commit = bench.txn_commit(kAlice, MemberId{}, kNoGeneration, Offset(3));
  bench.replicate();
  EXPECT_EQ(error_of(bench, commit), ErrorCode::NONE);
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kAlice).partitions[0].offset, Offset(3));
}

TEST(TxnOffsetCommit, another_broker_is_not_the_coordinator) {
  GroupBench bench;
  EXPECT_EQ(error_of(bench, bench.txn_commit(kAlice, MemberId{}, kNoGeneration, Offset(3))),
            ErrorCode::NOT_COORDINATOR);
}

TEST(TxnOffsetCommit, a_failed_append_leaves_nothing_pending) {
  GroupBench bench;
  bench.make_stable();
  const std::int64_t commit = bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate(ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(error_of(bench, commit), ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_TRUE(bench.group().pending_transactional.empty());
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::NONE);
}

TEST(TxnOffsetCommit, a_later_plain_commit_is_not_undone_by_the_marker) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.commit(kAlice, bench.alice, kFirst, Offset(9));
  bench.replicate();
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kAlice, true).partitions[0].offset, Offset(9)) << "its record lies behind in the log";
}

TEST(TxnOffsetCommit, offsets_of_a_deleted_partition_are_pending_no_more) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.forget({kOrders0});
  EXPECT_FALSE(bench.group().is_in_transaction(kOrders0));
  bench.mark(ControlType::COMMIT);
  EXPECT_FALSE(bench.group().offsets.contains(kOrders0));
}

TEST(TxnOffsetCommit, a_coordinator_that_takes_over_knows_what_is_pending) {
  GroupBench bench;
  bench.make_stable();
  bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
  bench.replicate();
  bench.fail_over();
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].error, ErrorCode::UNSTABLE_OFFSET_COMMIT);
  bench.mark(ControlType::COMMIT);
  EXPECT_EQ(bench.offsets(kBob, true).partitions[0].offset, Offset(7));
}

TEST(TxnOffsetCommit, a_coordinator_that_takes_over_knows_how_transactions_ended) {
  for (const auto& [result, expected] :
       {std::pair(ControlType::COMMIT, Offset(7)), std::pair(ControlType::ABORT, Offset(5))}) {
    GroupBench bench;
    bench.make_stable();
    bench.commit(kAlice, bench.alice, kFirst, Offset(5));
    bench.replicate();
    bench.txn_commit(kAlice, bench.alice, kFirst, Offset(7));
    bench.replicate();
    bench.mark(result);
    bench.fail_over();
    EXPECT_EQ(bench.offsets(kBob, true).partitions[0].offset, expected);
    EXPECT_TRUE(bench.group().pending_transactional.empty());
  }
}

}  // namespace
}  // namespace kscope::sim::group_txn_offsets_test
