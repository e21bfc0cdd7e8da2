#pragma once
// Names: the names that a condition, an action or a filter may use, with the ids that they stand for. Made from a
// scenario before the cluster exists or from the registry of a running one; both number things alike.
// Also: which known word is nearest to one that nobody knows.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/types/ids.h"

namespace kscope::sim {
struct Registry;
}

namespace kscope::scenario {

struct ProducerEntry;
struct Scenario;

enum class NameRole : std::uint8_t { kBroker, kZooKeeper, kProducer, kConsumer, kAdmin, kController };

struct NodeName {
  std::string name;
  NameRole role = NameRole::kBroker;
  sim::BrokerId broker;  ///< brokers only
  std::string group;     ///< consumers only
};
struct TopicName {
  std::string name;
  std::int32_t partitions = -1;  ///< -1 = not known before it exists
};

struct Names {
  std::vector<NodeName> nodes;  ///< by NodeId
  /// By TopicId; 0 = __consumer_offsets, then those of the scenario, __transaction_state if a producer has a
  /// transactional.id, and those that actions create.
  std::vector<TopicName> topics;
  std::vector<std::string> groups;      ///< by GroupId
  std::vector<std::string> client_ids;  ///< of producers and consumers: client.id, else the name; may repeat

  [[nodiscard]] NodeId node(std::string_view name) const;  ///< not valid if there is none
  [[nodiscard]] sim::TopicId topic(std::string_view name) const;
  [[nodiscard]] sim::GroupId group(std::string_view name) const;
  /// "orders-0" -> topic and partition. The topic must be known; the partition below its count when that is known.
  [[nodiscard]] std::optional<sim::TopicPartition> partition(std::string_view name) const;
  /// "" if some client goes by this id, or it is "<default>"; else what is wrong: `no client has the id "x"`.
  [[nodiscard]] std::string client_id_problem(std::string_view id) const;
  /// Somebody asks for so many partitions of the topic: those names may be used. Nothing for a topic that is not known.
  void may_have(std::string_view name, std::int32_t partitions);
};

/// Whether Kafka keeps the topic for itself: __consumer_offsets, __transaction_state.
[[nodiscard]] bool is_internal_topic(std::string_view name);

/// transactional.id of a producer; "" = none.
[[nodiscard]] std::string transactional_id_of(const Scenario& scenario, const ProducerEntry& producer);

/// Order: ZooKeeper servers zk1.. or controllers c1.., brokers b<id>, producers, consumers <group>-<number>, admin.
[[nodiscard]] Names names_of(const Scenario& scenario);
[[nodiscard]] Names names_of(const sim::Registry& registry);

/// The first candidate that begins with `word`, else the one that differs in the fewest letters; "" when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// `; did you mean "x"?` for the nearest candidate, else "".
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace kscope::scenario
