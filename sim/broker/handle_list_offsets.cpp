// ListOffsets: the offset of the earliest record, of the end, or of the first record not older than a timestamp.
// A new leader's high watermark may be behind what consumers saw from the old one; until it has caught up with the start
// of its epoch the answer is OFFSET_NOT_AVAILABLE (KIP-207). Source: Partition.fetchOffsetForTimestamp, Kafka 3.9.
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {
namespace {

LeaderEpoch epoch_at(const PartitionLog& log, Offset offset) {
  return log.epochs().epoch_for_offset(offset).value_or(kNoLeaderEpoch);
}

ListOffsetsResult list_one(Ctx& ctx, Broker& broker, const ListOffsetsRequest& request,
                           const ListOffsetsPartition& item) {
  ListOffsetsResult result;
  result.partition = item.partition;
  const Partition* partition =
      broker.replicas.find_led(broker, item.partition, item.current_leader_epoch, result.error);
  if (partition == nullptr) {
    return result;
  }
  PartitionLog& log = ReplicaManager::log_of(ctx, *partition);
  const bool is_consumer = !request.replica.is_valid();
  const bool is_read_committed = is_consumer && request.isolation == IsolationLevel::READ_COMMITTED;
  const Offset visible =
      is_read_committed ? log.last_stable_offset(partition->high_watermark) : partition->high_watermark;
  const Offset last_fetchable = is_consumer ? visible : log.log_end_offset();
  const bool is_behind = is_consumer && partition->high_watermark < *partition->leader_epoch_start_offset &&
                         !ctx.registry().rules.is_old(Rule::kKip207) &&
                         ctx.registry().planted_bug != PlantedBug::kEndToldTooEarly;
  if (item.timestamp == kEarliestOffset.value) {
    result.offset = log.log_start_offset();
    result.leader_epoch = epoch_at(log, result.offset);
    return result;
  }
  if (item.timestamp == kLatestOffset.value) {
    if (is_behind) {
      result.error = ErrorCode::OFFSET_NOT_AVAILABLE;
      return result;
    }
    result.offset = last_fetchable;
    result.leader_epoch = partition->leader_epoch;
    return result;
  }
  const Offset found = log.offset_for_timestamp(item.timestamp);
  if (found != kUnknownOffset && found < last_fetchable) {
    result.offset = found;
    result.leader_epoch = epoch_at(log, found);
  } else if (is_behind) {
    result.error = ErrorCode::OFFSET_NOT_AVAILABLE;
  }
  return result;
}

}  // namespace

void handle_list_offsets(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const ListOffsetsRequest& request) {
  ListOffsetsResponse response;
  response.partitions.reserve(request.partitions.size());
  for (const ListOffsetsPartition& item : request.partitions) {
    response.partitions.push_back(list_one(ctx, broker, request, item));
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
