#include "sim/coordinator/group/consumer/consumer_group_config.h"

namespace kscope::sim::consumer_group {

std::string_view to_string(ServerAssignor assignor) {
  switch (assignor) {
    case ServerAssignor::kRange: return "range";
    case ServerAssignor::kUniform: return "uniform";
  }
  return "?";
}

std::optional<ServerAssignor> server_assignor_named(std::string_view name) {
  for (const ServerAssignor assignor : {ServerAssignor::kRange, ServerAssignor::kUniform}) {
    if (name == to_string(assignor)) {
      return assignor;
    }
  }
  return std::nullopt;
}

}  // namespace kscope::sim::consumer_group
