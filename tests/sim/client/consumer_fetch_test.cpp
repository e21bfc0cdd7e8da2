// How a consumer uses fetch sessions (KIP-227).
#include <gtest/gtest.h>

#include "tests/sim/client/consumer_bench.h"

namespace kscope::sim::consumer_fetch_test {
namespace {

/// The broker's answer opens or continues a session.
FetchResponse of_session(std::int32_t id, std::vector<FetchPartitionResult> partitions = {},
                         ErrorCode error = ErrorCode::NONE) {
  return {std::move(partitions), 0, error, FetchSessionId(id)};
}

FetchPartitionResult nothing_new() {
  FetchPartitionResult result;
  result.partition = TopicPartition{kOrders, 0};
  result.high_watermark = Offset(5);
  return result;
}

TEST(Consumer, KIP_227_fetches_within_a_session_name_only_what_has_changed) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  EXPECT_EQ(bench.sent<FetchRequest>()[0].second.metadata, kInitialFetchMetadata);
  bench.reply<FetchRequest>(of_session(77, {nothing_new()}));
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<FetchRequest>()[1].second.metadata, first_incremental(FetchSessionId(77)));
  EXPECT_TRUE(bench.sent<FetchRequest>()[1].second.partitions.empty());
  FetchPartitionResult records = nothing_new();
  records.batches = {ConsumerBench::batch(5, 2)};
  bench.reply<FetchRequest>(of_session(77, {records}));
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 3U);
  ASSERT_EQ(bench.sent<FetchRequest>()[2].second.partitions.size(), 1U);
  EXPECT_EQ(bench.sent<FetchRequest>()[2].second.partitions[0].fetch_offset, Offset(7));
}

TEST(Consumer, KIP_227_a_session_that_the_broker_lost_is_followed_by_a_full_fetch) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.reply<FetchRequest>(of_session(77, {nothing_new()}));
  bench.reply<FetchRequest>(of_session(0, {}, ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 3U);
  EXPECT_EQ(bench.sent<FetchRequest>()[2].second.metadata, kInitialFetchMetadata);
  EXPECT_EQ(bench.sent<FetchRequest>()[2].second.partitions.size(), 1U);
  EXPECT_EQ(bench.client.last_error, ErrorCode::NONE) << "nobody but the two of them notices";
}

TEST(Consumer, KIP_227_a_lost_connection_ends_the_session_with_the_next_fetch) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.reply<FetchRequest>(of_session(77, {nothing_new()}));
  bench.disconnect(NodeId(0));
  bench.fire(TimerKind::kClientRetry);
  EXPECT_EQ(bench.sent<FetchRequest>().back().second.metadata, (FetchMetadata{FetchSessionId(77), kInitialFetchEpoch}));
}

TEST(Consumer, KIP_227_close_ends_the_session_and_waits_for_the_answer) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kNever));
  bench.make_stable();
  bench.reply<FetchRequest>(of_session(77, {nothing_new()}));
  Command leave;
  leave.kind = CommandKind::kConsumerLeave;
  bench.command(leave);
  bench.reply<LeaveGroupRequest>(LeaveGroupResponse{ErrorCode::NONE, kBilling});
  EXPECT_EQ(bench.client.application, ApplicationState::kClosing);
  const auto last = bench.sent<FetchRequest>().back();
  EXPECT_EQ(last.first.to, NodeId(0));
  EXPECT_EQ(last.second.metadata, (FetchMetadata{FetchSessionId(77), kFinalFetchEpoch}));
  EXPECT_TRUE(last.second.partitions.empty());
  bench.reply<FetchRequest>(of_session(0));
  EXPECT_EQ(bench.client.application, ApplicationState::kClosed);
}

}  // namespace
}  // namespace kscope::sim::consumer_fetch_test
