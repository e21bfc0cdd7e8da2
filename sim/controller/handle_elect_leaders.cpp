// ElectLeaders: an administrator wants preferred leaders back, or any leader at all. An event for the controller's queue, which answers
// when it is carried out: NOT_CONTROLLER if this broker is not the controller, or ceases to be before its turn comes.
#include "sim/broker/broker.h"

namespace kscope::sim {

void handle_elect_leaders(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const ElectLeadersRequest& request) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.forward(ctx, broker, from, correlation_id, request);
    return;
  }
  broker.controller.put(ctx, broker, ReplicaLeaderElectionEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
