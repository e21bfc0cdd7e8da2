// What all operations share: which brokers may lead, the settings of a topic, and the change of every partition that a
// broker's coming or going touches.

#include "sim/controller/kraft/replication_control.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::kraft {

ErrorCode ReplicationControl::check_broker_epoch(BrokerId broker, BrokerEpoch epoch) const {
  const BrokerRegistration* registration = image_.broker(broker);
  const bool is_current = registration != nullptr && registration->epoch == epoch;
  return is_current ? ErrorCode::NONE : ErrorCode::STALE_BROKER_EPOCH;
}

std::int32_t ReplicationControl::effective_min_isr(const TopicImage& topic) const {
  KSCOPE_CHECK(!topic.partitions.empty(), "a topic without partitions has no replication factor");
  std::int32_t min_isr = settings_.default_min_isr;
  if (const auto text = image_.topic_config(topic.name, "min.insync.replicas"); text.has_value()) {
    std::from_chars(text->data(), text->data() + text->size(), min_isr);
  }
  return std::min(min_isr, static_cast<std::int32_t>(topic.partitions.front().replicas.size()));
}

bool ReplicationControl::is_unclean_election_enabled(std::string_view topic) const {
  const auto text = image_.topic_config(topic, "unclean.leader.election.enable");
  return text.has_value() ? *text == "true" : settings_.default_unclean_election;
}

Uuid ReplicationControl::default_directory(BrokerId broker) const {
  if (!is_directory_assignment_supported(settings_.metadata_version)) {
    return kMigratingDirectory;
  }
  const BrokerRegistration* registration = image_.broker(broker);
  const bool has_one = registration != nullptr && registration->directories.size() == 1;
  return has_one ? registration->directories.front() : kUnassignedDirectory;
}

BrokerOracle ReplicationControl::brokers_for(const PartitionRegistration& partition) const {
  return brokers_for(partition, LeaderAndIsrUpdate{});
}

// While a broker comes or goes the image still shows it as it was: `update` tells what it will be.
BrokerOracle ReplicationControl::brokers_for(const PartitionRegistration& partition,
                                             const LeaderAndIsrUpdate& update) const {
  return {[this, &partition, update](BrokerId broker) {
            if (broker == update.to_remove || broker == update.unclean_shutdown) {
              return false;
            }
            if (broker != update.to_add && !image_.is_active(broker)) {
              return false;
            }
            const BrokerRegistration* registration = image_.broker(broker);
            return registration != nullptr && registration->has_online_directory(partition.directory(broker));
          },
          [this](BrokerId broker) { return default_directory(broker); }};
}

PartitionChange ReplicationControl::change_of(const TopicImage& topic) const {
  PartitionChange change;
  change.metadata_version = settings_.metadata_version;
  change.min_isr = effective_min_isr(topic);
  change.is_elr_enabled = is_elr_enabled();
  change.may_elect_fenced_last_leader = settings_.may_elect_fenced_last_leader;
  change.planted_bug = settings_.planted_bug;
  return change;
}

std::vector<TopicIdPartition> ReplicationControl::partitions_with_broker_in_isr(BrokerId broker) const {
  return image_.partitions_where([&](const PartitionRegistration& p) { return contains(p.isr, broker); });
}

std::vector<TopicIdPartition> ReplicationControl::partitions_with_broker_in_elr(BrokerId broker) const {
  return image_.partitions_where([&](const PartitionRegistration& p) { return contains(p.elr, broker); });
}

std::vector<TopicIdPartition> ReplicationControl::partitions_with_no_leader() const {
  return image_.partitions_where([](const PartitionRegistration& p) { return !p.has_leader(); });
}

void ReplicationControl::generate_leader_and_isr_updates(Records& records, const LeaderAndIsrUpdate& update,
                                                         const std::vector<TopicIdPartition>& partitions) const {
  for (const TopicIdPartition& at : partitions) {
    const TopicImage& topic = image_.topics().at(at.topic_id);
    const PartitionRegistration& partition = topic.partitions[static_cast<std::size_t>(at.partition)];
    PartitionChange change = change_of(topic);
    if (is_unclean_election_enabled(topic.name)) {
      change.election = Election::kUnclean;
    }
    if (update.unclean_shutdown != kNoLeader) {
      change.unclean_shutdown_replicas = {update.unclean_shutdown};
    }
    change.target_isr = without(partition.isr, {update.to_remove, update.unclean_shutdown});
    if (auto record =
            build_partition_change(partition, at.topic_id, at.partition, change, brokers_for(partition, update))) {
      records.push_back(std::move(*record));
    }
  }
}

}  // namespace kscope::sim::kraft
