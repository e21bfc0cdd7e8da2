// UpdateMetadata: the controller tells this broker about the cluster. Source: Kafka 3.9 KafkaApis.handleUpdateMetadataRequest.
#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {

void handle_update_metadata(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                            const UpdateMetadataRequest& request) {
  const ErrorCode error =
      broker.lifecycle.fence_controller_request(ctx, broker, request.controller_epoch, request.broker_epoch);
  if (error == ErrorCode::NONE) {
    const std::vector<TopicPartition> deleted = broker.metadata.update(request);
    broker.groups.on_partitions_deleted(ctx, broker, deleted);
    broker.controller.complete_topic_deletions(ctx, broker);
  }
  send_response(ctx, from, correlation_id, UpdateMetadataResponse{error});
}

}  // namespace kscope::sim
