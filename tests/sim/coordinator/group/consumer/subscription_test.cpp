// What the members want, taken together.

#include "sim/coordinator/group/consumer/subscription.h"

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::subscription_test {
namespace {

ConsumerGroupMember member_wanting(MemberId id, FlatSet<TopicId> topics, std::optional<ServerAssignor> assignor = {}) {
  ConsumerGroupMember member;
  member.member_id = id;
  member.metadata.subscribed_topics = std::move(topics);
  member.metadata.server_assignor = assignor;
  return member;
}

TEST(Subscription, members_after_a_change_are_in_order) {
  ConsumerGroup group;
  for (const MemberId id : {kAlice, kCarol}) {
    group.members.insert_or_assign(id, member_wanting(id, {kT0}));
  }
  const ConsumerGroupMember bob = member_wanting(kBob, {kT1});
  std::vector<MemberId> ids;
  for (const ConsumerGroupMember* member : members_after(group, {&bob, kAlice})) {
    ids.push_back(member->member_id);
  }
  EXPECT_EQ(ids, (std::vector<MemberId>{kBob, kCarol}));
  const ConsumerGroupMember carol = member_wanting(kCarol, {kT1});
  const auto members = members_after(group, {&carol, {}});
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1], &carol);
}

TEST(Subscription, topics_that_do_not_exist_are_left_out) {
  const ConsumerGroupMember alice = member_wanting(kAlice, {kT0, kMissing});
  const ConsumerGroupMember bob = member_wanting(kBob, {kT0});
  EXPECT_EQ(compute_subscription_metadata({&alice, &bob}, {{kT0, 4}, {kT1, 2}}), (PartitionCounts{{kT0, 4}}));
  EXPECT_EQ(compute_subscription_metadata({}, {{kT0, 4}}), PartitionCounts{});
}

TEST(Subscription, topics_that_do_not_exist_count_when_subscriptions_are_compared) {
  const ConsumerGroupMember alice = member_wanting(kAlice, {kT0, kMissing});
  const ConsumerGroupMember bob = member_wanting(kBob, {kT0});
  EXPECT_EQ(subscription_type({&alice, &bob}), SubscriptionType::HETEROGENEOUS);
  EXPECT_EQ(subscription_type({&alice, &alice}), SubscriptionType::HOMOGENEOUS);
  EXPECT_EQ(subscription_type({}), SubscriptionType::HOMOGENEOUS);
}

TEST(Subscription, the_assignor_with_most_votes_is_preferred) {
  const ConsumerGroupMember range = member_wanting(kAlice, {}, ServerAssignor::kRange);
  const ConsumerGroupMember uniform = member_wanting(kBob, {}, ServerAssignor::kUniform);
  const ConsumerGroupMember any = member_wanting(kCarol, {});
  EXPECT_EQ(preferred_server_assignor({}), std::nullopt);
  EXPECT_EQ(preferred_server_assignor({&any}), std::nullopt);
  EXPECT_EQ(preferred_server_assignor({&uniform, &any}), ServerAssignor::kUniform);
  EXPECT_EQ(preferred_server_assignor({&uniform, &range}), ServerAssignor::kRange) << "the first by name among equals";
  EXPECT_EQ(preferred_server_assignor({&uniform, &range, &uniform}), ServerAssignor::kUniform);
}

}  // namespace
}  // namespace kscope::sim::consumer_group::subscription_test
