// ControlledShutdown: a broker asks to be relieved of its partitions before it stops. An event for the controller's queue, which answers
// when it is carried out: NOT_CONTROLLER if this broker is not the controller, or ceases to be before its turn comes.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_controlled_shutdown(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                const ControlledShutdownRequest& request) {
  broker.controller.put(ctx, broker, ControlledShutdownEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
