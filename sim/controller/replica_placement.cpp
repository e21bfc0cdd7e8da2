// Placement in ZooKeeper mode. Partition p is led by broker (start + p); its other replicas follow at a distance that
// grows by one each time the leaders came round, so that the load of a broken broker is spread over all others.

#include "sim/controller/replica_placement.h"

#include "engine/core/check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

namespace kscope::sim {
namespace {

struct Shifts {
  std::int32_t start = 0;  // place of the leader of partition 0
  std::int32_t shift = 0;  // distance of the second replica, less one
};

// The place of replica number `replica` (0 is the first after the leader). Never the leader's own place.
std::int32_t place_of_replica(std::int32_t leader_place, std::int32_t shift, std::int32_t replica, std::int32_t count) {
  const std::int32_t distance = 1 + (shift + replica) % (count - 1);
  return (leader_place + distance) % count;
}

// The racks and brokers that one partition uses so far.
struct Used {
  std::set<std::string> racks;
  std::set<BrokerId> brokers;
};

// A broker is passed over while a rack without replica, or a broker without replica, is still to be had.
bool may_take(const PlacementBroker& broker, const Used& used, std::size_t rack_count, std::size_t broker_count) {
  const bool rack_is_free = !used.racks.contains(broker.rack) || used.racks.size() == rack_count;
  const bool broker_is_free = !used.brokers.contains(broker.id) || used.brokers.size() == broker_count;
  return rack_is_free && broker_is_free;
}

// The replicas of one partition. Without racks every broker counts as a rack of its own, and the rule never bites.
std::vector<BrokerId> replicas_of(const std::vector<PlacementBroker>& brokers, std::size_t rack_count,
                                  std::int32_t leader_place, std::int32_t shift, std::int32_t replication_factor) {
  const auto count = static_cast<std::int32_t>(brokers.size());
  const PlacementBroker& leader = brokers[static_cast<std::size_t>(leader_place)];
  std::vector<BrokerId> replicas{leader.id};
  Used used{{leader.rack}, {leader.id}};
  const bool has_racks = rack_count > 0;
  // Every place comes up once in count - 1 steps, and each replica finds one within that many.
  const std::int32_t limit = count * replication_factor;
  for (std::int32_t step = 0; static_cast<std::int32_t>(replicas.size()) < replication_factor; ++step) {
    KSCOPE_CHECK(step < limit, "placement goes round for ever: look at the racks of the brokers");
    const std::int32_t scaled = has_racks ? shift * static_cast<std::int32_t>(rack_count) : shift;
    const std::int32_t place = place_of_replica(leader_place, scaled, step, count);
    const PlacementBroker& broker = brokers[static_cast<std::size_t>(place)];
    if (!has_racks || may_take(broker, used, rack_count, brokers.size())) {
      replicas.push_back(broker.id);
      used.racks.insert(broker.rack);
      used.brokers.insert(broker.id);
    }
  }
  return replicas;
}

ErrorCode find_error(const std::vector<PlacementBroker>& brokers, const PlacementRequest& request) {
  if (request.partition_count <= 0) {
    return ErrorCode::INVALID_PARTITIONS;
  }
  if (request.replication_factor <= 0 || request.replication_factor > static_cast<std::int32_t>(brokers.size())) {
    return ErrorCode::INVALID_REPLICATION_FACTOR;
  }
  const auto has_rack = [](const PlacementBroker& broker) { return !broker.rack.empty(); };
  const auto with_rack = static_cast<std::size_t>(std::count_if(brokers.begin(), brokers.end(), has_rack));
  return with_rack == 0 || with_rack == brokers.size() ? ErrorCode::NONE : ErrorCode::UNKNOWN_SERVER_ERROR;
}

}  // namespace

std::vector<PlacementBroker> rack_alternated_brokers(std::vector<PlacementBroker> brokers) {
  std::sort(brokers.begin(), brokers.end(),
            [](const PlacementBroker& a, const PlacementBroker& b) { return a.id < b.id; });
  std::map<std::string, std::vector<PlacementBroker>> by_rack;
  for (const PlacementBroker& broker : brokers) {
    by_rack[broker.rack].push_back(broker);
  }
  std::vector<PlacementBroker> alternated;
  for (std::size_t round = 0; alternated.size() < brokers.size(); ++round) {
    for (const auto& [rack, of_rack] : by_rack) {
      if (round < of_rack.size()) {
        alternated.push_back(of_rack[round]);
      }
    }
  }
  return alternated;
}

PlacementResult assign_replicas_to_brokers(const std::vector<PlacementBroker>& brokers, const PlacementRequest& request,
                                           const DrawBelow& draw) {
  PlacementResult result;
  result.error = find_error(brokers, request);
  if (result.error != ErrorCode::NONE) {
    return result;
  }
  // Without racks this is the order of the ids: all brokers are in the one rack without name.
  const std::vector<PlacementBroker> order = rack_alternated_brokers(brokers);
  std::set<std::string> racks;
  for (const PlacementBroker& broker : order) {
    racks.insert(broker.rack);
  }
  racks.erase("");
  const auto count = static_cast<std::int32_t>(order.size());
  Shifts shifts;
  shifts.start = draw(count);
  shifts.shift = draw(count);
  for (std::int32_t i = 0; i < request.partition_count; ++i) {
    const std::int32_t partition = std::max(0, request.first_partition) + i;
    if (partition > 0 && partition % count == 0) {
      ++shifts.shift;
    }
    const std::int32_t leader_place = (partition + shifts.start) % count;
    result.replicas.push_back(replicas_of(order, racks.size(), leader_place, shifts.shift, request.replication_factor));
  }
  return result;
}

}  // namespace kscope::sim
