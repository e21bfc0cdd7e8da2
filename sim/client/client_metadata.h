#pragma once
// ClientMetadata: a client's picture of the cluster: brokers, controller, and for each topic of interest the leader and
// leader epoch of every partition. It is as old as its last MetadataResponse; clients notice that it is wrong by errors.
// Asked for at the start, when an error says that it is stale, and when it is older than metadata.max.age.ms; repeated
// requests that bring nothing new wait longer and longer (retry.backoff.ms .. retry.backoff.max.ms).
// Kafka: org.apache.kafka.clients.Metadata (3.9).

#include <cstdint>
#include <vector>

#include "sim/client/network_client.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct ClientPartition {
  BrokerId leader;  ///< none = the answer named none
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<BrokerId> replicas{};
  bool operator==(const ClientPartition&) const = default;
};
struct ClientTopic {
  TopicId topic;
  bool exists = false;  ///< false until a broker told of it, and again when one says that there is no such topic
  Uuid topic_id;        ///< another one when it was deleted and created again
  std::vector<ClientPartition> partitions;
  bool operator==(const ClientTopic&) const = default;
};

/// The configs that decide when metadata is asked for.
struct MetadataTiming {
  Duration max_age{0};  ///< metadata.max.age.ms
  Duration retry_backoff{0};
  Duration retry_backoff_max{0};
  Duration request_timeout{0};
};

class ClientMetadata {
 public:
  ClientMetadata() = default;
  /// `may_create`: whether asking for a topic that does not exist may create it (allow.auto.create.topics).
  ClientMetadata(MetadataTiming timing, bool may_create, ClientPart part = ClientPart::kWhole)
      : timing_(timing), may_create_(may_create), part_(part) {}

  /// Sets the topics of interest. Effects: none; call request_update.
  void set_topics(const std::vector<TopicId>& topics);
  /// Something was seen that the picture does not explain: ask again as soon as the backoff allows.
  void request_update(Ctx& ctx, NetworkClient& network);
  /// The topics of interest are others now: ask at once, without a backoff. Source: Metadata.requestUpdateForNewTopics.
  void request_update_for_new_topics(Ctx& ctx, NetworkClient& network);
  /// kMetadataRefresh or kMetadataRetry fired.
  void on_timer(Ctx& ctx, NetworkClient& network);
  /// Takes in an answer. A partition keeps what is known of a newer leader epoch than the answer's. Returns whether
  /// anything changed. Effects: the next refresh armed; asked again after the backoff if a topic or a leader is missing.
  bool on_response(Ctx& ctx, NetworkClient& network, const MetadataResponse& response);
  /// The request got no answer. Effects: asked again after the backoff.
  void on_failure(Ctx& ctx, NetworkClient& network);

  [[nodiscard]] const ClientTopic* topic(TopicId topic) const;
  /// Count of partitions; 0 when the topic is not known.
  [[nodiscard]] std::int32_t partition_count(TopicId topic) const;
  /// Leader and epoch of a partition, or nullptr when the partition is not known.
  [[nodiscard]] const ClientPartition* partition(TopicPartition partition) const;
  /// Node of the partition's leader; not valid when it is not known.
  [[nodiscard]] NodeId leader_node(TopicPartition partition) const;
  [[nodiscard]] NodeId node_of(BrokerId broker) const;
  [[nodiscard]] BrokerId controller() const { return controller_; }
  /// Nodes to talk to: the brokers of the last answer, or all brokers of the registry (bootstrap.servers) before it.
  [[nodiscard]] std::vector<NodeId> nodes(const Ctx& ctx) const;
  [[nodiscard]] const std::vector<ClientTopic>& topics() const { return topics_; }
  /// Counts answers taken in.
  [[nodiscard]] std::int64_t version() const { return version_; }

 private:
  void maybe_send(Ctx& ctx, NetworkClient& network);
  void arm(Ctx& ctx, TimerKind kind, Duration delay);

  MetadataTiming timing_;
  bool may_create_ = true;
  ClientPart part_ = ClientPart::kWhole;
  std::vector<MetadataBroker> brokers_;  // ascending ids, as brokers tell them
  BrokerId controller_;
  std::vector<ClientTopic> topics_;  // ascending topics
  std::int64_t version_ = 0;
  bool update_requested_ = false;
  bool is_in_flight_ = false;
  std::int32_t fruitless_ = 0;  // requests in a row that failed or brought nothing new
  LocalTime next_attempt_ = LocalTime::min();
  TimerId timer_;
  TimerKind timer_kind_ = TimerKind::kMetadataRefresh;
};

}  // namespace kscope::sim
