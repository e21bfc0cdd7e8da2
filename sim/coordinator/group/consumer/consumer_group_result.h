#pragma once
// What an operation on a consumer group is given and comes to. The operation itself changes nothing: the caller appends
// the records, replays them, moves the timers, takes over the deadline and answers when the records are replicated.
// Source: CoordinatorResult (Kafka 3.9).

#include <optional>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/consumer_group.h"
#include "sim/coordinator/group/consumer/consumer_group_config.h"
#include "sim/coordinator/group/consumer/consumer_group_records.h"
#include "sim/coordinator/group/consumer/member_timer.h"
#include "sim/protocol/group_consumer.h"
#include "sim/rules/planted_bug.h"

namespace kscope::sim::consumer_group {

/// What an operation sees besides the group.
struct GroupSurroundings {
  const PartitionCounts& topics;  ///< all that exist, as this broker's metadata has them
  const ConsumerGroupConfig& config;
  LocalTime now;
  PlantedBug planted_bug = PlantedBug::kNone;
};

struct ConsumerGroupResult {
  ConsumerGroupHeartbeatResponse response;
  std::vector<ConsumerGroupRecord> records;  ///< to be appended in one batch
  std::vector<MemberTimerChange> timers;
  std::optional<MetadataRefreshDeadline> metadata_refresh;  ///< none: as before
  MemberId fenced{};  ///< the member that fence_member() takes away; not set: nobody
  KSCOPE_FIELDS(ConsumerGroupResult, response, records, timers, metadata_refresh, fenced);
};

/// Takes a result over into the group: replays its records and sets the deadline. Timers are left to the caller.
void apply(ConsumerGroup& group, const ConsumerGroupResult& result);

}  // namespace kscope::sim::consumer_group
