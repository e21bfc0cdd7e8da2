// CreatePartitions: an administrator wants more partitions of a topic. An event for the controller's queue, as CreateTopics.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_create_partitions(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                              const CreatePartitionsRequest& request) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.forward(ctx, broker, from, correlation_id, request);
    return;
  }
  broker.controller.put(ctx, broker, CreatePartitionsEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
