#include "sim/broker/replication_quota_manager.h"

#include <utility>
#include <vector>

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

QuotaWindows replication_windows(const Broker& broker) {
  const BrokerConfig& config = broker.setup.config;
  return quota_windows(config.replication_quota_window_num, config.replication_quota_window_size_seconds);
}

}  // namespace

bool ReplicationQuotaManager::is_throttled(const Ctx& ctx, const Broker& broker, TopicPartition partition) const {
  const TopicConfig& config = topic_config(ctx, partition);
  const ThrottledReplicas& throttled = type_ == ReplicationQuotaType::LEADER
                                           ? config.leader_replication_throttled_replicas
                                           : config.follower_replication_throttled_replicas;
  return throttled.has(partition.partition, broker.id.value);
}

bool ReplicationQuotaManager::is_quota_exceeded(const Ctx& ctx, const Broker& broker) {
  const BrokerConfig& config = broker.setup.config;
  const std::int64_t bytes_per_s = type_ == ReplicationQuotaType::LEADER ? config.leader_replication_throttled_rate
                                                                         : config.follower_replication_throttled_rate;
  return rate_.is_above(replication_windows(broker), bytes_per_s, now_ms(ctx));
}

void ReplicationQuotaManager::record(const Ctx& ctx, const Broker& broker, std::int64_t bytes) {
  rate_.record(replication_windows(broker), bytes, now_ms(ctx));
}

void ReplicationQuotaManager::record_response(const Ctx& ctx, const Broker& broker, const FetchResponse& response) {
  std::vector<FetchPartitionResult> throttled;
  for (const FetchPartitionResult& result : response.partitions) {
    if (is_throttled(ctx, broker, result.partition)) {
      throttled.push_back(result);
    }
  }
  if (!throttled.empty()) {
    record(ctx, broker, fetch_response_size(FetchResponse{std::move(throttled)}));
  }
}

}  // namespace kscope::sim
