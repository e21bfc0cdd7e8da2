#pragma once
// The one request of the consumer group protocol (KIP-848) and its answer: join, keep alive, acknowledge a revocation and
// leave are all ConsumerGroupHeartbeat. A field that did not change since the last heartbeat is left out.
// Source: ConsumerGroupHeartbeatRequest and -Response, version 0 (Kafka 3.9).

#include <optional>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/member_epoch.h"
#include "sim/coordinator/group/consumer/partition_set.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"

namespace kscope::sim::consumer_group {

struct ConsumerGroupHeartbeatRequest {
  GroupId group;
  MemberId member_id;  ///< not set: the member has none yet, whoever receives the request issues one
  MemberEpoch member_epoch = kJoinGroupEpoch;
  std::optional<std::string> instance_id;  ///< group.instance.id; empty texts are refused
  std::optional<std::string> rack_id;
  std::optional<Duration> rebalance_timeout;  ///< max.poll.interval.ms
  std::optional<std::vector<TopicId>> subscribed_topics;
  std::optional<std::string> server_assignor;        ///< group.remote.assignor
  std::optional<std::vector<TopicPartition>> owned;  ///< what the member owns now
  KSCOPE_FIELDS(ConsumerGroupHeartbeatRequest, group, member_id, member_epoch, instance_id, rack_id, rebalance_timeout,
                subscribed_topics, server_assignor, owned);

  [[nodiscard]] bool is_leave() const {
    return member_epoch == kLeaveGroupEpoch || member_epoch == kLeaveGroupStaticEpoch;
  }
  /// Whether everything is told that a member tells when it joins, or after an error.
  [[nodiscard]] bool is_full() const {
    return rebalance_timeout.has_value() && subscribed_topics.has_value() && owned.has_value();
  }
};

struct ConsumerGroupHeartbeatResponse {
  GroupId group;
  ErrorCode error_code = ErrorCode::NONE;
  MemberId member_id;
  MemberEpoch member_epoch{0};
  Duration heartbeat_interval{0};
  std::optional<PartitionSet> assignment;  ///< none: as before
  KSCOPE_FIELDS(ConsumerGroupHeartbeatResponse, group, error_code, member_id, member_epoch, heartbeat_interval,
                assignment);
};

}  // namespace kscope::sim::consumer_group
