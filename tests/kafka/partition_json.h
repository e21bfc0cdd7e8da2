#pragma once
// A PartitionRegistration as the reference data shows it, and back.

#include <nlohmann/json.hpp>

#include "sim/controller/kraft/partition_registration.h"

namespace kscope::sim::kafka_data {

inline kraft::ReplicaList replicas_from(const nlohmann::json& list) {
  kraft::ReplicaList replicas;
  for (const nlohmann::json& id : list) {
    replicas.emplace_back(id.get<std::int32_t>());
  }
  return replicas;
}

inline nlohmann::json replicas_json(const kraft::ReplicaList& list) {
  nlohmann::json out = nlohmann::json::array();
  for (const BrokerId id : list) {
    out.push_back(id.value);
  }
  return out;
}

inline kraft::PartitionRegistration partition_from(const nlohmann::json& data) {
  const nlohmann::json none = nlohmann::json::array();
  kraft::PartitionRegistration partition;
  partition.replicas = replicas_from(data.at("replicas"));
  partition.directories.assign(partition.replicas.size(), kraft::kUnassignedDirectory);
  partition.isr = replicas_from(data.at("isr"));
  partition.removing_replicas = replicas_from(data.value("removing", none));
  partition.adding_replicas = replicas_from(data.value("adding", none));
  partition.elr = replicas_from(data.value("elr", none));
  partition.last_known_elr = replicas_from(data.value("last_known_elr", none));
  partition.leader = BrokerId(data.at("leader").get<std::int32_t>());
  partition.leader_epoch = LeaderEpoch(data.at("leader_epoch").get<std::int32_t>());
  partition.partition_epoch = PartitionEpoch(data.at("partition_epoch").get<std::int32_t>());
  partition.leader_recovery_state = data.value("recovery", "RECOVERED") == "RECOVERING"
                                        ? kraft::LeaderRecoveryState::kRecovering
                                        : kraft::LeaderRecoveryState::kRecovered;
  return partition;
}

/// Lists that are empty are left out, `replicas` and `isr` apart.
inline nlohmann::json partition_json(const kraft::PartitionRegistration& partition) {
  nlohmann::json out = {{"replicas", replicas_json(partition.replicas)},
                        {"isr", replicas_json(partition.isr)},
                        {"leader", partition.leader.value},
                        {"leader_epoch", partition.leader_epoch.value},
                        {"partition_epoch", partition.partition_epoch.value}};
  const auto add = [&](const char* name, const kraft::ReplicaList& list) {
    if (!list.empty()) {
      out[name] = replicas_json(list);
    }
  };
  add("removing", partition.removing_replicas);
  add("adding", partition.adding_replicas);
  add("elr", partition.elr);
  add("last_known_elr", partition.last_known_elr);
  out["recovery"] =
      partition.leader_recovery_state == kraft::LeaderRecoveryState::kRecovering ? "RECOVERING" : "RECOVERED";
  return out;
}

}  // namespace kscope::sim::kafka_data
