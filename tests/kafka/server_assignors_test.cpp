// The assignors of the group coordinator against Kafka's own, by the README's rules about Java's hash order. Where that
// order matters, Kafka's result with all maps iterated in ascending order is what counts.
#include "sim/coordinator/group/server_assignor.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kscope::sim::server_assignors_test {
namespace {

using Json = nlohmann::json;
using TopicPlaces = std::map<std::string, std::int32_t>;
using ByMemberId = std::map<std::string, std::vector<AssignedPartition>>;

TopicPlaces places_of_topics(const Json& example) {
  TopicPlaces places;
  for (const Json& topic : example.at("topics")) {
    const auto place = static_cast<std::int32_t>(places.size());
    places[topic.at("name").get<std::string>()] = place;
  }
  return places;
}

std::vector<AssignedPartition> partitions_from(const Json& by_topic, const TopicPlaces& places) {
  std::vector<AssignedPartition> partitions;
  for (const auto& [topic, numbers] : by_topic.items()) {
    for (const Json& number : numbers) {
      partitions.push_back({places.at(topic), number.get<std::int32_t>()});
    }
  }
  return partitions;
}

ServerAssignorInput input_from(const Json& example) {
  const TopicPlaces places = places_of_topics(example);
  ServerAssignorInput input;
  input.subscription_type = example.at("subscription_type") == "HOMOGENEOUS" ? SubscriptionType::HOMOGENEOUS
                                                                             : SubscriptionType::HETEROGENEOUS;
  for (const Json& topic : example.at("topics")) {
    input.partition_counts.push_back(topic.at("partitions").get<std::int32_t>());
  }
  for (const Json& member : example.at("members")) {
    ServerAssignorMember one;
    one.member_id = member.at("id").get<std::string>();
    if (!member.at("instance_id").is_null()) {
      one.instance_id = member.at("instance_id").get<std::string>();
    }
    for (const Json& topic : member.at("topics")) {
      one.topics.push_back(places.at(topic.get<std::string>()));
    }
    one.target = partitions_from(member.at("previous_target"), places);
    input.members.push_back(one);
  }
  return input;
}

// Kafka leaves members without partitions out, or not; here every member has a list.
ByMemberId expected(const Json& example, const std::string& field) {
  ByMemberId result;
  for (const Json& member : example.at("members")) {
    result[member.at("id").get<std::string>()] = {};
  }
  for (const auto& [member, by_topic] : example.at(field).items()) {
    std::vector<AssignedPartition> partitions = partitions_from(by_topic, places_of_topics(example));
    std::sort(partitions.begin(), partitions.end());
    result[member] = partitions;
  }
  return result;
}

ByMemberId by_member_id(const ServerAssignorInput& input, const Assignment& assignment) {
  ByMemberId result;
  for (std::size_t i = 0; i < input.members.size(); ++i) {
    result[input.members[i].member_id] = assignment[i];
  }
  return result;
}

void expect_assignment(const Json& example, const ServerAssignorInput& input, const Assignment& assignment) {
  if (example.contains("exception")) {
    EXPECT_EQ(example.at("exception"), "PartitionAssignorException");
    EXPECT_TRUE(is_assignor_exception(input, assignment));
    return;
  }
  ASSERT_FALSE(is_assignor_exception(input, assignment));
  const ByMemberId actual = by_member_id(input, assignment);
  const Json& order = example.at("hash_order");
  if (order.at("sets_stable").get<bool>()) {
    EXPECT_EQ(actual, expected(example, "output"));
  }
  if (example.contains("output_sorted_iteration")) {
    EXPECT_EQ(actual, expected(example, "output_sorted_iteration"));
  } else {
    ASSERT_TRUE(order.at("sorted_iteration_same_sets").get<bool>());
    EXPECT_EQ(actual, expected(example, "output"));
  }
}

void expect_all(std::string_view file, Assignment (*assign)(const ServerAssignorInput&)) {
  for (const Json& example : kafka_data::read_jsonl(file)) {
    ServerAssignorInput input = input_from(example);
    expect_assignment(example, input, assign(input));
    std::reverse(input.members.begin(), input.members.end());
    expect_assignment(example, input, assign(input));
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << example.at("kind");
  }
}

TEST(KafkaServerRangeAssignor, AssignsAsKafka) {
  expect_all("assignors_server_range_3.9.0.jsonl", assign_server_range);
}

TEST(KafkaServerUniformAssignor, AssignsAsKafka39) {
  expect_all("assignors_server_uniform_3.9.0.jsonl", assign_server_uniform);
}

TEST(KafkaServerUniformAssignor, AssignsAsKafka40) {
  expect_all("assignors_server_uniform_4.0.0-trunk.jsonl", assign_server_uniform_4_0);
}

}  // namespace
}  // namespace kscope::sim::server_assignors_test
