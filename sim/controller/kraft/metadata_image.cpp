#include "sim/controller/kraft/metadata_image.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/core/check.h"

namespace kscope::sim::kraft {

bool BrokerRegistration::has_online_directory(Uuid directory) const {
  if (directory == kUnassignedDirectory || directory == kMigratingDirectory) {
    return true;
  }
  if (directory == kLostDirectory) {
    return false;
  }
  // A broker that registered before directories were known told none: all of them count as online.
  return directories.empty() || std::find(directories.begin(), directories.end(), directory) != directories.end();
}

void MetadataImage::replay(const MetadataRecord& record, Offset offset) {
  std::visit([&](const auto& held) { apply(held, offset); }, record);
}

bool MetadataImage::is_active(BrokerId id) const {
  const BrokerRegistration* found = broker(id);
  return found != nullptr && found->is_active();
}

const TopicImage* MetadataImage::topic_named(std::string_view name) const {
  const Uuid* id = topic_ids_.get(std::string(name));
  return id == nullptr ? nullptr : topics_.get(*id);
}

const PartitionRegistration* MetadataImage::partition(Uuid topic_id, std::int32_t partition) const {
  const TopicImage* found = topic(topic_id);
  const bool is_there =
      found != nullptr && partition >= 0 && partition < static_cast<std::int32_t>(found->partitions.size());
  return is_there ? &found->partitions[static_cast<std::size_t>(partition)] : nullptr;
}

std::optional<std::string> MetadataImage::topic_config(std::string_view topic, std::string_view name) const {
  const auto* configs = topic_configs_.get(std::string(topic));
  const std::string* value = configs == nullptr ? nullptr : configs->get(std::string(name));
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::vector<ApiMessageAndVersion> MetadataImage::to_records(MetadataVersion version) const {
  std::vector<ApiMessageAndVersion> records;
  for (const auto& [id, broker] : brokers_) {
    RegisterBrokerRecord record;
    record.broker_id = id;
    record.incarnation_id = broker.incarnation_id;
    record.broker_epoch = broker.epoch;
    record.rack = broker.rack;
    record.fenced = broker.is_fenced;
    record.in_controlled_shutdown = broker.is_in_controlled_shutdown;
    record.log_dirs = broker.directories;
    records.push_back({std::move(record), register_broker_record_version(version)});
  }
  for (const auto& [id, topic] : topics_) {
    records.push_back({TopicRecord{topic.name, id}, 0});
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      records.push_back(record_of(topic.partitions[i], id, static_cast<std::int32_t>(i), version));
    }
  }
  for (const auto& [topic, configs] : topic_configs_) {
    for (const auto& [name, value] : configs) {
      records.push_back({ConfigRecord{ConfigResourceType::kTopic, topic, name, value}, 0});
    }
  }
  if (next_producer_id_ > 0) {
    ProducerIdsRecord record;
    record.broker_id = BrokerId(-1);
    record.next_producer_id = next_producer_id_;
    records.push_back({record, 0});
  }
  return records;
}

BrokerRegistration& MetadataImage::registration(BrokerId broker, BrokerEpoch epoch) {
  BrokerRegistration* found = brokers_.get(broker);
  KSCOPE_CHECK(found != nullptr, "a record changes a broker that is not registered");
  KSCOPE_CHECK(found->epoch == epoch, "a record changes a broker in another epoch than it is registered with");
  return *found;
}

void MetadataImage::apply(const RegisterBrokerRecord& record, Offset offset) {
  brokers_.insert_or_assign(
      record.broker_id, BrokerRegistration{record.broker_id, record.broker_epoch, record.incarnation_id, record.rack,
                                           record.fenced, record.in_controlled_shutdown, record.log_dirs, offset});
}

void MetadataImage::apply(const UnregisterBrokerRecord& record, Offset /*offset*/) {
  (void)registration(record.broker_id, record.broker_epoch);
  brokers_.erase(record.broker_id);
}

void MetadataImage::apply(const FenceBrokerRecord& record, Offset /*offset*/) {
  registration(record.id, record.epoch).is_fenced = true;
}

void MetadataImage::apply(const UnfenceBrokerRecord& record, Offset /*offset*/) {
  registration(record.id, record.epoch).is_fenced = false;
}

void MetadataImage::apply(const BrokerRegistrationChangeRecord& record, Offset /*offset*/) {
  BrokerRegistration& broker = registration(record.broker_id, record.broker_epoch);
  if (record.fenced != BrokerRegistrationFencingChange::kNone) {
    broker.is_fenced = record.fenced == BrokerRegistrationFencingChange::kFence;
  }
  if (record.in_controlled_shutdown == BrokerRegistrationInControlledShutdownChange::kInControlledShutdown) {
    broker.is_in_controlled_shutdown = true;  // Only a new registration ends it.
  }
  if (!record.log_dirs.empty()) {
    broker.directories = record.log_dirs;
  }
}

void MetadataImage::apply(const TopicRecord& record, Offset /*offset*/) {
  KSCOPE_CHECK(!topic_ids_.contains(record.name), "a second TopicRecord for one name");
  topic_ids_.insert_or_assign(record.name, record.topic_id);
  topics_.insert_or_assign(record.topic_id, TopicImage{record.name, record.topic_id, {}});
}

void MetadataImage::apply(const PartitionRecord& record, Offset /*offset*/) {
  TopicImage& topic = topics_.at(record.topic_id);
  const auto index = static_cast<std::size_t>(record.partition_id);
  if (index < topic.partitions.size()) {
    topic.partitions[index] = registration_of(record);
    return;
  }
  KSCOPE_CHECK(index == topic.partitions.size(), "partitions of a topic are created in the order of their numbers");
  topic.partitions.push_back(registration_of(record));
}

void MetadataImage::apply(const PartitionChangeRecord& record, Offset /*offset*/) {
  TopicImage& topic = topics_.at(record.topic_id);
  const auto index = static_cast<std::size_t>(record.partition_id);
  KSCOPE_CHECK(index < topic.partitions.size(), "a record changes a partition that there is not");
  topic.partitions[index] = merge(topic.partitions[index], record);
}

void MetadataImage::apply(const RemoveTopicRecord& record, Offset /*offset*/) {
  const std::string name = topics_.at(record.topic_id).name;
  topics_.erase(record.topic_id);
  topic_ids_.erase(name);
  topic_configs_.erase(name);
}

void MetadataImage::apply(const ConfigRecord& record, Offset /*offset*/) {
  if (record.resource_type != ConfigResourceType::kTopic) {
    return;  // MODEL: brokers' own settings come from their files; dynamic ones are not modelled.
  }
  auto& configs = topic_configs_[record.resource_name];
  if (record.value.has_value()) {
    configs.insert_or_assign(record.name, *record.value);
  } else {
    configs.erase(record.name);
  }
}

void MetadataImage::apply(const ProducerIdsRecord& record, Offset /*offset*/) {
  next_producer_id_ = record.next_producer_id;
}

}  // namespace kscope::sim::kraft
