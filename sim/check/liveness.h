#pragma once
// Liveness: what has to become good again once nothing disturbs it. A check of this kind is about no note in particular, for what
// stands still says nothing: it is asked every kLookInterval of simulated time, about the state that it finds. Nothing is
// promised while something is broken in the part of the cluster that it needs, and for as long afterwards as the timeouts of
// that part last; a check says so as its excuse. Limits: a fault that begins and ends between two looks is known by its
// beginning only, so the time that is left has room for one more look.

#include <string>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/check/watch.h"

namespace kscope::sim {

/// How far a consumer was in a partition when it was looked at last.
struct ReadProgress {
  NodeId consumer;
  TopicPartition partition;
  Offset position = kUnknownOffset;
  SimTime since;  ///< it is there at least since then, and had something to read
};

/// Where a leader's last stable offset was, below its high watermark.
struct StableProgress {
  Offset stable = kUnknownOffset;
  SimTime since;
};

/// What the checks remember from look to look. Part of InvariantState.
struct Liveness {
  SimTime next_look{};
  std::vector<SimTime> troubled_at;  ///< by node: when a look found it, or a link of it, broken
  std::vector<std::int32_t>
      unstable_looks;               ///< by group: how many looks in a row found it not Stable without an excuse
  std::vector<ReadProgress> reads;  ///< ascending by consumer and partition
  FlatMap<TopicPartition, StableProgress> stables;
};

/// Since when nothing has disturbed a part of the cluster.
struct Calm {
  SimTime since;
  std::string trouble;  ///< what is broken there now; "" = nothing

  /// Both parts together.
  [[nodiscard]] Calm with(const Calm& other) const;
};

/// The state that the checks are asked about, and what is broken in it.
class LivenessLook {
 public:
  /// Looks around: sets the time of the next look. Cost: O(nodes x brokers).
  LivenessLook(const World& world, const Watch& watch, const Event& event, Liveness& memory);

  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] const Registry& registry() const { return world_.registry(); }
  [[nodiscard]] SimTime now() const { return now_; }
  /// Brokers, controllers and ZooKeeper servers, all of them. That one is down is no trouble: it disturbed them when it died.
  [[nodiscard]] const Calm& core() const { return core_; }
  /// One client.
  [[nodiscard]] Calm client(NodeId node) const;
  /// The consumer on a node that runs and is not closing; nullptr: there is none.
  [[nodiscard]] const Consumer* consumer(NodeId node) const;
  /// The broker that leads the partition and runs; nullptr: nobody does. `hosted`: its replica.
  [[nodiscard]] const Broker* leader(TopicPartition partition, const Partition*& hosted) const;
  /// Why nothing can be stored in some partition of an internal topic; "" = everything can.
  [[nodiscard]] std::string trouble_of_topic(TopicId topic) const;
  [[nodiscard]] const std::string& name(NodeId node) const {
    return registry().nodes.at(static_cast<std::size_t>(node.value)).name;
  }

 private:
  [[nodiscard]] std::string trouble_of(NodeId node) const;
  [[nodiscard]] std::string trouble_of_quorum() const;
  void look_at_links(std::vector<std::string>& troubles) const;

  const World& world_;
  const Watch& watch_;
  const Liveness& memory_;
  SimTime now_;
  std::vector<std::string> troubles_;  ///< by node
  Calm core_;
};

/// "12 s".
std::string in_seconds(Duration time);

}  // namespace kscope::sim
