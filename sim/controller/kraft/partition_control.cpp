// Partitions: the ISR that a leader asks for, elections, and moves to other brokers.

#include <algorithm>
#include <utility>

#include "sim/controller/kraft/reassignment.h"
#include "sim/controller/kraft/replication_control.h"

namespace kscope::sim::kraft {
namespace {

// Source: Replicas.validateIsr: not empty, every member a replica, none twice.
bool is_valid_isr(const ReplicaList& replicas, const ReplicaList& isr) {
  ReplicaList sorted = isr;
  std::sort(sorted.begin(), sorted.end());
  const bool is_twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  return !isr.empty() && !is_twice && contains_all(replicas, isr);
}

}  // namespace

ErrorCode ReplicationControl::validate_alter_partition(const AlterPartition& request,
                                                       const PartitionRegistration* partition) const {
  if (partition == nullptr) {
    return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  }
  // The leader has seen what this controller has not: this one is most likely not the active controller any more.
  if (request.leader_epoch > partition->leader_epoch || request.partition_epoch > partition->partition_epoch) {
    return ErrorCode::NOT_CONTROLLER;
  }
  if (request.leader_epoch < partition->leader_epoch) {
    return ErrorCode::FENCED_LEADER_EPOCH;
  }
  if (request.broker_id != partition->leader) {
    return ErrorCode::INVALID_REQUEST;
  }
  if (request.partition_epoch < partition->partition_epoch) {
    return ErrorCode::INVALID_UPDATE_VERSION;
  }
  if (!is_valid_isr(partition->replicas, request.new_isr) || !contains(request.new_isr, partition->leader)) {
    return ErrorCode::INVALID_REQUEST;
  }
  const bool recovers = request.leader_recovery_state == LeaderRecoveryState::kRecovering;
  if (recovers && request.new_isr.size() > 1) {
    return ErrorCode::INVALID_REQUEST;
  }
  if (recovers && partition->leader_recovery_state == LeaderRecoveryState::kRecovered) {
    return ErrorCode::INVALID_REQUEST;
  }
  for (std::size_t i = 0; i < request.new_isr.size(); ++i) {
    const BrokerRegistration* broker = image_.broker(request.new_isr[i]);
    const bool has_epoch = i < request.new_isr_epochs.size() && request.new_isr_epochs[i] != BrokerEpoch(-1);
    const bool is_eligible =
        broker != nullptr && broker->is_active() && (!has_epoch || broker->epoch == request.new_isr_epochs[i]);
    if (!is_eligible) {
      return ErrorCode::INELIGIBLE_REPLICA;
    }
  }
  return ErrorCode::NONE;
}

ControllerResult<AlterPartitionReply> ReplicationControl::alter_partition(const AlterPartition& request) const {
  ControllerResult<AlterPartitionReply> result;
  const TopicImage* topic = image_.topic(request.topic_id);
  if (topic == nullptr) {
    result.response.error = ErrorCode::UNKNOWN_TOPIC_ID;
    return result;
  }
  const PartitionRegistration* partition = image_.partition(request.topic_id, request.partition);
  result.response.error = validate_alter_partition(request, partition);
  if (result.response.error != ErrorCode::NONE) {
    return result;
  }
  PartitionChange change = change_of(*topic);
  if (is_unclean_election_enabled(topic->name)) {
    change.election = Election::kUnclean;
  }
  change.target_isr = request.new_isr;
  change.target_leader_recovery_state = request.leader_recovery_state;
  auto record =
      build_partition_change(*partition, request.topic_id, request.partition, change, brokers_for(*partition));
  result.response.partition = *partition;
  if (record.has_value()) {
    const auto& changed = std::get<PartitionChangeRecord>(record->message);
    result.response.partition = merge(*partition, changed);
    // The ISR completed a reassignment, and the leader goes with the replicas that are removed.
    if (changed.leader.has_value() && *changed.leader != request.broker_id) {
      result.response.error = ErrorCode::NEW_LEADER_ELECTED;
    }
    result.records.push_back(std::move(*record));
  }
  return result;
}

ControllerResult<ErrorCode> ReplicationControl::elect_leader(std::string_view topic_name, std::int32_t number,
                                                             Election election) const {
  const TopicImage* topic = image_.topic_named(topic_name);
  const PartitionRegistration* partition = topic == nullptr ? nullptr : image_.partition(topic->id, number);
  if (partition == nullptr) {
    return {{}, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION};
  }
  const bool is_unclean = election == Election::kUnclean;
  if (is_unclean ? partition->has_leader() : partition->has_preferred_leader()) {
    return {{}, ErrorCode::ELECTION_NOT_NEEDED};
  }
  PartitionChange change = change_of(*topic);
  change.election = election;
  auto record = build_partition_change(*partition, topic->id, number, change, brokers_for(*partition));
  if (!record.has_value()) {
    return {{}, is_unclean ? ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE : ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE};
  }
  return {{std::move(*record)}, ErrorCode::NONE};
}

ControllerResult<ErrorCode> ReplicationControl::alter_partition_reassignment(
    std::string_view topic_name, std::int32_t number, const std::optional<ReplicaList>& target) const {
  const TopicImage* topic = image_.topic_named(topic_name);
  const PartitionRegistration* partition = topic == nullptr ? nullptr : image_.partition(topic->id, number);
  if (partition == nullptr) {
    return {{}, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION};
  }
  PartitionChange change = change_of(*topic);
  if (target.has_value()) {
    if (validate_manual_assignment(*target, std::nullopt) != ErrorCode::NONE) {
      return {{}, ErrorCode::INVALID_REPLICA_ASSIGNMENT};
    }
    const Reassignment move = reassignment_between(partition->replicas, *target);
    const auto when = [](bool wanted, const ReplicaList& list) { return wanted ? std::optional(list) : std::nullopt; };
    change.target_replicas = when(move.replicas != partition->replicas, move.replicas);
    change.target_removing = when(!move.removing.empty(), move.removing);
    change.target_adding = when(!move.adding.empty(), move.adding);
  } else {
    if (!partition->is_reassignment_in_progress()) {
      return {{}, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS};
    }
    const std::optional<ReassignmentRevert> revert = revert_of(*partition);
    const bool allows_unclean = is_unclean_election_enabled(topic->name);
    if (!revert.has_value() || (revert->is_unclean && !allows_unclean)) {
      return {{}, ErrorCode::INVALID_REPLICA_ASSIGNMENT};
    }
    change.election = allows_unclean ? Election::kUnclean : Election::kOnline;
    change.target_isr = revert->isr;
    change.target_replicas = revert->replicas;
    change.target_removing = ReplicaList{};
    change.target_adding = ReplicaList{};
  }
  ControllerResult<ErrorCode> result;
  if (auto record = build_partition_change(*partition, topic->id, number, change, brokers_for(*partition))) {
    result.records.push_back(std::move(*record));
  }
  return result;
}

std::vector<ApiMessageAndVersion> ReplicationControl::update_elr(std::string_view topic_name) const {
  const TopicImage& topic = *image_.topic_named(topic_name);
  Records records;
  for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
    const PartitionRegistration& partition = topic.partitions[i];
    if (partition.elr.empty()) {
      continue;
    }
    if (auto record = build_partition_change(partition, topic.id, static_cast<std::int32_t>(i), change_of(topic),
                                             brokers_for(partition))) {
      records.push_back(std::move(*record));
    }
  }
  return records;
}

ControllerResult<bool> ReplicationControl::maybe_balance_partition_leaders() const {
  ControllerResult<bool> result;
  const auto is_imbalanced = [](const PartitionRegistration& p) { return !p.has_preferred_leader(); };
  for (const TopicIdPartition& at : image_.partitions_where(is_imbalanced)) {
    if (static_cast<std::int32_t>(result.records.size()) >= settings_.max_elections_per_imbalance) {
      result.response = true;
      break;
    }
    const TopicImage& topic = image_.topics().at(at.topic_id);
    const PartitionRegistration& partition = topic.partitions[static_cast<std::size_t>(at.partition)];
    PartitionChange change = change_of(topic);
    change.election = Election::kPreferred;
    if (auto record = build_partition_change(partition, at.topic_id, at.partition, change, brokers_for(partition))) {
      result.records.push_back(std::move(*record));
    }
  }
  return result;
}

ControllerResult<bool> ReplicationControl::maybe_elect_unclean_leaders() const {
  ControllerResult<bool> result;
  for (const TopicIdPartition& at : partitions_with_no_leader()) {
    const TopicImage& topic = image_.topics().at(at.topic_id);
    if (!is_unclean_election_enabled(topic.name)) {
      continue;
    }
    if (static_cast<std::int32_t>(result.records.size()) >= settings_.max_elections_per_imbalance) {
      result.response = true;
      break;
    }
    ControllerResult<ErrorCode> elected = elect_leader(topic.name, at.partition, Election::kUnclean);
    std::move(elected.records.begin(), elected.records.end(), std::back_inserter(result.records));
  }
  return result;
}

}  // namespace kscope::sim::kraft
