#pragma once
// process.roles of [kraft]: whether the controllers are processes of their own or brokers as well (combined mode), in which
// the process with node.id N is controller cN and broker bN. Brokers without a controller of their number have one role.
// Source: KafkaConfig.processRoles and validateValues, Kafka 3.9; KIP-500.
// MODEL: the two halves are two nodes with a metadata log each; Kafka's broker reads the log of its own controller. The
// controller half has the settings of [defaults.broker] rather than those of its broker.

#include <string>
#include <string_view>

#include "sim/scenario/scenario.h"

namespace kscope::scenario {

/// The only value that the key may have, as Kafka writes it.
inline constexpr std::string_view kCombinedRoles = "broker,controller";

/// What is wrong with the value of process.roles: a role that Kafka does not know, with the nearest that it does, a role
/// twice or one that is missing; "" = it is "broker,controller", in either order.
[[nodiscard]] std::string process_roles_problem(std::string_view roles);

/// Why the cluster cannot have combined roles: it has no controllers, or one of them has no broker with its node.id.
/// "" = it can, or has none.
[[nodiscard]] std::string combined_roles_problem(const Scenario& scenario);

/// Whether the broker is one process with a controller: that of its own number.
[[nodiscard]] bool is_combined(const Scenario& scenario, const BrokerEntry& broker);

}  // namespace kscope::scenario
