#pragma once
// ZookeeperMembership: what the old consumer of Kafka 0.8 to 0.10 knows of its group (offsets.storage=zookeeper). No broker
// coordinates the group: every member reads in ZooKeeper who else there is, computes for itself which partitions are its own,
// and owns one while it has the ephemeral owner znode of it. There are no generations, so nothing fences a commit.
//
//   CONNECTING --session--> REGISTERING --id znode--> STOPPING --last commit--> RELEASING --owner znodes deleted--+
//       ^                                              ^  ^                                                       v
//       | session expired: partitions are lost         |  | rebalance.backoff.ms              READING_MEMBERS, READING_SUBSCRIPTIONS
//     (any)                     watch fired            |  |                                                       |
//                  OWNING -----------------------------+  BACKING_OFF <-- another one still owns -- CLAIMING <----+ READING_OFFSETS
//                    ^  (GIVEN_UP after rebalance.max.retries)             (own znodes deleted)        |
//                    +------------------------------ all owner znodes created -------------------------+
//
// MODEL: one stream that gives one record at a time; it fetches as the new consumer does, and knows leaders from brokers.
// What it does is in zookeeper_consumer.cpp and zookeeper_rebalance.cpp.
// Source: ZookeeperConsumerConnector, RangeAssignor of kafka.consumer (0.10).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/zookeeper/zk_client.h"

namespace kscope::sim {

enum class ZookeeperPhase : std::uint8_t {
  CONNECTING,
  REGISTERING,
  STOPPING,
  RELEASING,
  READING_MEMBERS,
  READING_SUBSCRIPTIONS,
  READING_OFFSETS,
  CLAIMING,
  UNCLAIMING,
  BACKING_OFF,
  OWNING,
  GIVEN_UP,
  CLOSED
};
/// What it does, in plain words.
std::string_view phase_text(ZookeeperPhase phase);

/// One committed offset on its way into its znode.
struct OffsetWrite {
  std::int64_t number = 0;  ///< ZkPurpose::a of its requests
  TopicPartition partition;
  Offset offset;
  std::int64_t commit = 0;  ///< PendingCommit::correlation_id of the commit that it is part of
};

struct ZookeeperMembership {
  ZkClient zk;
  std::string consumer_id;  ///< name of its znode below ids; another one in each life of the process
  ZookeeperPhase phase = ZookeeperPhase::CONNECTING;
  bool is_rebalance_wanted = false;  ///< a watch fired since the rebalance under way began
  bool has_owned = false;            ///< a rebalance has succeeded in this life
  std::int32_t attempts = 0;         ///< tries of the rebalance under way
  LocalTime retry_at{};              ///< BACKING_OFF: until then

  // The step under way: requests of which answers are outstanding.
  std::int64_t step = 0;
  std::size_t unanswered = 0;
  bool has_failed = false;

  std::vector<std::string> members;              ///< ids in the group, sorted
  std::vector<std::int32_t> partition_counts;    ///< of its topics
  std::vector<TopicPartition> wanted;            ///< its share of the assignment
  std::vector<Offset> committed;                 ///< of those; -1 = none
  std::vector<TopicPartition> claimed;           ///< whose owner znodes it has created
  std::vector<OffsetWrite> writes;               ///< in order; sent again by the next session if this one ends
  FlatMap<TopicPartition, Offset> checkpointed;  ///< what it last wrote or read: the same is not written again
  std::int64_t next_number = 1;                  ///< of a write or a commit
};

}  // namespace kscope::sim
