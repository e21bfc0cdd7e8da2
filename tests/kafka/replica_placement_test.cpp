#include "sim/controller/replica_placement.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::replica_placement_test {
namespace {

using Json = nlohmann::json;

void expect_placements(const Json& example, const std::vector<PlacementBroker>& brokers) {
  const bool is_sorted = example.contains("draws_sorted_racks");
  const Json& draws = example.at(is_sorted ? "draws_sorted_racks" : "draws");
  const Json& expected = example.at(is_sorted ? "placements_sorted_racks" : "placements");
  std::size_t taken = 0;
  const DrawBelow recorded = [&](std::int32_t bound) {
    if (taken >= draws.size()) {
      ADD_FAILURE() << "more draws than Kafka made";
      return 0;
    }
    EXPECT_EQ(draws[taken].at(0).get<std::int32_t>(), bound) << "draw " << taken;
    return draws[taken++].at(1).get<std::int32_t>();
  };
  const PlacementRequest request{example.at("partitions"), example.at("replication_factor"), 0};
  const PlacementResult result = place_replicas_striped(brokers, request, recorded);
  EXPECT_EQ(result.error, ErrorCode::NONE);
  EXPECT_EQ(taken, draws.size()) << "fewer draws than Kafka made";
  Json placements = Json::array();
  for (const std::vector<BrokerId>& replicas : result.replicas) {
    Json ids = Json::array();
    for (const BrokerId id : replicas) {
      ids.push_back(id.value);
    }
    placements.push_back(ids);
  }
  EXPECT_EQ(placements, expected);
}

TEST(KafkaReplicaPlacement, StripesAsKafka) {
  for (const Json& example : kafka_data::read_jsonl("replica_placement.jsonl")) {
    std::vector<PlacementBroker> brokers;
    for (const Json& broker : example.at("brokers")) {
      const Json& rack = broker.at("rack");
      brokers.push_back({BrokerId(broker.at("id").get<std::int32_t>()), rack.is_null() ? "" : rack.get<std::string>(),
                         broker.at("fenced").get<bool>()});
    }
    if (example.contains("exception")) {
      EXPECT_EQ(example.at("exception"), "InvalidReplicationFactorException");
      const PlacementRequest request{example.at("partitions"), example.at("replication_factor"), 0};
      const PlacementResult result = place_replicas_striped(brokers, request, [](std::int32_t) { return 0; });
      EXPECT_EQ(result.error, ErrorCode::INVALID_REPLICATION_FACTOR);
      EXPECT_TRUE(result.replicas.empty());
    } else {
      expect_placements(example, brokers);
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case");
  }
}

}  // namespace
}  // namespace kscope::sim::replica_placement_test
