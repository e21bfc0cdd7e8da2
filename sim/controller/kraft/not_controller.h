#pragma once
// not_controller: the answer NOT_CONTROLLER to each request that a controller of the metadata quorum takes. Used by
// controllers that are not active, and by brokers that know of none. Source: ControllerApis, ForwardingManager, Kafka 3.9.

#include "sim/protocol/message.h"

namespace kscope::sim {

/// What a request, or an answer that was kept back, becomes when there is no active controller for it.
/// Requires: a request to controllers, or the answer to one.
[[nodiscard]] MessageBody not_controller(const MessageBody& body);

}  // namespace kscope::sim
