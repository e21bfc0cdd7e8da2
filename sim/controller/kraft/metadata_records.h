#pragma once
// The records of the metadata log: every change of a KRaft cluster is one of these, written by the active controller,
// replicated by Raft and replayed by every controller and broker. Names and fields are Kafka's own; each struct tells its
// number on the wire and the newest version. Source: the record schemas of Kafka 3.9 (metadata/common/metadata).
// Left out: access control, SCRAM credentials, delegation tokens, migration from ZooKeeper. Nothing here models them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/fields.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim::kraft {

/// Whether the leader has still to find out what an unclean election lost (KIP-704). kNoChange: only in change records.
enum class LeaderRecoveryState : std::int8_t { kNoChange = -1, kRecovered = 0, kRecovering = 1 };

enum class BrokerRegistrationFencingChange : std::int8_t { kUnfence = -1, kNone = 0, kFence = 1 };
enum class BrokerRegistrationInControlledShutdownChange : std::int8_t { kNone = 0, kInControlledShutdown = 1 };

/// Kafka's ConfigResource.Type.
enum class ConfigResourceType : std::int8_t { kUnknown = 0, kTopic = 2, kBroker = 4 };

struct EndPoint {
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  std::int16_t security_protocol = 0;
  KSCOPE_FIELDS(EndPoint, name, host, port, security_protocol);
};
/// A feature and the levels that a process supports.
struct SupportedFeature {
  std::string name;
  std::int16_t min_supported_version = 0;
  std::int16_t max_supported_version = 0;
  KSCOPE_FIELDS(SupportedFeature, name, min_supported_version, max_supported_version);
};

struct RegisterBrokerRecord {
  static constexpr std::int16_t kApiKey = 0;
  static constexpr std::int16_t kMaxVersion = 3;
  BrokerId broker_id{0};
  bool is_migrating_zk_broker = false;  ///< version 2 on
  Uuid incarnation_id;
  BrokerEpoch broker_epoch;
  std::vector<EndPoint> end_points;
  std::vector<SupportedFeature> features;
  std::optional<std::string> rack;
  bool fenced = true;
  bool in_controlled_shutdown = false;  ///< version 1 on
  std::vector<Uuid> log_dirs;           ///< version 3 on
  KSCOPE_FIELDS(RegisterBrokerRecord, broker_id, is_migrating_zk_broker, incarnation_id, broker_epoch, end_points,
                features, rack, fenced, in_controlled_shutdown, log_dirs);
};
struct UnregisterBrokerRecord {
  static constexpr std::int16_t kApiKey = 1;
  static constexpr std::int16_t kMaxVersion = 0;
  BrokerId broker_id{0};
  BrokerEpoch broker_epoch;
  KSCOPE_FIELDS(UnregisterBrokerRecord, broker_id, broker_epoch);
};
struct TopicRecord {
  static constexpr std::int16_t kApiKey = 2;
  static constexpr std::int16_t kMaxVersion = 0;
  std::string name;
  Uuid topic_id;
  KSCOPE_FIELDS(TopicRecord, name, topic_id);
};
struct PartitionRecord {
  static constexpr std::int16_t kApiKey = 3;
  static constexpr std::int16_t kMaxVersion = 2;
  std::int32_t partition_id = 0;
  Uuid topic_id;
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> isr;
  std::vector<BrokerId> removing_replicas;
  std::vector<BrokerId> adding_replicas;
  BrokerId leader;
  LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::kRecovered;
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  std::vector<Uuid> directories;                                  ///< version 1 on
  std::optional<std::vector<BrokerId>> eligible_leader_replicas;  ///< version 2 on
  std::optional<std::vector<BrokerId>> last_known_elr;            ///< version 2 on
  KSCOPE_FIELDS(PartitionRecord, partition_id, topic_id, replicas, isr, removing_replicas, adding_replicas, leader,
                leader_recovery_state, leader_epoch, partition_epoch, directories, eligible_leader_replicas,
                last_known_elr);
};
struct ConfigRecord {
  static constexpr std::int16_t kApiKey = 4;
  static constexpr std::int16_t kMaxVersion = 0;
  ConfigResourceType resource_type = ConfigResourceType::kUnknown;
  std::string resource_name;
  std::string name;
  std::optional<std::string> value;  ///< none = back to the default
  KSCOPE_FIELDS(ConfigRecord, resource_type, resource_name, name, value);
};
/// What is absent does not change. A leader that is present raises the leader epoch, even when it is the same.
struct PartitionChangeRecord {
  static constexpr std::int16_t kApiKey = 5;
  static constexpr std::int16_t kMaxVersion = 2;
  std::int32_t partition_id = 0;
  Uuid topic_id;
  std::optional<std::vector<BrokerId>> isr;
  std::optional<BrokerId> leader;  ///< BrokerId(-1) = no leader from now on
  std::optional<std::vector<BrokerId>> replicas;
  std::optional<std::vector<BrokerId>> removing_replicas;
  std::optional<std::vector<BrokerId>> adding_replicas;
  LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::kNoChange;
  std::optional<std::vector<BrokerId>> eligible_leader_replicas;  ///< version 2 on
  std::optional<std::vector<BrokerId>> last_known_elr;            ///< version 2 on
  std::optional<std::vector<Uuid>> directories;                   ///< version 1 on
  KSCOPE_FIELDS(PartitionChangeRecord, partition_id, topic_id, isr, leader, replicas, removing_replicas,
                adding_replicas, leader_recovery_state, eligible_leader_replicas, last_known_elr, directories);
};
struct FenceBrokerRecord {
  static constexpr std::int16_t kApiKey = 7;
  static constexpr std::int16_t kMaxVersion = 0;
  BrokerId id{0};
  BrokerEpoch epoch;
  KSCOPE_FIELDS(FenceBrokerRecord, id, epoch);
};
struct UnfenceBrokerRecord {
  static constexpr std::int16_t kApiKey = 8;
  static constexpr std::int16_t kMaxVersion = 0;
  BrokerId id{0};
  BrokerEpoch epoch;
  KSCOPE_FIELDS(UnfenceBrokerRecord, id, epoch);
};
struct RemoveTopicRecord {
  static constexpr std::int16_t kApiKey = 9;
  static constexpr std::int16_t kMaxVersion = 0;
  Uuid topic_id;
  KSCOPE_FIELDS(RemoveTopicRecord, topic_id);
};
struct FeatureLevelRecord {
  static constexpr std::int16_t kApiKey = 12;
  static constexpr std::int16_t kMaxVersion = 0;
  std::string name;
  std::int16_t feature_level = 0;  ///< 0 = the feature is off
  KSCOPE_FIELDS(FeatureLevelRecord, name, feature_level);
};
struct QuotaEntity {
  std::string entity_type;
  std::optional<std::string> entity_name;  ///< none = the default of the type
  KSCOPE_FIELDS(QuotaEntity, entity_type, entity_name);
};
struct ClientQuotaRecord {
  static constexpr std::int16_t kApiKey = 14;
  static constexpr std::int16_t kMaxVersion = 0;
  std::vector<QuotaEntity> entity;
  std::string key;
  std::uint64_t value_bits = 0;  ///< IEEE 754 double, as bits: the model decides nothing by floating point
  bool remove = false;
  KSCOPE_FIELDS(ClientQuotaRecord, entity, key, value_bits, remove);
};
/// A block of producer ids was given to a broker; the next block begins at `next_producer_id`.
struct ProducerIdsRecord {
  static constexpr std::int16_t kApiKey = 15;
  static constexpr std::int16_t kMaxVersion = 0;
  BrokerId broker_id{0};
  BrokerEpoch broker_epoch;
  std::int64_t next_producer_id = 0;
  KSCOPE_FIELDS(ProducerIdsRecord, broker_id, broker_epoch, next_producer_id);
};
struct BrokerRegistrationChangeRecord {
  static constexpr std::int16_t kApiKey = 17;
  static constexpr std::int16_t kMaxVersion = 2;
  BrokerId broker_id{0};
  BrokerEpoch broker_epoch;
  BrokerRegistrationFencingChange fenced = BrokerRegistrationFencingChange::kNone;
  BrokerRegistrationInControlledShutdownChange in_controlled_shutdown =
      BrokerRegistrationInControlledShutdownChange::kNone;  ///< version 1 on
  std::vector<Uuid> log_dirs;                               ///< version 2 on; empty = unchanged
  KSCOPE_FIELDS(BrokerRegistrationChangeRecord, broker_id, broker_epoch, fenced, in_controlled_shutdown, log_dirs);
};
struct NoOpRecord {
  static constexpr std::int16_t kApiKey = 20;
  static constexpr std::int16_t kMaxVersion = 0;
  KSCOPE_FIELDS(NoOpRecord);
};
/// Records up to the next End or AbortTransactionRecord take effect together or not at all (KIP-868).
struct BeginTransactionRecord {
  static constexpr std::int16_t kApiKey = 23;
  static constexpr std::int16_t kMaxVersion = 0;
  std::optional<std::string> name;
  KSCOPE_FIELDS(BeginTransactionRecord, name);
};
struct EndTransactionRecord {
  static constexpr std::int16_t kApiKey = 24;
  static constexpr std::int16_t kMaxVersion = 0;
  KSCOPE_FIELDS(EndTransactionRecord);
};
struct AbortTransactionRecord {
  static constexpr std::int16_t kApiKey = 25;
  static constexpr std::int16_t kMaxVersion = 0;
  std::optional<std::string> reason;
  KSCOPE_FIELDS(AbortTransactionRecord, reason);
};
struct RegisterControllerRecord {
  static constexpr std::int16_t kApiKey = 27;
  static constexpr std::int16_t kMaxVersion = 0;
  BrokerId controller_id{0};
  Uuid incarnation_id;
  bool zk_migration_ready = false;
  std::vector<EndPoint> end_points;
  std::vector<SupportedFeature> features;
  KSCOPE_FIELDS(RegisterControllerRecord, controller_id, incarnation_id, zk_migration_ready, end_points, features);
};

using MetadataRecord =
    std::variant<RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord, ConfigRecord,
                 PartitionChangeRecord, FenceBrokerRecord, UnfenceBrokerRecord, RemoveTopicRecord, FeatureLevelRecord,
                 ClientQuotaRecord, ProducerIdsRecord, BrokerRegistrationChangeRecord, NoOpRecord,
                 BeginTransactionRecord, EndTransactionRecord, AbortTransactionRecord, RegisterControllerRecord>;

/// A record and the version in which it goes into the log. Source: ApiMessageAndVersion, Kafka 3.9.
struct ApiMessageAndVersion {
  MetadataRecord message;
  std::int16_t version = 0;
  KSCOPE_FIELDS(ApiMessageAndVersion, message, version);
};

/// Kafka's name of the record's type, for example "PartitionChangeRecord".
[[nodiscard]] std::string_view type_name(const MetadataRecord& record);

}  // namespace kscope::sim::kraft
