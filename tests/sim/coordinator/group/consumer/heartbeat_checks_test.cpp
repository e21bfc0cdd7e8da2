// Requests that are refused before anything is looked at.

#include "sim/coordinator/group/consumer/heartbeat_checks.h"

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::heartbeat_checks_test {
namespace {

ErrorCode check(const ConsumerGroupHeartbeatRequest& request) { return check_request(request, {}); }

ConsumerGroupHeartbeatRequest joining() { return ConsumerGroupBench::join_request(kAlice); }

ConsumerGroupHeartbeatRequest at_epoch(std::int32_t epoch) {
  ConsumerGroupHeartbeatRequest request;
  request.member_id = kAlice;
  request.member_epoch = MemberEpoch{epoch};
  return request;
}

TEST(HeartbeatChecks, who_joins_tells_everything_and_owns_nothing) {
  EXPECT_EQ(check(joining()), ErrorCode::NONE);
  ConsumerGroupHeartbeatRequest request = joining();
  request.rebalance_timeout.reset();
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  request = joining();
  request.owned.reset();
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  request.owned = {{kT0, 0}};
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  request = joining();
  request.subscribed_topics.reset();
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  request.subscribed_topics.emplace();
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  request = joining();
  request.member_id = {};
  EXPECT_EQ(check(request), ErrorCode::NONE) << "the coordinator issues an id";
}

TEST(HeartbeatChecks, only_known_epochs_below_zero) {
  EXPECT_EQ(check(at_epoch(1)), ErrorCode::NONE);
  EXPECT_EQ(check(at_epoch(-1)), ErrorCode::NONE);
  EXPECT_EQ(check(at_epoch(-2)), ErrorCode::INVALID_REQUEST) << "only a static member comes back";
  EXPECT_EQ(check(at_epoch(-3)), ErrorCode::INVALID_REQUEST);
  ConsumerGroupHeartbeatRequest request = at_epoch(-2);
  request.instance_id = "a";
  EXPECT_EQ(check(request), ErrorCode::NONE);
  request.member_epoch = MemberEpoch{-3};
  EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
}

TEST(HeartbeatChecks, only_who_joins_may_have_no_member_id) {
  for (const std::int32_t epoch : {1, -1, -2}) {
    ConsumerGroupHeartbeatRequest request = at_epoch(epoch);
    request.instance_id = "a";
    request.member_id = {};
    EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST) << epoch;
  }
}

TEST(HeartbeatChecks, texts_are_not_blank) {
  for (const char* blank : {"", " ", " \t\n"}) {
    ConsumerGroupHeartbeatRequest request = joining();
    request.instance_id = blank;
    EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
    request = joining();
    request.rack_id = blank;
    EXPECT_EQ(check(request), ErrorCode::INVALID_REQUEST);
  }
}

TEST(HeartbeatChecks, only_assignors_of_the_broker) {
  ConsumerGroupHeartbeatRequest request = joining();
  for (const char* name : {"uniform", "range"}) {
    request.server_assignor = name;
    EXPECT_EQ(check(request), ErrorCode::NONE);
  }
  request.server_assignor = "sticky";
  EXPECT_EQ(check(request), ErrorCode::UNSUPPORTED_ASSIGNOR);
  request.server_assignor = "range";
  ConsumerGroupConfig config;
  config.assignors = {ServerAssignor::kUniform};
  EXPECT_EQ(check_request(request, config), ErrorCode::UNSUPPORTED_ASSIGNOR);
}

TEST(HeartbeatChecks, a_member_that_leaves_is_refused_for_a_bad_assignor_too) {
  ConsumerGroupHeartbeatRequest request = at_epoch(-1);
  request.server_assignor = "sticky";
  EXPECT_EQ(check(request), ErrorCode::UNSUPPORTED_ASSIGNOR);
}

}  // namespace
}  // namespace kscope::sim::consumer_group::heartbeat_checks_test
