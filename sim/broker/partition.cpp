#include "sim/broker/partition.h"

#include <algorithm>

namespace kscope::sim {

bool FollowerState::is_caught_up(Offset leader_log_end_offset, LocalTime now, Duration max_lag) const {
  if (log_end_offset == leader_log_end_offset) {
    return true;
  }
  return last_caught_up_time != LocalTime::min() && now - last_caught_up_time <= max_lag;
}

bool Partition::is_in_maximal_isr(BrokerId broker) const {
  const auto* expand = std::get_if<PendingExpandIsr>(&isr_state);
  return is_in_isr(broker) || (expand != nullptr && expand->new_in_sync_replica == broker);
}

std::size_t Partition::maximal_isr_size() const {
  return isr.size() + (std::holds_alternative<PendingExpandIsr>(isr_state) ? 1u : 0u);
}

std::int32_t Partition::effective_min_isr(std::int32_t min_insync_replicas) const {
  return std::min(min_insync_replicas, static_cast<std::int32_t>(followers.size()) + 1);
}

}  // namespace kscope::sim
