#pragma once
// The registry: names and settings that every node may read. Interned names live here; so do configs, because Kafka's
// static configs are files that each process reads at start. Changed only by commands (create topic, alter config).
// Big parts are shared immutable, so that copying a world does not copy them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "sim/config/broker_config.h"
#include "sim/config/config_values.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/topic_config.h"
#include "sim/config/zookeeper_config.h"
#include "sim/rules/planted_bug.h"
#include "sim/rules/protocol_rules.h"
#include "sim/types/broker_set.h"
#include "sim/types/client_quota.h"
#include "sim/types/compression.h"
#include "sim/types/ids.h"

namespace kscope::sim {

enum class NodeRole : std::uint8_t { kBroker, kZooKeeper, kProducer, kConsumer, kAdmin, kController };

/// A topic that the scenario or a command names, whether it exists yet or not.
struct TopicSetup {
  std::string name;
  std::int32_t partitions = -1;                   ///< -1 = num.partitions of the controller's broker
  std::int32_t replication_factor = -1;           ///< -1 = default.replication.factor
  std::int32_t asked_partitions = 0;              ///< most that anybody asked for since: names of those may be used
  std::vector<std::vector<BrokerId>> assignment;  ///< manual placement; empty = by the controller
  /// What the topic itself sets; null = nothing. The rest comes from the log.* configs of each broker.
  std::shared_ptr<const ConfigValues> overrides;
  TopicConfig config;  ///< effective on the first broker, and on all when their configs agree
  /// Effective by position in `brokers` when their configs differ; null = `config` on all of them.
  std::shared_ptr<const std::vector<TopicConfig>> config_on_broker;
  bool is_internal = false;
  bool is_made_by_command = false;     ///< not of the scenario: somebody asked for it while the cluster ran
  bool is_created_by_clients = false;  ///< the administrator leaves it to auto.create.topics.enable
};

struct BrokerSetup {
  BrokerId id;
  std::string rack;
  BrokerConfig config;
};

/// How a producer's application makes records.
struct Workload {
  enum class Keys : std::uint8_t { kNone, kRoundRobin, kUniform, kZipf, kList };
  std::int64_t records_per_1000_s = 0;  ///< rate; 0 = only by command
  bool is_poisson = false;              ///< exponential gaps instead of even ones
  Keys keys = Keys::kNone;
  std::int64_t key_count = 0;  ///< kUniform, kZipf, kRoundRobin
  std::vector<std::string>
      key_names;                     ///< kList: these in turn (an empty name = null key); else names are "k0", "k1" ...
  std::int32_t value_size = 100;     ///< bytes
  std::int64_t limit = 0;            ///< records in all; 0 = no limit
  std::int64_t tombstone_every = 0;  ///< each so-many-th record with a key has a null value; 0 = none
  Duration start{0};                 ///< first record this long after the process started
  std::int64_t transaction_records = 0;  ///< a transactional producer commits after so many records; 0 = by command
  std::int64_t abort_every = 0;          ///< and aborts instead every so many transactions; 0 = never
};
struct ProducerSetup {
  std::string name;
  TopicId topic;
  ProducerConfig config;
  TransactionalId transactional_id;  ///< none = not transactional
  Workload workload;
};

struct ConsumerSetup {
  enum class CommitMode : std::uint8_t { kAuto, kAfterProcessing, kBeforeProcessing, kNever };
  std::string name;  ///< "billing-1"
  GroupId group;
  std::vector<TopicId> topics;
  /// assign(): the partitions that it reads without being a member of its group; empty = it subscribes. Ascending.
  std::vector<TopicPartition> assignment{};
  ConsumerConfig config;
  CommitMode commit = CommitMode::kAuto;
  Duration processing_time{1'000'000};  ///< application time per record
  /// What it reads it produces to this one's topic, in transactions that have the offsets, too; none = it only reads.
  std::optional<ProducerSetup> output{};
};

struct GroupSetup {
  std::string name;
};

/// Puts the topic's own settings over the defaults of every broker. Source: LogConfig.fromProps over
/// KafkaConfig.extractLogConfigMap, Kafka 3.9. Values that Kafka would refuse leave the default.
void resolve_topic_config(const std::vector<BrokerSetup>& brokers, TopicSetup& topic);

struct NodeEntry {
  NodeRole role = NodeRole::kAdmin;
  std::string name;        ///< "b1", "zk1", "shop", "billing-1", "admin"
  std::int32_t index = 0;  ///< into the vector of its role
  Duration starts_at{0};
  NodeId partner{};  ///< combined roles: the other half of the same process; none = a process of its own
};

/// node.id of the first controller; brokers have smaller ids.
inline constexpr std::int32_t kFirstControllerId = 1'000'001;

struct Registry {
  std::vector<NodeEntry> nodes;    ///< by NodeId
  std::vector<TopicSetup> topics;  ///< by TopicId; 0 = __consumer_offsets
  std::vector<GroupSetup> groups;  ///< by GroupId
  std::shared_ptr<const std::vector<BrokerSetup>> brokers;
  std::shared_ptr<const std::vector<ProducerSetup>> producers;
  std::shared_ptr<const std::vector<ConsumerSetup>> consumers;
  std::vector<NodeId> zookeepers;
  std::vector<NodeId> controllers;   ///< the voters of the metadata quorum; empty = ZooKeeper mode
  BrokerConfig controller_config;    ///< server.properties of the controllers: what holds for all brokers
  ZooKeeperConfig zookeeper_config;  ///< zoo.cfg, the same for every server of the ensemble
  NodeId admin;
  TopicId transaction_topic;                   ///< __transaction_state; none = no producer has a transactional.id
  std::vector<std::string> transactional_ids;  ///< by TransactionalId
  std::vector<NodeId> broker_nodes;            ///< same order as `brokers`
  CompressionRatios compression;               ///< what each codec leaves of records
  /// Quotas of client ids, in the order in which they were set. Empty: nobody ever set one, and nothing is counted.
  std::vector<ClientQuota> client_quotas;
  PlantedBug planted_bug = PlantedBug::kNone;
  ProtocolRules rules;  ///< all new, unless the scenario or the command line turn some back

  [[nodiscard]] const BrokerSetup& broker(NodeId node) const;
  [[nodiscard]] const ProducerSetup& producer(NodeId node) const;
  [[nodiscard]] const ConsumerSetup& consumer(NodeId node) const;
  /// The client id with which a producer or consumer names itself in its requests: client.id, else its name.
  /// Source: Kafka's own default counts instances: "producer-1", "consumer-billing-1".
  [[nodiscard]] std::string_view client_id(NodeId node) const;
  /// What holds for a topic on the broker `node`.
  [[nodiscard]] const TopicConfig& topic_config(TopicId topic, NodeId node) const {
    const TopicSetup& setup = topics[static_cast<std::size_t>(topic.value)];
    return setup.config_on_broker == nullptr
               ? setup.config
               : (*setup.config_on_broker)[static_cast<std::size_t>(nodes[static_cast<std::size_t>(node.value)].index)];
  }
  /// KRaft: no ZooKeeper, controllers keep the metadata.
  [[nodiscard]] bool is_kraft() const { return !controllers.empty(); }
  /// Node of a controller or broker by its node.id; not valid if there is none.
  [[nodiscard]] NodeId node_of_replica(BrokerId replica) const {
    const auto index = static_cast<std::size_t>(replica.value - kFirstControllerId);
    return replica.value >= kFirstControllerId && index < controllers.size() ? controllers[index] : node_of(replica);
  }
  /// The other half of the process of which the node is one; not valid if the node is the whole process.
  [[nodiscard]] NodeId partner(NodeId node) const { return nodes.at(static_cast<std::size_t>(node.value)).partner; }
  /// Node of a broker id; not valid if there is none.
  [[nodiscard]] NodeId node_of(BrokerId broker) const;
  /// Position of a broker id in `brokers`, -1 if unknown: its place in a BrokerSet.
  [[nodiscard]] int broker_index(BrokerId broker) const;
  /// Requires: all of them are brokers of the cluster.
  [[nodiscard]] BrokerSet broker_set(const std::vector<BrokerId>& members) const;
  [[nodiscard]] std::optional<TopicId> find_topic(std::string_view name) const;
  /// "orders-0"
  [[nodiscard]] std::string partition_name(TopicPartition partition) const;
  /// Text of a record's key; "" for none (the null key).
  [[nodiscard]] std::string key_text(NodeId producer, KeyId key) const;
  /// A transactional.id; "?" for none.
  [[nodiscard]] std::string transactional_id_text(TransactionalId id) const {
    const auto index = static_cast<std::size_t>(id.value);
    return id.is_valid() && index < transactional_ids.size() ? transactional_ids[index] : "?";
  }
  /// "billing-1#0" for a member id.
  [[nodiscard]] std::string member_text(MemberId member) const;
};

/// The key of a record that another client has copied: it stays one of the keys of `owner`. Requires: both are valid.
[[nodiscard]] constexpr KeyId key_of_other(NodeId owner, KeyId key) {
  return KeyId(((std::int64_t{owner.value} + 1) << 32) + key.value);
}

inline constexpr TopicId kOffsetsTopic{0};  ///< __consumer_offsets

}  // namespace kscope::sim
