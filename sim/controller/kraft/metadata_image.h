#pragma once
// MetadataImage: the cluster as the metadata log tells it: registered brokers, topics with their partitions, and settings.
// Every controller and every broker holds one and builds it in one way only, by replay() of the records in their order.
// A regular value. Source: MetadataImage (brokers) and the replay methods of ClusterControlManager,
// ReplicationControlManager and ConfigurationControlManager (controllers), Kafka 3.9.
// MODEL: Kafka's controllers keep indexes from brokers to the partitions they are in sync for; here the topics are walked,
// in order of topic id and partition, where Kafka goes in the order of its hash tables.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "sim/controller/kraft/metadata_records.h"
#include "sim/controller/kraft/partition_registration.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim::kraft {

/// Source: BrokerRegistration, Kafka 3.9.
struct BrokerRegistration {
  BrokerId id{0};
  BrokerEpoch epoch;
  Uuid incarnation_id;
  std::optional<std::string> rack;
  bool is_fenced = true;
  bool is_in_controlled_shutdown = false;
  std::vector<Uuid> directories;  ///< its log directories that are online
  Offset record_offset;           ///< where its RegisterBrokerRecord lies: it has to read this far to be unfenced
  KSCOPE_FIELDS(BrokerRegistration, id, epoch, incarnation_id, rack, is_fenced, is_in_controlled_shutdown, directories,
                record_offset);

  /// Neither fenced nor leaving: it may lead and be in sync.
  [[nodiscard]] bool is_active() const { return !is_fenced && !is_in_controlled_shutdown; }
  /// Whether this log directory works, as far as is known. Source: BrokerRegistration.hasOnlineDir, DirectoryId.isOnline.
  [[nodiscard]] bool has_online_directory(Uuid directory) const;
};

/// Source: TopicImage, Kafka 3.9.
struct TopicImage {
  std::string name;
  Uuid id;
  std::vector<PartitionRegistration> partitions;  ///< by number
  KSCOPE_FIELDS(TopicImage, name, id, partitions);
};

/// A partition by the id of its topic. Source: TopicIdPartition, Kafka 3.9.
struct TopicIdPartition {
  Uuid topic_id;
  std::int32_t partition = -1;
  constexpr auto operator<=>(const TopicIdPartition&) const = default;
  KSCOPE_FIELDS(TopicIdPartition, topic_id, partition);
};

class MetadataImage {
 public:
  /// Applies one record, which lies at `offset` of the log. Requires: the records before it were replayed; a record names
  /// only brokers and topics that there are (a failed check otherwise: the log would be broken).
  void replay(const MetadataRecord& record, Offset offset);

  [[nodiscard]] const FlatMap<BrokerId, BrokerRegistration>& brokers() const { return brokers_; }
  [[nodiscard]] const FlatMap<Uuid, TopicImage>& topics() const { return topics_; }
  /// Nothing when it is not registered.
  [[nodiscard]] const BrokerRegistration* broker(BrokerId broker) const { return brokers_.get(broker); }
  [[nodiscard]] bool is_active(BrokerId broker) const;
  [[nodiscard]] const TopicImage* topic(Uuid topic_id) const { return topics_.get(topic_id); }
  [[nodiscard]] const TopicImage* topic_named(std::string_view name) const;
  [[nodiscard]] const PartitionRegistration* partition(Uuid topic_id, std::int32_t partition) const;
  /// A setting of a topic that differs from the default.
  [[nodiscard]] std::optional<std::string> topic_config(std::string_view topic, std::string_view name) const;
  /// Every partition for which `wanted(partition)` holds, by topic id and number.
  template <class Predicate>
  [[nodiscard]] std::vector<TopicIdPartition> partitions_where(Predicate wanted) const {
    std::vector<TopicIdPartition> found;
    for (const auto& [id, topic] : topics_) {
      for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        if (wanted(topic.partitions[i])) {
          found.push_back({id, static_cast<std::int32_t>(i)});
        }
      }
    }
    return found;
  }
  /// Producer ids below this one were given out in blocks.
  [[nodiscard]] std::int64_t next_producer_id() const { return next_producer_id_; }

  /// The records that build this image from nothing: the content of a snapshot of the metadata log.
  /// MODEL: a registration in a snapshot stands at the snapshot's own offset, as in Kafka.
  [[nodiscard]] std::vector<ApiMessageAndVersion> to_records(MetadataVersion version) const;

  KSCOPE_FIELDS(MetadataImage, brokers_, topics_, topic_ids_, topic_configs_, next_producer_id_);

 private:
  void apply(const RegisterBrokerRecord& record, Offset offset);
  void apply(const UnregisterBrokerRecord& record, Offset offset);
  void apply(const FenceBrokerRecord& record, Offset offset);
  void apply(const UnfenceBrokerRecord& record, Offset offset);
  void apply(const BrokerRegistrationChangeRecord& record, Offset offset);
  void apply(const TopicRecord& record, Offset offset);
  void apply(const PartitionRecord& record, Offset offset);
  void apply(const PartitionChangeRecord& record, Offset offset);
  void apply(const RemoveTopicRecord& record, Offset offset);
  void apply(const ConfigRecord& record, Offset offset);
  void apply(const ProducerIdsRecord& record, Offset offset);
  void apply(const FeatureLevelRecord&, Offset) {}
  void apply(const ClientQuotaRecord&, Offset) {}
  void apply(const NoOpRecord&, Offset) {}
  void apply(const BeginTransactionRecord&, Offset) {}
  void apply(const EndTransactionRecord&, Offset) {}
  void apply(const AbortTransactionRecord&, Offset) {}
  void apply(const RegisterControllerRecord&, Offset) {}
  BrokerRegistration& registration(BrokerId broker, BrokerEpoch epoch);

  FlatMap<BrokerId, BrokerRegistration> brokers_;
  FlatMap<Uuid, TopicImage> topics_;
  FlatMap<std::string, Uuid> topic_ids_;
  FlatMap<std::string, FlatMap<std::string, std::string>> topic_configs_;
  std::int64_t next_producer_id_ = 0;
};

}  // namespace kscope::sim::kraft
