#include "sim/broker/auto_topic_creation.h"

#include "sim/broker/broker.h"

namespace kscope::sim {

ErrorCode AutoTopicCreation::request(Ctx& ctx, Broker& broker, TopicId topic) {
  const BrokerConfig& config = broker.setup.config;
  std::int32_t partitions = -1;
  std::int32_t factor = config.default_replication_factor;
  if (topic == kOffsetsTopic) {
    partitions = config.offsets_topic_num_partitions;
    factor = config.offsets_topic_replication_factor;
  } else if (topic == ctx.registry().transaction_topic) {
    partitions = config.transaction_state_log_num_partitions;
    factor = config.transaction_state_log_replication_factor;
  }
  if (static_cast<std::size_t>(factor) > broker.metadata.alive_brokers.size()) {
    return ErrorCode::INVALID_REPLICATION_FACTOR;
  }
  const NodeId controller = broker.metadata.controller_node();
  if (!controller.is_valid()) {
    return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  }
  if (const auto at = in_flight.find(topic); at != in_flight.end()) {
    const bool is_late = ctx.now() - at->second.asked_at > config.request_timeout_ms;
    if (at->second.controller == controller && !is_late) {
      return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    }
  }
  CreateTopicsRequest request;
  request.topic = topic;
  request.partitions = partitions;
  request.replication_factor = partitions < 0 ? -1 : factor;
  const std::int64_t correlation_id = send_request(ctx, broker.next_correlation, controller, request);
  in_flight[topic] = {correlation_id, controller, ctx.now()};
  return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

void AutoTopicCreation::on_response(Ctx&, Broker&, std::int64_t correlation_id, const CreateTopicsResponse& response) {
  // Whether it was created or not, clients ask again; the topic itself comes with UpdateMetadata.
  const auto at = in_flight.find(response.topic);
  if (at != in_flight.end() && at->second.correlation_id == correlation_id) {
    in_flight.erase(at);
  }
}

void AutoTopicCreation::on_disconnect(Ctx&, Broker&, NodeId peer) {
  std::erase_if(in_flight, [&](const auto& entry) { return entry.second.controller == peer; });
}

}  // namespace kscope::sim
