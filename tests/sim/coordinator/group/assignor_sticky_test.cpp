// Edges of the sticky assignors that Kafka's data does not reach.

#include "sim/coordinator/group/assignor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kscope::sim::assignor_sticky_test {
namespace {

using Partitions = std::vector<AssignedPartition>;

AssignorInput with_topics(const std::vector<std::int32_t>& partition_counts) {
  AssignorInput input;
  for (const std::int32_t count : partition_counts) {
    input.topics.push_back({"topic-" + std::to_string(input.topics.size()), count, {}});
  }
  return input;
}

AssignorMember& add_member(AssignorInput& input, const std::string& id, std::vector<std::int32_t> topics) {
  AssignorMember member;
  member.member_id = id;
  member.topics = std::move(topics);
  input.members.push_back(std::move(member));
  return input.members.back();
}

void own(AssignorMember& member, std::int32_t generation_id, Partitions partitions) {
  member.generation_id = generation_id;
  member.owned = std::move(partitions);
}

// The members claim in the next generation what they were assigned.
void own_all(AssignorInput& input, std::int32_t generation_id, const Assignment& assignment) {
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    own(input.members[i], generation_id, assignment[i]);
  }
}

TEST(StickyAssignor, nothing_to_assign) {
  EXPECT_EQ(assign_sticky({}), Assignment{});
  EXPECT_EQ(assign_cooperative_sticky({}), Assignment{});
  AssignorInput input = with_topics({0, 3});
  add_member(input, "a", {0});
  add_member(input, "b", {});
  EXPECT_EQ(assign_sticky(input), Assignment(2));
  EXPECT_EQ(assign_cooperative_sticky(input), Assignment(2));
}

TEST(StickyAssignor, a_leaving_members_partitions_go_to_the_emptiest_and_nothing_else_moves) {
  AssignorInput input = with_topics({4, 2});
  add_member(input, "a", {0, 1});
  add_member(input, "b", {0, 1});
  add_member(input, "c", {0, 1});
  const Assignment before = assign_sticky(input);
  EXPECT_EQ(before, (Assignment{{{0, 0}, {0, 3}}, {{0, 1}, {1, 0}}, {{0, 2}, {1, 1}}}));
  own_all(input, 5, before);
  input.members.erase(input.members.begin() + 1);
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}, {0, 3}, {0, 1}}, {{1, 1}, {0, 2}, {1, 0}}}));
}

TEST(StickyAssignor, the_claim_of_the_higher_generation_holds) {
  AssignorInput input = with_topics({2});
  own(add_member(input, "a", {0}), 3, {{0, 0}, {0, 1}});
  own(add_member(input, "b", {0}), 4, {{0, 0}});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 1}}, {{0, 0}}}));
}

TEST(StickyAssignor, two_claims_of_one_generation_are_void) {
  AssignorInput input = with_topics({2});
  own(add_member(input, "a", {0}), 4, {{0, 1}});
  own(add_member(input, "b", {0}), 4, {{0, 1}});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}}, {{0, 1}}}));
  // Nobody gets it before both have had the time to give it up.
  EXPECT_EQ(assign_cooperative_sticky(input), (Assignment{{{0, 0}}, {}}));
}

TEST(StickyAssignor, a_member_that_claims_a_partition_twice_loses_it) {
  AssignorInput input = with_topics({2});
  own(add_member(input, "a", {0}), 4, {{0, 1}, {0, 1}});
  own(add_member(input, "b", {0}), 4, {});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}}, {{0, 1}}}));
}

TEST(StickyAssignor, user_data_are_compared_with_the_generation_of_the_other_subscription) {
  AssignorInput input = with_topics({2});
  own(add_member(input, "a", {0}), 3, {{0, 0}});
  own(add_member(input, "b", {0}), 4, {{0, 0}});
  input.members[0].subscription_generation_id = 5;
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}}, {{0, 1}}}));
  input.members[0].subscription_generation_id = -1;
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 1}}, {{0, 0}}}));
}

TEST(StickyAssignor, a_claim_to_a_partition_that_does_not_exist_is_kept_as_kafka_keeps_it) {
  AssignorInput input = with_topics({3});
  own(add_member(input, "a", {0}), 4, {{0, 5}, {0, 0}});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}, {0, 5}, {0, 1}, {0, 2}}}));
}

TEST(StickyAssignor, gives_up_when_such_a_claim_leaves_no_room_for_the_rest) {
  AssignorInput input = with_topics({1, 3});
  own(add_member(input, "a", {0, 1}), 4, {{0, 5}, {1, 0}, {1, 1}, {1, 2}});
  EXPECT_EQ(assign_sticky(input), Assignment{});
  EXPECT_EQ(assign_cooperative_sticky(input), Assignment{});
}

TEST(StickyAssignor, claims_to_topics_without_partitions_or_subscribers_are_ignored) {
  AssignorInput input = with_topics({2, 0, 2});
  own(add_member(input, "a", {0, 1}), 4, {{2, 0}, {1, 7}, {0, 1}});
  own(add_member(input, "b", {0, 1}), 4, {{2, 1}});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 1}}, {{0, 0}}}));
}

TEST(StickyAssignor, a_subscription_to_a_topic_that_does_not_exist_makes_subscriptions_unequal) {
  // Kept partitions are in the order of their numbers with equal subscriptions, else as they were claimed.
  AssignorInput input = with_topics({4, 0});
  own(add_member(input, "a", {0}), 4, {{0, 3}, {0, 1}});
  own(add_member(input, "b", {0}), 4, {{0, 2}, {0, 0}});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 1}, {0, 3}}, {{0, 0}, {0, 2}}}));
  input.members[1].topics.push_back(1);
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 3}, {0, 1}}, {{0, 2}, {0, 0}}}));
}

TEST(StickyAssignor, an_empty_subscription_is_equal_to_any_when_it_comes_first) {
  AssignorInput input = with_topics({2});
  add_member(input, "a", {});
  add_member(input, "b", {0});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}}, {{0, 1}}}));
  input.members[0].member_id = "c";
  EXPECT_EQ(assign_sticky(input), (Assignment{{}, {{0, 0}, {0, 1}}}));
}

TEST(StickyAssignor, members_are_taken_by_member_id_even_when_static) {
  AssignorInput input = with_topics({1});
  add_member(input, "b", {0}).group_instance_id = "1";
  add_member(input, "a", {0}).group_instance_id = "2";
  EXPECT_EQ(assign_sticky(input), (Assignment{{}, {{0, 0}}}));
}

TEST(StickyAssignor, with_unequal_subscriptions_partitions_move_to_who_has_fewer) {
  AssignorInput input = with_topics({4, 2});
  own(add_member(input, "a", {0, 1}), 4, {{0, 0}, {0, 1}, {0, 2}, {0, 3}});
  own(add_member(input, "b", {0}), -1, {});
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 3}, {1, 0}, {1, 1}}, {{0, 0}, {0, 1}, {0, 2}}}));
}

TEST(StickyAssignor, a_partition_rather_returns_to_its_owner_of_an_earlier_generation) {
  AssignorInput input = with_topics({4, 1});
  own(add_member(input, "a", {0, 1}), 4, {{0, 0}, {0, 1}, {0, 2}, {0, 3}});
  add_member(input, "b", {0});
  own(add_member(input, "c", {0}), 3, {{0, 1}});
  const Assignment assignment = assign_sticky(input);
  ASSERT_EQ(assignment.size(), 3u);
  EXPECT_EQ(assignment[2], (Partitions{{0, 1}}));
}

TEST(StickyAssignor, gives_up_when_an_earlier_owner_has_nothing_to_exchange) {
  AssignorInput input = with_topics({4, 1});
  own(add_member(input, "a", {0}), 4, {{0, 0}, {0, 1}, {0, 2}, {0, 3}});
  add_member(input, "b", {0});
  own(add_member(input, "c", {1}), 3, {{0, 0}});
  EXPECT_EQ(assign_sticky(input), Assignment{});
  EXPECT_EQ(assign_cooperative_sticky(input), Assignment{});
}

TEST(StickyAssignor, an_owner_in_another_rack_loses_the_partition) {
  AssignorInput input = with_topics({2});
  input.topics[0].replica_racks = {{"x"}, {"y"}};
  own(add_member(input, "a", {0}), 4, {{0, 0}});
  own(add_member(input, "b", {0}), 4, {{0, 1}});
  input.members[0].rack = "y";
  input.members[1].rack = "x";
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 1}}, {{0, 0}}}));
  EXPECT_EQ(assign_cooperative_sticky(input), Assignment(2));
  input.topics[0].replica_racks = {{"x", "y"}, {"y", "x"}};
  EXPECT_EQ(assign_sticky(input), (Assignment{{{0, 0}}, {{0, 1}}}));
}

TEST(CooperativeStickyAssignor, a_partition_waits_until_its_owner_has_revoked_it) {
  AssignorInput input = with_topics({4});
  own(add_member(input, "a", {0}), 4, {{0, 3}, {0, 2}, {0, 1}, {0, 0}});
  add_member(input, "b", {0});
  const Assignment first = assign_cooperative_sticky(input);
  EXPECT_EQ(first, (Assignment{{{0, 0}, {0, 1}}, {}}));
  own_all(input, 5, first);
  EXPECT_EQ(assign_cooperative_sticky(input), (Assignment{{{0, 0}, {0, 1}}, {{0, 2}, {0, 3}}}));
}

// The owner of everything has missed a generation; two others have not.
AssignorInput with_a_member_behind(BelievedClaims believed) {
  AssignorInput input = with_topics({6});
  input.believed = believed;
  own(add_member(input, "a", {0}), 3, {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}});
  own(add_member(input, "b", {0}), 4, {});
  own(add_member(input, "c", {0}), 4, {});
  return input;
}

TEST(CooperativeStickyAssignor, who_is_a_generation_behind_still_has_to_revoke_first) {
  const Assignment given = assign_cooperative_sticky(with_a_member_behind(BelievedClaims::kAll));
  EXPECT_EQ(given[0].size(), 2U);
  EXPECT_TRUE(given[1].empty());
  EXPECT_TRUE(given[2].empty());
}

TEST(CooperativeStickyAssignor, KAFKA_14639_what_a_member_behind_owned_was_given_away_in_the_same_round) {
  const Assignment given = assign_cooperative_sticky(with_a_member_behind(BelievedClaims::kHighestGeneration));
  EXPECT_EQ(given[1].size() + given[2].size(), 4U) << "a owns them all, and is told only with its own answer";
}

TEST(CooperativeStickyAssignor, so_it_does_with_unequal_subscriptions) {
  AssignorInput input = with_topics({4, 0});
  own(add_member(input, "a", {0, 1}), 4, {{0, 3}, {0, 2}, {0, 1}, {0, 0}});
  add_member(input, "b", {0});
  const Assignment first = assign_cooperative_sticky(input);
  EXPECT_EQ(first, (Assignment{{{0, 2}, {0, 3}}, {}}));
  own_all(input, 5, first);
  EXPECT_EQ(assign_cooperative_sticky(input), (Assignment{{{0, 2}, {0, 3}}, {{0, 0}, {0, 1}}}));
}

TEST(RangeAssignor, does_not_look_at_claims_or_topics_without_partitions) {
  AssignorInput input = with_topics({3, 3});
  add_member(input, "a", {0, 1});
  add_member(input, "b", {0, 1});
  AssignorInput claimed = input;
  claimed.topics.push_back({"topic-that-does-not-exist", 0, {}});
  claimed.members[0].topics.push_back(2);
  own(claimed.members[1], 4, {{0, 0}, {2, 0}});
  EXPECT_EQ(assign_range(claimed), assign_range(input));
  EXPECT_EQ(assign_round_robin(claimed), assign_round_robin(input));
}

}  // namespace
}  // namespace kscope::sim::assignor_sticky_test
