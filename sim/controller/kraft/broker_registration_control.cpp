// Brokers that come and go: registration, heartbeats, fencing and controlled shutdown.

#include <utility>

#include "sim/controller/kraft/replication_control.h"

namespace kscope::sim::kraft {

ControllerResult<BrokerRegistrationReply> ReplicationControl::register_broker(const BrokerRegistrationRequest& request,
                                                                              BrokerEpoch next_broker_epoch,
                                                                              LocalTime now) const {
  const BrokerRegistration* existing = image_.broker(request.broker_id);
  const bool is_same_process = existing != nullptr && existing->incarnation_id == request.incarnation_id;
  if (!is_same_process && heartbeats_.has_valid_session(request.broker_id, now)) {
    return {{}, {ErrorCode::DUPLICATE_BROKER_REGISTRATION, BrokerEpoch(-1)}};
  }
  ControllerResult<BrokerRegistrationReply> result;
  RegisterBrokerRecord record;
  record.broker_id = request.broker_id;
  record.incarnation_id = request.incarnation_id;
  record.rack = request.rack;
  record.log_dirs = request.log_dirs;
  if (is_same_process) {
    record.broker_epoch = existing->epoch;
    record.fenced = existing->is_fenced;
    record.in_controlled_shutdown = existing->is_in_controlled_shutdown;
  } else {
    record.broker_epoch = next_broker_epoch;
    const bool is_clean = existing != nullptr && existing->epoch == request.previous_broker_epoch;
    handle_broker_shutdown(result.records, request.broker_id, is_clean);
  }
  result.response.broker_epoch = record.broker_epoch;
  result.records.push_back({std::move(record), register_broker_record_version(settings_.metadata_version)});
  return result;
}

// Without ELR, or when it shut down in order, the broker keeps its place in the ELR; its log holds what it held.
void ReplicationControl::handle_broker_shutdown(Records& records, BrokerId broker, bool is_clean) const {
  const auto in_isr = partitions_with_broker_in_isr(broker);
  if (is_clean || !is_elr_supported(settings_.metadata_version) ||
      settings_.planted_bug == PlantedBug::kElrIgnoresUncleanShutdown) {
    generate_leader_and_isr_updates(records, {broker, kNoLeader, kNoLeader}, in_isr);
    return;
  }
  generate_leader_and_isr_updates(records, {kNoLeader, kNoLeader, broker}, in_isr);
  generate_leader_and_isr_updates(records, {kNoLeader, kNoLeader, broker}, partitions_with_broker_in_elr(broker));
}

ControllerResult<ErrorCode> ReplicationControl::unregister_broker(BrokerId broker) const {
  const BrokerRegistration* registration = image_.broker(broker);
  if (registration == nullptr) {
    return {{}, ErrorCode::BROKER_ID_NOT_REGISTERED};
  }
  ControllerResult<ErrorCode> result;
  generate_leader_and_isr_updates(result.records, {broker, kNoLeader, kNoLeader},
                                  partitions_with_broker_in_isr(broker));
  generate_leader_and_isr_updates(result.records, {broker, kNoLeader, kNoLeader},
                                  partitions_with_broker_in_elr(broker));
  result.records.push_back({UnregisterBrokerRecord{broker, registration->epoch}, 0});
  return result;
}

ControllerResult<BrokerHeartbeatReply> ReplicationControl::process_broker_heartbeat(
    const BrokerHeartbeat& heartbeat) const {
  using enum BrokerControlState;
  ControllerResult<BrokerHeartbeatReply> result;
  result.response.error = check_broker_epoch(heartbeat.broker_id, heartbeat.broker_epoch);
  if (result.response.error != ErrorCode::NONE) {
    return result;
  }
  const Offset registration_offset = image_.broker(heartbeat.broker_id)->record_offset;
  const auto led = [&](const PartitionRegistration& p) { return p.leader == heartbeat.broker_id; };
  const BrokerHeartbeatState* known = heartbeats_.brokers().get(heartbeat.broker_id);
  const bool is_leaving = heartbeat.want_shut_down || (known != nullptr && known->is_shutting_down());
  const bool has_leaderships = is_leaving && !image_.partitions_where(led).empty();  // Asked only when it matters.
  const BrokerControlStates states =
      heartbeats_.calculate_next_broker_state(heartbeat, registration_offset, has_leaderships);
  if (states.current != states.next) {
    switch (states.next) {
      case FENCED:
      case SHUTDOWN_NOW: handle_broker_fenced(result.records, heartbeat.broker_id); break;
      case UNFENCED: handle_broker_unfenced(result.records, heartbeat.broker_id); break;
      case CONTROLLED_SHUTDOWN: handle_broker_in_controlled_shutdown(result.records, heartbeat.broker_id); break;
    }
  }
  result.response.is_caught_up = heartbeat.current_metadata_offset >= registration_offset;
  result.response.is_fenced = states.next == FENCED || states.next == SHUTDOWN_NOW;
  result.response.in_controlled_shutdown = states.next == CONTROLLED_SHUTDOWN;
  result.response.should_shut_down = states.next == SHUTDOWN_NOW;
  return result;
}

ControllerResult<std::optional<BrokerId>> ReplicationControl::maybe_fence_one_stale_broker(LocalTime now) const {
  ControllerResult<std::optional<BrokerId>> result;
  result.response = heartbeats_.find_one_stale_broker(now);
  if (result.response.has_value()) {
    handle_broker_fenced(result.records, *result.response);
  }
  return result;
}

void ReplicationControl::handle_broker_fenced(Records& records, BrokerId broker) const {
  generate_leader_and_isr_updates(records, {broker, kNoLeader, kNoLeader}, partitions_with_broker_in_isr(broker));
  const BrokerEpoch epoch = image_.brokers().at(broker).epoch;
  if (is_broker_registration_change_record_supported(settings_.metadata_version)) {
    BrokerRegistrationChangeRecord record;
    record.broker_id = broker;
    record.broker_epoch = epoch;
    record.fenced = BrokerRegistrationFencingChange::kFence;
    records.push_back({std::move(record), 0});
  } else {
    records.push_back({FenceBrokerRecord{broker, epoch}, 0});
  }
}

void ReplicationControl::handle_broker_unfenced(Records& records, BrokerId broker) const {
  const BrokerEpoch epoch = image_.brokers().at(broker).epoch;
  if (is_broker_registration_change_record_supported(settings_.metadata_version)) {
    BrokerRegistrationChangeRecord record;
    record.broker_id = broker;
    record.broker_epoch = epoch;
    record.fenced = BrokerRegistrationFencingChange::kUnfence;
    records.push_back({std::move(record), 0});
  } else {
    records.push_back({UnfenceBrokerRecord{broker, epoch}, 0});
  }
  generate_leader_and_isr_updates(records, {kNoLeader, broker, kNoLeader}, partitions_with_no_leader());
}

void ReplicationControl::handle_broker_in_controlled_shutdown(Records& records, BrokerId broker) const {
  const BrokerRegistration& registration = image_.brokers().at(broker);
  if (is_in_controlled_shutdown_state_supported(settings_.metadata_version) &&
      !registration.is_in_controlled_shutdown) {
    BrokerRegistrationChangeRecord record;
    record.broker_id = broker;
    record.broker_epoch = registration.epoch;
    record.in_controlled_shutdown = BrokerRegistrationInControlledShutdownChange::kInControlledShutdown;
    records.push_back({std::move(record), 1});
  }
  generate_leader_and_isr_updates(records, {broker, kNoLeader, kNoLeader}, partitions_with_broker_in_isr(broker));
}

}  // namespace kscope::sim::kraft
