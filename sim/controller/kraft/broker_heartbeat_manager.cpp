#include "sim/controller/kraft/broker_heartbeat_manager.h"

#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::kraft {

void BrokerHeartbeatManager::register_broker(BrokerId broker, bool is_fenced, LocalTime now) {
  const auto [at, is_new] = brokers_.try_emplace(broker);
  BrokerHeartbeatState& state = at->second;
  if (is_new) {
    state.last_contact = now;
    state.contact_number = ++contact_count_;
  }
  set_state(state, is_fenced, is_new || state.is_fenced == is_fenced ? Offset(-1) : state.metadata_offset);
}

void BrokerHeartbeatManager::fence(BrokerId broker) {
  if (BrokerHeartbeatState* state = brokers_.get(broker); state != nullptr) {
    state->is_fenced = true;
  }
}

void BrokerHeartbeatManager::touch(BrokerId broker, bool is_fenced, Offset metadata_offset, LocalTime now) {
  BrokerHeartbeatState& state = brokers_[broker];
  state.last_contact = now;
  state.contact_number = ++contact_count_;
  set_state(state, is_fenced, metadata_offset);
}

void BrokerHeartbeatManager::set_state(BrokerHeartbeatState& state, bool is_fenced, Offset metadata_offset) {
  state.is_fenced = is_fenced;
  state.metadata_offset = metadata_offset;
  if (is_fenced) {
    state.controlled_shutdown_offset = Offset(-1);
  }
}

void BrokerHeartbeatManager::maybe_update_controlled_shutdown_offset(BrokerId broker, Offset offset) {
  BrokerHeartbeatState& state = brokers_.at(broker);
  KSCOPE_CHECK(!state.is_fenced, "a fenced broker does not enter controlled shutdown");
  if (!state.is_shutting_down()) {
    state.controlled_shutdown_offset = offset;
  }
}

bool BrokerHeartbeatManager::has_valid_session(BrokerId broker, LocalTime now) const {
  const BrokerHeartbeatState* state = brokers_.get(broker);
  return state != nullptr && !state->is_fenced && state->last_contact + session_timeout_ >= now;
}

std::optional<BrokerId> BrokerHeartbeatManager::longest_silent() const {
  std::optional<BrokerId> found;
  std::pair<LocalTime, std::int64_t> earliest{LocalTime::max(), 0};
  for (const auto& [id, state] : brokers_) {
    const std::pair contact{state.last_contact, state.contact_number};
    if (!state.is_fenced && (!found.has_value() || contact < earliest)) {
      found = id;
      earliest = contact;
    }
  }
  return found;
}

std::optional<BrokerId> BrokerHeartbeatManager::find_one_stale_broker(LocalTime now) const {
  const std::optional<BrokerId> broker = longest_silent();
  return broker.has_value() && !has_valid_session(*broker, now) ? broker : std::nullopt;
}

std::optional<LocalTime> BrokerHeartbeatManager::next_check_time() const {
  const std::optional<BrokerId> broker = longest_silent();
  return broker.has_value() ? std::optional(brokers_.at(*broker).last_contact + session_timeout_) : std::nullopt;
}

std::optional<Offset> BrokerHeartbeatManager::lowest_active_offset() const {
  std::optional<Offset> lowest;
  for (const auto& [id, state] : brokers_) {
    const bool is_active = !state.is_fenced && !state.is_shutting_down();
    if (is_active && (!lowest.has_value() || state.metadata_offset < *lowest)) {
      lowest = state.metadata_offset;
    }
  }
  return lowest;
}

BrokerControlStates BrokerHeartbeatManager::calculate_next_broker_state(const BrokerHeartbeat& heartbeat,
                                                                        Offset registration_offset,
                                                                        bool has_leaderships) const {
  using enum BrokerControlState;
  const BrokerHeartbeatState* known = brokers_.get(heartbeat.broker_id);
  const BrokerHeartbeatState state = known == nullptr ? BrokerHeartbeatState{} : *known;
  if (state.is_shutting_down()) {
    const std::optional<Offset> lowest = lowest_active_offset();
    const bool others_know = !lowest.has_value() || state.controlled_shutdown_offset <= *lowest;
    return {CONTROLLED_SHUTDOWN, !has_leaderships && others_know ? SHUTDOWN_NOW : CONTROLLED_SHUTDOWN};
  }
  if (state.is_fenced) {
    if (heartbeat.want_shut_down) {
      return {FENCED, SHUTDOWN_NOW};
    }
    const bool has_caught_up = heartbeat.current_metadata_offset >= registration_offset;
    return {FENCED, !heartbeat.want_fence && has_caught_up ? UNFENCED : FENCED};
  }
  if (heartbeat.want_fence) {
    return {UNFENCED, heartbeat.want_shut_down ? SHUTDOWN_NOW : FENCED};
  }
  if (heartbeat.want_shut_down) {
    return {UNFENCED, has_leaderships ? CONTROLLED_SHUTDOWN : SHUTDOWN_NOW};
  }
  return {UNFENCED, UNFENCED};
}

}  // namespace kscope::sim::kraft
