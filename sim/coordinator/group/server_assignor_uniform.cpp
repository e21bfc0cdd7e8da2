// Uniform assignment on the server: which of the builders serves a group, by its subscriptions.

#include "sim/coordinator/group/group_spec.h"
#include "sim/coordinator/group/server_assignor.h"
#include "sim/coordinator/group/uniform_assignment_builder.h"

#include <optional>
#include <utility>

namespace kscope::sim {

Assignment assign_server_uniform(const ServerAssignorInput& input) {
  const GroupSpec spec = make_group_spec(input);
  if (spec.subscription_type == SubscriptionType::HOMOGENEOUS) {
    return in_input_order(spec, build_homogeneous(spec));
  }
  std::optional<Assignment> by_member = build_heterogeneous(spec);
  if (!by_member.has_value()) {
    return {};
  }
  return in_input_order(spec, std::move(*by_member));
}

Assignment assign_server_uniform_4_0(const ServerAssignorInput& input) {
  const GroupSpec spec = make_group_spec(input);
  const bool are_alike = spec.subscription_type == SubscriptionType::HOMOGENEOUS;
  return in_input_order(spec, are_alike ? build_homogeneous(spec) : build_heterogeneous_4_0(spec));
}

}  // namespace kscope::sim
