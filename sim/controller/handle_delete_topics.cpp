// DeleteTopics: an administrator wants a topic to go. An event for the controller's queue, as CreateTopics. The answer comes
// when this broker's metadata cache has the topic no more, which is before its replicas are deleted.
// Source: KafkaApis.handleDeleteTopicsRequest, ZkAdminManager.deleteTopics, Kafka 3.9.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_delete_topics(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const DeleteTopicsRequest& request) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.forward(ctx, broker, from, correlation_id, request);
    return;
  }
  broker.controller.put(ctx, broker, DeleteTopicEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
