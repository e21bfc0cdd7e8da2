#include "sim/coordinator/group/assignor.h"
#include "tests/kafka/assignor_cases.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace kscope::sim::assignors_test {
namespace {

void expect_all(std::string_view file, Assignment (*assign)(const AssignorInput&)) {
  for (const auto& example : kafka_data::read_jsonl(file)) {
    AssignorInput input = kafka_data::assignor_input(example);
    kafka_data::expect_assignment(example, input, assign(input));
    std::reverse(input.members.begin(), input.members.end());
    kafka_data::expect_assignment(example, input, assign(input));
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << example.at("kind");
  }
}

TEST(KafkaRangeAssignor, AssignsAsKafka) { expect_all("assignors_range.jsonl", assign_range); }

TEST(KafkaRoundRobinAssignor, AssignsAsKafka) { expect_all("assignors_roundrobin.jsonl", assign_round_robin); }

TEST(KafkaStickyAssignor, AssignsAsKafka) { expect_all("assignors_sticky.jsonl", assign_sticky); }

TEST(KafkaCooperativeStickyAssignor, AssignsAsKafka) {
  expect_all("assignors_cooperative_sticky.jsonl", assign_cooperative_sticky);
}

}  // namespace
}  // namespace kscope::sim::assignors_test
