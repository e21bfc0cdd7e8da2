// AlterPartitionReassignments: an administrator wants a partition on other brokers, or no longer so (KIP-455). An event for the
// controller's queue. Source: KafkaApis.handleAlterPartitionReassignmentsRequest, Kafka 3.9.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_alter_partition_reassignments(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                          const AlterPartitionReassignmentsRequest& request) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.forward(ctx, broker, from, correlation_id, request);
    return;
  }
  broker.controller.put(ctx, broker, ApiPartitionReassignmentEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
