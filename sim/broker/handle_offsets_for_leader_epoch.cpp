// OffsetsForLeaderEpoch: the largest leader epoch in this leader's log that is not above the one asked for, and where it
// ends. Followers truncate by it; consumers detect truncation. Source: Partition.lastOffsetForLeaderEpoch, Kafka 3.9.
#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {

void handle_offsets_for_leader_epoch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                     const OffsetsForLeaderEpochRequest& request) {
  OffsetsForLeaderEpochResponse response;
  response.partitions.reserve(request.partitions.size());
  for (const EpochEndOffsetPartition& item : request.partitions) {
    EpochEndOffset result;
    result.partition = item.partition;
    const Partition* partition =
        broker.replicas.find_led(broker, item.partition, item.current_leader_epoch, result.error);
    if (partition != nullptr) {
      const PartitionLog& log = ReplicaManager::log_of(ctx, *partition);
      const EpochEnd end = ctx.registry().rules.is_old(Rule::kKip279)
                               ? log.epochs().end_offset_before_kip_279(item.leader_epoch, log.log_end_offset())
                               : log.epochs().end_offset_for(item.leader_epoch, log.log_end_offset());
      result.leader_epoch = end.epoch;
      result.end_offset = end.end_offset;
    }
    response.partitions.push_back(result);
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
