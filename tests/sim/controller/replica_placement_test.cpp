#include "sim/controller/replica_placement.h"

#include <gtest/gtest.h>

#include <set>

namespace kscope::sim::replica_placement_test {
namespace {

using Ids = std::vector<std::int32_t>;

std::vector<PlacementBroker> brokers_of(std::initializer_list<std::pair<std::int32_t, const char*>> list) {
  std::vector<PlacementBroker> brokers;
  for (const auto& [id, rack] : list) {
    brokers.push_back({BrokerId(id), rack, false});
  }
  return brokers;
}

std::vector<Ids> ids_of(const PlacementResult& result) {
  EXPECT_EQ(result.error, ErrorCode::NONE);
  std::vector<Ids> all;
  for (const std::vector<BrokerId>& replicas : result.replicas) {
    Ids ids;
    for (const BrokerId id : replicas) {
      ids.push_back(id.value);
    }
    all.push_back(ids);
  }
  return all;
}

const DrawBelow kFirst = [](std::int32_t) { return 0; };
const std::vector<PlacementBroker> kSixInThreeRacks =
    brokers_of({{0, "rack1"}, {1, "rack3"}, {2, "rack3"}, {3, "rack2"}, {4, "rack2"}, {5, "rack1"}});

TEST(ReplicaPlacement, GoesRoundTheBrokersWithAGrowingShift) {
  const auto brokers = brokers_of({{4, ""}, {0, ""}, {2, ""}, {1, ""}, {3, ""}});
  EXPECT_EQ(ids_of(assign_replicas_to_brokers(brokers, {10, 3, 0}, kFirst)), (std::vector<Ids>{{0, 1, 2},
                                                                                               {1, 2, 3},
                                                                                               {2, 3, 4},
                                                                                               {3, 4, 0},
                                                                                               {4, 0, 1},
                                                                                               {0, 2, 3},
                                                                                               {1, 3, 4},
                                                                                               {2, 4, 0},
                                                                                               {3, 0, 1},
                                                                                               {4, 1, 2}}));
}

TEST(ReplicaPlacement, PartitionsAddedLaterGoOnWhereTheFirstOnesEnded) {
  const auto brokers = brokers_of({{0, ""}, {1, ""}, {2, ""}});
  const auto all = ids_of(assign_replicas_to_brokers(brokers, {3, 2, 0}, kFirst));
  EXPECT_EQ(ids_of(assign_replicas_to_brokers(brokers, {2, 2, 1}, kFirst)), (std::vector<Ids>{all[1], all[2]}));
}

TEST(ReplicaPlacement, DrawsTheFirstBrokerAndTheFirstShift) {
  const auto brokers = brokers_of({{0, ""}, {1, ""}, {2, ""}});
  int draws = 0;
  const DrawBelow second = [&](std::int32_t bound) {
    EXPECT_EQ(bound, 3);
    ++draws;
    return 1;
  };
  EXPECT_EQ(ids_of(assign_replicas_to_brokers(brokers, {2, 2, 0}, second)), (std::vector<Ids>{{1, 0}, {2, 1}}));
  EXPECT_EQ(draws, 2);
}

TEST(ReplicaPlacement, BrokersAlternateBetweenRacks) {
  Ids order;
  for (const PlacementBroker& broker : rack_alternated_brokers(kSixInThreeRacks)) {
    order.push_back(broker.id.value);
  }
  EXPECT_EQ(order, (Ids{0, 3, 1, 5, 4, 2}));
}

TEST(ReplicaPlacement, ReplicasOfAPartitionAreInDifferentRacks) {
  const auto placed = ids_of(assign_replicas_to_brokers(kSixInThreeRacks, {7, 3, 0}, kFirst));
  EXPECT_EQ(placed, (std::vector<Ids>{{0, 3, 1}, {3, 1, 5}, {1, 5, 4}, {5, 4, 2}, {4, 2, 0}, {2, 0, 3}, {0, 4, 2}}));
}

TEST(ReplicaPlacement, MoreReplicasThanRacksStillUsesEveryRack) {
  const auto placed = ids_of(assign_replicas_to_brokers(kSixInThreeRacks, {12, 5, 0}, kFirst));
  for (const Ids& replicas : placed) {
    EXPECT_EQ(std::set<std::int32_t>(replicas.begin(), replicas.end()).size(), 5u) << "no broker twice";
  }
}

TEST(ReplicaPlacement, RefusesWhatCannotBePlaced) {
  const auto brokers = brokers_of({{0, ""}, {1, ""}});
  EXPECT_EQ(assign_replicas_to_brokers(brokers, {0, 1, 0}, kFirst).error, ErrorCode::INVALID_PARTITIONS);
  EXPECT_EQ(assign_replicas_to_brokers(brokers, {1, 0, 0}, kFirst).error, ErrorCode::INVALID_REPLICATION_FACTOR);
  EXPECT_EQ(assign_replicas_to_brokers(brokers, {1, 3, 0}, kFirst).error, ErrorCode::INVALID_REPLICATION_FACTOR);
  const auto mixed = brokers_of({{0, "a"}, {1, ""}});
  EXPECT_EQ(assign_replicas_to_brokers(mixed, {1, 1, 0}, kFirst).error, ErrorCode::UNKNOWN_SERVER_ERROR);
  EXPECT_EQ(ids_of(assign_replicas_to_brokers(brokers_of({{7, ""}}), {2, 1, 0}, kFirst)), (std::vector<Ids>{{7}, {7}}));
}

}  // namespace
}  // namespace kscope::sim::replica_placement_test
