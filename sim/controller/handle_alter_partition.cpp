// AlterPartition: a leader wants another ISR. An event for the controller's queue, which answers
// when it is carried out: NOT_CONTROLLER if this broker is not the controller, or ceases to be before its turn comes.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_alter_partition(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                            const AlterPartitionRequest& request) {
  broker.controller.put(ctx, broker, AlterPartitionReceivedEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
