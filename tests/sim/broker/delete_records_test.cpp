#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::delete_records_test {
namespace {

std::int64_t ask(BrokerRig& rig, Offset before, Duration timeout = 5s) {
  DeleteRecordsRequest request;
  request.timeout = timeout;
  request.partitions.push_back({kOrders0, before});
  return rig.request(1, kProducerNode, request);
}

DeleteRecordsResult answer_to(BrokerRig& rig, std::int64_t correlation_id) {
  const auto response = rig.take<DeleteRecordsResponse>(correlation_id);
  EXPECT_TRUE(response.has_value()) << "not answered";
  return response.has_value() ? response->partitions.front() : DeleteRecordsResult{};
}

/// A fetch of a follower whose log starts at `log_start`.
void follow_from(BrokerRig& rig, int follower, Offset offset, Offset log_start) {
  FetchRequest body;
  body.replica = BrokerId(follower);
  body.max_bytes = 1 << 20;
  FetchPartition item;
  item.partition = kOrders0;
  item.fetch_offset = offset;
  item.log_start_offset = log_start;
  item.max_bytes = 1 << 20;
  body.partitions = {item};
  rig.request(1, BrokerRig::node(follower), std::move(body));
}

/// Leader 1 with ten committed records and two that are not.
void write(BrokerRig& rig) {
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, test_batch(10));
  rig.follow(1, 2, Offset(10));
  rig.produce(1, Acks::LEADER, test_batch(2));
  ASSERT_EQ(rig.orders0(1).high_watermark, Offset(10));
}

TEST(DeleteRecords, is_answered_when_every_live_replica_has_moved_its_log_start) {
  BrokerRig rig(1);
  write(rig);
  const std::int64_t asked = ask(rig, Offset(4));
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(4)) << "the leader moves at once";
  EXPECT_FALSE(rig.take<DeleteRecordsResponse>(asked).has_value());
  follow_from(rig, 2, Offset(12), Offset(3));
  EXPECT_FALSE(rig.take<DeleteRecordsResponse>(asked).has_value());
  follow_from(rig, 2, Offset(12), Offset(4));
  const DeleteRecordsResult result = answer_to(rig, asked);
  EXPECT_EQ(result.error, ErrorCode::NONE);
  EXPECT_EQ(result.low_watermark, Offset(4));
}

TEST(DeleteRecords, without_an_offset_everything_committed_goes) {
  BrokerRig rig(1);
  write(rig);
  const std::int64_t asked = ask(rig, kDeleteToHighWatermark);
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(10));
  follow_from(rig, 2, Offset(12), Offset(10));
  EXPECT_EQ(answer_to(rig, asked).low_watermark, Offset(10));
}

TEST(DeleteRecords, beyond_the_high_watermark_is_OFFSET_OUT_OF_RANGE) {
  BrokerRig rig(1);
  write(rig);
  EXPECT_EQ(answer_to(rig, ask(rig, Offset(11))).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(0));
  EXPECT_EQ(rig.count_notes(NoteKind::kRequestRefused), 1);
}

TEST(DeleteRecords, a_topic_that_is_only_compacted_is_POLICY_VIOLATION) {
  BrokerRig rig(1);
  write(rig);
  rig.orders().cleanup_policy = {.is_delete = false, .is_compact = true};
  EXPECT_EQ(answer_to(rig, ask(rig, Offset(4))).error, ErrorCode::POLICY_VIOLATION);
  rig.orders().cleanup_policy = {.is_delete = true, .is_compact = true};
  ask(rig, Offset(4));
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(4)) << "compact,delete may be deleted from";
}

TEST(DeleteRecords, times_out_when_a_live_follower_does_not_follow) {
  BrokerRig rig(1);
  write(rig);
  const std::int64_t asked = ask(rig, Offset(4), 2s);
  rig.pass(3s);
  EXPECT_EQ(answer_to(rig, asked).error, ErrorCode::REQUEST_TIMED_OUT);
  EXPECT_EQ(rig.log(1).log_start_offset(), Offset(4)) << "the records are gone all the same";
}

TEST(DeleteRecords, a_leader_that_becomes_follower_answers_NOT_LEADER_OR_FOLLOWER) {
  BrokerRig rig(1);
  write(rig);
  const std::int64_t asked = ask(rig, Offset(4));
  rig.leader_and_isr(1, BrokerRig::state(2, 6, {1, 2}, {1, 2}));
  EXPECT_EQ(answer_to(rig, asked).error, ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST(DeleteRecords, a_consumer_below_the_new_log_start_is_told) {
  BrokerRig rig(1);
  write(rig);
  ask(rig, Offset(4));
  const auto told = rig.take<FetchResponse>(rig.consume(1, Offset(3)));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->partitions.front().error, ErrorCode::OFFSET_OUT_OF_RANGE);
  const auto read = rig.take<FetchResponse>(rig.consume(1, Offset(4)));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->partitions.front().error, ErrorCode::NONE);
}

TEST(DeleteRecords, who_does_not_lead_says_so) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(2, 5, {1, 2}, {1, 2}));
  EXPECT_EQ(answer_to(rig, ask(rig, Offset(0))).error, ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

}  // namespace
}  // namespace kscope::sim::delete_records_test
