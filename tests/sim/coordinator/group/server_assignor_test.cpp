// Edge cases of the assignors of the group coordinator; tests/kafka holds them against Kafka's own results.
#include "sim/coordinator/group/server_assignor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kscope::sim::server_assignor_test {
namespace {

using Partitions = std::vector<AssignedPartition>;
using Assign = Assignment (*)(const ServerAssignorInput&);

constexpr std::array<Assign, 3> kAssignors = {assign_server_range, assign_server_uniform, assign_server_uniform_4_0};
constexpr std::array<Assign, 2> kUniform = {assign_server_uniform, assign_server_uniform_4_0};

ServerAssignorMember member(std::string id, std::vector<std::int32_t> topics, Partitions target = {}) {
  return {std::move(id), "", std::move(topics), std::move(target)};
}

ServerAssignorMember static_member(std::string id, std::string instance_id, std::vector<std::int32_t> topics) {
  return {std::move(id), std::move(instance_id), std::move(topics), {}};
}

// Topics pull at each other: b gives to c, then to a, and then has less than c.
ServerAssignorInput pulling_topics() {
  return {{3, 5},
          {member("a", {0}), member("b", {0, 1}, {{0, 0}, {0, 1}, {0, 2}, {1, 2}, {1, 4}}),
           member("c", {1}, {{1, 0}, {1, 1}})}};
}

// Members by the hundred, each subscribed to about two thirds of the topics.
ServerAssignorInput big_group() {
  ServerAssignorInput input;
  input.partition_counts.assign(20, 30);
  for (std::int32_t i = 0; i < 100; ++i) {
    std::vector<std::int32_t> topics;
    for (std::int32_t topic = 0; topic < 20; ++topic) {
      if ((i + topic) % 3 != 0) {
        topics.push_back(topic);
      }
    }
    input.members.push_back(member("m" + std::to_string(i), topics));
  }
  return input;
}

std::size_t smallest(const Assignment& assignment) {
  const auto is_smaller = [](const Partitions& a, const Partitions& b) { return a.size() < b.size(); };
  return std::min_element(assignment.begin(), assignment.end(), is_smaller)->size();
}

std::size_t largest(const Assignment& assignment) {
  const auto is_smaller = [](const Partitions& a, const Partitions& b) { return a.size() < b.size(); };
  return std::max_element(assignment.begin(), assignment.end(), is_smaller)->size();
}

// Every partition of the topics in one list, and only in the list of a subscriber.
void expect_complete(const ServerAssignorInput& input, const Assignment& assignment) {
  ASSERT_EQ(assignment.size(), input.members.size());
  Partitions all;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    EXPECT_TRUE(std::is_sorted(assignment[i].begin(), assignment[i].end()));
    for (const AssignedPartition& one : assignment[i]) {
      const std::vector<std::int32_t>& topics = input.members[i].topics;
      EXPECT_NE(std::find(topics.begin(), topics.end(), one.topic), topics.end());
      all.push_back(one);
    }
  }
  std::sort(all.begin(), all.end());
  Partitions expected;
  for (std::size_t topic = 0; topic < input.partition_counts.size(); ++topic) {
    for (std::int32_t partition = 0; partition < input.partition_counts[topic]; ++partition) {
      expected.push_back({static_cast<std::int32_t>(topic), partition});
    }
  }
  EXPECT_EQ(all, expected);
}

TEST(ServerAssignors, a_group_without_members_gets_an_empty_assignment) {
  for (const Assign assign : kAssignors) {
    const ServerAssignorInput input{{3}, {}};
    EXPECT_TRUE(assign(input).empty());
    EXPECT_FALSE(is_assignor_exception(input, assign(input)));
  }
}

TEST(ServerAssignors, members_without_topics_get_nothing) {
  for (const Assign assign : kAssignors) {
    EXPECT_EQ(assign({{}, {member("a", {}), member("b", {})}}), (Assignment{{}, {}}));
    EXPECT_EQ(assign({{3}, {member("a", {}, {{0, 1}}), member("b", {})}}), (Assignment{{}, {}}));
    EXPECT_EQ(assign({{2}, {member("a", {}, {{0, 1}}), member("b", {0})}}), (Assignment{{}, {{0, 0}, {0, 1}}}));
  }
}

TEST(ServerAssignors, a_topic_without_partitions_changes_nothing) {
  for (const Assign assign : kAssignors) {
    EXPECT_EQ(assign({{0, 2}, {member("a", {0, 1}), member("b", {0, 1})}}), (Assignment{{{1, 0}}, {{1, 1}}}));
    EXPECT_EQ(assign({{0, 2}, {member("a", {0, 1}), member("b", {1})}}), (Assignment{{{1, 0}}, {{1, 1}}}));
    EXPECT_EQ(assign({{0}, {member("a", {0})}}), (Assignment{{}}));
  }
}

TEST(ServerAssignors, members_beyond_the_number_of_partitions_stay_empty) {
  for (const Assign assign : kAssignors) {
    EXPECT_EQ(assign({{1}, {member("c", {0}), member("b", {0}), member("a", {0})}}), (Assignment{{}, {}, {{0, 0}}}));
  }
}

TEST(ServerAssignors, a_topic_named_twice_counts_once) {
  for (const Assign assign : kAssignors) {
    EXPECT_EQ(assign({{2, 1}, {member("a", {1, 0, 0}), member("b", {0, 1})}}),
              assign({{2, 1}, {member("a", {0, 1}), member("b", {0, 1})}}));
  }
}

TEST(ServerAssignors, the_order_of_the_list_of_members_does_not_matter) {
  for (const Assign assign : kAssignors) {
    ServerAssignorInput input = big_group();
    const Assignment forward = assign(input);
    std::reverse(input.members.begin(), input.members.end());
    Assignment backward = assign(input);
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(forward, backward);
  }
}

TEST(ServerAssignors, every_partition_goes_to_one_subscriber) {
  for (const Assign assign : kAssignors) {
    expect_complete(big_group(), assign(big_group()));
  }
}

TEST(ServerRangeAssignor, static_members_come_first_by_instance_id) {
  const ServerAssignorInput input{
      {4}, {member("a", {0}), static_member("b", "second", {0}), static_member("c", "first", {0})}};
  EXPECT_EQ(assign_server_range(input), (Assignment{{{0, 3}}, {{0, 2}}, {{0, 0}, {0, 1}}}));
}

TEST(ServerRangeAssignor, targets_do_not_count) {
  const ServerAssignorInput input{{2}, {member("a", {0}, {{0, 1}}), member("b", {0}, {{0, 0}})}};
  EXPECT_EQ(assign_server_range(input), (Assignment{{{0, 0}}, {{0, 1}}}));
}

TEST(ServerUniformAssignor, members_keep_what_they_have_up_to_their_quota) {
  for (const Assign assign : kUniform) {
    const ServerAssignorInput input{
        {5}, {member("a", {0}), member("b", {0}, {{0, 0}, {0, 1}, {0, 2}, {0, 4}}), member("c", {0}, {{0, 3}})}};
    // Of five partitions the first two members may have two each. What b gives away goes to a.
    EXPECT_EQ(assign(input), (Assignment{{{0, 2}, {0, 4}}, {{0, 0}, {0, 1}}, {{0, 3}}}));
  }
}

TEST(ServerUniformAssignor, partitions_that_nobody_had_go_before_those_given_away) {
  for (const Assign assign : kUniform) {
    const ServerAssignorInput input{{4},
                                    {member("a", {0}, {{0, 0}, {0, 1}, {0, 2}}), member("b", {0}), member("c", {0})}};
    EXPECT_EQ(assign(input), (Assignment{{{0, 0}, {0, 1}}, {{0, 3}}, {{0, 2}}}));
  }
}

TEST(ServerUniformAssignor, a_target_of_a_topic_that_is_not_subscribed_any_more_is_dropped) {
  for (const Assign assign : kUniform) {
    EXPECT_EQ(assign({{2, 2}, {member("a", {1}, {{0, 0}, {0, 1}}), member("b", {1}, {{1, 1}})}}),
              (Assignment{{{1, 0}}, {{1, 1}}}));
    EXPECT_EQ(assign({{2, 2}, {member("a", {1}, {{0, 0}, {0, 1}}), member("b", {0, 1}, {{1, 1}})}}),
              (Assignment{{{1, 0}, {1, 1}}, {{0, 0}, {0, 1}}}));
  }
}

TEST(ServerUniformAssignor, names_without_topics_make_a_group_heterogeneous) {
  for (const Assign assign : kUniform) {
    ServerAssignorInput input{{3}, {member("a", {0}, {{0, 0}}), member("b", {0}, {{0, 1}, {0, 2}})}};
    // With equal subscriptions it is the first member that has one more; else whoever has it keeps it.
    EXPECT_EQ(assign(input), (Assignment{{{0, 0}, {0, 2}}, {{0, 1}}}));
    input.subscription_type = SubscriptionType::HETEROGENEOUS;
    EXPECT_EQ(assign(input), (Assignment{{{0, 0}}, {{0, 1}, {0, 2}}}));
  }
}

TEST(ServerUniformAssignor, a_balanced_group_keeps_its_target) {
  for (const Assign assign : kUniform) {
    ServerAssignorInput input = big_group();
    const Assignment before = assign(input);
    for (std::size_t i = 0; i < before.size(); ++i) {
      input.members[i].target = before[i];
    }
    EXPECT_EQ(assign(input), before);
  }
}

TEST(ServerUniformAssignor, sizes_differ_by_one_at_most_where_subscriptions_overlap_enough) {
  for (const Assign assign : kUniform) {
    const Assignment assignment = assign(big_group());
    EXPECT_LE(largest(assignment), smallest(assignment) + 1);
  }
}

TEST(ServerUniformAssignor, a_move_against_an_earlier_one_is_an_exception_in_3_9) {
  const ServerAssignorInput input = pulling_topics();
  EXPECT_TRUE(is_assignor_exception(input, assign_server_uniform(input)));
  EXPECT_TRUE(assign_server_uniform(input).empty());
}

TEST(ServerUniformAssignor, a_move_against_an_earlier_one_is_nothing_special_in_4_0) {
  const ServerAssignorInput input = pulling_topics();
  const Assignment assignment = assign_server_uniform_4_0(input);
  EXPECT_FALSE(is_assignor_exception(input, assignment));
  expect_complete(input, assignment);
  EXPECT_LE(largest(assignment), smallest(assignment) + 2);
}

}  // namespace
}  // namespace kscope::sim::server_assignor_test
