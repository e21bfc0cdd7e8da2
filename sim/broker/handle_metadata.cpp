// Metadata: where brokers, leaders and the controller are. Source: Kafka 3.9 KafkaApis.handleTopicMetadataRequest.
#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {

void handle_metadata(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                     const MetadataRequest& request) {
  MetadataResponse response = broker.metadata.build_response(request.topics);
  if (ctx.registry().is_kraft() && !broker.kraft.is_published) {
    // It still reads the metadata log, when Kafka would serve no clients yet: an answer without brokers, which they ignore.
    send_response(ctx, from, correlation_id, MetadataResponse{});
    return;
  }
  if (ctx.registry().is_kraft() && broker.metadata.is_alive(broker.id)) {
    response.controller = broker.id;  // Any broker forwards to the controller, which clients do not reach themselves.
  }
  for (MetadataTopic& topic : response.topics) {
    const bool may_create = request.allow_auto_topic_creation && broker.setup.config.auto_create_topics_enable;
    if (topic.error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION && may_create) {
      topic.error = broker.auto_topics.request(ctx, broker, topic.topic);
    }
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

}  // namespace kscope::sim
