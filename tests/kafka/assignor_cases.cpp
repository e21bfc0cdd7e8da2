#include "tests/kafka/assignor_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kscope::sim::kafka_data {
namespace {

using Json = nlohmann::json;
using NamedPartitions = std::vector<std::pair<std::string, std::int32_t>>;
using NamedAssignment = std::map<std::string, NamedPartitions>;

std::string text_or_empty(const Json& value) { return value.is_null() ? "" : value.get<std::string>(); }

NamedAssignment named(const AssignorInput& input, const Assignment& assignment) {
  NamedAssignment result;
  for (std::size_t i = 0; i < input.members.size(); ++i) {
    NamedPartitions& partitions = result[input.members[i].member_id];
    for (const AssignedPartition& one : assignment[i]) {
      partitions.emplace_back(input.topics[static_cast<std::size_t>(one.topic)].name, one.partition);
    }
  }
  return result;
}

NamedAssignment as_sets(NamedAssignment assignment) {
  for (auto& [member, partitions] : assignment) {
    std::sort(partitions.begin(), partitions.end());
  }
  return assignment;
}

// The topic's place. A topic that is only named by a subscription or a claim joins the list without partitions.
std::int32_t place_of_topic(AssignorInput& input, const std::string& name) {
  const auto found = std::find_if(input.topics.begin(), input.topics.end(),
                                  [&](const AssignorTopic& known) { return known.name == name; });
  const auto place = static_cast<std::int32_t>(found - input.topics.begin());
  if (found == input.topics.end()) {
    input.topics.push_back({name, 0, {}});
  }
  return place;
}

}  // namespace

AssignorInput assignor_input(const Json& example) {
  AssignorInput input;
  for (const Json& topic : example.at("topics")) {
    AssignorTopic one{topic.at("name"), topic.at("partitions"), {}};
    if (topic.contains("replica_racks") && !topic.at("replica_racks").is_null()) {
      for (const Json& racks : topic.at("replica_racks")) {
        std::vector<std::string> names;
        for (const Json& rack : racks) {
          names.push_back(text_or_empty(rack));
        }
        one.replica_racks.push_back(names);
      }
    }
    input.topics.push_back(one);
  }
  for (const Json& member : example.at("members")) {
    AssignorMember one{
        member.at("id"), text_or_empty(member.at("group_instance_id")), text_or_empty(member.at("rack")), {}};
    for (const Json& topic : member.at("topics")) {
      one.topics.push_back(place_of_topic(input, topic));
    }
    for (const Json& partition : member.at("owned")) {
      one.owned.push_back({place_of_topic(input, partition.at(0)), partition.at(1)});
    }
    one.generation_id = member.at("generation");
    input.members.push_back(one);
  }
  return input;
}

void expect_assignment(const Json& example, const AssignorInput& input, const Assignment& assignment) {
  if (example.contains("exception")) {
    EXPECT_TRUE(assignment.empty()) << "Kafka throws " << example.at("exception");
    return;
  }
  ASSERT_EQ(assignment.size(), input.members.size()) << "Kafka does not throw";
  const Json& order = example.at("hash_order");
  const bool has_sorted = example.contains("output_sorted_iteration");
  const auto stock = example.at("output").get<NamedAssignment>();
  const NamedAssignment actual = named(input, assignment);
  if (order.at("lists_stable").get<bool>()) {
    EXPECT_EQ(actual, stock);
  } else if (order.at("sets_stable").get<bool>()) {
    EXPECT_EQ(as_sets(actual), as_sets(stock));
  }
  if (has_sorted) {
    EXPECT_EQ(as_sets(actual), as_sets(example.at("output_sorted_iteration").get<NamedAssignment>()));
  } else if (order.at("sorted_iteration_same_sets").get<bool>()) {
    EXPECT_EQ(as_sets(actual), as_sets(stock));
  }
}

}  // namespace kscope::sim::kafka_data
