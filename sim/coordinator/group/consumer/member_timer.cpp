#include "sim/coordinator/group/consumer/member_timer.h"

namespace kscope::sim::consumer_group {

std::string_view to_string(MemberTimerKind kind) {
  switch (kind) {
    case MemberTimerKind::kSession: return "session-timeout";
    case MemberTimerKind::kRebalance: return "rebalance-timeout";
    case MemberTimerKind::kJoin: return "join";
    case MemberTimerKind::kSync: return "sync";
  }
  return "?";
}

}  // namespace kscope::sim::consumer_group
