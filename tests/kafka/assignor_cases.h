#pragma once
// Turns the client assignor cases of the Kafka data into assignor input and holds assignments against them, by the
// README's rules about Java's hash order.

#include "sim/coordinator/group/assignor.h"

#include <nlohmann/json.hpp>

namespace kscope::sim::kafka_data {

/// The case's topics and members. Topics that do not exist but are named by members are listed without partitions.
[[nodiscard]] AssignorInput assignor_input(const nlohmann::json& example);

/// Adds a test failure unless `assignment` is what Kafka gave: list for list where the order of Kafka's lists does not
/// depend on its hash maps, set for set where only the sets do not, and no lists where Kafka throws.
void expect_assignment(const nlohmann::json& example, const AssignorInput& input, const Assignment& assignment);

}  // namespace kscope::sim::kafka_data
