#pragma once
// ReplicationQuotaManager: holds the copying of throttled replicas to a rate, so that a replica that comes back or is new
// does not take the network from the clients (KIP-73). Owned by Broker, one for each side; each broker counts for itself,
// and forgets with its process.
//
//   Leader:   leader.replication.throttled.rate over the partitions of leader.replication.throttled.replicas. Over it,
//             a follower's fetch gets no records of a throttled partition, unless the follower is in its ISR.
//   Follower: follower.replication.throttled.rate over those of follower.replication.throttled.replicas. Over it, a throttled
//             partition is left out of the fetch, unless it has reached its leader's high watermark.
//
// All traffic of throttled partitions counts, that of in-sync replicas, too: these are counted and never held back. What is
// over the rate is not cut: an answer is as large as it may be, and then there is a pause.
// Source: ReplicationQuotaManager, ReplicaManager.shouldLeaderThrottle, RemoteLeaderEndPoint.shouldFollowerThrottle, Kafka 3.9.

#include <cstdint>

#include "sim/broker/quota_rate.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

enum class ReplicationQuotaType : std::uint8_t { LEADER, FOLLOWER };

class ReplicationQuotaManager {
 public:
  explicit ReplicationQuotaManager(ReplicationQuotaType type) : type_(type) {}

  /// Whether this broker's replica of the partition is in the list of its topic's config.
  [[nodiscard]] bool is_throttled(const Ctx& ctx, const Broker& broker, TopicPartition partition) const;
  /// Whether more was moved in the last windows than the rate allows.
  [[nodiscard]] bool is_quota_exceeded(const Ctx& ctx, const Broker& broker);
  /// Counts bytes of a throttled partition, however many there were already.
  void record(const Ctx& ctx, const Broker& broker, std::int64_t bytes);
  /// Counts what the answer to a follower's fetch holds of throttled partitions.
  void record_response(const Ctx& ctx, const Broker& broker, const FetchResponse& response);

 private:
  ReplicationQuotaType type_;
  QuotaRate rate_;
};

}  // namespace kscope::sim
