#pragma once
// AutoTopicCreation: a broker that is asked for a topic that does not exist yet asks the controller to create it: topics of
// clients if auto.create.topics.enable, and for FindCoordinator __consumer_offsets (offsets.topic.* configs) and
// __transaction_state (transaction.state.log.*).
// Source: Kafka 3.9 DefaultAutoTopicCreationManager.

#include <cstdint>
#include <map>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

struct AutoTopicCreation {
  /// A CreateTopics request that is not answered yet.
  struct InFlight {
    std::int64_t correlation_id = 0;
    NodeId controller;
    LocalTime asked_at;
  };
  std::map<TopicId, InFlight> in_flight;

  /// Asks the controller to create the topic unless that is under way already. Effects: a CreateTopics request when a
  /// controller is known. Returns what the client is to be told meanwhile: UNKNOWN_TOPIC_OR_PARTITION (try again), or
  /// INVALID_REPLICATION_FACTOR when fewer brokers are alive than replicas are wanted.
  ErrorCode request(Ctx& ctx, Broker& broker, TopicId topic);
  void on_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id, const CreateTopicsResponse& response);
  /// The controller's connection broke: what was asked of it may be asked again.
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
};

}  // namespace kscope::sim
