// The rules of KIP-211, branch by branch: since when the retention of an offset counts, and for which groups at all.
#include "sim/coordinator/group/offset_expiration.h"

#include <gtest/gtest.h>

namespace kscope::sim::offset_expiration_test {
namespace {

constexpr TopicId kOrders{1};
constexpr TopicId kPrices{2};
constexpr std::int64_t kCommittedMs = 20'000;

CommittedOffset a_commit() { return CommittedOffset{Offset(7), LeaderEpoch(0), kCommittedMs}; }

Group a_group(GroupState state) {
  Group group;
  group.state = state;
  group.protocol_type = "consumer";
  group.current_state_timestamp_ms = 50'000;
  return group;
}

/// A member that offers range for orders and roundrobin for prices.
Group with_member(GroupState state, std::string selected) {
  Group group = a_group(state);
  group.protocol = std::move(selected);
  GroupMember member;
  member.id = MemberId{NodeId(1), 0};
  member.protocols = {JoinProtocol{"range", {kOrders}, {}}, JoinProtocol{"roundrobin", {kPrices}, {}}};
  group.members.insert_or_assign(member.id, member);
  return group;
}

TEST(OffsetExpiration, an_offset_expires_when_the_retention_is_over_to_the_millisecond) {
  const OffsetExpirationCondition condition;
  EXPECT_FALSE(condition.is_expired(a_commit(), kCommittedMs + 59'999, 1min));
  EXPECT_TRUE(condition.is_expired(a_commit(), kCommittedMs + 60'000, 1min));
  EXPECT_FALSE(condition.is_expired(a_commit(), kCommittedMs - 60'000, 1min)) << "a clock that was set back";
}

TEST(OffsetExpiration, of_an_empty_group_since_it_became_empty) {
  const auto condition = offset_expiration_condition(a_group(GroupState::Empty));
  ASSERT_TRUE(condition.has_value());
  EXPECT_EQ(condition->reason, OffsetExpiry::kGroupEmpty);
  EXPECT_EQ(condition->base_timestamp_ms(a_commit()), 50'000);
}

TEST(OffsetExpiration, of_an_empty_group_whose_record_does_not_say_since_when_since_the_commit) {
  Group group = a_group(GroupState::Empty);
  group.current_state_timestamp_ms.reset();
  const auto condition = offset_expiration_condition(group);
  ASSERT_TRUE(condition.has_value());
  EXPECT_EQ(condition->reason, OffsetExpiry::kNoMembers);
  EXPECT_EQ(condition->base_timestamp_ms(a_commit()), kCommittedMs);
}

TEST(OffsetExpiration, of_a_group_that_nobody_joined_since_the_commit) {
  Group group = a_group(GroupState::Empty);
  group.protocol_type.clear();
  const auto condition = offset_expiration_condition(group);
  ASSERT_TRUE(condition.has_value());
  EXPECT_EQ(condition->reason, OffsetExpiry::kNoMembers);
  EXPECT_EQ(condition->base_timestamp_ms(a_commit()), kCommittedMs);
}

TEST(OffsetExpiration, of_a_stable_group_since_the_commit) {
  const auto condition = offset_expiration_condition(a_group(GroupState::Stable));
  ASSERT_TRUE(condition.has_value());
  EXPECT_EQ(condition->reason, OffsetExpiry::kNotSubscribed);
  EXPECT_EQ(condition->base_timestamp_ms(a_commit()), kCommittedMs);
}

TEST(OffsetExpiration, never_while_the_group_rebalances_or_is_dead_or_has_members_of_another_kind) {
  EXPECT_FALSE(offset_expiration_condition(a_group(GroupState::PreparingRebalance)).has_value());
  EXPECT_FALSE(offset_expiration_condition(a_group(GroupState::CompletingRebalance)).has_value());
  EXPECT_FALSE(offset_expiration_condition(a_group(GroupState::Dead)).has_value());
  Group connect = a_group(GroupState::Stable);
  connect.protocol_type = "connect";
  EXPECT_FALSE(offset_expiration_condition(connect).has_value());
}

TEST(OffsetExpiration, of_a_group_of_kip_848_always_since_the_commit) {
  consumer_group::ConsumerGroup group;
  EXPECT_EQ(offset_expiration_condition(group).reason, OffsetExpiry::kNoMembers);
  EXPECT_EQ(offset_expiration_condition(group).base_timestamp_ms(a_commit()), kCommittedMs);
  group.members.insert_or_assign(MemberId{NodeId(1), 0}, consumer_group::ConsumerGroupMember{});
  EXPECT_EQ(offset_expiration_condition(group).reason, OffsetExpiry::kNotSubscribed);
  EXPECT_EQ(offset_expiration_condition(group).base_timestamp_ms(a_commit()), kCommittedMs);
}

TEST(OffsetExpiration, a_member_subscribes_to_the_topics_of_the_selected_protocol) {
  const Group group = with_member(GroupState::Stable, "range");
  EXPECT_TRUE(is_subscribed_to(group, kOrders));
  EXPECT_FALSE(is_subscribed_to(group, kPrices));
  EXPECT_TRUE(is_subscribed_to(with_member(GroupState::Stable, "roundrobin"), kPrices));
  EXPECT_FALSE(is_subscribed_to(with_member(GroupState::Stable, ""), kOrders)) << "none is selected";
  EXPECT_FALSE(is_subscribed_to(a_group(GroupState::Empty), kOrders));
}

}  // namespace
}  // namespace kscope::sim::offset_expiration_test
