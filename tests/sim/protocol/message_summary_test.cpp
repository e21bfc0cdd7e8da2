#include "sim/protocol/message.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "sim/world/registry.h"

namespace kscope::sim::message_summary_test {
namespace {

constexpr TopicId kOrders{0};

std::string summary(MessageBody body) {
  Registry registry;
  registry.topics.resize(1);
  registry.topics[0].name = "orders";
  return message_summary(Message{1, std::move(body)}, registry);
}

FetchRequest fetch(FetchMetadata metadata) {
  FetchRequest request;
  request.metadata = metadata;
  return request;
}

TEST(MessageSummary, a_fetch_tells_where_it_stands_in_its_session) {
  FetchPartition item;
  item.partition = {kOrders, 0};
  item.fetch_offset = Offset(7);
  FetchRequest full = fetch(kInitialFetchMetadata);
  full.partitions = {item};
  EXPECT_EQ(summary(full), "full: orders-0 from offset 7");
  full.metadata = {FetchSessionId(5), kInitialFetchEpoch};
  EXPECT_EQ(summary(full), "full, instead of session 5: orders-0 from offset 7");
  full.metadata = {};
  EXPECT_EQ(summary(full), "full, without a session: orders-0 from offset 7");
  FetchRequest incremental = fetch({FetchSessionId(5), FetchSessionEpoch(3)});
  EXPECT_EQ(summary(incremental), "incremental, session 5 epoch 3: nothing has changed");
  incremental.partitions = {item};
  incremental.forgotten = {ForgottenPartition{{kOrders, 1}, {}}};
  EXPECT_EQ(summary(incremental), "incremental, session 5 epoch 3: orders-0 from offset 7; forgets orders-1");
  EXPECT_EQ(summary(fetch({FetchSessionId(5), kFinalFetchEpoch})), "ends fetch session 5");
}

TEST(MessageSummary, a_fetch_response_tells_its_session) {
  FetchResponse response;
  response.session_id = FetchSessionId(5);
  EXPECT_EQ(summary(response), "session 5: no partition has news");
  FetchPartitionResult result;
  result.partition = {kOrders, 0};
  result.high_watermark = Offset(9);
  response.partitions = {result};
  EXPECT_EQ(summary(response), "session 5: orders-0: nothing new, HW 9");
  response = {};
  response.error = ErrorCode::FETCH_SESSION_ID_NOT_FOUND;
  EXPECT_EQ(summary(response), "refused: FETCH_SESSION_ID_NOT_FOUND");
}

}  // namespace
}  // namespace kscope::sim::message_summary_test
