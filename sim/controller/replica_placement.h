#pragma once
// Which brokers get the replicas of a new topic: the two ways that Kafka has. With ZooKeeper the controller deals the
// replicas round the brokers with a shift that grows (AdminUtils); with KRaft it goes round the racks and, within each
// rack, round its brokers (StripedReplicaPlacer). Both put the replicas of a partition into as many racks as there are.
// Pure: chance is handed in. The first replica of each list is the preferred leader.

#include "sim/types/draw_below.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kscope::sim {

/// A broker that may get replicas.
struct PlacementBroker {
  BrokerId id;
  std::string rack;        ///< empty: unknown
  bool is_fenced = false;  ///< KRaft only: registered, but not serving
};

struct PlacementRequest {
  std::int32_t partition_count = 0;
  std::int32_t replication_factor = 0;
  /// Number of the first new partition, above 0 when partitions are added to a topic. ZooKeeper mode only.
  std::int32_t first_partition = 0;
};

/// For each new partition its replicas; none when `error` is set.
struct PlacementResult {
  ErrorCode error = ErrorCode::NONE;
  std::vector<std::vector<BrokerId>> replicas;
};

/// Placement in ZooKeeper mode. Draws twice: the broker that the first partition starts with, and the first shift.
/// Errors: INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR (not in [1, number of brokers]); UNKNOWN_SERVER_ERROR when
/// only some brokers tell their rack, which Kafka refuses without an error of its own.
/// Source: AdminUtils.assignReplicasToBrokers, Kafka 3.9.
[[nodiscard]] PlacementResult assign_replicas_to_brokers(const std::vector<PlacementBroker>& brokers,
                                                         const PlacementRequest& request, const DrawBelow& draw);

/// Placement in KRaft mode. Fenced brokers lead nothing and come after the others of their rack. Draws a starting place
/// for each list of brokers and for the racks, and shuffles both whenever every broker has led once.
/// Errors: INVALID_REPLICATION_FACTOR (not in [1, number of brokers], or every broker is fenced).
/// Racks are taken in order of name, brokers without one first. MODEL: Kafka takes them in the order of a Java hash map.
/// Source: StripedReplicaPlacer, Kafka 3.9.
[[nodiscard]] PlacementResult place_replicas_striped(const std::vector<PlacementBroker>& brokers,
                                                     const PlacementRequest& request, const DrawBelow& draw);

/// The brokers in an order that changes the rack at every step as long as it can: the first broker of every rack, then
/// the second of every rack, and so on. Source: AdminUtils.getRackAlternatedBrokerList, Kafka 3.9.
[[nodiscard]] std::vector<PlacementBroker> rack_alternated_brokers(std::vector<PlacementBroker> brokers);

}  // namespace kscope::sim
