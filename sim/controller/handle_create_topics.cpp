// CreateTopics: an administrator, or a broker for its clients, wants a topic. An event for the controller's queue, which answers
// when it is carried out: NOT_CONTROLLER if this broker is not the controller, or ceases to be before its turn comes.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_create_topics(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const CreateTopicsRequest& request) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.forward(ctx, broker, from, correlation_id, request);
    return;
  }
  broker.controller.put(ctx, broker, CreateTopicEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
