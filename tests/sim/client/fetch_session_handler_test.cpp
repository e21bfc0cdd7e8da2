// Compare Kafka's FetchSessionHandlerTest for the rules.
#include "sim/client/fetch_session_handler.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace kscope::sim::fetch_session_handler_test {
namespace {

constexpr TopicId kOrders{1};
constexpr Uuid kOrdersId{7, 7};
constexpr Uuid kOrdersAnew{8, 8};

FetchPartition item(std::int32_t partition, std::int64_t offset, Uuid topic_id = kOrdersId) {
  FetchPartition made;
  made.partition = {kOrders, partition};
  made.fetch_offset = Offset(offset);
  made.max_bytes = 100;
  made.topic_id = topic_id;
  return made;
}

FetchSessionHandler::RequestData build(FetchSessionHandler& handler, const std::vector<FetchPartition>& items) {
  handler.begin();
  for (const FetchPartition& each : items) {
    handler.add(each);
  }
  return handler.build();
}

FetchResponse answer(std::int32_t session_id, const std::vector<std::int32_t>& partitions,
                     ErrorCode error = ErrorCode::NONE) {
  std::vector<FetchPartitionResult> results(partitions.size());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    results[i].partition = {kOrders, partitions[i]};
  }
  return {results, 0, error, FetchSessionId(session_id)};
}

using Offsets = std::vector<std::pair<std::int32_t, std::int64_t>>;

/// Partition and fetch offset of every entry.
Offsets offsets(const SharedList<FetchPartition>& partitions) {
  Offsets found;
  for (const FetchPartition& each : partitions) {
    found.emplace_back(each.partition.partition, each.fetch_offset.value);
  }
  return found;
}

FetchMetadata at(std::int32_t id, std::int32_t epoch) { return {FetchSessionId(id), FetchSessionEpoch(epoch)}; }

/// Has had partitions 0 and 1 at offsets 10 and 20 accepted in session 123.
FetchSessionHandler in_session() {
  FetchSessionHandler handler;
  const auto first = build(handler, {item(0, 10), item(1, 20)});
  EXPECT_EQ(first.metadata, at(0, 0));
  EXPECT_EQ(first.to_send.size(), 2U);
  EXPECT_TRUE(handler.handle_response(answer(123, {0, 1})));
  return handler;
}

TEST(FetchSessionHandler, a_broker_that_opens_no_session_is_asked_in_full_every_time) {
  FetchSessionHandler handler;
  for (int i = 0; i < 3; ++i) {
    const auto data = build(handler, {item(0, 10 + i), item(1, 20)});
    EXPECT_EQ(data.metadata, at(0, 0));
    EXPECT_EQ(offsets(data.to_send), (Offsets{{0, 10 + i}, {1, 20}}));
    EXPECT_TRUE(data.to_forget.empty());
    EXPECT_TRUE(handler.handle_response(answer(0, {0, 1})));
  }
}

TEST(FetchSessionHandler, incremental_requests_name_only_what_is_new_or_has_changed) {
  FetchSessionHandler handler = in_session();
  const auto second = build(handler, {item(0, 10), item(1, 21), item(2, 0)});
  EXPECT_EQ(second.metadata, at(123, 1));
  EXPECT_EQ(offsets(second.to_send), (Offsets{{1, 21}, {2, 0}}));
  EXPECT_TRUE(second.to_forget.empty());
  EXPECT_TRUE(handler.handle_response(answer(123, {2})));
  const auto third = build(handler, {item(2, 0), item(1, 21), item(0, 10)});
  EXPECT_EQ(third.metadata, at(123, 2));
  EXPECT_TRUE(third.to_send.empty()) << "another order is no change";
  EXPECT_TRUE(third.is_needed) << "the session has partitions";
}

TEST(FetchSessionHandler, every_field_of_a_partition_that_changes_is_sent) {
  FetchSessionHandler handler = in_session();
  FetchPartition changed = item(0, 10);
  const auto is_sent = [&] {
    const auto data = build(handler, {changed, item(1, 20)});
    return data.to_send.size() == 1 && data.to_send[0] == changed && handler.handle_response(answer(123, {}));
  };
  changed.max_bytes = 50;
  EXPECT_TRUE(is_sent());
  changed.log_start_offset = Offset(3);
  EXPECT_TRUE(is_sent());
  changed.current_leader_epoch = LeaderEpoch(4);
  EXPECT_TRUE(is_sent());
  changed.last_fetched_epoch = LeaderEpoch(4);
  EXPECT_TRUE(is_sent());
}

TEST(FetchSessionHandler, what_is_not_added_is_forgotten) {
  FetchSessionHandler handler = in_session();
  const auto data = build(handler, {item(1, 20)});
  EXPECT_TRUE(data.to_send.empty());
  ASSERT_EQ(data.to_forget.size(), 1U);
  EXPECT_EQ(data.to_forget[0].partition, (TopicPartition{kOrders, 0}));
  EXPECT_EQ(data.to_forget[0].topic_id, kOrdersId);
  EXPECT_TRUE(handler.handle_response(answer(123, {})));
  const auto last = build(handler, {});
  EXPECT_EQ(last.to_forget.size(), 1U);
  EXPECT_TRUE(last.is_needed) << "the broker must hear that the last one is forgotten";
  EXPECT_TRUE(handler.handle_response(answer(0, {}))) << "which ends the session";
  EXPECT_EQ(handler.next_metadata(), at(0, 0));
  EXPECT_FALSE(build(handler, {}).is_needed);
}

TEST(FetchSessionHandler, KIP_516_another_topic_id_replaces_the_partition) {
  FetchSessionHandler handler = in_session();
  const auto data = build(handler, {item(0, 0, kOrdersAnew), item(1, 20)});
  EXPECT_TRUE(data.uses_topic_ids);
  ASSERT_EQ(data.to_forget.size(), 1U);
  EXPECT_EQ(data.to_forget[0].topic_id, kOrdersId) << "the old one";
  ASSERT_EQ(data.to_send.size(), 1U);
  EXPECT_EQ(data.to_send[0].topic_id, kOrdersAnew);
}

TEST(FetchSessionHandler, KIP_516_one_partition_without_an_id_keeps_ids_out_of_the_request) {
  FetchSessionHandler handler;
  const auto data = build(handler, {item(0, 10), item(1, 20, Uuid{})});
  EXPECT_FALSE(data.uses_topic_ids);
  EXPECT_TRUE(data.to_send[0].topic_id.is_zero());
}

TEST(FetchSessionHandler, a_session_that_the_broker_does_not_know_is_given_up) {
  FetchSessionHandler handler = in_session();
  EXPECT_TRUE(build(handler, {item(0, 10), item(1, 20)}).to_send.empty());
  EXPECT_FALSE(handler.handle_response(answer(0, {}, ErrorCode::FETCH_SESSION_ID_NOT_FOUND)));
  const auto again = build(handler, {item(0, 10), item(1, 20)});
  EXPECT_EQ(again.metadata, at(0, 0));
  EXPECT_EQ(again.to_send.size(), 2U) << "in full";
}

TEST(FetchSessionHandler, other_errors_and_lost_answers_end_the_session_and_ask_for_another) {
  for (const ErrorCode error : {ErrorCode::INVALID_FETCH_SESSION_EPOCH, ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR}) {
    FetchSessionHandler handler = in_session();
    EXPECT_FALSE(handler.handle_response(answer(0, {}, error)));
    EXPECT_EQ(build(handler, {item(0, 10)}).metadata, at(123, 0));
  }
  FetchSessionHandler handler = in_session();
  handler.handle_error();
  const auto again = build(handler, {item(0, 10), item(1, 20)});
  EXPECT_EQ(again.metadata, at(123, 0));
  EXPECT_EQ(again.to_send.size(), 2U);
  EXPECT_TRUE(again.to_forget.empty()) << "a full request forgets by not naming";
}

TEST(FetchSessionHandler, a_full_answer_must_have_exactly_what_was_asked_for) {
  for (const std::vector<std::int32_t>& wrong : std::vector<std::vector<std::int32_t>>{{0}, {0, 1, 2}, {0, 2}}) {
    FetchSessionHandler handler;
    EXPECT_EQ(build(handler, {item(0, 10), item(1, 20)}).to_send.size(), 2U);
    EXPECT_FALSE(handler.handle_response(answer(123, wrong)));
    EXPECT_EQ(handler.next_metadata(), at(0, 0));
  }
}

TEST(FetchSessionHandler, an_incremental_answer_may_only_have_partitions_of_the_session) {
  FetchSessionHandler handler = in_session();
  EXPECT_TRUE(handler.handle_response(answer(123, {1})));
  EXPECT_FALSE(handler.handle_response(answer(123, {2})));
  EXPECT_EQ(handler.next_metadata(), at(123, 0));
}

TEST(FetchSessionHandler, KIP_219_a_throttled_answer_keeps_an_open_session_and_opens_none) {
  FetchSessionHandler handler = in_session();
  FetchResponse throttled = answer(123, {});
  throttled.throttle_time_ms = 100;
  EXPECT_TRUE(handler.handle_response(throttled));
  EXPECT_EQ(handler.next_metadata(), at(123, 2));
  FetchSessionHandler fresh;
  EXPECT_EQ(build(fresh, {item(0, 10)}).to_send.size(), 1U);
  throttled.session_id = kInvalidSessionId;
  EXPECT_FALSE(fresh.handle_response(throttled));
  EXPECT_EQ(fresh.next_metadata(), at(0, 0));
}

TEST(FetchSessionHandler, closing_names_the_session_and_no_partition) {
  FetchSessionHandler handler = in_session();
  handler.notify_close();
  const auto data = build(handler, {});
  EXPECT_EQ(data.metadata, at(123, -1));
  EXPECT_TRUE(data.to_send.empty());
  EXPECT_TRUE(data.to_forget.empty());
}

TEST(FetchSessionHandler, epochs_begin_again_at_1_after_the_largest) {
  EXPECT_EQ(next_epoch(FetchSessionEpoch(0)), FetchSessionEpoch(1));
  EXPECT_EQ(next_epoch(FetchSessionEpoch(INT32_MAX)), FetchSessionEpoch(1));
  EXPECT_EQ(next_epoch(kFinalFetchEpoch), kFinalFetchEpoch);
}

}  // namespace
}  // namespace kscope::sim::fetch_session_handler_test
