#include "sim/controller/kraft/partition_registration.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::kraft {
namespace {

// Records of versions that do not know directories leave them out: all replicas count as migrating then.
std::vector<Uuid> default_to_migrating(std::vector<Uuid> directories, std::size_t replica_count) {
  return directories.empty() ? std::vector<Uuid>(replica_count, kMigratingDirectory) : std::move(directories);
}

}  // namespace

Uuid PartitionRegistration::directory(BrokerId broker) const {
  const auto at = std::find(replicas.begin(), replicas.end(), broker);
  const auto index = static_cast<std::size_t>(at - replicas.begin());
  return index < directories.size() ? directories[index] : kUnassignedDirectory;
}

bool contains(const ReplicaList& list, BrokerId broker) {
  return std::find(list.begin(), list.end(), broker) != list.end();
}

bool contains_all(const ReplicaList& list, const ReplicaList& part) {
  return std::all_of(part.begin(), part.end(), [&](BrokerId broker) { return contains(list, broker); });
}

ReplicaList without(const ReplicaList& list, const ReplicaList& excluded) {
  ReplicaList kept;
  std::copy_if(list.begin(), list.end(), std::back_inserter(kept),
               [&](BrokerId broker) { return !contains(excluded, broker); });
  return kept;
}

PartitionRegistration registration_of(const PartitionRecord& record) {
  PartitionRegistration partition;
  partition.replicas = record.replicas;
  partition.directories = default_to_migrating(record.directories, record.replicas.size());
  partition.isr = record.isr;
  partition.removing_replicas = record.removing_replicas;
  partition.adding_replicas = record.adding_replicas;
  partition.elr = record.eligible_leader_replicas.value_or(ReplicaList{});
  partition.last_known_elr = record.last_known_elr.value_or(ReplicaList{});
  partition.leader = record.leader;
  partition.leader_recovery_state = record.leader_recovery_state;
  partition.leader_epoch = record.leader_epoch;
  partition.partition_epoch = record.partition_epoch;
  return partition;
}

PartitionRegistration merge(const PartitionRegistration& before, const PartitionChangeRecord& record) {
  PartitionRegistration after = before;
  after.replicas = record.replicas.value_or(before.replicas);
  after.directories = default_to_migrating(record.directories.value_or(before.directories), after.replicas.size());
  after.isr = record.isr.value_or(before.isr);
  after.removing_replicas = record.removing_replicas.value_or(before.removing_replicas);
  after.adding_replicas = record.adding_replicas.value_or(before.adding_replicas);
  after.elr = record.eligible_leader_replicas.value_or(before.elr);
  after.last_known_elr = record.last_known_elr.value_or(before.last_known_elr);
  if (record.leader.has_value()) {
    after.leader = *record.leader;
    ++after.leader_epoch;
  }
  if (record.leader_recovery_state != LeaderRecoveryState::kNoChange) {
    after.leader_recovery_state = record.leader_recovery_state;
  }
  ++after.partition_epoch;
  return after;
}

ApiMessageAndVersion record_of(const PartitionRegistration& partition, Uuid topic, std::int32_t partition_id,
                               MetadataVersion metadata_version) {
  KSCOPE_CHECK(partition.directories.size() == partition.replicas.size(), "every replica has a directory");
  PartitionRecord record;
  record.partition_id = partition_id;
  record.topic_id = topic;
  record.replicas = partition.replicas;
  record.isr = partition.isr;
  record.removing_replicas = partition.removing_replicas;
  record.adding_replicas = partition.adding_replicas;
  record.leader = partition.leader;
  record.leader_recovery_state = partition.leader_recovery_state;
  record.leader_epoch = partition.leader_epoch;
  record.partition_epoch = partition.partition_epoch;
  if (is_elr_supported(metadata_version)) {
    if (!partition.elr.empty()) {
      record.eligible_leader_replicas = partition.elr;
    }
    if (!partition.last_known_elr.empty()) {
      record.last_known_elr = partition.last_known_elr;
    }
  }
  if (is_directory_assignment_supported(metadata_version)) {
    record.directories = partition.directories;
  }
  return {std::move(record), partition_record_version(metadata_version)};
}

}  // namespace kscope::sim::kraft
